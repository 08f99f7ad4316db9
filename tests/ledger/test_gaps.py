"""The gap list: what timetable, roll call and tickets say differently, with the act that settles it."""

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest

from app.core.clock import instant
from app.core.permissions import Role
from app.ledger import queries
from app.ledger.rules.gaps import Gap
from tests.factories import make_session
from tests.support.html import parse


def found(db, stage, **other):
    day = stage.workshop.on_date
    return [(row.name, row.gap, row.minutes) for row in queries.list_gaps(db, day, day, **other)]


def test_each_kind_of_gap_with_who(db, stage, call, work):
    one, two, three = stage.pupils
    call(stage.workshop, stage.master, stage.pupils, "present", "absent", "late 200")
    work(two, stage.workshop.on_date, 490, 550)
    work(three, stage.workshop.on_date, 490, 720)
    assert set(found(db, stage)) == {
        ("", Gap.NO_CALL, 120), (one.full_name, Gap.NO_TICKET, 240), (two.full_name, Gap.ABSENT, 60),
        (three.full_name, Gap.MORE, 190),
    }  # fmt: skip


def test_only_of_one_group_and_not_of_days_to_come(db, stage):
    assert found(db, stage, group="AUTRE") == []
    later = stage.workshop.on_date + timedelta(days=30)
    assert queries.list_gaps(db, later, later) == []


def test_the_page_names_them_sorts_and_settles(client, db, stage, call, login_as):
    login_as(Role.DIRECTOR)
    call(stage.workshop, stage.master, stage.pupils, "present", "absent", "absent")
    page = client.get("/heures/ecarts", params={"tri": "eleve", "quoi": "no_ticket"})
    assert page.status_code == 200
    assert "Aubry" in page.text
    assert "Belkacem" not in page.text
    assert f"/heures/eleves/{stage.pupils[0].code}/jours/{stage.workshop.on_date}" in page.text
    everything = parse(client.get("/heures/ecarts", params={"du": "x", "au": "9999-99-99"}).text).text
    assert "Séance sans appel" in everything
    assert "Faire l’appel" in everything
    assert "Aubry" in client.get("/heures/ecarts/export.csv").text


@pytest.fixture
def many(db, stage, call):
    """Sixty-three gaps without a ticket over twenty-one days, and the lesson that nobody called."""
    for back in range(1, 22):
        session = stage.workshop if back == 1 else None
        day = stage.workshop.on_date - timedelta(days=back - 1)
        session = session or make_session(db, stage.group, staff=stage.master, on_date=day)
        call(session, stage.master, stage.pupils, "present", "present", "present")
    return {"du": "2026-11-01", "au": "2026-11-30"}


def names(page):
    return [row.text for row in parse(page.text).one("tbody").all("tr")]


def test_it_comes_in_pages_with_filters_search_and_order(client, login_as, many):
    login_as(Role.DIRECTOR)
    first = client.get("/heures/ecarts", params=many)
    assert len(names(first)) == 50
    assert "64 écarts" in parse(first.text).text.replace("\u00a0", " ")
    second = client.get("/heures/ecarts", params=many | {"page": "2"})
    assert len(names(second)) == 14
    assert not set(names(first)) & set(names(second))
    assert len(names(client.get("/heures/ecarts", params=many | {"q": "aubry"}))) == 21
    assert len(names(client.get("/heures/ecarts", params=many | {"quoi": "no_call"}))) == 1
    by_name = client.get("/heures/ecarts", params=many | {"tri": "-eleve", "quoi": "no_ticket"})
    assert "Colin" in names(by_name)[0]
    assert "Aucun écart ne correspond" in client.get("/heures/ecarts", params=many | {"q": "zzz"}).text
    assert client.get("/heures/ecarts", params=many | {"page": "9"}).status_code == 200
    assert client.get("/heures/ecarts", params=many | {"page": "0"}).status_code in {409, 422}


def test_what_is_exported_is_what_is_filtered_all_of_it(client, login_as, many):
    login_as(Role.DIRECTOR)
    kept = many | {"quoi": "no_ticket", "tri": "eleve"}
    text = client.get("/heures/ecarts/export.csv", params=kept).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert (len(rows), rows[0][4], rows[1][5]) == (64, "Écart", "240")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/heures/ecarts/export.xlsx", params=kept).content)).active
    assert (book.max_row, book["C2"].value) == (64, rows[1][2])


@pytest.mark.parametrize("night", [date(2026, 3, 29), date(2026, 10, 25)])
def test_the_nights_when_clocks_change_are_told_by_the_wall_clock(db, stage, work, night):
    """From 23:00 the evening before to 08:00: of the night itself eight hours of the wall clock lie outside."""
    ticket = work(stage.pupils[0], night, 480, 490)
    ticket.started_at, ticket.ended_at = instant(night - timedelta(days=1), 1380), instant(night, 480)
    db.flush()
    rows = queries.list_gaps(db, night - timedelta(days=1), night)
    assert {(row.day, row.gap, row.minutes) for row in rows} == {
        (night - timedelta(days=1), Gap.OUTSIDE, 60), (night, Gap.OUTSIDE, 480),
    }  # fmt: skip


def test_the_list_costs_the_same_for_a_year(client, stage, login_as, query_budget):
    login_as(Role.DIRECTOR)
    with query_budget(9):
        client.get("/heures/ecarts", params={"du": "2026-09-01", "au": "2027-08-31"})
