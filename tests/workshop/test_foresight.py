"""Tickets in hands that will be refused: found before the pupil stands at the machine."""

from datetime import date, timedelta

import pytest

from app.core.clock import today
from app.core.permissions import Role
from app.doctor import examine
from app.machines.rules import Check, Declaration, Facts, Opinion, Paper, Permit
from app.machines.rules.foresight import turning_days
from app.machines.rules.kinds import ClearanceResult
from app.settings import Settings
from app.workshop import service
from app.workshop.queries import coming_refusals, get_ticket
from app.workshop.rules import HalfDay, TicketState
from tests.factories import (
    make_absence,
    make_clearance,
    make_school,
    make_session,
    make_setting,
    make_ticket,
    open_machine,
)
from tests.support.html import parse
from tests.workshop.scene import arrange


@pytest.fixture
def saw(scene):
    center = scene.operations[0].work_center
    scene.declaration = open_machine(scene.db, scene.group, center, scene.tom, scene.ines)
    return center


def give(scene, pupil, **other):
    return make_ticket(scene.db, scene.operations[0], pupil=pupil, **other)


def test_where_nothing_ends_nothing_is_foreseen(db, scene, saw):
    give(scene, scene.tom)
    assert coming_refusals(db, today()) == []


def test_an_opinion_that_ends_is_foreseen_from_its_first_day_without(db, scene, saw):
    make_clearance(db, scene.tom, on_date=today())  # the latest one counts, and holds a year
    give(scene, scene.tom)
    soon = scene.pupil("Mathis")
    make_clearance(db, soon, on_date=today() - timedelta(days=350))
    make_clearance(db, soon, work_center=saw)
    number = give(scene, soon).number
    (found,) = coming_refusals(db, today())
    assert (found.number, found.pupil_code, found.day) == (number, soon.code, today() + timedelta(days=15))
    assert found.finding.check == "G09_AVIS_MEDICAL"
    assert "n’est valable que jusqu’au 08/12/2026" in found.finding.reason


def test_a_check_of_the_school_that_will_block_is_foreseen_unless_a_master_went_past_it(db, scene, saw):
    ticket, soon = give(scene, scene.tom), today() + timedelta(days=5)
    make_setting(db, Check.PERMIT, starts_on=soon)
    (found,) = coming_refusals(db, today())
    assert (found.day, found.finding.check) == (soon, Check.PERMIT)
    make_session(db, scene.group, on_date=soon, staff=scene.master)
    ticket = get_ticket(db, ticket.number, lock=True)
    service.pass_over(
        db, ticket, pupil_id=scene.tom.id, reason="Je reste à côté", slot=(soon, HalfDay.MORNING), by=scene.by
    )
    assert coming_refusals(db, today()) == []


def test_what_ends_later_than_thirty_days_is_not_told(db, scene, saw):
    scene.declaration.sent_on = date(2023, 12, 25)
    give(scene, scene.tom)
    assert coming_refusals(db, today()) == []
    (found,) = coming_refusals(db, today() + timedelta(days=1))
    assert found.day == date(2026, 12, 25)


def test_what_fails_today_comes_first(db, scene, saw):
    make_clearance(db, scene.tom, work_center=saw, result="failed", on_date=today())
    give(scene, scene.tom)
    (found,) = coming_refusals(db, today())
    assert found.day == today()


def test_tickets_in_the_queue_or_over_are_nobody_s(db, scene, saw):
    make_clearance(db, scene.tom, kind="medical", result="unfit", on_date=today())
    make_ticket(db, scene.operations[0])
    give(scene, scene.tom, state=TicketState.DONE)
    assert coming_refusals(db, today()) == []
    give(scene, scene.tom, state=TicketState.BLOCKED)
    assert len(coming_refusals(db, today())) == 1


