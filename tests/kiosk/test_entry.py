"""Getting in: tablets are enrolled, badges issued, PINs tried; every refusal, every limit (S16, V13, V16, V19)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import AuthSession
from app.core.clock import now
from app.core.errors import Refused
from app.core.journal import history
from app.core.permissions import Role
from app.kiosk import queries, service
from app.kiosk.models import Badge, Device, KioskSession
from app.workshop.queries import open_calls
from tests.factories import actor_of, make_pupil, make_staff
from tests.kiosk.stage import PINS, tablet_of
from tests.support.html import errors, parse, submit
from tests.support.pdf import read_pdf
from tests.support.people import browser

WRONG = "0863"


def _try(tablet, pupil, pin):
    return tablet.post(f"/tablette/code/{pupil.code}", data={"pin": pin})


def _main(answer):
    return parse(answer.text).one("main").text


class TestEnrolling:
    def test_a_master_makes_the_browser_a_tablet_and_is_signed_out_there(self, client, login_as, db, scene):
        login_as(scene.master)
        answer = submit(client, client.get("/atelier/tablettes"), "/atelier/tablettes", label="Tour 2", place="Fond")
        assert (answer.status_code, answer.headers["location"]) == (303, "/tablette")
        assert "Qui es-tu" in client.get("/tablette").text
        assert client.get("/atelier").headers["location"].startswith("/connexion")
        device = db.scalars(select(Device)).one()
        assert (device.label, device.place) == ("Tour 2", "Fond")
        token = client.cookies["device"]
        assert len(token) >= 43
        assert token not in device.token_hash
        assert [deed.who for deed in history(db, "device", device.id)] == ["Karim Benali"]

    def test_a_name_is_needed_and_what_was_typed_stays(self, client, login_as, db, scene):
        login_as(scene.master)
        page = client.get("/atelier/tablettes")
        answer = submit(client, page, "/atelier/tablettes", label=" ", place="Près de la porte")
        assert answer.status_code == 422
        assert "label" in errors(answer)
        assert "Près de la porte" in answer.text
        assert db.scalars(select(Device)).all() == []

    def test_a_link_takes_another_browser_into_service_once(self, app, client, login_as, db, scene):
        login_as(scene.master)
        shown = submit(
            client, client.get("/atelier/tablettes"), "/atelier/tablettes", label="Fraiseuse", how="link"
        )  # fmt: skip
        link = re.search(r"/tablette/inscription/[\w-]+", shown.text)[0]
        assert "data:image/svg+xml;base64," in shown.text
        other = browser(app)
        asked = other.get(link)
        assert asked.status_code == 200
        assert db.scalars(select(Device)).one().link_until is not None  # looking at a link is not opening it
        assert submit(other, asked).status_code == 303
        assert other.get("/tablette").status_code == 200
        assert other.cookies["device"] not in link
        assert browser(app).get(link).status_code == 404
        assert browser(app).post(link).status_code == 404

    def test_a_link_dies_after_half_an_hour(self, app, db, scene, clock):
        token = service.prepare_link(db, service.DeviceDraft("Scie", ""), by=scene.by)
        assert browser(app).get(f"/tablette/inscription/{token}").status_code == 200
        clock.advance(minutes=30)
        assert browser(app).post(f"/tablette/inscription/{token}").status_code == 404
        assert [each.state.label for each in queries.list_devices(db)] == ["Lien expiré"]

    def test_a_link_is_no_key_of_a_tablet(self, app, db, scene):
        token = service.prepare_link(db, service.DeviceDraft("Scie", ""), by=scene.by)
        assert tablet_of(app, token).get("/tablette").status_code == 403

    def test_enrolled_again_a_browser_is_one_tablet(self, client, login_as, db, scene):
        for label in ("Tour 1", "Tour 2"):
            token = client.cookies.get("device")
            login_as(scene.master)
            client.cookies.set("device", token or "", domain="127.0.0.1")
            submit(client, client.get("/atelier/tablettes"), "/atelier/tablettes", label=label)
        states = {each.label: each.state.label for each in queries.list_devices(db)}
        assert states == {"Tour 1": "Retirée", "Tour 2": "En service"}

    def test_out_of_service_it_is_deaf_at_once(self, client, login_as, sit, stage, db):
        tablet = sit("Inès")
        assert tablet.get("/tablette").status_code in {200, 303}
        login_as(stage.scene.master)
        done = submit(
            client, client.get("/atelier/tablettes"), f"/atelier/tablettes/{stage.devices[0].id}/retrait"
        )  # fmt: skip
        assert done.status_code == 303
        answer = tablet.get("/tablette")
        assert answer.status_code == 403
        assert "pas inscrite" in answer.text
        assert tablet.post("/tablette/badge", data={"badge": stage.secrets["Inès"]}).status_code == 403
        again = client.post(f"/atelier/tablettes/{stage.devices[0].id}/retrait")
        assert (again.status_code, "déjà retirée" in again.text) == (409, True)

    def test_who_may_look_after_tablets(self, client, login_as):
        for role, status in ((Role.DIRECTOR, 200), (Role.MASTER, 200), (Role.OFFICE, 403), (Role.TEACHER, 403)):
            login_as(role)
            assert client.get("/atelier/tablettes").status_code == status

    def test_cookies_are_those_of_s6(self, app, stage, settings):
        tablet = tablet_of(app, stage.tokens[0])
        first = tablet.post("/tablette/badge", data={"badge": stage.secrets["Inès"]})
        answer = tablet.post(first.headers["location"], data={"pin": PINS["Inès"]})
        set_ = answer.headers.get_list("set-cookie")
        assert {value.split("=")[0] for value in set_} >= {"seat", "device"}
        for value in set_:
            assert "HttpOnly" in value
            assert "SameSite=lax" in value
            assert "Path=/" in value


class TestBadges:
    def test_a_class_gets_its_badges_on_one_sheet_and_no_secret_is_kept(self, client, login_as, db, scene):
        login_as(Role.OFFICE)
        page = client.get("/atelier/badges")
        answer = client.post("/atelier/badges/edition", data={"group": "CAP1"})
        assert answer.headers["content-type"] == "application/pdf"
        paper = read_pdf(answer.content)
        assert "Inès H." in paper.text
        assert "Haddad" not in paper.text
        assert len(set(paper.codes)) == 2
        stored = db.scalars(select(Badge)).all()
        assert {badge.pupil_id for badge in stored} == {scene.ines.id, scene.tom.id}
        assert all(code not in badge.token_hash and badge.pin_hash is None for code in paper.codes for badge in stored)
        assert {queries.find_badge(db, code).pupil_id for code in paper.codes} == {scene.ines.id, scene.tom.id}
        assert "Faire les 2 badges manquants" in page.text
        assert "manquant" not in client.get("/atelier/badges").text

    def test_a_class_gets_only_those_it_lacks(self, client, login_as, stage):
        make_pupil(stage.db, stage.scene.group, first_name="Léa")
        login_as(Role.MASTER)
        assert len(read_pdf(client.post("/atelier/badges/edition", data={"group": "CAP1"}).content).codes) == 1
        answer = client.post("/atelier/badges/edition", data={"group": "CAP1"})
        assert (answer.status_code, "Personne n’attend de badge" in answer.text) == (409, True)

    def test_a_new_badge_ends_the_old_one_and_the_seat(self, client, login_as, sit, stage, db):
        tablet = sit("Inès")
        login_as(stage.scene.master)
        paper = read_pdf(client.post("/atelier/badges/edition", data={"pupil": "E-INES"}).content)
        assert queries.find_badge(db, stage.secrets["Inès"]) is None
        assert queries.find_badge(db, paper.codes[0]).pupil_id == stage.scene.ines.id
        labels = [d.label for badge in db.scalars(select(Badge)) for d in history(db, "badge", badge.id)]
        assert "Badge refait : Inès Haddad" in labels
        refused = tablet.post("/tablette/badge", data={"badge": stage.secrets["Inès"]})
        assert "Je ne lis pas ce badge. Choisis ton prénom." in _main(refused)

    def test_a_lost_badge_opens_nothing_any_more(self, client, login_as, sit, stage, db):
        sit("Inès")
        login_as(Role.OFFICE)
        badge = queries.badge_of(db, pupil_id=stage.scene.ines.id)
        assert submit(client, client.get("/atelier/badges"), f"/{badge.id}/retrait").status_code == 303
        assert queries.seats_at(db, stage.devices[0].id) == []
        again = client.post(f"/atelier/badges/{badge.id}/retrait")
        assert (again.status_code, "déjà retiré" in again.text) == (409, True)

    @pytest.mark.parametrize(
        "form", [{}, {"group": ""}, {"group": "CAP1", "pupil": "E-INES"}, {"group": "CAP1", "x": "1"}]
    )
    def test_a_form_that_names_nobody_or_too_much_makes_nothing(self, client, login_as, db, scene, form):
        login_as(Role.OFFICE)
        assert client.post("/atelier/badges/edition", data=form).status_code == 409
        assert db.scalars(select(Badge)).all() == []

    @pytest.mark.parametrize("form", [{"group": "NON"}, {"pupil": "NON"}, {"staff": "NON"}])
    def test_whom_nobody_knows_is_not_found(self, client, login_as, scene, form):
        login_as(Role.OFFICE)
        assert client.post("/atelier/badges/edition", data=form).status_code == 404

    def test_only_who_signs_has_a_staff_badge(self, client, login_as, db, scene):
        login_as(Role.DIRECTOR)
        teacher = make_staff(db, Role.TEACHER)
        assert client.post("/atelier/badges/edition", data={"staff": teacher.code}).status_code == 404
        assert client.post("/atelier/badges/edition", data={"staff": scene.master.code}).status_code == 200

    def test_who_may_issue(self, client, login_as):
        for role, status in ((Role.DIRECTOR, 200), (Role.MASTER, 200), (Role.OFFICE, 200), (Role.TEACHER, 403)):
            login_as(role)
            assert client.get("/atelier/badges").status_code == status

    def test_drawn_pins_are_no_easy_ones(self):
        pins = {service.new_pin() for _ in range(200)}
        assert all(re.fullmatch(r"\d{4}", pin) for pin in pins)
        assert pins.isdisjoint({"0000", "1234", "1212"})
        assert len(pins) > 150


class TestFirstPin:
    @pytest.fixture
    def fresh(self, stage, db):
        """Inès's new badge, whose PIN is not chosen yet."""
        drawn = service.draw_secrets(queries.names_for(db, pupil="E-INES"), with_pin=False)
        service.issue_badges(db, drawn, by=stage.scene.by)
        db.flush()
        return drawn[0].secret

    def test_she_chooses_it_at_the_first_scan_and_sits(self, tablet, fresh, db, stage):
        page = tablet.post("/tablette/badge", data={"badge": fresh})
        assert "Inès, choisis ton code." in _main(page)
        answer = submit(tablet, page, pin="2580", again="2580")
        assert answer.status_code == 303
        assert [seat.first_name for seat in queries.seats_at(db, stage.devices[0].id)] == ["Inès"]
        badge = queries.find_badge(db, fresh)
        assert badge.pin_hash.startswith("$argon2id$")

    @pytest.mark.parametrize(
        ("pin", "again", "field", "words"),
        [
            ("1234", "1234", "pin", "trop facile"),
            ("2580", "2581", "again", "différents"),
            ("258", "258", "pin", "4 chiffres"),
        ],
    )
    def test_a_bad_one_is_refused_at_its_field(self, tablet, fresh, db, pin, again, field, words):
        page = tablet.post("/tablette/badge", data={"badge": fresh})
        answer = submit(tablet, page, pin=pin, again=again)
        assert answer.status_code == 422
        assert words in errors(answer)[field]
        assert queries.find_badge(db, fresh).pin_hash is None

    def test_it_is_chosen_once(self, tablet, fresh, db):
        tablet.post("/tablette/premier-code", data={"badge": fresh, "pin": "2580", "again": "2580"})
        before = queries.find_badge(db, fresh).pin_hash
        again = tablet.post("/tablette/premier-code", data={"badge": fresh, "pin": "7391", "again": "7391"})
        assert again.status_code == 409
        db.expire_all()
        assert queries.find_badge(db, fresh).pin_hash == before

    def test_without_the_badge_nobody_chooses_for_her(self, tablet, fresh, db):
        assert "Scanne ton badge" in _main(tablet.get("/tablette/code/E-INES"))
        answer = tablet.post("/tablette/premier-code", data={"badge": "B" * 30, "pin": "2580", "again": "2580"})
        assert answer.status_code == 422
        assert queries.find_badge(db, fresh).pin_hash is None


