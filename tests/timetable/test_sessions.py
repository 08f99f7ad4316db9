"""Sessions of the timetable: added, changed, moved, cancelled."""

from datetime import date

import pytest
from sqlalchemy import func, select

from app.core.clock import today
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from app.pedagogy import queries
from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import SessionKind, SessionState
from app.timetable import service
from tests.factories import actor_of, make_attendance, make_group, make_pupil, make_session, make_staff, make_subject

MONDAY = date(2026, 11, 30)


@pytest.fixture
def office(db):
    return actor_of(make_staff(db, Role.OFFICE))


@pytest.fixture
def lesson(db):
    """What somebody types for a French lesson next Monday from 8 to 10."""
    group, teacher = make_group(db), make_staff(db, Role.TEACHER)
    subject = make_subject(db, group.diploma, SessionKind.THEORY, label="Français")
    return {
        "group": group.code, "on_date": MONDAY, "start": 480, "end": 600, "subject": subject.code, "kind": None,
        "staff": teacher.code, "room": "Salle 2",
    }  # fmt: skip


def add(db, by, values, **changes):
    return service.create_session(db, plan=service.plan_session(db, values=values | changes), by=by)


def change(db, by, session, values, version=None, **changes):
    plan = service.plan_session(db, values=values | changes)
    return service.change_session(db, session, plan=plan, seen_version=version or session.version, by=by)


def count(db):
    return db.scalar(select(func.count()).select_from(TimetableSession))


class TestAdding:
    def test_a_session_takes_the_kind_of_its_subject(self, db, office, lesson):
        session = add(db, office, lesson)
        assert (session.kind, session.room, session.state) == (SessionKind.THEORY, "Salle 2", SessionState.PLANNED)
        assert history(db, "timetable_session", session.id)[0].label == "Séance ajoutée"

    def test_a_technology_lesson_may_be_counted_as_practice(self, db, office, lesson):
        assert add(db, office, lesson, kind=SessionKind.PRACTICE).kind == SessionKind.PRACTICE

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"group": "NULLE-PART"}, "group"), ({"subject": "NULLE"}, "subject"), ({"staff": "PERSONNE"}, "staff"),
            ({"end": 480}, "end"), ({"on_date": date(2026, 11, 11)}, "on_date"),
            ({"on_date": date(2026, 11, 29)}, "on_date"),
        ],
    )  # fmt: skip
    def test_what_makes_no_sense_is_refused_at_its_field(self, db, office, lesson, changes, field):
        with pytest.raises(Refused) as refused:
            add(db, office, lesson, **changes)
        assert refused.value.field == field
        assert count(db) == 0

    def test_who_left_holds_no_session(self, db, office, lesson, clock):
        from app.core.clock import now

        queries.find_staff(db, lesson["staff"]).disabled_at = now()
        with pytest.raises(Refused, match="ne tient pas"):
            add(db, office, lesson)

    def test_a_closure_is_named(self, db, office, lesson):
        service.add_closure(db, starts_on=MONDAY, ends_on=MONDAY, label="Journée pédagogique", by=office)
        with pytest.raises(Refused, match="Journée pédagogique"):
            add(db, office, lesson)


class TestClashes:
    def other(self, db, lesson, **changes):
        """Another group's lesson at the same time, with another teacher in another room."""
        group = make_group(db)
        subject = make_subject(db, group.diploma, SessionKind.THEORY, label="Anglais")
        staff = make_staff(db, Role.TEACHER)
        return lesson | {"group": group.code, "subject": subject.code, "staff": staff.code, "room": "Salle 1"} | changes

    def test_two_groups_apart_do_not_clash(self, db, office, lesson):
        add(db, office, lesson)
        add(db, office, self.other(db, lesson))
        assert count(db) == 2

    def test_a_group_is_in_one_place(self, db, office, lesson):
        add(db, office, lesson)
        with pytest.raises(Refused, match=r"Français avec .* de 08:00 à 10:00") as refused:
            add(db, office, lesson, start=540, end=660, room=None)
        assert refused.value.field == "start"

    def test_a_teacher_is_in_one_place(self, db, office, lesson):
        add(db, office, lesson)
        with pytest.raises(Refused, match="a déjà Français") as refused:
            add(db, office, self.other(db, lesson, staff=lesson["staff"]))
        assert refused.value.field == "staff"

    def test_a_classroom_holds_one_group(self, db, office, lesson):
        add(db, office, lesson)
        with pytest.raises(Refused, match="« Salle 2 » est déjà prise") as refused:
            add(db, office, self.other(db, lesson, room="Salle 2"))
        assert refused.value.field == "room"

    def test_no_room_is_no_clash(self, db, office, lesson):
        add(db, office, lesson, room=None)
        add(db, office, self.other(db, lesson, room=None))
        assert count(db) == 2

    def test_touching_sessions_do_not_clash(self, db, office, lesson):
        add(db, office, lesson)
        add(db, office, lesson, start=600, end=720)
        assert count(db) == 2

    def test_a_cancelled_session_frees_group_teacher_and_room(self, db, office, lesson):
        first = add(db, office, lesson)
        service.cancel_session(db, first, reason="Malade", seen_version=first.version, by=office)
        add(db, office, lesson, start=540, end=600)
        add(db, office, self.other(db, lesson, start=480, end=540, room="Salle 2"))
        assert count(db) == 3