def test_work_planned_for_later_is_judged_from_that_day_on(db, scene, saw):
    friday = today() + timedelta(days=3)
    make_session(db, scene.group, staff=scene.master, on_date=friday)
    scene.tom.born_on = date(2011, 11, 26)
    db.flush()
    give(scene, scene.tom, for_day=friday)
    assert coming_refusals(db, today()) == []
    make_absence(db, scene.master, starts_on=friday, ends_on=friday)
    (found,) = coming_refusals(db, today())
    assert (found.day, found.finding.check) == (friday, "G10_ENCADRANT")


def test_a_day_without_practice_is_no_lack_of_a_supervisor(db, scene, saw):
    give(scene, scene.tom, for_day=today() + timedelta(days=4))
    assert coming_refusals(db, today()) == []


def test_the_coming_of_age_opens_and_is_no_refusal(db, scene, saw):
    scene.tom.born_on = date(2008, 12, 1)
    scene.declaration.sent_on = date(2023, 12, 5)
    db.flush()
    give(scene, scene.tom)
    assert coming_refusals(db, today()) == []


def test_the_cost_does_not_grow(db, scene, saw, record_queries):
    def cost():
        with record_queries() as statements:
            coming_refusals(db, today())
        return len(statements)

    give(scene, scene.tom)
    before = cost()
    for place in range(15):
        pupil = scene.pupil(f"Élève{place}")
        make_clearance(db, pupil, on_date=today() - timedelta(days=350 + place))
        give(scene, pupil)
    assert cost() == before <= 9
    assert len(coming_refusals(db, today())) == 15


def test_answers_turn_where_something_begins_or_ends_and_nowhere_else():
    first, last = date(2026, 11, 24), date(2026, 12, 31)
    facts = Facts(
        declarations=(Declaration("D", date(2023, 12, 1)), Declaration("E", date(2020, 1, 1))),
        opinions=(Opinion(date(2025, 12, 2), fit=True), Opinion(first, fit=True)),
        permits=(Permit(date(2026, 12, 3), ClearanceResult.ALONE, date(2026, 12, 9)),),
        electrical=(Paper(date(2020, 1, 1), date(2026, 12, 11)),),
        driving_attestations=(Paper(date(2021, 12, 12)),),
    )
    assert [day.day for day in turning_days(facts, first, last)] == [1, 2, 3, 10, 12]


class TestPages:
    def test_the_list_names_pupil_ticket_and_reason(self, client, db, login_as):
        login_as(Role.MASTER)
        scene = arrange(db)
        center = scene.operations[0].work_center
        open_machine(db, scene.group, center, scene.tom)
        assert "Rien à revoir" in client.get("/atelier/bons/a-revoir").text
        make_clearance(db, scene.tom, work_center=center, result="not_assessed", on_date=today())
        number = give(scene, scene.tom).number
        text = parse(client.get("/atelier/bons/a-revoir").text).one("main").text
        assert number in text
        assert "Tom Aubry" in text
        assert "Elle n’a pas été évaluée." in text

    def test_the_master_s_day_opens_with_them_and_its_gestures_do_not_ask_again(self, client, db, login_as):
        login_as(Role.MASTER)
        scene = arrange(db)
        center = scene.operations[0].work_center
        open_machine(db, scene.group, center, scene.tom)
        make_clearance(db, scene.tom, work_center=center, result="failed", on_date=today())
        number = give(scene, scene.tom).number
        text = parse(client.get("/atelier?vue=tous").text).one("main").text
        assert "1\u00a0bon donné ne pourra pas démarrer" in text
        assert "ne pourra pas démarrer" not in client.get(f"/atelier?vue=tous&bon={number}").text

    def test_doctor_tells_and_names_nobody(self, own_database, data_dir):
        with own_database.writing() as db:
            make_school(db)
            scene = arrange(db)
            open_machine(db, scene.group, scene.operations[0].work_center)
            number = give(scene, scene.tom).number
        settings = Settings(data_dir=data_dir, database_url=str(own_database.url.render_as_string(hide_password=False)))
        said = [finding.sentence for finding in examine(settings) if number in finding.sentence]
        assert len(said) == 1
        assert said[0].startswith(f"{number} ne pourra pas démarrer à partir du 24/11/2026 (« Débit »). Pourquoi")