class TestDoor:
    def test_it_offers_the_pupils_at_practice_today_by_first_name_and_initial(self, tablet, stage):
        page = parse(tablet.get("/tablette").text)
        assert [each.text for each in page.one("ul", class_="crew__names").all("a")] == ["Inès H.", "Tom A."]

    def test_a_first_name_leads_to_the_pin_as_the_badge_does(self, tablet, stage):
        link = parse(tablet.get("/tablette").text).one("ul", class_="crew__names").all("a")[0].attributes["href"]
        assert "Inès, tape ton code." in _main(tablet.get(link))
        assert tablet.post("/tablette/badge", data={"badge": stage.secrets["Inès"]}).headers["location"] == link

    def test_many_pupils_come_one_class_at_a_time(self, tablet, stage, db):
        from tests.factories import make_group, make_session

        other = make_group(db, code="CAP2")
        make_session(db, other)
        for n in range(30):
            make_pupil(db, other, first_name=f"Éva{n}")
        page = parse(tablet.get("/tablette").text)
        assert len(page.one("ul", class_="crew__names").all("a")) == 2
        assert len(parse(tablet.get("/tablette?groupe=CAP2").text).one("ul", class_="crew__names").all("a")) == 30

    @pytest.mark.parametrize("torn", ["", "torn", "B" * 30, "É" * 200, "x" * 5000])
    def test_a_torn_badge_is_told_shortly(self, tablet, torn):
        answer = tablet.post("/tablette/badge", data={"badge": torn})
        assert (answer.status_code, "Je ne lis pas ce badge. Choisis ton prénom." in _main(answer)) == (422, True)

    def test_a_master_s_badge_does_not_sit_down(self, tablet, stage):
        answer = tablet.post("/tablette/badge", data={"badge": stage.secrets["Karim"]})
        assert "celui d’un maître" in _main(answer)

    def test_who_has_no_badge_is_told_whom_to_ask(self, tablet, stage, db):
        lea = make_pupil(db, stage.scene.group, first_name="Léa")
        assert "Demande à ton maître" in _main(tablet.get(f"/tablette/code/{lea.code}"))
        assert _try(tablet, lea, "2580").status_code == 422

    def test_who_left_the_school_does_not_come_in(self, tablet, stage, db):
        stage.scene.ines.left_on = now().date() - timedelta(days=1)
        db.flush()
        assert tablet.get("/tablette/code/E-INES").status_code == 404


