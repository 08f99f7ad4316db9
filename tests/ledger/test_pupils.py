"""The ledger of a pupil: every hour from the yearly figure down to the statement and the ticket that made it."""

import csv
import io
from datetime import date, datetime, timedelta

import pytest

from app.core.clock import PARIS, instant
from app.core.permissions import Role
from app.ledger import queries
from app.ledger.rules.periods import Grain
from app.pedagogy.queries import practice_share, pupil_minutes
from app.pedagogy.queries.forecasts import group_forecast, school_forecast
from app.pedagogy.rules import Minutes, Period
from tests.factories import make_session, make_ticket, make_work_session
from tests.support.html import parse

YEAR = (date(2026, 9, 1), date(2027, 8, 31))


class TestFigures:
    def test_month_week_and_day_add_up_to_the_one_definition(self, db, stage, call, work):
        one = stage.pupils[0]
        call(stage.workshop, stage.master, stage.pupils, "late 15", "present", "absent")
        call(stage.lesson, stage.teacher, stage.pupils, "present", "present", "present")
        work(one, stage.workshop.on_date, 495, 700)
        for grain in Grain:
            ledger = queries.pupil_ledger(db, one.code, *YEAR, grain)
            assert (ledger.total.planned, ledger.total.held, ledger.total.attended) == pupil_minutes(
                db, one.id, Period(*YEAR)
            )
            assert ledger.total.attended == Minutes(225, 120)
            assert ledger.total.worked == 205

    def test_what_remains_planned_gives_a_forecast(self, db, stage, call):
        one = stage.pupils[0]
        make_session(db, stage.group, on_date=stage.workshop.on_date + timedelta(days=3))
        call(stage.workshop, stage.master, [one], "late 120")
        coming = queries.pupil_ledger(db, one.code, *YEAR).forecast
        assert coming is not None
        assert (coming.remaining, coming.expected) == (Minutes(240, 0), Minutes(240, 0))
        assert queries.pupil_ledger(db, one.code, YEAR[0], date(2026, 9, 30)).forecast is None

    @pytest.mark.parametrize(
        ("night", "wall", "minutes"), [(date(2026, 10, 25), (60, 240), 240), (date(2027, 3, 28), (60, 240), 120)]
    )
    def test_the_nights_when_clocks_change_last_as_long_as_they_did(self, db, stage, clock, night, wall, minutes):
        clock.set(datetime(2027, 4, 1, 9, 0, tzinfo=PARIS))
        one = stage.pupils[0]
        start, end = (instant(night, minute) for minute in wall)
        ticket = make_ticket(db, pupil=one)
        make_work_session(db, ticket, one, minutes=int((end - start).total_seconds() // 60), started_at=start)
        figures = queries.pupil_ledger(db, one.code, night, night).total
        assert figures.worked == minutes

    def test_work_over_midnight_is_cut_there(self, db, stage):
        one, day = stage.pupils[0], date(2026, 11, 20)
        make_work_session(db, make_ticket(db, pupil=one), one, minutes=60, started_at=instant(day, 1410))
        worked = [line.figures.worked for line in queries.pupil_ledger(db, one.code, day, date(2026, 11, 21)).lines]
        assert worked == [30, 30]


class TestSources:
    def test_a_day_names_each_statement_who_made_it_and_which_it_replaced(self, db, stage, call, login_as, work):
        one, office = stage.pupils[0], login_as(Role.OFFICE)
        call(stage.workshop, stage.master, [one], "absent")
        call(stage.workshop, office, [one], "late 20")
        work(one, stage.workshop.on_date, 500, 620)
        found = queries.day_of_pupil(db, one.code, stage.workshop.on_date)
        workshop = found.sessions[0]
        first, second = workshop.said
        assert (first.who, first.holds, second.who, second.holds) == (
            stage.master.full_name, False, office.full_name, True,
        )  # fmt: skip
        assert (second.replaces_id, workshop.attended) == (first.id, 220)
        assert found.figures.attended == Minutes(220, 0)
        assert [row.seconds for row in found.tickets] == [7200]

    def test_a_cancelled_session_and_a_lesson_of_another_group_count_nothing(self, db, stage, call):
        one = stage.pupils[0]
        call(stage.lesson, stage.teacher, [one], "present")
        stage.lesson.state = "cancelled"
        db.flush()
        found = queries.day_of_pupil(db, one.code, stage.lesson.on_date)
        assert [(shown.counts, shown.attended) for shown in found.sessions] == [(True, None), (False, None)]


class TestPages:
    @pytest.fixture(autouse=True)
    def _director(self, login_as):
        login_as(Role.DIRECTOR)

    def test_from_the_year_to_the_statement_by_links_alone(self, client, stage, call):
        one = stage.pupils[0]
        call(stage.workshop, stage.master, [one], "late 15")
        address = f"/heures/eleves/{one.code}"
        for _ in range(3):
            page = client.get(address)
            assert page.status_code == 200
            address = parse(page.text).one("tbody").all("a")[0].attributes["href"]
        day = client.get(address)
        assert address.endswith(f"/jours/{stage.workshop.on_date}")
        assert "Retard 15 min" in parse(day.text).text
        assert stage.master.full_name in day.text

    def test_an_odd_day_is_not_there_and_an_odd_period_is_told(self, client, stage):
        code = stage.pupils[0].code
        assert client.get(f"/heures/eleves/{code}/jours/demain").status_code == 404
        assert client.get(f"/heures/eleves/{code}", params={"du": "2026-11-02", "au": "2026-11-01"}).status_code == 422
        assert client.get("/heures/eleves/RIEN").status_code == 404

    def test_the_days_are_exported_in_minutes(self, client, stage, call):
        one = stage.pupils[0]
        call(stage.workshop, stage.master, [one], "late 15")
        rows = list(
            csv.reader(io.StringIO(client.get(f"/heures/eleves/{one.code}/export.csv").text.lstrip("\ufeff")),
                       delimiter=";")
        )  # fmt: skip
        assert rows[1] == ["23/11/2026", "240", "120", "240", "0", "225", "0", "0"]

    def test_the_api_tells_the_same(self, client, stage, call, bearer):
        one, headers = stage.pupils[0], bearer(Role.MASTER)
        call(stage.workshop, stage.master, [one], "late 15")
        year = client.get(f"/api/v1/pupils/{one.code}/ledger", headers=headers).json()
        assert (year["total"]["attended_practice"], year["lines"][0]["start"]) == (225, "2026-11-01")
        day = client.get(f"/api/v1/pupils/{one.code}/ledger/2026-11-23", headers=headers).json()
        assert day["sessions"][0]["statements"][0]["status"] == "late"
        odd = {"from": "2000-01-01", "to": "2026-01-01"}
        assert client.get(f"/api/v1/pupils/{one.code}/ledger", params=odd, headers=headers).status_code == 422

    def test_a_year_costs_no_more_statements_than_a_day(self, client, stage, query_budget):
        with query_budget(13):
            client.get(f"/heures/eleves/{stage.pupils[0].code}")


def test_the_school_s_forecast_is_that_of_its_report(db, stage, call):
    make_session(db, stage.group, on_date=stage.workshop.on_date + timedelta(days=3))
    call(stage.workshop, stage.master, stage.pupils, "late 120", "present", "absent")
    period = Period(*YEAR)
    total = practice_share(db, period, planned=True).total
    mine = school_forecast(db, total.attended)
    assert mine == group_forecast(db, None, period, total.held, total.attended)
    assert mine is not None
    assert mine.remaining == Minutes(720, 0)
