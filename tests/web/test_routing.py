"""The unit of work as a route sees it: keys, answers given again, files, and what is not kept."""

import pytest
from sqlalchemy import func, select

from app.clients.models import Company
from app.core.idempotency import IdempotencyKey
from app.core.permissions import Role
from tests.support.html import submit

BODY = {"name": "Mécanique du Der"}


@pytest.fixture
def office(bearer):
    return bearer(Role.OFFICE)


def companies(db):
    return db.scalar(select(func.count()).select_from(Company))


def create(client, office, key, **body):
    return client.post("/api/v1/clients", json=BODY | body, headers=office | {"Idempotency-Key": key})


class TestKeysOfPrograms:
    def test_the_first_answer_is_given_again(self, client, db, office):
        first, again = create(client, office, "k"), create(client, office, "k")
        assert (again.status_code, again.json(), again.headers["location"]) == (
            201, first.json(), first.headers["location"],
        )  # fmt: skip
        assert again.headers["idempotent-replay"] == "true"
        assert "idempotent-replay" not in first.headers
        assert companies(db) == 1

    def test_a_key_belongs_to_one_request(self, client, db, office):
        create(client, office, "k")
        other = create(client, office, "k", name="Autre")
        assert other.status_code == 422
        assert list(other.json()["errors"]) == ["Idempotency-Key"]
        assert companies(db) == 1

    def test_a_key_belongs_to_one_person(self, client, db, office, bearer):
        create(client, office, "k")
        assert create(client, bearer(Role.OFFICE), "k", name="Autre").status_code == 201

    def test_a_refused_request_does_not_use_up_its_key(self, client, db, office):
        assert create(client, office, "k", email="x").status_code == 422
        assert create(client, office, "k").status_code == 201

    def test_long_keys_are_told_apart_to_their_end(self, client, db, office):
        assert create(client, office, "k" * 100 + "1").status_code == 201
        assert create(client, office, "k" * 100 + "2", name="Autre").status_code == 201
        assert companies(db) == 2

    def test_a_change_has_its_version_and_needs_no_key(self, client, db, office):
        code = create(client, office, "k").json()["code"]
        keyed = office | {"Idempotency-Key": "c"}
        body = BODY | {"country": "FR", "payment_days": 30, "city": "Dié", "version": 1}
        assert client.put(f"/api/v1/clients/{code}", json=body, headers=keyed).status_code == 200
        assert client.put(f"/api/v1/clients/{code}", json=body, headers=keyed).status_code == 409

    def test_a_stranger_claims_nothing(self, client, db):
        client.post("/api/v1/clients", json=BODY, headers={"Idempotency-Key": "k"})
        assert db.query(IdempotencyKey).count() == 0


class TestKeysOfForms:
    def test_a_double_click_makes_one(self, client, db, login_as):
        login_as(Role.OFFICE)
        page = client.get("/clients/nouveau")
        first, again = submit(client, page, name="Der"), submit(client, page, name="Der")
        assert (first.status_code, again.status_code) == (303, 303)
        assert first.headers["location"] == again.headers["location"]
        assert "Client créé." in client.get(again.headers["location"]).text
        assert companies(db) == 1

    def test_back_and_other_words_make_another(self, client, db, login_as):
        login_as(Role.OFFICE)
        page = client.get("/clients/nouveau")
        submit(client, page, name="Der")
        assert submit(client, page, name="Marne").status_code == 303
        assert companies(db) == 2

    def test_the_page_opened_twice_makes_two(self, client, db, login_as):
        login_as(Role.OFFICE)
        for _ in range(2):
            submit(client, client.get("/clients/nouveau"), name="Der")
        assert companies(db) == 2

    def test_no_page_with_a_password_in_it_keeps_a_key(self, client, db, login_as):
        login_as(Role.DIRECTOR)
        client.post("/compte/mot-de-passe", data={"current_password": "x", "password": "y", "password_again": "y"})
        assert db.query(IdempotencyKey).count() == 0


class TestOldKeys:
    def test_they_are_forgotten_after_two_days(self, client, db, office, clock):
        from app.core.idempotency import forget_old

        create(client, office, "k")
        clock.advance(hours=47)
        forget_old(db)
        assert db.query(IdempotencyKey).count() == 1
        clock.advance(hours=2)
        forget_old(db)
        assert db.query(IdempotencyKey).count() == 0


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"name=&name", "application/x-www-form-urlencoded"), (b"--x\r\n", "multipart/form-data; boundary=x"),
        (b"x", "multipart/form-data"), (b"\xff\xfe%", "application/x-www-form-urlencoded"), (b"{}", "text/plain"),
        (b"&" * 6000 + b"a=1" + b"&a=1" * 6000, "application/x-www-form-urlencoded"), (b"", ""),
    ],
)  # fmt: skip
def test_a_body_that_is_no_form_is_an_answer_and_no_failure(client, db, login_as, content, kind):
    login_as(Role.OFFICE)
    answer = client.post("/clients", content=content, headers={"Content-Type": kind} if kind else {})
    assert answer.status_code in {400, 422}
    assert companies(db) == 0