class TestPin:
    def test_right_and_the_pupil_sits(self, tablet, stage, db):
        assert _try(tablet, stage.scene.ines, PINS["Inès"]).status_code == 303
        seat = db.scalars(select(KioskSession)).one()
        assert (seat.pupil_id, seat.device_id) == (stage.scene.ines.id, stage.devices[0].id)
        assert tablet.cookies["seat"] not in seat.token_hash

    def test_wrong_is_one_short_sentence(self, tablet, stage, db):
        answer = _try(tablet, stage.scene.ines, WRONG)
        assert errors(answer)["pin"] == "Ce n’est pas ton code. Essaie encore."
        assert db.scalars(select(KioskSession)).all() == []

    def test_the_pin_of_a_comrade_is_wrong(self, tablet, stage):
        assert _try(tablet, stage.scene.ines, PINS["Tom"]).status_code == 422

    @pytest.mark.parametrize("typed", ["", "25", "25800", "abcd", "２５８０"])
    def test_what_is_no_pin_is_told_and_costs_no_try(self, tablet, stage, db, typed):
        answer = _try(tablet, stage.scene.ines, typed)
        assert answer.status_code == 422
        assert "pin" in errors(answer)
        assert stage.devices[0].failures == 0

    def test_five_wrong_ones_close_the_tablet_and_the_master_is_told(self, tablet, stage, db, clock):
        for _ in range(4):
            assert "Essaie encore" in _try(tablet, stage.scene.ines, WRONG).text
        assert "bloquée 5 minutes" in _try(tablet, stage.scene.ines, WRONG).text
        db.expire_all()
        assert [(call.name, call.reason) for call in open_calls(db)] == [("Inès Haddad", "tablet_locked")]
        assert "bloquée 5 minutes" in _try(tablet, stage.scene.ines, PINS["Inès"]).text
        assert "bloquée 5 minutes" in _try(tablet, stage.scene.tom, PINS["Tom"]).text
        assert "Tablette bloquée" in tablet.get("/tablette").text
        clock.advance(minutes=5)
        assert _try(tablet, stage.scene.ines, PINS["Inès"]).status_code == 303

    def test_the_other_tablet_stays_open(self, app, tablet, stage):
        for _ in range(5):
            _try(tablet, stage.scene.ines, WRONG)
        assert _try(tablet_of(app, stage.tokens[1]), stage.scene.ines, PINS["Inès"]).status_code == 303

    def test_a_right_one_starts_the_count_again(self, tablet, stage):
        for _ in range(2):
            for _ in range(4):
                _try(tablet, stage.scene.ines, WRONG)
            assert _try(tablet, stage.scene.ines, PINS["Inès"]).status_code == 303

    def test_the_fifth_may_be_right(self, tablet, stage, db):
        for _ in range(4):
            _try(tablet, stage.scene.ines, WRONG)
        assert _try(tablet, stage.scene.ines, PINS["Inès"]).status_code == 303
        assert open_calls(db) == []

    def test_the_master_opens_it_again(self, client, login_as, tablet, stage):
        for _ in range(5):
            _try(tablet, stage.scene.ines, WRONG)
        login_as(stage.scene.master)
        page = client.get("/atelier/tablettes")
        assert "Bloquée" in page.text
        address = f"/atelier/tablettes/{stage.devices[0].id}/deblocage"
        assert submit(client, page, address).status_code == 303
        assert _try(tablet, stage.scene.ines, PINS["Inès"]).status_code == 303
        assert client.post(address).status_code == 409

    def test_a_badge_taken_back_meanwhile_is_not_let_in(self, stage, database, db):
        badge = queries.badge_of(db, pupil_id=stage.scene.ines.id)
        tried = service.check_pin(database, device_id=stage.devices[0].id, badge_id=badge.id, pin=PINS["Inès"])
        assert tried.ok
        service.revoke_badge(db, badge, by=stage.scene.by)
        db.flush()
        assert service.settle(db, tried, device_id=stage.devices[0].id) is None


