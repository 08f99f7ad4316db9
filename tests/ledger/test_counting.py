"""Exams, placements and visits count as the direction decides, from a day on; nothing by default."""

from datetime import date

import pytest

from app.core.errors import Refused
from app.core.permissions import Role
from app.ledger import queries
from app.pedagogy.models.activities import ActivityPeriod, CountingRule
from app.pedagogy.queries import group_minutes, practice_share, pupil_minutes, shares_of_months
from app.pedagogy.queries.summary import shares_by_month
from app.pedagogy.rules import Minutes, Period
from app.pedagogy.rules.activities import ActivityKind, CountsAs, counts_on
from app.pedagogy.service.counting import set_counting
from tests.factories import actor_of, make_staff
from tests.support.html import errors

WEEK = Period(date(2026, 11, 16), date(2026, 11, 29))
PLACEMENT = ActivityKind.PLACEMENT


@pytest.fixture
def director(db):
    return actor_of(make_staff(db, Role.DIRECTOR))


@pytest.fixture
def placement(db, stage):
    """From Thursday 19 to Friday 27, seven hours a day: seven school days, of which four have come by Tuesday."""
    row = ActivityPeriod(
        kind=PLACEMENT, group_id=stage.group.id, starts_on=date(2026, 11, 19), ends_on=date(2026, 11, 27),
        minutes_per_day=420, label="Stage en entreprise",
    )  # fmt: skip
    db.add(row)
    db.flush()
    return row


def test_nothing_counts_until_it_is_decided(db, stage, placement):
    assert pupil_minutes(db, stage.pupils[0].id, WEEK) == (Minutes(240, 120), Minutes(), Minutes())


def test_it_counts_from_its_day_on_planned_ahead_attended_once_come(db, stage, placement, director):
    set_counting(db, PLACEMENT, counts_as=CountsAs.PRACTICE, starts_on=date(2026, 11, 20), by=director)
    one = stage.pupils[0]
    planned, held, attended = pupil_minutes(db, one.id, WEEK)
    assert (planned, held, attended) == (Minutes(240 + 6 * 420, 120), Minutes(3 * 420), Minutes(3 * 420))
    ledger = queries.pupil_ledger(db, one.code, WEEK.start, WEEK.end)
    assert (ledger.total.planned, ledger.total.held, ledger.total.attended) == (planned, held, attended)
    report = practice_share(db, WEEK, planned=True)
    assert {row.code: row.attended for row in report.pupils}[one.code] == attended
    assert report.total.attended == Minutes(3 * 3 * 420) == group_minutes(db, WEEK, stage.group.id)
    assert shares_of_months(db, WEEK) == [(2026, 11, Minutes(9 * 420))]
    assert shares_by_month(db, [date(2026, 11, 1)], WEEK.end)[0].practice_minutes == 9 * 420
    assert queries.day_of_pupil(db, one.code, date(2026, 11, 20)).activities == [("Stage en entreprise", Minutes(420))]


def test_a_change_counts_from_its_day_and_leaves_the_days_before(db, stage, placement, director):
    set_counting(db, PLACEMENT, counts_as=CountsAs.PRACTICE, starts_on=date(2026, 9, 1), by=director)
    set_counting(db, PLACEMENT, counts_as=CountsAs.THEORY, starts_on=date(2026, 11, 23), by=director)
    assert pupil_minutes(db, stage.pupils[0].id, WEEK)[2] == Minutes(2 * 420, 2 * 420)
    with pytest.raises(Refused, match="déjà"):
        set_counting(db, PLACEMENT, counts_as=CountsAs.THEORY, starts_on=date(2026, 11, 24), by=director)


def test_of_two_decisions_for_one_day_the_later_rules():
    rules = [
        CountingRule(kind=PLACEMENT, counts_as=CountsAs.PRACTICE, starts_on=date(2026, 9, 1)),
        CountingRule(kind=PLACEMENT, counts_as=CountsAs.NOTHING, starts_on=date(2026, 9, 1)),
    ]
    assert counts_on(PLACEMENT, date(2026, 9, 1), rules) == CountsAs.NOTHING
    assert counts_on(PLACEMENT, date(2026, 8, 31), rules) == CountsAs.NOTHING


def test_the_direction_decides_on_a_page(client, login_as):
    login_as(Role.DIRECTOR)
    sent = {"kind": "placement", "counts_as": "practice", "starts_on": "2026-09-01"}
    assert client.post("/heures/regles", data=sent).status_code == 303
    again = client.post("/heures/regles", data=sent)
    assert "déjà" in errors(again)["starts_on"]
    assert "01/09/2026" in client.get("/heures/regles").text
    login_as(Role.OFFICE)
    assert client.get("/heures/regles").status_code == 403
