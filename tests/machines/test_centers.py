"""Machines: what is known of them, their state, and who may change what."""

from datetime import date
from decimal import Decimal

import pytest

from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from app.machines import queries, service
from app.machines.rules import CenterState
from app.machines.rules.papers import is_web_address, join_words, split_words
from app.machines.service import CenterDraft
from tests.factories import make_actor, make_work_center
from tests.support.html import errors, parse, submit
from tests.support.words import text_of

LATHE = CenterDraft("Rectifieuse", 1, "D4153-28")
FULL = CenterDraft(
    "Meuleuse", 2, "D4153-28+D4153-20", date(2026, 7, 3), "D4153-20", "Atelier 1", Decimal("4.5"), Decimal(12), "B0",
    needs_driving_authorisation=True, needs_permit=False, ppe="lunettes ; gants",
    safety_sheet_url="https://fds.example/meuleuse", hourly_rate=Decimal(45),
)  # fmt: skip


@pytest.fixture
def by(db):
    """A master: no prices."""
    return make_actor(db, Role.MASTER)


@pytest.fixture
def head(db):
    """The director."""
    return make_actor(db, Role.DIRECTOR)


class TestWritten:
    def test_a_code_is_never_used_twice(self, db, by):
        service.create_work_center(db, "RECT", LATHE, by=by)
        with pytest.raises(Refused, match="déjà pris") as refused:
            service.create_work_center(db, "RECT", LATHE, by=by)
        assert refused.value.field == "code"

    def test_changes_are_written_down_and_nothing_is_no_deed(self, db, by):
        center = service.create_work_center(db, "RECT", LATHE, by=by)
        service.change_work_center(db, center, LATHE, seen_version=1, by=by)
        assert center.version == 1
        new = CenterDraft("Rectifieuse plane", 2)
        service.change_work_center(db, center, new, seen_version=1, by=by)
        assert (center.version, center.sort_key) == (2, "rectifieuse plane")
        changed = {name for name, _, _ in history(db, "work_center", center.id)[0].changes}
        assert changed == {"Intitulé", "Capacité", "Travaux réglementés"}
        with pytest.raises(Stale, match="a été modifiée par"):
            service.change_work_center(db, center, LATHE, seen_version=1, by=by)

    def test_everything_known_of_a_machine_is_kept_and_told_in_french(self, db, head):
        center = service.create_work_center(db, "MEUL", CenterDraft("Meuleuse", 2), by=head)
        service.change_work_center(db, center, FULL, seen_version=1, by=head)
        assert service.draft_of(center) == FULL
        told = {name: new for name, _, new in history(db, "work_center", center.id)[0].changes}
        assert told["Permis machine"] == "non"
        assert told["Vibrations"] == "4,5"
        assert told["Évaluation des risques"] == "03/07/2026"

    def test_a_limit_can_only_be_passed_where_the_work_is_named(self, db, by):
        with pytest.raises(Refused, match="D4153-20 n’est pas dans les travaux") as refused:
            service.create_work_center(db, "X", CenterDraft("X", 1, "D4153-28", exceeding_articles="D4153-20"), by=by)
        assert refused.value.field == "exceeding_articles"

    def test_the_rate_stays_for_whoever_does_not_see_prices(self, db, by, head):
        center = service.create_work_center(db, "MEUL", FULL, by=head)
        service.change_work_center(db, center, CenterDraft("Meuleuse d’angle", 2), seen_version=1, by=by)
        assert (center.label, center.hourly_rate) == ("Meuleuse d’angle", Decimal(45))
        assert service.create_work_center(db, "AUTRE", FULL, by=by).hourly_rate is None


class TestState:
    def test_out_of_service_needs_its_reason_and_back_forgets_it(self, db, by):
        center = make_work_center(db)
        with pytest.raises(Refused, match="ne va pas") as refused:
            service.set_state(db, center, CenterState.DOWN, note="", seen_version=None, by=by)
        assert refused.value.field == "note"
        service.set_state(db, center, CenterState.DOWN, note="Courroie", seen_version=1, by=by)
        assert (center.state, center.state_note, center.version) == (CenterState.DOWN, "Courroie", 2)
        service.set_state(db, center, CenterState.IN_SERVICE, note="encore", seen_version=2, by=by)
        assert (center.state, center.state_note) == (CenterState.IN_SERVICE, None)
        assert [deed.label for deed in history(db, "work_center", center.id)] == [
            "Machine en service", "Machine en panne",
        ]  # fmt: skip
        assert history(db, "work_center", center.id)[1].note == "Courroie"

    def test_saying_it_again_is_no_deed(self, db, by):
        center = make_work_center(db)
        service.set_state(db, center, CenterState.IN_SERVICE, note="", seen_version=1, by=by)
        assert center.version == 1
        assert history(db, "work_center", center.id) == []

    def test_of_two_at_once_the_second_is_told(self, db, by):
        center = make_work_center(db)
        service.set_state(db, center, CenterState.DOWN, note="Courroie", seen_version=1, by=by)
        with pytest.raises(Stale) as stale:
            service.set_state(db, center, CenterState.MAINTENANCE, note="Vidange", seen_version=1, by=by)
        assert stale.value.changes == (("État", "En maintenance", "En panne"), ("Raison", "Vidange", "Courroie"))


