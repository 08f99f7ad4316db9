"""Hours held against the yearly volume, and what is to catch up: worked examples."""

from datetime import date, datetime, timedelta

import pytest

from app.core.clock import PARIS
from app.core.permissions import Role
from app.ledger import queries
from app.pedagogy.rules import SessionKind, SessionState
from app.timetable import service
from app.timetable.rules.plans import CHANGED, CLOSED, ENDED, UNDONE
from tests.factories import actor_of, make_session, make_staff
from tests.support.html import parse


@pytest.fixture
def november(stage, call):
    """The teacher's one lesson of November is called: two hours held."""
    call(stage.lesson, stage.teacher, stage.pupils, "present", "present", "present")
    return stage


def volume(db, stage, staff=None):
    """The teacher's row: due, held, without call, to catch up, of which planned."""
    found = queries.volumes(db, stage.lesson.on_date, staff=(staff or stage.teacher).code)
    return [(row.due, row.held, row.uncalled, row.to_catch_up, row.coming) for row in found]


class TestVolumes:
    def test_held_against_due_with_what_is_to_catch_up(self, db, november):
        lesson = november.lesson
        for back, reason in ((7, "Professeur absent"), (8, "Déplacée au 30/11/2026 à 08:00")):
            gone = make_session(
                db, november.group, SessionKind.THEORY, staff=november.teacher, subject=lesson.subject,
                on_date=lesson.on_date - timedelta(days=back), end_minute=600, state="cancelled", cancel_reason=reason,
            )  # fmt: skip
            assert gone.id
        row = next(one for one in queries.volumes(db, lesson.on_date) if one.staff_code == november.teacher.code)
        assert (row.held, row.due, row.to_catch_up, row.yearly, row.planned) == (120, 240, 120, 6000, 120)

    def test_the_page_shows_a_teachers_own_and_exports(self, client, november, login_as):
        login_as(november.teacher)
        page = parse(client.get("/heures/volumes").text).text
        assert "2 h 00 sur 2 h 00" in page.replace("\u00a0", " ")
        assert november.master.full_name not in parse(client.get("/heures/volumes").text).one("tbody").text
        assert "CAP1" in client.get("/heures/volumes/export.csv", params={"personne": ""}).text

    @pytest.mark.parametrize("reason", [UNDONE, ENDED, CHANGED, f"{CLOSED}pont"])
    def test_what_the_plan_took_out_is_not_to_catch_up(self, db, november, reason):
        fell_out(db, november, reason)
        assert volume(db, november) == [(120, 120, 0, 0, 0)]

    def test_the_list_costs_one_statement(self, db, november, query_budget):
        fell_out(db, november)
        with query_budget(1):
            queries.volumes(db, november.lesson.on_date)


def fell_out(db, stage, reason="Professeur absent", back=7):
    """Two hours of a week before."""
    lesson = stage.lesson
    return make_session(
        db, stage.group, SessionKind.THEORY, staff=stage.teacher, subject=lesson.subject,
        on_date=lesson.on_date - timedelta(days=back), end_minute=600, state=SessionState.CANCELLED,
        cancel_reason=reason,
    )  # fmt: skip


def make_up(db, missed, day, *, minutes=120, staff=None):
    """A session that makes up for it, by the office."""
    values = {
        "group": missed.group.code, "on_date": day, "start": 480, "end": 480 + minutes, "kind": None, "room": None,
        "subject": missed.subject.code, "staff": (staff or missed.staff).code, "catches_up": missed.id,
    }  # fmt: skip
    by = actor_of(make_staff(db, Role.OFFICE))
    made = service.create_session(db, plan=service.plan_session(db, values=values), by=by)
    db.flush()
    return made


class TestMakingUp:
    """Two hours held, two hours fell out a week before; what makes up for them is planned on Friday the 27th."""

    FRIDAY = date(2026, 11, 27)

    def held(self, db, clock, session, call, stage, by=None):
        clock.set(datetime(2026, 11, 27, 18, 0, tzinfo=PARIS))
        call(session, by or stage.teacher, stage.pupils, "present", "present", "present")

    def test_from_missed_to_planned_to_begun_to_held(self, db, november, clock, call):
        missed = fell_out(db, november)
        assert volume(db, november) == [(240, 120, 0, 120, 0)]
        made = make_up(db, missed, self.FRIDAY)
        assert volume(db, november) == [(240, 120, 0, 120, 120)]
        clock.set(datetime(2026, 11, 27, 8, 30, tzinfo=PARIS))
        assert volume(db, november) == [(240, 120, 120, 0, 0)]
        self.held(db, clock, made, call, november)
        assert volume(db, november) == [(240, 240, 0, 0, 0)]

    def test_an_hour_of_two_leaves_one(self, db, november, clock, call):
        made = make_up(db, fell_out(db, november), self.FRIDAY, minutes=60)
        assert volume(db, november) == [(240, 120, 0, 120, 60)]
        self.held(db, clock, made, call, november)
        assert volume(db, november) == [(240, 180, 0, 60, 0)]

    def test_a_colleague_holds_it_and_nobody_owes_it(self, db, november, clock, call):
        colleague = make_staff(db, Role.TEACHER)
        made = make_up(db, fell_out(db, november), self.FRIDAY, staff=colleague)
        self.held(db, clock, made, call, november, by=colleague)
        assert volume(db, november) == [(120, 120, 0, 0, 0)]
        assert volume(db, november, colleague) == [(120, 120, 0, 0, 0)]

    def test_what_falls_out_again_is_owed_once(self, db, november, clock):
        missed = fell_out(db, november)
        made = make_up(db, missed, self.FRIDAY)
        service.cancel_session(
            db, made, reason="Encore absent", seen_version=None, by=actor_of(make_staff(db, Role.OFFICE))
        )
        db.flush()
        clock.set(datetime(2026, 11, 27, 18, 0, tzinfo=PARIS))
        assert volume(db, november) == [(240, 120, 0, 120, 0)]

    def test_a_longer_one_settles_no_other(self, db, november, clock, call):
        made = make_up(db, fell_out(db, november), self.FRIDAY, minutes=240)
        fell_out(db, november, back=14)
        self.held(db, clock, made, call, november)
        assert volume(db, november) == [(480, 360, 0, 120, 0)]

    def test_the_page_says_what_is_already_planned(self, client, login_as, db, november):
        make_up(db, fell_out(db, november), self.FRIDAY)
        login_as(november.teacher)
        page = parse(client.get("/heures/volumes").text).text.replace("\u00a0", " ")
        assert "2 h 00 à rattraper" in page
        assert "dont 2 h 00 déjà à l’emploi du temps" in page
        assert "Rattrapage prévu (min)" in client.get("/heures/volumes/export.csv").text
