"""The pages of quality: checks by keyboard, work released, sheets decided, rates."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.core.actor import SYSTEM
from app.core.clock import today
from app.core.permissions import Role
from app.pedagogy.models import SkillEvidence
from app.workshop import queries, service
from app.workshop.models import CheckResult, Defect, Release, Ticket
from app.workshop.rules import CheckKind, CheckStage, DefectState, TicketState
from app.workshop.service import Finding, Reading
from tests.factories import make_point, make_skill
from tests.factories.files import png
from tests.factories.learning import make_own_word
from tests.support.html import errors, parse, submit
from tests.workshop.scene import arrange


@pytest.fixture
def day(db, login_as):
    """Karim is signed in; the first operation has a diameter to measure and a look to judge."""
    scene = arrange(db)
    scene.diameter = make_point(db, scene.operations[0], every=5, is_key=True, gauge="Micromètre")
    scene.look = make_point(db, scene.operations[0], label="Ébavurage", kind=CheckKind.ATTRIBUTE)
    login_as(scene.master)
    return scene


@pytest.fixture
def ticket(day):
    """In Tom's hands."""
    return service.give_operation(day.db, day.operations[0].id, pupil_ids=[day.tom.id], by=day.by)


def words(page):
    """The page's words with plain spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", parse(page.text).text)


def good(day, ticket, *pieces):
    """Tom measured these pieces and they are good."""
    for piece in pieces:
        for point, reading in ((day.diameter, {"value": Decimal("12.01")}), (day.look, {"conforms": True})):
            service.record_check(
                day.db, ticket, Reading(point.id, piece, **reading), stage=CheckStage.SELF, pupil_id=day.tom.id,
                by=SYSTEM,
            )  # fmt: skip


def handed_in(day, ticket, *, checked=True, counts=(10, 0)):
    """Tom has it checked."""
    if checked:
        good(day, ticket, 1, 5, 10)
    service.submit(day.db, ticket, counts=counts, by=SYSTEM)
    return ticket


class TestSheet:
    def test_it_shows_each_point_as_on_the_drawing_and_asks_for_what_is_due(self, client, ticket):
        page = client.get(f"/atelier/bons/{ticket.number}/controles")
        assert page.status_code == 200
        text = words(page)
        assert "Ø12 ±0,05" in text
        assert "Micromètre, 1 sur 5" in text
        rows = [row.one("th").text for row in parse(page.text).one("tbody").all("tr")]
        assert rows == ["1", "5", "10"]

    def test_filled_by_keyboard_it_is_noted_whole(self, client, db, ticket):
        path = f"/atelier/bons/{ticket.number}/controles"
        answer = submit(
            client, client.get(path), path, **{"checks-0-value": "12,01", "checks-1-conforms": "true"}
        )  # fmt: skip
        assert answer.status_code == 303
        rows = db.execute(select(CheckResult.value, CheckResult.conforms, CheckResult.stage)).all()
        assert [tuple(row) for row in rows] == [
            (Decimal("12.0100"), True, CheckStage.RELEASE), (None, True, CheckStage.RELEASE),
        ]  # fmt: skip
        assert "Conforme" in words(client.get(f"/atelier/bons/{ticket.number}"))

    def test_for_a_pupil_it_is_his_own_check(self, client, db, day, ticket):
        path = f"/atelier/bons/{ticket.number}/controles"
        submit(client, client.get(f"{path}?jeune=E-TOM"), path, **{"checks-0-value": "12,06"})
        row = db.execute(select(CheckResult)).scalar_one()
        assert (row.stage, row.pupil_id, row.conforms) == (CheckStage.SELF, day.tom.id, False)
        assert "Trop grand de 0,01" in words(client.get(path))

    def test_a_slip_is_asked_about_at_its_cell_and_the_second_sending_confirms(self, client, db, ticket):
        path = f"/atelier/bons/{ticket.number}/controles"
        asked = submit(client, client.get(path), path, **{"checks-2-value": "120,1"})
        assert asked.status_code == 422
        assert errors(asked)["checks-2-value"].startswith("120,1")
        assert db.scalar(select(func.count()).select_from(CheckResult)) == 0
        assert submit(client, asked, path).status_code == 303
        assert db.execute(select(CheckResult.value)).scalar_one() == Decimal("120.1000")

    def test_what_is_no_measure_keeps_all_that_was_typed(self, client, db, ticket):
        path = f"/atelier/bons/{ticket.number}/controles"
        answer = submit(client, client.get(path), path, **{"checks-0-value": "douze", "checks-4-value": "12"})
        assert answer.status_code == 422
        page = parse(answer.text)
        assert page.one("input", id="checks-0-value").attributes["value"] == "douze"
        assert page.one("input", id="checks-4-value").attributes["value"] == "12"
        assert db.scalar(select(func.count()).select_from(CheckResult)) == 0

    def test_one_more_piece_may_be_checked(self, client, ticket):
        page = client.get(f"/atelier/bons/{ticket.number}/controles?piece=7")
        assert [row.one("th").text for row in parse(page.text).one("tbody").all("tr")] == ["1", "5", "7", "10"]

    def test_a_long_series_comes_in_parts(self, client, day, ticket):
        day.diameter.every = 1
        ticket.quantity = 60
        day.db.flush()
        page = client.get(f"/atelier/bons/{ticket.number}/controles")
        assert "Pièces suivantes, à partir de la 26" in words(page)

    @pytest.mark.parametrize("query", ["?piece=x", "?depuis=-3", "?jeune=personne", "?piece=99999999999"])
    def test_nonsense_in_the_address_is_left_out(self, client, ticket, query):
        assert client.get(f"/atelier/bons/{ticket.number}/controles{query}").status_code == 200

    def test_without_any_point_it_says_so(self, client, day):
        other = service.give_operation(day.db, day.operations[1].id, pupil_ids=[day.tom.id], by=day.by)
        assert "Aucun contrôle demandé" in words(client.get(f"/atelier/bons/{other.number}/controles"))

    def test_the_office_reads_and_does_not_write(self, client, login_as, ticket):
        login_as(Role.OFFICE)
        page = client.get(f"/atelier/bons/{ticket.number}/controles")
        assert page.status_code == 200
        assert not parse(page.text).all("input", id="checks-0-value")
        assert client.post(f"/atelier/bons/{ticket.number}/controles", data={}).status_code == 403


class TestPhoto:
    def test_a_photo_is_kept_with_its_piece_and_shown(self, client, db, day, ticket):
        point = make_point(db, day.operations[0], label="Marquage", kind=CheckKind.PHOTO)
        path = f"/atelier/bons/{ticket.number}/controles/{point.id}/photo"
        assert client.get(f"{path}?piece=1").status_code == 200
        answer = client.post(
            path, data={"piece": "1", "conforms": "true"}, files={"photo": ("vue.png", png(), "image/png")}
        )
        assert answer.status_code == 303
        row = db.execute(select(CheckResult)).scalar_one()
        shown = client.get(f"/atelier/controles/{row.id}/photo")
        assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")
        assert "Voir la photo" in words(client.get(f"/atelier/bons/{ticket.number}/controles"))

    def test_what_is_no_photo_is_refused(self, client, db, day, ticket):
        point = make_point(db, day.operations[0], label="Marquage", kind=CheckKind.PHOTO)
        path = f"/atelier/bons/{ticket.number}/controles/{point.id}/photo"
        answer = client.post(path, data={"piece": "1"}, files={"photo": ("vue.png", b"bonjour", "image/png")})
        assert answer.status_code == 422
        assert "pas une photo" in words(answer)
        assert client.post(path, data={"piece": "1"}).status_code == 422

    def test_a_check_without_a_photo_has_none_to_show(self, client, day, ticket, db):
        good(day, ticket, 1)
        id_ = db.execute(select(CheckResult.id)).scalars().first()
        assert client.get(f"/atelier/controles/{id_}/photo").status_code == 404


class TestHandIn:
    def test_from_the_ticket_to_the_list_of_checks(self, client, day, ticket):
        path = f"/atelier/bons/{ticket.number}/remise"
        assert "Faire contrôler" in words(client.get(f"/atelier/bons/{ticket.number}"))
        answer = submit(client, client.get(path), path, good="9", scrap="1", reason="Réglage")
        assert answer.status_code == 303
        assert day.ticket(ticket.number).state == TicketState.TO_RELEASE
        text = words(client.get("/atelier/controles"))
        assert ticket.number in text
        assert "Il manque" in text

    def test_without_pieces_it_is_refused_at_the_field(self, client, ticket):
        path = f"/atelier/bons/{ticket.number}/remise"
        answer = client.post(path, data={"good": "0"})
        assert answer.status_code == 422
        assert "au moins une pièce" in errors(answer)["good"]

    def test_asked_for_in_the_wrong_state_it_says_so(self, client, day, ticket):
        handed_in(day, ticket)
        assert client.get(f"/atelier/bons/{ticket.number}/remise").status_code == 409


class TestList:
    def test_all_that_are_complete_are_released_in_one_gesture(self, client, db, day):
        first = handed_in(day, service.give_operation(
            db, day.operations[0].id, pupil_ids=[day.tom.id], quantity=5, by=day.by), counts=(5, 0))  # fmt: skip
        second = service.give_operation(db, day.operations[0].id, pupil_ids=[day.tom.id], quantity=5, by=day.by)
        handed_in(day, second, checked=False, counts=(5, 0))
        page = client.get("/atelier/controles")
        assert "Valider 1 bon" in words(page)
        answer = submit(client, page, "/atelier/controles")
        assert answer.status_code == 303
        assert day.ticket(first.number).state == TicketState.DONE
        assert day.ticket(second.number).state == TicketState.TO_RELEASE

    def test_in_the_same_gesture_two_skills_are_assessed(self, client, db, day, ticket):
        make_skill(db, day.group.diploma, code="C2", label="Usiner")
        day.operations[0].skill_code = "C2"
        db.flush()
        handed_in(day, ticket)
        db.flush()
        page = client.get("/atelier/controles")
        assert "Évaluer 1 compétence" in words(page)
        submit(client, page, "/atelier/controles", **{"levels-0-level": "3"})
        rows = db.execute(select(SkillEvidence.source, SkillEvidence.level).order_by(SkillEvidence.id)).all()
        assert [tuple(row) for row in rows] == [("check", None), ("release", 3)]

    def test_released_by_somebody_else_meanwhile_nothing_is_changed(self, client, db, day, ticket):
        handed_in(day, ticket)
        page = client.get("/atelier/controles")
        service.reject(db, ticket, note="Bavures", by=day.by)
        db.flush()
        answer = submit(client, page, "/atelier/controles")
        assert answer.status_code == 422
        assert "a changé entre-temps" in words(answer)
        assert db.execute(select(func.count()).select_from(Release).where(Release.conforms)).scalar_one() == 0

    def test_none_ticked_is_said(self, client, day, ticket):
        handed_in(day, ticket)
        assert client.post("/atelier/controles", data={}).status_code == 422

    def test_a_first_piece_that_holds_a_series_up_is_listed(self, client, day, ticket):
        day.operations[0].first_article = True
        service.report_quantity(day.db, ticket, counts=(1, 0), by=SYSTEM)
        text = words(client.get("/atelier/controles"))
        assert "Premières pièces" in text
        assert "Contrôler la pièce" in text
        service.release_first_article(day.db, ticket, override="x", by=day.by)
        assert "Premières pièces" not in words(client.get("/atelier/controles"))

    def test_as_many_statements_for_ten_tickets_as_for_one(self, client, db, day, query_budget):
        for count in (1, 9):
            for _ in range(count):
                ticket = service.give_operation(db, day.operations[0].id, pupil_ids=[day.tom.id], quantity=1, by=day.by)
                handed_in(day, ticket, counts=(1, 0))
            db.flush()
            with query_budget(12):
                assert len(queries.release_list(db).waiting) in {1, 10}


class TestRelease:
    def test_with_everything_there_one_button_is_enough(self, client, day, ticket):
        path = f"/atelier/bons/{handed_in(day, ticket).number}/validation"
        page = client.get(path)
        assert "Pourquoi valider quand même" not in words(page)
        assert submit(client, page, path).status_code == 303
        assert day.ticket(ticket.number).state == TicketState.DONE
        assert "Bon validé" in words(client.get(f"/atelier/bons/{ticket.number}"))

    def test_with_something_missing_it_asks_why(self, client, db, day, ticket):
        path = f"/atelier/bons/{handed_in(day, ticket, checked=False).number}/validation"
        page = client.get(path)
        assert "Pièce 1 : Ø12" in words(page)
        refused = submit(client, page, path)
        assert refused.status_code == 422
        assert "Il manque" in parse(refused.text).one(id="override-error").text
        assert submit(client, refused, path, override="Vu sur machine").status_code == 303
        assert "sans tous les contrôles : Vu sur machine" in words(client.get(f"/atelier/bons/{ticket.number}"))
        assert db.execute(select(Release.override_reason)).scalar_one() == "Vu sur machine"

    def test_sent_back_with_what_is_wrong(self, client, day, ticket):
        path = f"/atelier/bons/{handed_in(day, ticket).number}/renvoi"
        assert submit(client, client.get(path), path).status_code == 422
        assert submit(client, client.get(path), path, note="Bavures").status_code == 303
        assert day.ticket(ticket.number).state == TicketState.REJECTED
        assert "Bon renvoyé : Bavures" in words(client.get(f"/atelier/bons/{ticket.number}"))

    def test_a_page_that_is_old_keeps_what_was_typed(self, client, day, ticket):
        path = f"/atelier/bons/{handed_in(day, ticket).number}/validation"
        page = client.get(path)
        service.reject(day.db, ticket, note="x", by=day.by)
        service.submit(day.db, ticket, by=SYSTEM)
        answer = submit(client, page, path, note="Très propre")
        assert answer.status_code == 409
        assert parse(answer.text).one("input", id="note").attributes["value"] == "Très propre"

    def test_the_first_piece_is_released_or_refused(self, client, db, day, ticket):
        day.operations[0].first_article = True
        service.report_quantity(day.db, ticket, counts=(1, 0), by=SYSTEM)
        path = f"/atelier/bons/{ticket.number}/premiere-piece"
        assert "La première pièce n’est pas validée." in words(client.get(f"/atelier/bons/{ticket.number}"))
        refused = client.post(f"{path}/refus", data={"cause": "Outil", "description": "0,04 trop grand"})
        assert refused.status_code == 303
        assert refused.headers["location"] == "/atelier/non-conformites/FNC2026-0001"
        assert "La première pièce a été refusée." in words(client.get(f"/atelier/bons/{ticket.number}"))
        service.report_quantity(db, day.ticket(ticket.number), counts=(1, 0), by=SYSTEM)
        assert client.post(path, data={}).status_code == 422
        assert client.post(path, data={"override": "Vue"}).status_code == 303
        assert client.post(path, data={"override": "Vue"}).status_code == 422

    def test_finishing_at_once_asks_why_when_checks_are_missing(self, client, day, ticket):
        path = f"/atelier/bons/{ticket.number}/fin"
        refused = client.post(path, data={"good": "10"})
        assert refused.status_code == 422
        assert "Il manque" in parse(refused.text).one(id="override-error").text
        assert submit(client, refused, path, override="Contrôlées ensemble").status_code == 303


class TestDefects:
    def test_from_the_ticket_in_two_taps(self, client, db, day, ticket):
        service.report_quantity(db, ticket, counts=(6, 0), by=SYSTEM)
        page = client.get(f"/atelier/bons/{ticket.number}")
        assert f"/atelier/bons/{ticket.number}/fiche" in page.text
        path = f"/atelier/bons/{ticket.number}/fiche"
        answer = submit(
            client, client.get(path), path, pieces="2", cause="Outil", description="Trop grand"
        )  # fmt: skip
        assert answer.status_code == 303
        text = words(client.get(answer.headers["location"]))
        assert "2 pièces : Trop grand" in text
        assert "À décider" in text
        assert "2 pièces mises de côté" in words(client.get(f"/atelier/bons/{ticket.number}"))

    def test_with_a_photo(self, client, db, ticket):
        answer = client.post(
            f"/atelier/bons/{ticket.number}/fiche", data={"pieces": "1", "cause": "Outil", "description": "x"},
            files={"photo": ("vue.png", png(), "image/png")},
        )  # fmt: skip
        assert answer.status_code == 303
        number = db.execute(select(Defect.number)).scalar_one()
        assert client.get(f"/atelier/non-conformites/{number}/photo").headers["content-type"] == "image/png"

    def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(self, client, db, ticket):
        path = f"/atelier/bons/{ticket.number}/fiche"
        answer = submit(client, client.get(path), path, pieces="99", cause="Outil", description="Bavures")
        assert answer.status_code == 422
        assert "n’a que" in errors(answer)["pieces"]
        assert "Bavures" in answer.text
        assert submit(client, client.get(path), path, description="x").status_code == 422
        assert db.scalar(select(func.count()).select_from(Defect)) == 0

    @pytest.fixture
    def sheet(self, day, ticket):
        """Two of ten good pieces do not conform."""
        service.report_quantity(day.db, ticket, counts=(10, 0), by=SYSTEM)
        return service.open_defect(day.db, ticket, Finding(2, "Outil", "Trop grand"), by=day.by)

    def test_rework_makes_a_ticket_and_shows_it(self, client, db, sheet):
        path = f"/atelier/non-conformites/{sheet.number}"
        answer = client.post(f"{path}/decision", data={"decision": "rework", "version": "1", "note": "À la lime"})
        assert answer.status_code == 303
        db.expire_all()
        rework = db.execute(select(Ticket).where(Ticket.id == sheet.rework_ticket_id)).scalar_one()
        assert rework.number in words(client.get(path))
        page = words(client.get(f"/atelier/bons/{rework.number}"))
        assert "Retouche" in page
        assert "Pièces du" in page

    def test_scrap_may_be_made_again(self, client, db, sheet):
        path = f"/atelier/non-conformites/{sheet.number}"
        client.post(f"{path}/decision", data={"decision": "scrap", "remake": "true", "version": "1"})
        db.expire_all()
        assert sheet.remake_ticket_id is not None
        assert "Bons à refaire" in words(client.get(path))

    def test_to_be_accepted_it_needs_who_and_when(self, client, sheet):
        path = f"/atelier/non-conformites/{sheet.number}"
        refused = client.post(f"{path}/decision", data={"decision": "accept", "version": "1"})
        assert refused.status_code == 422
        assert "chez le client" in errors(refused)["agreed_by"]
        day = today()
        accepted = client.post(
            f"{path}/decision", data={"decision": "accept", "agreed_by": "Mme Rey", "agreed_on": f"{day:%d/%m/%Y}"}
        )
        assert accepted.status_code == 303
        assert "Mme Rey" in words(client.get(path))

    def test_decided_meanwhile_both_are_told(self, client, db, day, sheet):
        path = f"/atelier/non-conformites/{sheet.number}/decision"
        client.post(path, data={"decision": "rework", "version": "1"})
        answer = client.post(path, data={"decision": "scrap", "version": "1"})
        assert answer.status_code == 409
        assert "Retouche sur le" in words(answer)

    def test_the_list_has_filters_and_an_export_that_names_no_pupil(self, client, day, sheet):
        assert sheet.number in client.get("/atelier/non-conformites").text
        assert sheet.number in client.get("/atelier/non-conformites?etat=ouvertes&cause=Outil&q=grand").text
        assert "Aucune fiche ne correspond" in client.get("/atelier/non-conformites?etat=closes").text
        file = client.get("/atelier/non-conformites/export.csv").content.decode()
        assert "FNC2026-0001" in file
        assert "Aubry" not in file

    def test_an_unknown_sheet_is_not_found(self, client, day):
        assert client.get("/atelier/non-conformites/FNC2026-9999").status_code == 404
        assert client.get("/atelier/non-conformites/FNC2026-9999/photo").status_code == 404

    def test_the_office_sees_the_sheet_and_does_not_decide(self, client, login_as, sheet):
        login_as(Role.OFFICE)
        assert "Un maître professionnel décide" in words(client.get(f"/atelier/non-conformites/{sheet.number}"))
        assert client.post(f"/atelier/non-conformites/{sheet.number}/decision", data={}).status_code == 403

    def test_scrapped_pieces_are_made_again_from_their_ticket(self, client, db, day):
        for place, counts in ((0, (10, 0)), (1, (8, 2))):
            ticket = service.give_operation(db, day.operations[place].id, pupil_ids=[day.tom.id], by=day.by)
            service.finish_ticket(db, ticket, counts=counts, override="x", by=day.by)
        assert "Refaire 2 pièces" in words(client.get(f"/atelier/bons/{ticket.number}"))
        path = f"/atelier/bons/{ticket.number}/refaire"
        answer = submit(client, client.get(path), path)
        assert answer.status_code == 303
        assert "En remplacement du" in words(client.get(answer.headers["location"]))
        assert client.post(path, data={"quantity": "1"}).status_code == 422


class TestQuality:
    def test_rates_and_causes_of_the_period(self, client, db, day, ticket):
        service.finish_ticket(db, ticket, counts=(8, 2), reason="Outil", override="x", by=day.by)
        page = words(client.get("/atelier/qualite"))
        assert "Rebut et retouche" in page
        assert "Outil 2 100 %" in page
        assert "Débit" in page
        assert "Aubry" not in page

    def test_without_pieces_it_says_so(self, client, day):
        assert "Aucune pièce sur cette période" in words(client.get("/atelier/qualite"))

    @pytest.mark.parametrize("query", ["?du=hier", "?du=01/12/2026&au=01/11/2026", "?du=01/01/2000"])
    def test_an_impossible_period_is_told(self, client, day, query):
        assert client.get(f"/atelier/qualite{query}").status_code == 422

    def test_one_machine_one_class_one_file(self, client, db, day, ticket):
        service.finish_ticket(db, ticket, counts=(8, 2), reason="Outil", override="x", by=day.by)
        start = today() - timedelta(days=3)
        query = f"?du={start:%d/%m/%Y}&poste=SCIE&classe=CAP1"
        assert "Débit" in words(client.get(f"/atelier/qualite{query}"))
        assert "Aucune pièce" in words(client.get("/atelier/qualite?poste=TOUR"))
        assert "Débit" in client.get(f"/atelier/qualite/export.csv{query}").content.decode()


def test_a_decided_sheet_is_closed_when_its_rework_is(db, day, ticket):
    service.report_quantity(db, ticket, counts=(10, 0), by=SYSTEM)
    sheet = service.open_defect(db, ticket, Finding(2, "Outil", "x"), by=day.by)
    service.decide_defect(db, sheet, service.Decision("scrap"), by=day.by)
    assert sheet.state == DefectState.CLOSED


class TestWhatThePupilSays:
    @pytest.fixture
    def skills(self, day, db):
        """The operation trains one skill of Tom's diploma; a second one is of the diploma only."""
        skill, other = (make_skill(db, day.group.diploma) for _ in range(2))
        day.operations[0].skill_code = skill.code
        db.flush()
        return skill, other

    def test_it_stands_beside_the_levels_that_the_master_gives(self, client, db, day, ticket, skills):
        skill, other = skills
        handed_in(day, ticket)
        make_own_word(db, day.tom, ticket, skill.code, level=1, sentence="J’ai réglé seul.")
        make_own_word(db, day.tom, ticket, other.code)
        page = client.get(f"/atelier/bons/{ticket.number}/validation")
        field = parse(page.text).all("fieldset", class_="field")[0]
        assert "Le jeune dit : avec de l’aide" in field.text
        assert "« J’ai réglé seul. »" in words(page)
        assert f"{other.code} : tout seul" in words(page)
        listed = words(client.get("/atelier/controles"))
        assert "Le jeune dit : avec de l’aide" in listed
        assert "« J’ai réglé seul. »" in listed

    def test_it_gives_no_level_by_itself(self, client, db, day, ticket, skills):
        handed_in(day, ticket)
        make_own_word(db, day.tom, ticket, skills[0].code)
        path = f"/atelier/bons/{ticket.number}/validation"
        assert submit(client, client.get(path), path).status_code == 303
        kept = db.scalars(select(SkillEvidence).where(SkillEvidence.source == "release")).all()
        assert [(one.skill_code, one.level, one.self_assessed) for one in kept] == [(skills[0].code, None, False)]

    def test_the_list_needs_as_many_statements_whatever_was_said(self, client, db, day, ticket, skills, record_queries):
        handed_in(day, ticket)

        def count():
            with record_queries() as statements:
                assert client.get("/atelier/controles").status_code == 200
            return len(statements)

        few = count()
        for _ in range(5):
            make_own_word(db, day.tom, ticket, skills[0].code, sentence="Encore.")
        assert count() == few
