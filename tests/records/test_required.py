"""Which documents are asked for is the school's to say; what is missing or over is searched, sorted and exported."""

import json
from datetime import date

import pytest
from sqlalchemy import select

from app.core.actor import SYSTEM
from app.core.clock import today
from app.core.errors import Stale
from app.core.journal import history
from app.core.paging import ListRequest
from app.core.permissions import Role
from app.records import queries, service
from app.records.models import DocumentSetting
from app.records.rules import REQUIRED, DocumentKind, DocumentState, Paper
from tests.factories import make_diploma, make_group, make_pupil
from tests.support.html import parse

K = DocumentKind


@pytest.fixture
def school(db):
    """Inès prepares a CAP, Tom another diploma."""
    cap, other = make_diploma(db, code="CAP"), make_diploma(db, code="BAC")
    ines = make_pupil(db, make_group(db, cap, label="CAP 1"), first_name="Inès", last_name="Adam")
    tom = make_pupil(db, make_group(db, other, label="Bac 1"), first_name="Tom", last_name="Zola")
    return ines, tom


def asked(db, **other):
    return [(row.pupil.first_name, row.due.kind) for row in queries.due_list(db, today(), ListRequest(**other))]


def test_until_the_school_says_otherwise_the_usual_ones_are_asked_for(db, school):
    assert queries.required(db).of("CAP") == REQUIRED
    assert len(asked(db)) == 2 * len(REQUIRED)


def test_a_diploma_asks_for_more_than_the_others(db, school):
    service.set_required(db, [K.CONTRACT], {"CAP": [K.PLACEMENT]}, seen_version=0, by=SYSTEM)
    db.flush()
    assert asked(db, sort="eleve") == [("Inès", K.CONTRACT), ("Inès", K.PLACEMENT), ("Tom", K.CONTRACT)]
    deed = history(db, "document_setting", 1)[0]
    labels = [change[0] for change in deed.changes]
    assert labels[0] == "Tous les élèves"
    assert len(labels) == 2


def test_two_at_once_are_told_and_the_first_one_stays(db, school):
    service.set_required(db, [K.CONTRACT], {}, seen_version=0, by=SYSTEM)
    with pytest.raises(Stale) as stale:
        service.set_required(db, [K.IDENTITY], {}, seen_version=0, by=SYSTEM)
    assert stale.value.changes[0] == ("Tous les élèves", "Pièce d’identité", "Contrat de scolarité")
    assert queries.required(db).everyone == (K.CONTRACT,)


def test_what_ends_is_told_with_its_day_by_search_filter_and_order(db, school):
    ines, _tom = school
    over = Paper(K.INSURANCE, "", date(2025, 9, 1), date(2026, 8, 31))
    service.add_document(db, ines, over, file=None, by=SYSTEM)
    db.flush()
    expired = queries.due_list(db, today(), ListRequest(filters={"etat": "over"}))
    assert [(row.pupil.first_name, row.due.kind, row.due.ends_on) for row in expired] == [
        ("Inès", K.INSURANCE, date(2026, 8, 31))
    ]
    assert {name for name, _ in asked(db, q="zola")} == {"Tom"}
    assert {kind for _, kind in asked(db, filters={"document": "identity"})} == {K.IDENTITY}
    assert {name for name, _ in asked(db, filters={"groupe": ines.group.code})} == {"Inès"}
    assert asked(db, sort="eleve", descending=True)[0][0] == "Tom"
    assert queries.due_list(db, today())[-1].due.state == DocumentState.OVER


class TestPages:
    def test_the_office_sets_them_and_the_file_of_the_pupil_follows(self, client, db, login_as, school):
        login_as(Role.OFFICE)
        page = client.get("/dossiers/documents/demandes")
        answer = client.post(
            "/dossiers/documents/demandes",
            data={"version": "0", "everyone": ["contract"], "beside": ["CAP:placement", "CAP:census"]},
        )
        assert page.status_code == 200
        assert answer.status_code == 303
        row = db.scalars(select(DocumentSetting)).one()
        assert json.loads(row.content) == {"everyone": ["contract"], "beside": {"CAP": ["census", "placement"]}}
        told = parse(client.get(f"/eleves/{school[0].code}/dossier").text).text
        assert "Convention de stage" in told
        again = parse(client.get("/dossiers/documents/demandes").text)
        ticked = [box.attributes["value"] for box in again.all("input", type="checkbox") if "checked" in box.attributes]
        assert ticked == ["contract", "CAP:census", "CAP:placement"]

    @pytest.mark.parametrize("beside", ["CAP:rien", "NIX:contract", "contract", ":contract"])
    def test_nonsense_is_refused_and_nothing_is_stored(self, client, db, login_as, school, beside):
        login_as(Role.OFFICE)
        answer = client.post("/dossiers/documents/demandes", data={"version": "0", "beside": beside})
        assert answer.status_code == 422
        assert db.scalars(select(DocumentSetting)).all() == []

    def test_two_at_once_see_both_on_the_page(self, client, db, login_as, school):
        login_as(Role.OFFICE)
        service.set_required(db, [K.CONTRACT], {}, seen_version=0, by=SYSTEM)
        db.flush()
        answer = client.post("/dossiers/documents/demandes", data={"version": "0", "everyone": ["identity"]})
        assert answer.status_code == 409
        assert "Contrat de scolarité" in parse(answer.text).one("div", id="erreurs").text

    def test_teachers_do_not(self, client, login_as, school):
        login_as(Role.TEACHER)
        assert client.get("/dossiers/documents/demandes").status_code == 403
        assert client.post("/dossiers/documents/demandes", data={}).status_code == 403

    def test_the_list_is_read_back_as_a_table_file(self, client, login_as, school):
        login_as(Role.OFFICE)
        page = client.get("/dossiers/documents?tri=eleve&q=adam")
        assert len(parse(page.text).one("tbody").all("tr")) == len(REQUIRED)
        lines = client.get("/dossiers/documents/export.csv?q=adam").content.decode("utf-8-sig").splitlines()
        assert len(lines) == 1 + len(REQUIRED)
        assert "Adam Inès" in lines[1]
