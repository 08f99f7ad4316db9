"""The demonstration's papers: something to do for the head, the office and the masters, and few refusals."""

from datetime import timedelta

from sqlalchemy import select

from app.machines import queries
from app.machines.models import WorkCenter
from app.machines.rules import CenterState
from app.machines.rules.deadlines import Matter
from tests.demo.conftest import MOMENT


def test_there_is_something_to_do_and_not_too_much(demo):
    found = queries.deadlines(demo, MOMENT.date())
    matters = {one.matter for one in found}
    assert {Matter.OPINION, Matter.TRAINING, Matter.CHANGE} <= matters
    ended = [one for one in found if one.matter == Matter.OPINION and one.is_over(MOMENT.date())]
    assert ended
    assert all(MOMENT.date() - one.due <= timedelta(days=7) for one in ended)
    assert len(found) <= 12


def test_one_master_away_leaves_pupils_without_anybody_and_another_has_a_substitute(demo):
    page = queries.supervisors_page(demo, MOMENT.date())
    assert len(page.uncovered) == 1
    assert any(one.substitute for one in page.absences)


def test_one_machine_waits_and_rates_are_known(demo):
    centers = list(demo.scalars(select(WorkCenter)))
    assert [one.code for one in centers if one.state != CenterState.IN_SERVICE] == ["EDM-FIL"]
    assert all(one.hourly_rate for one in centers)