class TestPages:
    def test_a_machine_is_created_and_changed(self, client, login_as, db):
        login_as(Role.MASTER)
        data = {"code": "RECT", "label": "Rectifieuse", "capacity": "1", "regulated_articles": "d4153-28 +D4153-17"}
        assert client.post("/atelier/machines/nouvelle", data=data).status_code == 303
        assert "déjà pris" in errors(client.post("/atelier/machines/nouvelle", data=data))["code"]
        page = client.get("/atelier/machines/RECT/modifier")
        ticked = [
            box.attributes["value"] for box in parse(page.text).all("input", name="regulated_articles", checked="")
        ]
        assert ticked == ["D4153-17", "D4153-28"]
        assert submit(client, page, "/modifier", capacity="2", risk_assessed_on="01/09/2026").status_code == 303
        assert "D4153-28 + D4153-17" in client.get("/atelier/machines/RECT").text
        stale = submit(client, page, "/modifier", label="Autre")
        assert stale.status_code == 409
        assert "Autre" in stale.text

    def test_a_refused_form_keeps_every_tick(self, client, login_as):
        login_as(Role.MASTER)
        data = {
            "code": "X", "label": "", "capacity": "1", "regulated_articles": ["D4153-28", "D4153-20"],
            "ppe": "lunettes\ngants", "needs_permit": "true",
        }  # fmt: skip
        page = client.post("/atelier/machines/nouvelle", data=data)
        assert page.status_code == 422
        ticked = parse(page.text).all("input", name="regulated_articles", checked="")
        assert [box.attributes["value"] for box in ticked] == ["D4153-20", "D4153-28"]
        assert len(parse(page.text).all("input", name="needs_permit", checked="")) == 1
        assert "lunettes\ngants" in page.text

    @pytest.mark.parametrize(
        ("field", "value", "sentence"),
        [
            ("regulated_articles", "tour", "Exemple : D4153-28"),
            ("regulated_articles", "D4153-99", "« D4153-99 » n’est pas un article connu"),
            ("exceeding_articles", "D4153-20", "ajoutez-le d’abord"),
            ("electrical", "B7", "dans la liste"),
            ("safety_sheet_url", "javascript:alert(1)", "http ou https"),
            ("safety_sheet_url", "https://", "http ou https"),
            ("vibration", "0", "plus grand que 0"),
            ("load_kg", "lourd", "pas un nombre"),
            ("code", "A+B", "ni « + »"),
        ],
    )
    def test_what_is_wrong_is_told_at_its_field(self, client, login_as, field, value, sentence):
        login_as(Role.MASTER)
        data = {"code": "X", "label": "X", "capacity": "1"} | {field: value}
        answer = client.post("/atelier/machines/nouvelle", data=data)
        assert answer.status_code == 422
        told = errors(answer)
        assert sentence in told.get(field, told.get("_form", ""))

    def test_the_rate_is_asked_only_of_those_who_see_prices(self, client, login_as, db):
        make_work_center(db, code="TOUR", hourly_rate=Decimal("45.50"), needs_permit=True, ppe="lunettes ; gants")
        login_as(Role.MASTER)
        assert "hourly_rate" not in client.get("/atelier/machines/TOUR/modifier").text
        words = text_of(client.get("/atelier/machines/TOUR"))
        assert "Permis machine Nécessaire" in words
        assert "45,50" not in words
        login_as(Role.DIRECTOR)
        assert 'value="45,5"' in client.get("/atelier/machines/TOUR/modifier").text
        assert "45,50 € HT" in text_of(client.get("/atelier/machines/TOUR"))

    def test_a_breakdown_is_told_in_one_form_and_shows(self, client, login_as, db):
        make_work_center(db, code="TOUR", label="Tour n° 1")
        login_as(Role.MASTER)
        page = client.get("/atelier/machines/TOUR/etat")
        assert errors(submit(client, page, "/etat", state="down"))["note"]
        assert submit(client, page, "/etat", state="down", note="Courroie cassée.").status_code == 303
        assert "Courroie cassée. Aucun bon n’y démarre." in text_of(client.get("/atelier/machines/TOUR"))
        assert "En panne Courroie cassée." in text_of(client.get("/atelier/machines"))
        assert "En panne" in client.get("/atelier/machines/export.csv").text
        assert submit(client, page, "/etat", state="maintenance", note="Autre").status_code == 409

    def test_unknown_machines_are_not_found(self, client, login_as):
        login_as(Role.MASTER)
        assert client.get("/atelier/machines/NADA/etat").status_code == 404
        assert client.get("/atelier/machines/NADA/modifier").status_code == 404


