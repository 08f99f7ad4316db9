"""Getting in and out, at the front door."""

import pytest

from app.accounts.models import AuthSession, LoginAttempt
from app.accounts.passwords import hash_password
from app.accounts.queries import token_hash
from app.core.clock import now
from app.core.permissions import Role
from tests.factories import make_school, make_staff
from tests.support.html import parse, submit

PASSWORD = " une Phrase à moi "  # its spaces and its accent are part of it
WRONG = "Adresse ou mot de passe incorrect"


@pytest.fixture(scope="module")
def stored():
    return hash_password(PASSWORD)


@pytest.fixture
def staff(db, stored):
    make_school(db)
    return make_staff(db, Role.MASTER, email="karim@ecole.example", password_hash=stored)


def enter(client, email="karim@ecole.example", password=PASSWORD, **more):
    return client.post("/connexion", data={"email": email, "password": password, **more})


def the_session(db):
    db.expire_all()
    return db.query(AuthSession).filter(AuthSession.ended_at.is_(None)).one()


class TestEntering:
    def test_the_right_password_opens_a_session_and_goes_home(self, client, staff, db):
        answer = submit(client, client.get("/connexion"), email="Karim@ecole.example", password=PASSWORD)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        token = client.cookies["sid"]
        assert len(token) >= 43
        assert the_session(db).token_hash == token_hash(token)
        assert token != the_session(db).token_hash
        assert client.get("/compte").status_code == 200

    def test_the_cookie_is_for_this_server_alone(self, client, staff):
        cookie = enter(client).headers["set-cookie"]
        assert cookie.startswith("sid=")
        for part in ("HttpOnly", "SameSite=lax", "Path=/"):
            assert part in cookie
        assert "Secure" not in cookie
        assert "Domain" not in cookie

    def test_over_tls_the_cookie_is_tied_to_the_host(self, app, client, staff):
        app.state.settings = app.state.settings.model_copy(update={"base_url": "https://compagnon.ecole.example"})
        app.state.settings.__dict__.pop("address", None)
        cookie = enter(client).headers["set-cookie"]
        assert cookie.startswith("__Host-sid=")
        assert "Secure" in cookie

    @pytest.mark.parametrize("typed", [PASSWORD.strip(), PASSWORD.lower(), PASSWORD + " ", "une autre phrase"])
    def test_a_password_is_right_only_as_it_was_typed(self, client, staff, typed):
        answer = enter(client, password=typed)
        assert answer.status_code == 422
        assert WRONG in answer.text

    def test_the_page_keeps_the_address_and_never_the_password(self, client, staff):
        answer = enter(client, password="un mot de passe secret")
        assert 'value="karim@ecole.example"' in answer.text
        assert "un mot de passe secret" not in answer.text

    def test_unknown_known_and_disabled_are_answered_alike(self, client, db, staff, stored):
        make_staff(db, email="parti@ecole.example", password_hash=stored, disabled_at=now())
        make_staff(db, email="attend@ecole.example")
        answers = [
            enter(client, email=email, password=password)
            for email, password in (
                ("karim@ecole.example", "pas le bon mot"), ("personne@ecole.example", "pas le bon mot"),
                ("parti@ecole.example", PASSWORD), ("attend@ecole.example", PASSWORD),
            )
        ]  # fmt: skip
        assert {answer.status_code for answer in answers} == {422}
        texts = {parse(answer.text).one("main").text for answer in answers}
        assert len(texts) == 1

    @pytest.mark.parametrize("blank", ["", "   "])
    def test_an_empty_field_says_so_at_the_field(self, client, staff, blank):
        answer = enter(client, password=blank)
        assert answer.status_code == 422
        assert "Ce champ est à remplir." in answer.text

    def test_an_old_hash_is_made_again_at_sign_in(self, client, db, staff):
        from argon2 import PasswordHasher

        staff.password_hash = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
        db.flush()
        assert enter(client).status_code == 303
        db.expire_all()
        assert staff.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