class TestSeat:
    def test_it_asks_for_the_pin_after_two_minutes_and_is_gone_after_ten(self, sit, stage, clock):
        tablet = sit("Inès")
        assert tablet.get("/tablette/bons").status_code == 200
        clock.advance(seconds=119)
        assert tablet.get("/tablette/bons").status_code == 200  # which is a touch
        clock.advance(minutes=2)
        assert tablet.get("/tablette/bons").headers["location"] == "/tablette/code/E-INES"
        clock.advance(minutes=8)
        assert tablet.get("/tablette/bons").headers["location"] == "/tablette"
        assert "Inès" not in parse(tablet.get("/tablette").text).one("header").text

    def test_locked_by_hand_it_stays_among_the_faces_and_the_old_cookie_is_dead(self, app, sit, stage):
        tablet = sit("Inès")
        old = tablet.cookies["seat"]
        assert submit(tablet, tablet.get("/tablette/bons"), "/tablette/verrou").status_code == 303
        assert "Inès" in parse(tablet.get("/tablette").text).one("header").text
        thief = tablet_of(app, stage.tokens[0])
        thief.cookies.set("seat", old, domain="127.0.0.1")
        assert thief.get("/tablette/bons").headers["location"] == "/tablette"

    def test_leaving_ends_it(self, sit, stage, db):
        tablet = sit("Inès")
        assert submit(tablet, tablet.get("/tablette/bons"), "/tablette/sortie").status_code == 303
        assert tablet.get("/tablette/bons").headers["location"] == "/tablette"
        assert db.scalars(select(KioskSession)).one().ended_at is not None
        assert tablet.post("/tablette/sortie").status_code == 303

    def test_two_pupils_share_a_tablet_and_switch_with_the_pin(self, sit, stage):
        tablet = sit("Inès")
        first = tablet.cookies["seat"]
        sit("Tom")
        faces = parse(tablet.get("/tablette/bons").text).one("nav", class_="crew")
        assert [each.text for each in faces.all("a")] == ["IH Inès"]
        assert faces.one("a").attributes["href"] == "/tablette/code/E-INES"
        assert _try(tablet, stage.scene.ines, PINS["Inès"]).status_code == 303
        assert tablet.cookies["seat"] != first

    def test_coming_back_is_the_same_seat_with_another_cookie(self, sit, db):
        tablet = sit("Inès")
        first = tablet.cookies["seat"]
        sit("Inès")
        assert tablet.cookies["seat"] != first
        assert len(db.scalars(select(KioskSession)).all()) == 1

    def test_a_seat_belongs_to_its_tablet(self, app, sit, stage):
        stolen = sit("Inès").cookies["seat"]
        other = tablet_of(app, stage.tokens[1])
        other.cookies.set("seat", stolen, domain="127.0.0.1")
        assert other.get("/tablette/bons").headers["location"] == "/tablette"

    def test_the_list_of_tablets_shows_who_is_there_and_when_it_was_seen(self, client, login_as, sit, stage):
        sit("Inès").get("/tablette/bons")
        login_as(stage.scene.master)
        text = client.get("/atelier/tablettes").text
        assert "Inès" in text
        assert "mar. 24 nov. à 09:30" in text

    def test_no_door_of_the_staff_opens_to_a_pupil(self, sit, db):
        tablet = sit("Inès")
        assert tablet.get("/atelier").headers["location"].startswith("/connexion")
        assert tablet.get("/api/v1/me").status_code == 401
        assert db.scalars(select(AuthSession)).all() == []

    def test_every_page_is_kept_by_no_browser(self, sit):
        tablet = sit("Inès")
        for address in ("/tablette", "/tablette/bons", "/tablette/code/E-INES"):
            assert tablet.get(address).headers["cache-control"] == "no-store"


