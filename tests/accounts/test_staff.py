"""The staff screen: who works here, who may sign in."""

import re

import pytest

from app.accounts.models import Invitation, LoginAttempt, Staff
from app.accounts.passwords import hash_password, is_right
from app.core.clock import now
from app.core.journal import history
from app.core.permissions import Role
from tests.factories import make_staff
from tests.support import people
from tests.support.html import errors, submit

OWN, NEW = "la lime et le marbre", "le trusquin et la pointe"


@pytest.fixture(scope="module")
def stored():
    return hash_password(OWN)


@pytest.fixture
def director(db, login_as, stored):
    return login_as(make_staff(db, Role.DIRECTOR, code="D1", password_hash=stored))


@pytest.fixture
def master(db):
    return make_staff(db, Role.MASTER, code="M1", first_name="Karim", last_name="Benali", email="karim@ecole.example")


def edit(client, staff, **changes):
    return submit(client, client.get(f"/personnel/{staff.code}/modifier"), **changes)


class TestList:
    def test_everybody_is_there_with_where_they_stand(self, client, db, director, master, stored):
        make_staff(db, Role.OFFICE, last_name="Parti", disabled_at=now())
        text = client.get("/personnel?etat=tous").text
        for words in ("Karim Benali", "En attente d’invitation", "Actif", "Désactivé"):
            assert words in text
        assert "Parti" not in client.get("/personnel").text

    def test_it_is_searched_filtered_and_sorted(self, client, db, director, master):
        make_staff(db, Role.TEACHER, first_name="Élodie", last_name="Évrard")
        assert "Évrard" in client.get("/personnel?q=evrard").text
        assert "Benali" not in client.get("/personnel?q=evrard").text
        assert "Benali" in client.get("/personnel?q=M1").text
        only = client.get("/personnel?role=teacher").text
        assert "Évrard" in only
        assert "Benali" not in only
        text = client.get("/personnel?tri=-nom").text
        assert text.index("Évrard") < text.index("Benali")

    def test_the_director_sees_failed_sign_ins(self, client, db, director, master):
        db.add_all(LoginAttempt(email=master.email, address="10.0.0.9", at=now()) for _ in range(6))
        db.flush()
        assert "6\u00a0essais refusés" in client.get("/personnel").text
        assert "6\u00a0essais de connexion refusés" in client.get("/personnel/M1").text

    def test_it_costs_the_same_for_many(self, client, db, director, query_budget):
        for _ in range(40):
            make_staff(db)
        with query_budget(3):
            client.get("/personnel")

    def test_the_office_reads_and_changes_nothing(self, client, db, login_as, master):
        login_as(Role.OFFICE)
        page = client.get("/personnel/M1")
        assert page.status_code == 200
        assert "Désactiver" not in page.text
        assert client.get("/personnel/M1/modifier").status_code == 403
        assert client.post("/personnel/M1/desactivation").status_code == 403


class TestAdding:
    def test_somebody_new_waits_for_an_invitation(self, client, db, director):
        answer = submit(
            client, client.get("/personnel/nouveau"), code="E2", first_name="Anne", last_name="Roux", role="teacher",
            email="anne@ecole.example",
        )  # fmt: skip
        assert answer.headers["location"] == "/personnel/E2"
        assert "En attente d’invitation" in client.get("/personnel/E2").text

    def test_what_is_wrong_is_said_and_what_was_typed_is_kept(self, client, db, director, master):
        page = client.get("/personnel/nouveau")
        answer = submit(client, page, code="M1", first_name="Anne", last_name="Roux", role="teacher")
        assert answer.status_code == 422
        assert "déjà celui d’une autre personne" in errors(answer)["code"]
        assert 'value="Roux"' in answer.text
        answer = submit(client, page, code="E2", first_name="", last_name="Roux", email="karim@", role="")
        assert set(errors(answer)) == {"first_name", "email", "role"}
        assert db.query(Staff).count() == 2

    def test_two_people_cannot_have_one_e_mail(self, client, db, director, master):
        page = client.get("/personnel/nouveau")
        answer = submit(
            client, page, code="E2", first_name="A", last_name="B", role="teacher", email="KARIM@ecole.example"
        )
        assert "déjà celle d’une autre personne" in errors(answer)["email"]


