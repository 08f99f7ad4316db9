"""The roll call: statements are added, never edited; what holds follows from them."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.core.clock import today
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from app.pedagogy import queries, service
from app.pedagogy.models import AttendanceDay, AttendanceRecord, RollCallEvent, TimetableSession
from app.pedagogy.rules import Attendance, Period, Said, SessionKind, SessionState
from app.pedagogy.rules.logs import Lesson
from tests.factories import actor_of, make_group, make_membership, make_pupil, make_session, make_staff

P, L, A, E = Attendance.PRESENT, Attendance.LATE, Attendance.ABSENT, Attendance.EXCUSED


@pytest.fixture
def lesson(db):
    """A theory lesson of two hours this morning, its teacher, and three pupils."""
    group = make_group(db)
    teacher = make_staff(db, Role.TEACHER)
    pupils = [make_pupil(db, group) for _ in range(3)]
    session = make_session(db, group, SessionKind.THEORY, staff=teacher, end_minute=600)
    return session, actor_of(teacher), pupils


def call(db, session, by, *said, seen_version=None):
    version = queries.roll_sheet(db, session).version if seen_version is None else seen_version
    return service.call_roll(
        db, session, statements=[Said(pupil.id, *rest) for pupil, *rest in said], seen_version=version, by=by
    )


def records(db, session):
    found = db.execute(
        select(AttendanceRecord.pupil_id, AttendanceRecord.status, AttendanceRecord.attended_minutes).where(
            AttendanceRecord.session_id == session.id
        )
    )
    return {pupil_id: (status, minutes) for pupil_id, status, minutes in found}


def theory_minutes(db, pupil):
    return db.scalar(select(AttendanceDay.theory_minutes).where(AttendanceDay.pupil_id == pupil.id))


class TestACall:
    def test_a_first_call_stores_a_statement_per_pupil_and_what_follows(self, db, lesson):
        session, teacher, (one, two, three) = lesson
        done = call(db, session, teacher, (one, P), (two, L, 17), (three, A))
        assert (done.changed, done.tally) == (3, "1 présent, 1 retard, 1 absent")
        assert records(db, session) == {one.id: (P, 120), two.id: (L, 103), three.id: (A, 0)}
        assert [theory_minutes(db, pupil) for pupil in (one, two, three)] == [120, 103, 0]
        assert session.called_at is not None
        assert session.called_by_id == teacher.staff_id
        assert history(db, "timetable_session", session.id)[0].label == "Appel fait : 1 présent, 1 retard, 1 absent"

    def test_who_left_early_attended_the_rest_even_when_late_too(self, db, lesson):
        session, teacher, (one, two, _) = lesson
        call(db, session, teacher, (one, P, 0, 20), (two, L, 17, 30))
        assert records(db, session) == {one.id: (P, 100), two.id: (L, 73)}
        call(db, session, teacher, (one, P))
        assert records(db, session)[one.id] == (P, 120)
        assert history(db, "timetable_session", session.id)[0].changes[0][1:] == (
            "Présent, parti 20 min avant la fin", "Présent",
        )  # fmt: skip

    def test_a_departure_longer_than_what_is_left_is_refused_at_its_field(self, db, lesson):
        session, teacher, (one, two, _) = lesson
        with pytest.raises(Refused) as refused:
            call(db, session, teacher, (one, P), (two, L, 60, 61))
        assert refused.value.field == "statements-1-minutes_early"
        with pytest.raises(Refused, match="qui était là"):
            call(db, session, teacher, (one, A, 0, 5))
        assert records(db, session) == {}

    def test_both_words_stand_side_by_side_with_who_decides(self, db, lesson):
        session, teacher, (one, two, three) = lesson
        call(db, session, teacher, (one, A), (two, P), (three, P))
        office = actor_of(make_staff(db, Role.OFFICE))
        call(db, session, office, (one, E), (two, P))
        lines = {line.pupil_id: line for line in queries.roll_sheet(db, session).lines}
        assert (lines[one.id].in_class.words, lines[one.id].from_desk.words) == ("Absent", "Excusé")
        assert (lines[one.id].from_desk.by, lines[one.id].why) == (office.name, "Le bureau décide")
        assert (lines[two.id].from_desk, lines[two.id].why) == (None, "Seule parole")

    def test_a_correction_is_a_later_statement_naming_the_one_before(self, db, lesson):
        session, teacher, (one, two, three) = lesson
        call(db, session, teacher, (one, P), (two, P), (three, A))
        done = call(db, session, teacher, (one, P), (two, P), (three, L, 20))
        assert done.changed == 1
        first, second = db.scalars(
            select(RollCallEvent).where(RollCallEvent.pupil_id == three.id).order_by(RollCallEvent.id)
        )
        assert (first.status, second.status, second.replaces_id) == (A, L, first.id)
        assert theory_minutes(db, three) == 100
        deed = history(db, "timetable_session", session.id)[0]
        assert deed.label == "Appel corrigé"
        assert deed.changes == ((three.full_name, "Absent", "Retard 20 min"),)

    def test_saying_the_same_again_stores_nothing(self, db, lesson):
        session, teacher, (one, two, three) = lesson
        said = ((one, P), (two, L, 5), (three, E))
        call(db, session, teacher, *said)
        before = len(history(db, "timetable_session", session.id))
        assert call(db, session, teacher, *said).changed == 0
        assert call(db, session, teacher, *said, seen_version=1).changed == 0
        assert len(db.scalars(select(RollCallEvent)).all()) == 3
        assert len(history(db, "timetable_session", session.id)) == before

    def test_two_sessions_of_a_day_add_up_by_kind(self, db, lesson):
        session, teacher, (one, *_) = lesson
        later = make_session(db, db.get(type(session.group), session.group_id), start_minute=780, end_minute=1020)
        call(db, session, teacher, (one, L, 20))
        call(db, later, teacher, (one, P))
        day = db.execute(
            select(AttendanceDay.practice_minutes, AttendanceDay.theory_minutes).where(AttendanceDay.pupil_id == one.id)
        ).one()
        assert tuple(day) == (240, 100)

    def test_a_pupil_left_out_of_a_call_counts_nothing_and_may_be_added(self, db, lesson):
        session, teacher, (one, two, _) = lesson
        call(db, session, teacher, (one, P))
        assert theory_minutes(db, two) is None
        call(db, session, teacher, (two, P))
        assert theory_minutes(db, two) == 120


class TestTheOffice:
    def test_its_word_outweighs_the_teachers_and_both_are_kept(self, db, lesson):
        session, teacher, (one, two, three) = lesson
        office = actor_of(make_staff(db, Role.OFFICE))
        call(db, session, teacher, (one, A), (two, P), (three, P))
        call(db, session, office, (one, E))
        done = call(db, session, teacher, (one, P), (two, P), (three, P))
        assert (done.changed, done.outweighed) == (1, (one.full_name,))
        assert records(db, session)[one.id] == (E, 0)
        said = db.scalars(
            select(RollCallEvent.status).where(RollCallEvent.pupil_id == one.id).order_by(RollCallEvent.id)
        )
        assert list(said) == [A, E, P]

    def test_a_teacher_who_repeats_what_the_office_overruled_stores_nothing(self, db, lesson):
        session, teacher, (one, *_) = lesson
        call(db, session, teacher, (one, A))
        call(db, session, actor_of(make_staff(db, Role.DIRECTOR)), (one, E))
        assert call(db, session, teacher, (one, A)).changed == 0

    def test_the_office_may_correct_itself(self, db, lesson):
        session, _, (one, *_) = lesson
        office = actor_of(make_staff(db, Role.OFFICE))
        call(db, session, office, (one, E))
        call(db, session, office, (one, P))
        assert records(db, session)[one.id] == (P, 120)


class TestRefusals:
    @pytest.fixture(autouse=True)
    def _nothing_stored(self, db):
        yield
        assert db.scalars(select(RollCallEvent)).all() == []
        assert db.scalars(select(AttendanceRecord)).all() == []

    def test_a_future_session(self, db, lesson):
        session, teacher, (one, *_) = lesson
        session.on_date = today() + timedelta(days=1)
        with pytest.raises(Refused, match="25/11/2026"):
            call(db, session, teacher, (one, P))

    def test_a_cancelled_session(self, db, lesson):
        session, teacher, (one, *_) = lesson
        session.state = SessionState.CANCELLED
        with pytest.raises(Refused, match="annulée"):
            call(db, session, teacher, (one, P))

    def test_a_pupil_who_was_not_a_member_that_day(self, db, lesson):
        session, teacher, _ = lesson
        stranger = make_pupil(db)
        late_comer = make_pupil(db, db.get(type(session.group), session.group_id), entered_on=date(2026, 11, 25))
        for pupil in (stranger, late_comer):
            with pytest.raises(Refused, match="n’appartenait pas") as refused:
                call(db, session, teacher, (pupil, P))
            assert refused.value.field == "statements-0-pupil"

    def test_a_delay_longer_than_the_session(self, db, lesson):
        session, teacher, (one, two, _) = lesson
        with pytest.raises(Refused, match="121 min") as refused:
            call(db, session, teacher, (one, P), (two, L, 121))
        assert refused.value.field == "statements-1-minutes_late"

    def test_a_pupil_named_twice_and_an_empty_call(self, db, lesson):
        session, teacher, (one, *_) = lesson
        with pytest.raises(Refused, match="deux fois"):
            call(db, session, teacher, (one, P), (one, A))
        with pytest.raises(Refused):
            call(db, session, teacher)


class TestTwoPeople:
    def test_the_second_is_told_who_called_first_and_sees_both_versions(self, db, lesson, clock):
        session, teacher, (one, two, three) = lesson
        call(db, session, teacher, (one, P), (two, P), (three, A))
        clock.advance(minutes=4)
        master = actor_of(make_staff(db, Role.MASTER))
        with pytest.raises(Stale) as stale:
            call(db, session, master, (one, P), (two, L, 10), (three, A), seen_version=1)
        assert teacher.name in stale.value.sentence
        assert "09:30" in stale.value.sentence
        assert stale.value.changes == ((two.full_name, "Retard 10 min", "Présent"),)
        assert stale.value.version == 4
        assert records(db, session)[two.id] == (P, 120)

    def test_with_the_version_shown_the_second_may_insist(self, db, lesson):
        session, teacher, (one, two, three) = lesson
        call(db, session, teacher, (one, P), (two, P), (three, A))
        call(db, session, actor_of(make_staff(db, Role.MASTER)), (two, L, 10), seen_version=4)
        assert records(db, session)[two.id] == (L, 110)

    def test_a_log_entry_does_not_disturb_an_open_roll(self, db, lesson):
        session, teacher, (one, *_) = lesson
        version = queries.roll_sheet(db, session).version
        service.log_lesson(db, session, lesson=Lesson("Lecture"), seen_version=session.version, by=teacher)
        assert call(db, session, teacher, (one, P), seen_version=version).changed == 1


class TestPresence:
    def test_the_latest_roll_call_of_the_day_says_who_is_there(self, db, lesson):
        session, teacher, (one, two, three) = lesson
        call(db, session, teacher, (one, P), (two, A), (three, L, 5))
        ids = [one.id, two.id, three.id]
        assert queries.is_present(db, ids, today()) == {one.id: True, two.id: False, three.id: True}
        afternoon = make_session(db, db.get(type(session.group), session.group_id), start_minute=780, end_minute=1020)
        call(db, afternoon, teacher, (two, P), (one, A))
        assert queries.is_present(db, ids, today()) == {one.id: False, two.id: True, three.id: True}

    def test_nobody_is_present_before_being_called(self, db, lesson):
        _, _, (one, *_) = lesson
        assert queries.is_present(db, [one.id], today()) == {one.id: False}


class TestDerivation:
    def test_deriving_again_gives_the_same_rows(self, db, lesson):
        session, teacher, (one, two, three) = lesson
        call(db, session, teacher, (one, P), (two, L, 9), (three, A))
        db.flush()
        before = sorted(db.execute(select(*AttendanceDay.__table__.columns)).all())
        records_before = sorted(db.execute(select(*AttendanceRecord.__table__.columns)).all())
        service.refresh_attendance(db)
        service.refresh_attendance(db, [session.id])
        assert sorted(db.execute(select(*AttendanceDay.__table__.columns)).all()) == before
        assert sorted(db.execute(select(*AttendanceRecord.__table__.columns)).all()) == records_before

    def test_imported_statements_mark_the_session_as_called(self, db, lesson, clock):
        session, _, (one, *_) = lesson
        from app.core.clock import now

        db.add(RollCallEvent(session_id=session.id, pupil_id=one.id, status=P, at=now()))
        db.flush()
        service.refresh_attendance(db, [session.id])
        db.expire_all()
        assert db.get(TimetableSession, session.id).called_at == now()
        assert theory_minutes(db, one) == 120

    def test_only_members_of_the_day_count(self, db, lesson):
        """A stay shortened afterwards (by an import) takes the minutes out of the shares."""
        session, teacher, (one, *_) = lesson
        call(db, session, teacher, (one, P))
        stay = queries.memberships_of(db, one.id)[0]
        stay.ends_on = date(2026, 11, 23)
        db.flush()
        service.recompute_days(db, [(session.group_id, session.on_date)])
        assert theory_minutes(db, one) is None
        report = queries.practice_share(db, Period())
        assert [row.attended.total for row in report.pupils if row.code == one.code] == [0]

    def test_a_second_stay_in_another_group_counts_its_own_sessions(self, db, lesson):
        session, teacher, (one, *_) = lesson
        other = make_group(db)
        stay = queries.memberships_of(db, one.id)[0]
        stay.ends_on = date(2026, 11, 23)
        make_membership(db, one, other, starts_on=date(2026, 11, 24))
        there = make_session(db, other, SessionKind.PRACTICE, start_minute=600, end_minute=720)
        call(db, there, teacher, (one, P))
        with pytest.raises(Refused):
            call(db, session, teacher, (one, P))
        row = next(row for row in queries.practice_share(db, Period()).pupils if row.code == one.code)
        assert (row.attended.practice, row.attended.theory, row.group) == (120, 0, other.code)

    def test_a_cancelled_session_counts_nothing_even_if_an_import_speaks_of_it(self, db, lesson):
        session, teacher, (one, *_) = lesson
        call(db, session, teacher, (one, P))
        session.state = SessionState.CANCELLED
        db.flush()
        service.refresh_attendance(db, [session.id])
        assert theory_minutes(db, one) is None
