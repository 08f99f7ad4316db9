"""The JSON door to applicants: no remark, no word of an observation week."""

from datetime import date

import pytest

from app.admissions import service
from app.admissions.rules import Step
from app.core.actor import SYSTEM
from app.core.permissions import Role


def receive(db, **told):
    values = {"first_name": "Inès", "school_year": "2027-2028", "received_on": date(2026, 11, 2)} | told
    made = service.receive(db, values=dict.fromkeys(service.LABELS) | values, guardians=[], by=SYSTEM)
    db.flush()
    return made


@pytest.fixture
def applicant(db):
    return receive(db, last_name="Adam", comment="Asthme")


def test_listed_by_step_and_school_year(client, db, bearer, applicant):
    headers = bearer(Role.OFFICE)
    told = client.get("/api/v1/applicants", headers=headers).json()
    assert (told["total"], told["items"][0]["number"], told["items"][0]["step"]) == (1, applicant.number, "received")
    applicant.step = Step.REFUSED
    db.flush()
    assert client.get("/api/v1/applicants", headers=headers).json()["total"] == 1
    assert client.get("/api/v1/applicants?step=received", headers=headers).json()["total"] == 0
    assert client.get("/api/v1/applicants?school_year=2030-2031", headers=headers).json()["total"] == 0
    assert client.get("/api/v1/applicants?step=rien", headers=headers).status_code == 422


def test_one_application_without_what_was_remarked(client, bearer, applicant):
    answer = client.get(f"/api/v1/applicants/{applicant.number}", headers=bearer(Role.OFFICE))
    assert answer.json()["last_name"] == "Adam"
    assert (answer.json()["pupil"], answer.json()["weeks"]) == (None, [])
    assert "Asthme" not in answer.text


def test_rights_are_those_of_the_pages(client, bearer, applicant):
    assert client.get("/api/v1/applicants").status_code == 401
    assert client.get("/api/v1/applicants", headers=bearer(Role.TEACHER)).status_code == 403
    assert client.get("/api/v1/applicants/C2027-999", headers=bearer(Role.OFFICE)).status_code == 404


def test_as_many_statements_for_many(client, db, bearer, applicant, record_queries):
    headers = bearer(Role.OFFICE)

    def count():
        with record_queries() as statements:
            assert client.get("/api/v1/applicants", headers=headers).status_code == 200
        return len(statements)

    few = count()
    for n in range(6):
        receive(db, last_name=f"Nom{n}")
    assert count() == few