class TestChanging:
    def test_a_replacement_keeps_the_session(self, db, office, lesson):
        session = add(db, office, lesson)
        stand_in = make_staff(db, Role.TEACHER)
        assert change(db, office, session, lesson, staff=stand_in.code) is session
        assert session.staff.code == stand_in.code
        deed = history(db, "timetable_session", session.id)[0]
        assert [name for name, *_ in deed.changes] == ["Intervenant"]

    def test_nothing_changed_writes_nothing(self, db, office, lesson):
        session = add(db, office, lesson)
        change(db, office, session, lesson)
        assert session.version == 1

    def test_a_move_cancels_where_it_was_and_plans_anew(self, db, office, lesson):
        session = add(db, office, lesson)
        moved = change(db, office, session, lesson, start=600, end=720)
        assert moved.id != session.id
        assert (session.state, session.cancel_reason) == (SessionState.CANCELLED, "Déplacée au 30/11/2026 à 10:00")
        assert (moved.start_minute, moved.state) == (600, SessionState.PLANNED)

    def test_moving_back_takes_the_cancelled_session_again(self, db, office, lesson):
        session = add(db, office, lesson)
        db.flush()
        moved = change(db, office, session, lesson, start=600, end=720)
        db.flush()
        assert change(db, office, moved, lesson).id == session.id
        assert session.state == SessionState.PLANNED
        assert count(db) == 2

    def test_a_half_hour_later_does_not_clash_with_itself(self, db, office, lesson):
        session = add(db, office, lesson)
        assert change(db, office, session, lesson, start=510, end=630).start_minute == 510

    def test_a_called_session_stays_as_it_was(self, db, office, lesson):
        session = make_session(db, queries.get_group(db, lesson["group"]), on_date=today())
        make_attendance(db, session, make_pupil(db, session.group))
        for deed in (
            lambda: change(db, office, session, lesson),
            lambda: service.cancel_session(db, session, reason="Erreur", seen_version=session.version, by=office),
        ):
            with pytest.raises(Refused, match="L’appel de cette séance est fait"):
                deed()

    def test_the_group_of_a_session_stays(self, db, office, lesson):
        session = add(db, office, lesson)
        other = make_group(db, session.group.diploma)
        with pytest.raises(Refused) as refused:
            change(db, office, session, lesson, group=other.code)
        assert refused.value.field == "group"

    def test_the_second_of_two_is_told(self, db, office, lesson):
        session = add(db, office, lesson)
        change(db, office, session, lesson, room="Salle 3")
        with pytest.raises(Stale) as stale:
            change(db, office, session, lesson, version=1, room="Salle 4")
        assert stale.value.changes == (("Salle", "Salle 4", "Salle 3"),)
        assert (stale.value.version, office.name in stale.value.sentence) == (2, True)

    def test_cancelling_twice_or_after_a_change_is_refused(self, db, office, lesson):
        session = add(db, office, lesson)
        change(db, office, session, lesson, room="Salle 3")
        with pytest.raises(Stale):
            service.cancel_session(db, session, reason="Malade", seen_version=1, by=office)
        service.cancel_session(db, session, reason="Malade", seen_version=2, by=office)
        with pytest.raises(Refused, match="déjà annulée"):
            service.cancel_session(db, session, reason="Malade", seen_version=3, by=office)
