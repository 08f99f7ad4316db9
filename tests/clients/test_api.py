"""The JSON door to companies."""

from sqlalchemy import func, select

from app.clients.models import Company
from app.core.permissions import Role
from tests.factories import make_company

BODY = {"name": "Mécanique du Der", "country": "FR", "payment_days": 30}


def test_a_company_is_created_once_for_one_idempotency_key(client, db, bearer):
    headers = bearer(Role.OFFICE) | {"Idempotency-Key": "abc"}
    first = client.post("/api/v1/clients", json=BODY, headers=headers)
    again = client.post("/api/v1/clients", json=BODY, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.headers["location"] == again.headers["location"] == "/api/v1/clients/C001"
    assert db.scalar(select(func.count()).select_from(Company)) == 1


def test_a_key_used_for_another_demand_is_refused(client, db, bearer):
    headers = bearer(Role.OFFICE) | {"Idempotency-Key": "abc"}
    client.post("/api/v1/clients", json=BODY, headers=headers)
    other = client.post("/api/v1/clients", json=BODY | {"name": "Autre"}, headers=headers)
    assert other.status_code == 422
    assert "déjà servi" in other.json()["detail"]


def test_wrong_fields_are_named_and_nothing_is_stored(client, db, bearer):
    body = BODY | {"name": "", "email": "x", "colour": "red", "payment_days": True}
    answer = client.post("/api/v1/clients", json=body, headers=bearer(Role.OFFICE))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()["errors"]) == {"name", "email", "colour", "payment_days"}
    assert db.scalar(select(func.count()).select_from(Company)) == 0


def test_nobody_learns_the_schema_without_signing_in(client):
    answer = client.post("/api/v1/clients", json={"x": 1})
    assert answer.status_code == 401
    assert "errors" not in answer.json()
    assert client.post("/api/v1/clients", content=b"{", headers={"content-type": "application/json"}).status_code == 401


def test_a_stale_version_answers_both_values(client, db, bearer):
    company = make_company(db, code="C001", name="Ancien")
    headers = bearer(Role.OFFICE)
    body = BODY | {"version": company.version}
    assert client.put("/api/v1/clients/C001", json=body, headers=headers).status_code == 200
    stale = client.put("/api/v1/clients/C001", json=body | {"name": "Tiers"}, headers=headers)
    assert stale.status_code == 409
    assert {"field": "Raison sociale", "yours": "Tiers", "stored": "Mécanique du Der"} in stale.json()["changes"]


def test_the_list_is_paged_and_bounded(client, db, bearer):
    for _ in range(3):
        make_company(db)
    headers = bearer(Role.OFFICE)
    answer = client.get("/api/v1/clients?page=2&size=2", headers=headers).json()
    assert (len(answer["items"]), answer["total"], answer["page"], answer["size"]) == (1, 3, 2, 2)
    assert client.get("/api/v1/clients?size=100000", headers=headers).status_code == 422
    assert client.get(f"/api/v1/clients?page={10**18}", headers=headers).status_code == 422
