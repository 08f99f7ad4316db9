"""« Mon compte »."""

import pytest

from app.accounts.models import AuthSession, LoginAttempt
from app.accounts.passwords import hash_password, is_right
from app.core.clock import now
from app.core.journal import history
from app.core.permissions import Role
from tests.factories import make_staff
from tests.support import people
from tests.support.html import submit

OLD, NEW = "la lime et le marbre", "le trusquin et la pointe"


@pytest.fixture
def staff(db, login_as):
    return login_as(make_staff(db, Role.TEACHER, password_hash=hash_password(OLD)))


def change(client, **typed):
    page = client.get("/compte")
    given = {"current_password": OLD, "password": NEW, "password_again": NEW} | typed
    return submit(client, page, "/mot-de-passe", **given)


class TestPassword:
    def test_the_old_one_is_needed_and_the_other_sessions_end(self, app, client, db, staff):
        with people.browser(app) as elsewhere:
            people.sign_in(db, elsewhere, staff)
            assert elsewhere.get("/compte").status_code == 200
            assert change(client).status_code == 303
            assert client.get("/compte").status_code == 200
            assert elsewhere.get("/compte").status_code == 303
        db.expire_all()
        assert is_right(NEW, staff.password_hash)
        assert history(db, "staff", staff.id)[0].label == "Mot de passe changé"

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"current_password": "pas le bon du tout"}, "n’est pas votre mot de passe actuel"),
            ({"current_password": ""}, "Ce champ est à remplir"),
            ({"password": "court", "password_again": "court"}, "au moins 12 caractères"),
            ({"password_again": "autre chose encore"}, "pas les mêmes"),
            ({"password": "camille durand", "password_again": "camille durand"}, "ressemble à votre nom"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_changes(self, client, db, staff, typed, said):
        answer = change(client, **typed)
        assert answer.status_code == 422
        assert said in answer.text
        for secret in (OLD, NEW):
            assert secret not in answer.text
        db.expire_all()
        assert is_right(OLD, staff.password_hash)

    def test_guessing_the_old_one_in_an_open_session_is_slowed_down(self, client, db, staff, clock):
        clock.advance(seconds=1)
        for number in range(5):
            change(client, current_password=f"essai numéro {number}")
        answer = change(client)
        assert answer.status_code == 422
        assert "Trop d’essais" in answer.text
        assert db.query(LoginAttempt).count() == 5

    def test_the_right_one_is_no_failed_try(self, client, db, staff):
        change(client, password="court", password_again="court")
        change(client)
        assert db.query(LoginAttempt).count() == 0


class TestSessions:
    def open_elsewhere(self, db, staff):
        other = AuthSession(token_hash="x" * 64, staff_id=staff.id, created_at=now(), last_seen_at=now())
        db.add(other)
        db.flush()
        return other

    def test_they_are_listed_and_one_can_be_ended(self, client, db, staff):
        other = self.open_elsewhere(db, staff)
        page = client.get("/compte")
        assert "Cet appareil" in page.text
        assert submit(client, page, f"/sessions/{other.id}/fin").status_code == 303
        db.expire_all()
        assert other.ended_at is not None
        assert client.get("/compte").status_code == 200

    def test_all_others_can_be_ended_at_once(self, client, db, staff):
        other = self.open_elsewhere(db, staff)
        submit(client, client.get("/compte"), "/compte/sessions/fin")
        db.expire_all()
        assert other.ended_at is not None
        assert client.get("/compte").status_code == 200

    def test_nobody_ends_the_session_of_somebody_else(self, client, db, staff):
        theirs = self.open_elsewhere(db, make_staff(db, Role.DIRECTOR))
        client.post(f"/compte/sessions/{theirs.id}/fin")
        db.expire_all()
        assert theirs.ended_at is None

    def test_the_page_costs_the_same_with_many_sessions(self, client, db, staff, query_budget):
        for number in range(30):
            db.add(AuthSession(token_hash=f"{number:064}", staff_id=staff.id, created_at=now(), last_seen_at=now()))
        db.flush()
        with query_budget(4):
            client.get("/compte")


def test_the_theme_is_kept_and_put_on_every_page(client, db, staff):
    assert submit(client, client.get("/compte"), "/apparence", theme="dark").status_code == 303
    assert 'data-theme="dark"' in client.get("/compte").text
    client.post("/compte/apparence", data={"theme": "rose"})
    assert 'data-theme="dark"' in client.get("/compte").text


def test_a_token_made_for_me_can_be_revoked(app, client, db, staff):
    headers = people.bearer(db, staff)
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    page = client.get("/compte")
    assert submit(client, page, "/fin").status_code == 303
    with people.browser(app) as program:
        assert program.get("/api/v1/me", headers=headers).status_code == 401