class TestPrograms:
    @pytest.fixture
    def door(self, client, bearer):
        def ask(role, method, path, body=None):
            return client.request(method, f"/api/v1/work-centers{path}", json=body, headers=bearer(role))

        return ask

    def test_created_shown_changed(self, door):
        body = {"code": "RECT", "label": "Rectifieuse", "capacity": 1, "regulated_articles": "D4153-28"}
        made = door(Role.MASTER, "POST", "", body)
        assert (made.status_code, made.headers["location"]) == (201, "/api/v1/work-centers/RECT")
        assert made.json()["needs_permit"] is True
        bench = door(Role.MASTER, "POST", "", {"code": "EBAV", "label": "Établi", "capacity": 2})
        assert bench.json()["needs_permit"] is False
        changed = door(Role.MASTER, "PUT", "/RECT", {"label": "Rectifieuse plane", "capacity": 2, "version": 1})
        assert changed.json()["regulated_articles"] == []
        assert door(Role.MASTER, "PUT", "/RECT", {"label": "X", "capacity": 2, "version": 1}).status_code == 409
        assert door(Role.MASTER, "GET", "/RECT").json()["version"] == 2

    def test_what_a_program_does_not_send_stays(self, door, db):
        make_work_center(db, code="TOUR", needs_permit=True, ppe="gants", hourly_rate=Decimal(45))
        body = {"label": "Tour", "capacity": 1, "regulated_articles": ["D4153-28", "D4153-20"], "place": "Atelier"}
        told = door(Role.DIRECTOR, "PUT", "/TOUR", body).json()
        assert (told["needs_permit"], told["ppe"], told["hourly_rate"]) == (True, ["gants"], "45.00")
        assert (told["place"], told["regulated_articles"]) == ("Atelier", ["D4153-28", "D4153-20"])
        assert door(Role.MASTER, "GET", "/TOUR").json()["hourly_rate"] is None

    def test_the_state_has_a_door_of_its_own(self, door, db):
        make_work_center(db, code="TOUR")
        refused = door(Role.MASTER, "PUT", "/TOUR/state", {"state": "down"})
        assert (refused.status_code, list(refused.json()["errors"])) == (422, ["note"])
        told = door(Role.MASTER, "PUT", "/TOUR/state", {"state": "down", "note": "Panne"}).json()
        assert (told["state"], told["state_note"], told["version"]) == ("down", "Panne", 2)
        assert door(Role.OFFICE, "PUT", "/TOUR/state", {"state": "in_service"}).status_code == 403


class TestWords:
    def test_free_words_come_from_lines_or_semicolons(self):
        assert split_words(" lunettes ;gants\n\n gants  longs ; lunettes") == ("lunettes", "gants", "gants longs")
        assert join_words(split_words("a;b")) == "a ; b"
        assert split_words(None) == ()

    @pytest.mark.parametrize("address", ["https://fds.example/a?b=1", "http://192.168.1.4/fds.pdf"])
    def test_a_page_on_the_web_is_an_address(self, address):
        assert is_web_address(address)

    @pytest.mark.parametrize(
        "address",
        ["javascript:alert(1)", "data:text/html,x", "ftp://a/b", "https://", "//a/b", "https://a/ b", "http://["],
    )
    def test_nothing_else_is(self, address):
        assert not is_web_address(address)

    def test_what_forms_offer(self, db):
        make_work_center(db, code="B", label="Zèbre", place="Atelier 2")
        make_work_center(db, code="A", label="Âne", place="Atelier 1")
        assert queries.center_options(db) == [("A", "Âne"), ("B", "Zèbre")]
        assert queries.known_places(db) == ["Atelier 1", "Atelier 2"]