class TestChanging:
    def test_a_name_changes_without_the_password(self, client, db, director, master):
        assert edit(client, master, last_name="Benali-Roy").status_code == 303
        db.expire_all()
        assert (master.full_name, master.version) == ("Karim Benali-Roy", 2)
        assert history(db, "staff", master.id)[0].changes == (("Nom", "Benali", "Benali-Roy"),)

    @pytest.mark.parametrize("change", [{"role": "office"}, {"email": "k@ecole.example"}])
    @pytest.mark.parametrize("typed", ["", "pas le bon du tout"])
    def test_role_and_e_mail_need_ones_own_password(self, client, db, director, master, change, typed):
        answer = edit(client, master, **change, own_password=typed)
        assert answer.status_code == 422
        assert "own_password" in errors(answer)
        db.expire_all()
        assert (master.role, master.email) == (Role.MASTER, "karim@ecole.example")

    def test_a_new_role_ends_the_persons_sessions_and_counts_at_once(self, app, client, db, director, master):
        with people.browser(app) as theirs:
            people.sign_in(db, theirs, master)
            assert theirs.get("/compte").status_code == 200
            assert edit(client, master, role="office", own_password=OWN).status_code == 303
            assert theirs.get("/compte").status_code == 303
        db.expire_all()
        assert master.role is Role.OFFICE

    def test_what_another_changed_meanwhile_is_shown_and_not_overwritten(self, client, db, director, master):
        page = client.get("/personnel/M1/modifier")
        edit(client, master, last_name="Benali-Roy")
        answer = submit(client, page, last_name="Ben Ali")
        assert answer.status_code == 409
        assert "Benali-Roy" in answer.text
        assert 'value="Ben Ali"' in answer.text
        db.expire_all()
        assert master.last_name == "Benali-Roy"

    def test_the_only_director_keeps_the_role(self, client, db, director):
        answer = edit(client, director, role="office", own_password=OWN)
        assert answer.status_code == 422
        assert "seule personne de la direction" in errors(answer)["role"]

    def test_with_two_directors_one_may_step_back(self, client, db, director, stored):
        other = make_staff(db, Role.DIRECTOR, code="D2", password_hash=stored)
        assert edit(client, other, role="office", own_password=OWN).status_code == 303

    def test_a_director_without_a_password_does_not_count(self, client, db, director):
        make_staff(db, Role.DIRECTOR, code="D2")
        assert edit(client, director, role="office", own_password=OWN).status_code == 422


class TestDisabling:
    def test_open_sessions_and_tokens_die_at_once(self, app, client, db, director, master):
        headers = people.bearer(db, master)
        with people.browser(app) as theirs:
            people.sign_in(db, theirs, master)
            assert submit(client, client.get("/personnel/M1"), "/desactivation").status_code == 303
            assert theirs.get("/compte").status_code == 303
            assert theirs.get("/api/v1/me", headers=headers).status_code == 401
        assert "Désactivé" in client.get("/personnel/M1").text

    def test_it_is_taken_back(self, client, db, director, master):
        client.post("/personnel/M1/desactivation")
        assert submit(client, client.get("/personnel/M1"), "/activation").status_code == 303
        assert [deed.label for deed in history(db, "staff", master.id)] == ["Compte réactivé", "Compte désactivé"]

    def test_nobody_disables_themselves_or_the_only_director(self, client, db, director, stored):
        assert client.post("/personnel/D1/desactivation").status_code == 409
        other = make_staff(db, Role.DIRECTOR, code="D2", password_hash=stored)
        assert client.post("/personnel/D2/desactivation").status_code == 303
        db.expire_all()
        assert (director.disabled_at, other.disabled_at is None) == (None, False)

    def test_twice_is_refused(self, client, director, master):
        client.post("/personnel/M1/desactivation")
        assert client.post("/personnel/M1/desactivation").status_code == 409
        client.post("/personnel/M1/activation")
        assert client.post("/personnel/M1/activation").status_code == 409

    def test_the_director_ends_somebodys_sessions(self, app, client, db, director, master):
        with people.browser(app) as theirs:
            people.sign_in(db, theirs, master)
            submit(client, client.get("/personnel/M1"), "/sessions/fin")
            assert theirs.get("/compte").status_code == 303


