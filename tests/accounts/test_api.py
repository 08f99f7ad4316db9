"""The JSON door to staff, and the description of the whole API."""

import pytest

from app.accounts.models import Staff
from app.accounts.passwords import hash_password
from app.core.permissions import GRANTS, Role
from tests.factories import make_staff

OWN = "la lime et le marbre"
NEW = {"code": "E2", "last_name": "Roux", "first_name": "Anne", "role": "teacher", "email": "anne@ecole.example"}


@pytest.fixture
def director(db, bearer):
    return bearer(make_staff(db, Role.DIRECTOR, code="D1", password_hash=hash_password(OWN)))


def test_me_says_whom_the_token_acts_as(client, db, bearer):
    me = client.get("/api/v1/me", headers=bearer(make_staff(db, Role.MASTER, code="M1"))).json()
    assert (me["code"], me["role"], me["school"]) == ("M1", "master", "École de production du Test")
    assert me["permissions"] == sorted(GRANTS[Role.MASTER])


def test_staff_are_listed_with_where_they_stand(client, db, director):
    make_staff(db, Role.MASTER, code="M1", last_name="Aubert")
    listed = client.get("/api/v1/staff", headers=director).json()
    assert (listed["total"], listed["page"], listed["size"]) == (2, 1, 50)
    assert [(row["code"], row["state"]) for row in listed["items"]] == [("M1", "waiting"), ("D1", "active")]
    assert "password_hash" not in str(listed)


def test_somebody_is_added_once_per_key(client, db, director):
    keyed = director | {"Idempotency-Key": "un"}
    first = client.post("/api/v1/staff", json=NEW, headers=keyed)
    again = client.post("/api/v1/staff", json=NEW, headers=keyed)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.headers["location"] == "/api/v1/staff/E2"
    assert db.query(Staff).filter_by(code="E2").count() == 1


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"code": "D1"}, 422, "code"), ({"role": "boss"}, 422, "role"), ({"email": "anne"}, 422, "email"),
        ({"last_name": None}, 422, "last_name"), ({"disabled_at": None}, 422, "disabled_at"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_field(client, director, change, status, field):
    answer = client.post("/api/v1/staff", json=NEW | change, headers=director)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]


def test_only_what_is_sent_changes(client, db, director):
    staff = make_staff(db, Role.MASTER, code="M1")
    answer = client.patch("/api/v1/staff/M1", json={"first_name": "Ali", "version": 1}, headers=director)
    assert answer.status_code == 200
    assert (answer.json()["first_name"], answer.json()["version"]) == ("Ali", 2)
    assert answer.json()["email"] == staff.email


def test_a_role_needs_the_password_of_whom_the_token_acts_as(client, db, director):
    make_staff(db, Role.MASTER, code="M1")
    body = {"role": "office", "version": 1}
    refused = client.patch("/api/v1/staff/M1", json=body, headers=director)
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["own_password"])
    wrong = client.patch("/api/v1/staff/M1", json=body | {"own_password": "autre chose"}, headers=director)
    assert wrong.status_code == 422
    done = client.patch("/api/v1/staff/M1", json=body | {"own_password": OWN}, headers=director)
    assert done.json()["role"] == "office"


def test_an_old_version_is_refused_with_both_values(client, db, director):
    make_staff(db, Role.MASTER, code="M1", last_name="Aubert")
    client.patch("/api/v1/staff/M1", json={"last_name": "Auber", "version": 1}, headers=director)
    answer = client.patch("/api/v1/staff/M1", json={"last_name": "Haubert", "version": 1}, headers=director)
    assert answer.status_code == 409
    assert answer.json()["changes"] == [{"field": "Nom", "yours": "Haubert", "stored": "Auber"}]


def test_unknown_people_are_not_found(client, director):
    assert client.get("/api/v1/staff/X9", headers=director).status_code == 404
    assert client.patch("/api/v1/staff/X9", json={"version": 1}, headers=director).status_code == 404


class TestDescription:
    def test_it_lists_the_api_and_no_page(self, client, bearer):
        schema = client.get("/api/openapi.json", headers=bearer(Role.TEACHER)).json()
        assert schema["info"]["title"] == "Compagnon"
        assert "/api/v1/staff/{code}" in schema["paths"]
        assert [path for path in schema["paths"] if not path.startswith("/api/")] == []

    def test_it_says_how_programs_sign_in(self, client, bearer):
        schema = client.get("/api/openapi.json", headers=bearer(Role.TEACHER)).json()
        assert schema["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
        assert schema["security"] == [{"bearer": []}, {"session": []}]

    def test_strangers_do_not_get_it(self, client):
        assert client.get("/api/openapi.json").status_code == 401
        for path in ("/openapi.json", "/docs", "/redoc"):
            assert client.get(path).status_code == 404


@pytest.mark.parametrize("token", ["", "x", "é" * 300, "Bearer"])
def test_a_wrong_token_is_nobody(client, token):
    headers = {"Authorization": f"Bearer {token}".encode()}
    answer = client.get("/api/v1/me", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