class TestSystem:
    def test_the_program_itself_neither_enrols_nor_issues(self, db, scene):
        from app.core.actor import SYSTEM

        with pytest.raises(Refused, match="membre de l’équipe"):
            service.enrol_here(db, service.DeviceDraft("x", ""), by=SYSTEM)
        drawn = service.draw_secrets(queries.names_for(db, pupil="E-INES"), with_pin=False)
        with pytest.raises(Refused, match="membre de l’équipe"):
            service.issue_badges(db, drawn, by=SYSTEM)

    def test_a_disabled_master_s_badge_is_no_badge(self, db, stage):
        assert queries.find_badge(db, stage.secrets["Karim"]).staff_id == stage.scene.master.id
        stage.scene.master.disabled_at = now()
        db.flush()
        assert queries.find_badge(db, stage.secrets["Karim"]) is None

    def test_who_signs_may_choose_a_pin_too(self, tablet, db, stage):
        drawn = service.draw_secrets(queries.names_for(db, staff=stage.scene.master.code), with_pin=False)
        service.issue_badges(db, drawn, by=actor_of(stage.scene.master))
        db.flush()
        page = tablet.post("/tablette/badge", data={"badge": drawn[0].secret})
        answer = submit(tablet, page, pin="4862", again="4862")
        assert answer.headers["location"] == "/tablette"
        assert queries.seats_at(db, stage.devices[0].id) == []
