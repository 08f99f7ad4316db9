"""The JSON door to documents: what is held, missing, over; never a note, an adjustment or a file."""

from datetime import date

import pytest

from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.permissions import Role
from app.records import service
from app.records.models import Adjustment, PupilNote
from app.records.rules import REQUIRED, Audience, DocumentKind, Paper
from tests.factories import make_pupil, make_staff


@pytest.fixture
def ines(db):
    pupil = make_pupil(db, code="E1")
    over = Paper(DocumentKind.INSURANCE, "Mutuelle", date(2025, 9, 1), date(2026, 8, 31))
    service.add_document(db, pupil, over, file=None, by=SYSTEM)
    db.flush()
    return pupil


def test_a_pupil_s_documents_and_what_is_to_be_asked_for(client, bearer, ines):
    told = client.get("/api/v1/pupils/E1/documents", headers=bearer(Role.OFFICE)).json()
    assert told["held"] == [{"kind": "insurance", "state": "over", "on": "2025-09-01", "ends_on": "2026-08-31"}]
    assert {(one["kind"], one["state"]) for one in told["due"]} == {
        ("insurance", "over"), ("contract", "missing"), ("identity", "missing"), ("house_rules", "missing"),
    }  # fmt: skip


def test_what_the_school_is_to_ask_for_filtered(client, bearer, ines):
    headers = bearer(Role.OFFICE)
    assert len(client.get("/api/v1/documents/due", headers=headers).json()) == len(REQUIRED)
    over = client.get("/api/v1/documents/due?state=over", headers=headers).json()
    assert over == [{"pupil": "E1", "kind": "insurance", "state": "over", "ends_on": "2026-08-31"}]
    assert client.get("/api/v1/documents/due?group=NIX", headers=headers).json() == []
    assert client.get("/api/v1/documents/due?state=rien", headers=headers).status_code == 422


def test_rights_are_those_of_the_pages(client, bearer, ines):
    assert client.get("/api/v1/pupils/E1/documents").status_code == 401
    assert client.get("/api/v1/documents/due").status_code == 401
    assert client.get("/api/v1/documents/due", headers=bearer(Role.TEACHER)).status_code == 403
    assert client.get("/api/v1/pupils/NIX/documents", headers=bearer(Role.OFFICE)).status_code == 404


def test_notes_and_adjustments_never_leave_by_this_door(client, db, bearer, ines):
    author = make_staff(db, Role.DIRECTOR)
    db.add(PupilNote(pupil_id=ines.id, author_id=author.id, audience=Audience.SUPPORT, content="Secret", at=now()))
    db.add(Adjustment(pupil_id=ines.id, wording="Tiers temps", starts_on=date(2026, 9, 1), at=now()))
    db.flush()
    text = client.get("/api/v1/pupils/E1/documents", headers=bearer(author)).text
    assert "insurance" in text
    assert "Secret" not in text
    assert "Tiers temps" not in text


@pytest.mark.parametrize("path", ["/documents/due", "/pupils/E1/documents"])
def test_as_many_statements_for_many(client, db, bearer, ines, record_queries, path):
    headers = bearer(Role.OFFICE)

    def count():
        with record_queries() as statements:
            assert client.get(f"/api/v1{path}", headers=headers).status_code == 200
        return len(statements)

    few = count()
    for _ in range(6):
        make_pupil(db, ines.group)
        paper = Paper(DocumentKind.OTHER, "x", date(2025, 9, 1), None)
        service.add_document(db, ines, paper, file=None, by=SYSTEM)
    db.flush()
    assert count() == few
