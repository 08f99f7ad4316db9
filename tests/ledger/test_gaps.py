"""The gap list: what timetable, roll call and tickets say differently, with the act that settles it."""

from datetime import timedelta

from app.core.permissions import Role
from app.ledger import queries
from app.ledger.rules.gaps import Gap
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


def test_the_list_costs_the_same_for_a_year(client, stage, login_as, query_budget):
    login_as(Role.DIRECTOR)
    with query_budget(9):
        client.get("/heures/ecarts", params={"du": "2026-09-01", "au": "2027-08-31"})