class TestInviting:
    def invite(self, client, code="M1"):
        page = submit(client, client.get(f"/personnel/{code}"), "/invitation")
        return page, re.search(r'value="http://127\.0\.0\.1:8000(/invitation/[\w-]+)"', page.text)[1]

    def test_the_link_is_shown_once_and_kept_as_a_hash(self, client, db, director, master):
        page, path = self.invite(client)
        assert page.status_code == 200
        assert "Invité" in page.text
        assert path not in client.get("/personnel/M1").text
        assert path.split("/")[-1] not in db.query(Invitation).one().token_hash
        assert len(path.split("/")[-1]) >= 43

    def test_it_lets_the_person_choose_a_password_and_come_in(self, app, client, db, director, master):
        path = self.invite(client)[1]
        with people.browser(app) as theirs:
            page = theirs.get(path)
            assert "Bonjour Karim" in page.text
            assert submit(theirs, page, password=NEW, password_again=NEW).headers["location"] == "/"
            assert theirs.get("/compte").status_code == 200
            assert theirs.get(path).status_code == 404
            assert theirs.post(path, data={"password": OWN, "password_again": OWN}).status_code == 404
        db.expire_all()
        assert is_right(NEW, master.password_hash)

    @pytest.mark.parametrize(
        ("typed", "said"), [("court", "au moins 12"), ("Karim Benali", "ressemble à votre nom"), ("", "à remplir")]
    )
    def test_a_bad_password_is_refused_and_the_link_still_works(self, app, client, director, master, typed, said):
        path = self.invite(client)[1]
        with people.browser(app) as theirs:
            answer = theirs.post(path, data={"password": typed, "password_again": typed})
            assert answer.status_code == 422
            assert said in answer.text
            assert theirs.get(path).status_code == 200

    def test_it_dies_after_seventy_two_hours(self, client, director, master, clock):
        path = self.invite(client)[1]
        clock.advance(hours=73)
        answer = client.get(path)
        assert answer.status_code == 404
        assert "Demandez-en un autre à la direction" in answer.text

    def test_a_new_link_kills_the_one_before(self, client, director, master):
        first, second = self.invite(client)[1], self.invite(client)[1]
        assert client.get(first).status_code == 404
        assert client.get(second).status_code == 200

    def test_disabling_kills_the_link(self, client, director, master):
        path = self.invite(client)[1]
        client.post("/personnel/M1/desactivation")
        assert client.get(path).status_code == 404
        client.post("/personnel/M1/activation")
        assert client.get(path).status_code == 404

    def test_a_forgotten_password_is_replaced_and_its_sessions_end(self, app, client, db, director, master, stored):
        master.password_hash = stored
        db.flush()
        path = self.invite(client)[1]
        with people.browser(app) as old, people.browser(app) as new:
            people.sign_in(db, old, master)
            submit(new, new.get(path), password=NEW, password_again=NEW)
            assert old.get("/compte").status_code == 303
            assert new.get("/compte").status_code == 200

    def test_without_an_e_mail_there_is_nothing_to_sign_in_with(self, client, db, director):
        make_staff(db, code="M2", email=None)
        answer = client.post("/personnel/M2/invitation")
        assert answer.status_code == 409
        assert "adresse électronique" in answer.text

    def test_the_disabled_are_not_invited(self, client, db, director):
        make_staff(db, code="M2", disabled_at=now())
        assert client.post("/personnel/M2/invitation").status_code == 409