class TestWhereItLeads:
    @pytest.mark.parametrize("target", ["/compte?onglet=sessions", "/"])
    def test_back_to_the_page_that_was_asked_for(self, client, staff, target):
        sent = client.get(target).headers["location"]
        page = client.get(sent)
        assert submit(client, page, email=staff.email, password=PASSWORD).headers["location"] == target

    @pytest.mark.parametrize(
        "target", ["//ailleurs.example", "/\\ailleurs.example", "https://ailleurs.example", "/\t/ailleurs.example", "x"]
    )
    def test_never_to_another_site(self, client, staff, target):
        assert enter(client, suite=target).headers["location"] == "/"


class TestSessions:
    def test_a_planted_cookie_is_not_kept(self, client, staff):
        client.cookies.set("sid", "choisi-par-un-autre", domain="127.0.0.1")
        enter(client)
        assert "choisi-par-un-autre" not in client.cookies.values()

    def test_signing_in_again_changes_the_value_and_kills_the_old_one(self, client, staff):
        enter(client)
        first = client.cookies["sid"]
        enter(client)
        second = client.cookies["sid"]
        assert first != second
        client.cookies.set("sid", first, domain="127.0.0.1")
        assert client.get("/compte").status_code == 303

    def test_signing_out_kills_the_cookie_for_good(self, client, staff):
        enter(client)
        token = client.cookies["sid"]
        answer = client.post("/deconnexion")
        assert answer.headers["location"] == "/connexion"
        assert "sid" not in client.cookies
        client.cookies.set("sid", token, domain="127.0.0.1")
        assert client.get("/compte").status_code == 303

    def test_half_an_hour_without_a_request_ends_it(self, client, staff, clock):
        enter(client)
        clock.advance(minutes=29)
        assert client.get("/compte").status_code == 200
        clock.advance(minutes=29)
        assert client.get("/compte").status_code == 200
        clock.advance(minutes=31)
        assert client.get("/compte").status_code == 303

    def test_twelve_hours_end_it_whatever_was_done(self, client, staff, clock):
        enter(client)
        for _ in range(28):
            clock.advance(minutes=25)
            assert client.get("/compte").status_code == 200
        clock.advance(minutes=25)
        assert client.get("/compte").status_code == 303


class TestGuessing:
    def guess(self, client, times, email="karim@ecole.example"):
        return [enter(client, email=email, password=f"essai numéro {n}") for n in range(times)][-1]

    def test_from_the_fifth_failure_the_next_try_waits_and_the_wait_doubles(self, client, staff, clock):
        assert self.guess(client, 5).status_code == 422
        refused = enter(client)
        assert refused.status_code == 429
        assert "Trop d’essais : réessayez dans 2 secondes." in refused.text
        clock.advance(seconds=3)
        assert self.guess(client, 1).status_code == 422
        assert "réessayez dans 4 secondes" in enter(client).text

    def test_a_try_that_waits_is_not_looked_at_and_not_counted(self, client, staff, db, clock):
        self.guess(client, 5)
        before = db.query(LoginAttempt).count()
        assert enter(client).status_code == 429
        assert db.query(LoginAttempt).count() == before
        clock.advance(seconds=3)
        assert enter(client).status_code == 303

    def test_ten_failures_stop_it_for_a_quarter_of_an_hour(self, client, staff, clock):
        for _ in range(10):
            self.guess(client, 1)
            clock.advance(seconds=70)
        assert "réessayez dans 14 minutes" in enter(client).text

    def test_a_name_nobody_has_is_slowed_down_alike(self, client, staff):
        self.guess(client, 5, email="personne@ecole.example")
        assert enter(client, email="personne@ecole.example").status_code == 429

    def test_somebody_else_behind_the_same_address_still_gets_in(self, client, staff, db, stored):
        make_staff(db, email="autre@ecole.example", password_hash=stored)
        self.guess(client, 8)
        assert enter(client, email="autre@ecole.example").status_code == 303

    def test_one_address_has_a_hundred_tries_an_hour(self, client, staff, db):
        db.add_all(LoginAttempt(email=f"n{n}@x.example", address="testclient", at=now()) for n in range(100))
        db.flush()
        assert enter(client).status_code == 429

    def test_getting_in_forgets_the_failures_before(self, client, staff, clock):
        self.guess(client, 4)
        clock.advance(seconds=1)
        assert enter(client).status_code == 303
        clock.advance(seconds=1)
        assert self.guess(client, 4).status_code == 422
        assert enter(client).status_code == 303
