"""The very first account: once, with the code that the server printed."""

import pytest

from app.accounts.models import School, SetupCode, Staff
from app.accounts.passwords import hash_password
from app.accounts.service import new_setup_code
from app.core.permissions import Role
from tests.factories import make_school, make_staff
from tests.support.html import submit

PASSWORD = "la lime et le marbre"
TYPED = {
    "school_name": "École du Val", "first_name": "Hélène", "last_name": "Morel", "email": "helene@ecole.example",
    "password": PASSWORD, "password_again": PASSWORD,
}  # fmt: skip


@pytest.fixture
def code(db):
    made = new_setup_code(db)
    db.flush()
    return made


def create(client, code, **changes):
    return submit(client, client.get("/premiere-connexion"), **(TYPED | {"code": code} | changes))


def test_sign_in_leads_there_while_nobody_can_sign_in(client, db):
    make_staff(db, Role.DIRECTOR)
    assert client.get("/connexion").headers["location"] == "/premiere-connexion"


def test_the_printed_code_makes_the_director_and_signs_in(client, db, code):
    answer = create(client, code.lower().replace("-", " "))
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    director = db.query(Staff).one()
    assert (director.code, director.role, director.full_name) == ("D1", Role.DIRECTOR, "Hélène Morel")
    assert db.query(School).one().name == "École du Val"
    assert client.get("/compte").status_code == 200
    assert db.query(SetupCode).count() == 0


def test_it_is_gone_once_somebody_can_sign_in(client, db, code):
    create(client, code)
    client.cookies.clear()
    assert client.get("/premiere-connexion").status_code == 404
    assert client.post("/premiere-connexion", data=TYPED | {"code": code, "staff_code": "D2"}).status_code == 404
    assert db.query(Staff).count() == 1


def test_a_wrong_code_makes_nobody_and_keeps_what_was_typed(client, db, code):
    answer = create(client, "ABCD-EFGH")
    assert answer.status_code == 422
    assert "n’est pas celui que le serveur a affiché" in answer.text
    assert 'value="Hélène"' in answer.text
    assert PASSWORD not in answer.text
    assert db.query(Staff).count() == 0


def test_a_code_lives_for_seventy_two_hours(client, code, clock):
    clock.advance(hours=73)
    assert create(client, code).status_code == 422


def test_a_new_start_of_the_server_replaces_the_code(client, db, code):
    new_setup_code(db)
    db.flush()
    assert create(client, code).status_code == 422


def test_no_code_is_made_once_somebody_can_sign_in(db):
    make_staff(db, Role.DIRECTOR, password_hash=hash_password(PASSWORD))
    assert new_setup_code(db) is None


def test_codes_are_long_and_kept_as_hashes(db, code):
    assert len(code.replace("-", "")) == 28
    assert code.replace("-", "") not in db.query(SetupCode).one().code_hash


class TestAfterAnImport:
    def test_the_imported_director_is_attached_to(self, client, db, code):
        make_school(db, name="École importée")
        imported = make_staff(db, Role.DIRECTOR, code="DIR", first_name="Importée", last_name="Personne")
        assert 'name="school_name"' not in client.get("/premiere-connexion").text
        assert create(client, code, staff_code="DIR", school_name=None).status_code == 303
        db.expire_all()
        assert db.query(Staff).one().full_name == "Hélène Morel"
        assert imported.password_hash.startswith("$argon2id$")
        assert db.query(School).one().name == "École importée"

    def test_somebody_of_another_role_does_not_become_director(self, client, db, code):
        make_school(db)
        make_staff(db, Role.MASTER, code="M1")
        answer = create(client, code, staff_code="M1", school_name=None)
        assert answer.status_code == 422
        assert "n’est pas de la direction" in answer.text

    def test_the_e_mail_of_somebody_else_is_refused(self, client, db, code):
        make_school(db)
        make_staff(db, Role.MASTER, email=TYPED["email"])
        answer = create(client, code, school_name=None)
        assert answer.status_code == 422
        assert "déjà celle d’une autre personne" in answer.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "court", "password_again": "court"}, "au moins 12 caractères"),
        ({"password_again": "la lime et le marbrE"}, "pas les mêmes"),
        ({"password": "Hélène Morel", "password_again": "Hélène Morel"}, "ressemble à votre nom"),
        ({"email": "helene"}, "n’est pas complète"),
        ({"school_name": ""}, "Donnez le nom de l’école"),
    ],
)
def test_each_mistake_is_said_at_its_field(client, db, code, changes, said):
    answer = create(client, code, **changes)
    assert answer.status_code == 422
    assert said in answer.text
    assert db.query(Staff).count() == 0
