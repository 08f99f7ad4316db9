"""Signed sheets, certificates and the export for the Région: from the register, frozen, read back."""

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import func, select

from app.core.permissions import Role
from app.ledger.models import IssuedPaper
from tests.support.html import errors
from tests.support.pdf import read_pdf


@pytest.fixture(autouse=True)
def _office(login_as):
    login_as(Role.OFFICE)


@pytest.fixture
def called(stage, call):
    call(stage.workshop, stage.master, stage.pupils, "present", "late 20", "absent")
    call(stage.lesson, stage.teacher, stage.pupils, "present", "present", "excused")
    return stage


def sheet(client, stage, **other):
    day = stage.workshop.on_date
    sent = {"group": stage.group.code, "starts_on": day.isoformat(), "ends_on": day.isoformat()} | other
    return client.post("/heures/papiers/feuilles", data=sent)


def certificate(client, pupil, start="2026-09-01", end="2026-11-23"):
    return client.post(
        "/heures/papiers/attestations", data={"pupil": pupil.code, "starts_on": start, "ends_on": end}
    )  # fmt: skip


def test_a_sheet_says_the_register_by_half_days(client, called):
    assert sheet(client, called).status_code == 303
    paper = read_pdf(client.get("/heures/papiers/EM2026-0001/papier.pdf").content)
    assert "EM2026-0001" in paper.text
    text = paper.text.replace("\u00a0", " ")
    for words in ("Aubry Noa", "matin", "après-midi", "3 h 40 sur 4 h 00", "Absent", "Excusé", "Intervenant"):
        assert words in text


def test_a_certificate_is_frozen_with_its_number(client, db, called, call):
    two = called.pupils[1]
    assert certificate(client, two).status_code == 303
    before = client.get("/heures/papiers/AT2026-0001/papier.pdf").content
    assert "5 h 40" in read_pdf(before).text.replace("\u00a0", " ")
    call(called.workshop, called.master, [two], "present")
    assert client.get("/heures/papiers/AT2026-0001/papier.pdf").content == before
    assert certificate(client, two).status_code == 303
    assert "6 h 00" in read_pdf(client.get("/heures/papiers/AT2026-0002/papier.pdf").content).text.replace(
        "\u00a0", " "
    )
    assert "AT2026-0002" in client.get("/heures/papiers").text


@pytest.mark.parametrize(("days", "sentence"), [(-1, "après le premier"), (7, "une semaine au plus")])
def test_odd_days_of_a_sheet_are_refused_at_their_field(client, db, called, days, sentence):
    end = called.workshop.on_date + timedelta(days=days)
    page = sheet(client, called, ends_on=end.isoformat())
    assert page.status_code == 422
    assert sentence in errors(page)["ends_on"]
    assert db.scalar(select(func.count()).select_from(IssuedPaper)) == 0


def test_days_to_come_are_not_certified(client, called):
    assert certificate(client, called.pupils[0], end="2026-11-30").status_code == 422
    assert client.get("/heures/papiers/AT2026-0009/papier.pdf").status_code == 404


def test_the_region_gets_hours_per_pupil_in_a_year(client, called):
    page = client.get("/heures/region")
    assert page.status_code == 200
    rows = list(csv.reader(io.StringIO(client.get("/heures/region/export.csv").text.lstrip("\ufeff")), delimiter=";"))
    names = {row[1]: row[3:] for row in rows[1:]}
    assert names[called.pupils[0].full_name] == ["4,00", "2,00", "6,00"]
    assert names["Total"] == ["7,67", "4,00", "11,67"]
    book = openpyxl.load_workbook(
        io.BytesIO(client.get("/heures/region/export.xlsx", params={"annee": "annee-2026"}).content)
    )
    assert book.active[2][3].value == 4
    none = client.get("/heures/region", params={"annee": "civile-2020"})
    assert "Aucune heure suivie" in none.text


def test_a_paper_is_asked_for_with_the_pupil_or_the_group_at_hand_already_chosen(client, called):
    pupil, group = called.pupils[0], called.group
    asked = client.get(f"/heures/papiers/attestations?eleve={pupil.code}")
    assert f'<option value="{pupil.code}" selected>' in asked.text
    assert 'value="01/09/2026"' in asked.text
    assert f'<option value="{group.code}" selected>' in client.get(f"/heures/papiers/feuilles?groupe={group.code}").text
    assert f"/heures/papiers/attestations?eleve={pupil.code}" in client.get(f"/heures/eleves/{pupil.code}").text
