"""The pages about material, through the browser's door."""

import re

import pytest
from sqlalchemy import func, select

from app.core.permissions import Role
from app.orders.rules import OrderState
from app.workshop import queries, service
from app.workshop.models import MaterialLot, MaterialMove
from app.workshop.rules import MoveKind
from tests.factories import make_company, make_lot, make_move
from tests.factories.files import pdf
from tests.support.html import errors, parse, submit
from tests.workshop.scene import arrange

K = MoveKind


@pytest.fixture
def day(db, login_as):
    """Karim is signed in, with a job to be made."""
    scene = arrange(db)
    login_as(scene.master)
    return scene


def text_of(page):
    """The page's words with plain spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", parse(page.text).text)


def job_path(day, *more):
    """The address of the job's material."""
    return "/".join([f"/atelier/of/{day.job.number}/matiere", *more])


class TestList:
    def test_the_school_s_own_and_the_clients_apart(self, client, day):
        bar = make_lot(day.db, label="42CrMo4", certificate_kind="3.1")
        make_move(day.db, bar, K.RESERVE, 4, job=day.job)
        make_lot(day.db, label="Toile de lin", company_id=day.order.company_id)
        words = text_of(client.get("/atelier/matiere"))
        assert "42CrMo4, rond Ø30" in words
        assert "6 m 4 m" in words
        assert "3.1 manquant" in words
        assert "Toile de lin" not in words
        apart = text_of(client.get("/atelier/matiere?a=clients"))
        assert "Toile de lin" in apart
        assert "42CrMo4" not in apart

    def test_search_finds_a_heat_number(self, client, day):
        make_lot(day.db, label="C45", heat="H-5567")
        make_lot(day.db, label="POM")
        words = text_of(client.get("/atelier/matiere?q=h-5567"))
        assert "C45" in words
        assert "POM" not in words

    def test_filters_for_what_is_used_up_and_for_certificates_to_complete(self, client, day):
        used = make_lot(day.db, label="Laiton")
        service.move_material(day.db, used, K.LOSS, 10, note="Perdu", by=day.by)
        make_lot(day.db, label="Acier 3.1", certificate_kind="3.1", certificate="1")
        assert "Laiton" not in text_of(client.get("/atelier/matiere"))
        assert "Épuisé" in text_of(client.get("/atelier/matiere?etat=epuises"))
        words = text_of(client.get("/atelier/matiere?etat=certificat"))
        assert "Acier 3.1" in words
        assert "Fichier à joindre" in words

    def test_nothing_found_leads_to_all_lots(self, client, day):
        assert "Aucun lot ne correspond" in text_of(client.get("/atelier/matiere?q=introuvable"))
        assert "Aucune matière pour l’instant" in text_of(client.get("/atelier/matiere"))

    def test_the_filtered_list_is_exported(self, client, day):
        make_lot(day.db, code="LOT-X", heat="H-5567")
        answer = client.get("/atelier/matiere/export.csv?q=5567")
        assert "LOT-X;C45;rond Ø30;École;10;0;10;m" in answer.text


RECEIVED = {"label": "EN AW-6082", "quantity": "12,5", "unit": "m"}


class TestReceiving:
    def test_a_lot_with_its_certificate(self, client, day, db):
        form = client.get("/atelier/matiere/nouveau")
        values = RECEIVED | {"certificate_kind": "3.1", "certificate": "88123", "heat": "H-1", "_key": "k"}
        files = {"file": ("Certificat.pdf", pdf(), "application/pdf")}
        answer = client.post("/atelier/matiere", data=values, files=files)
        assert (form.status_code, answer.status_code) == (200, 303)
        lot = db.execute(select(MaterialLot)).scalar_one()
        shown = client.get(answer.headers["location"])
        assert "LOT2026-0001 reçu." in shown.text
        assert "12,5 m" in text_of(shown)
        file = client.get(f"/atelier/matiere/{lot.code}/certificat")
        assert file.headers["content-type"] == "application/pdf"
        again = client.post("/atelier/matiere", data=values, files=files)
        assert again.status_code == 303
        assert db.scalar(select(func.count()).select_from(MaterialLot)) == 1

    def test_what_is_wrong_stands_at_its_field_and_nothing_is_kept(self, client, day, db):
        answer = client.post("/atelier/matiere", data=RECEIVED | {"quantity": "-3", "label": ""})
        assert answer.status_code == 422
        assert set(errors(answer)) == {"quantity", "label"}
        files = {"file": ("virus.pdf", b"MZ not a certificate", "application/pdf")}
        refused = client.post("/atelier/matiere", data=RECEIVED, files=files)
        assert refused.status_code == 422
        assert "ni un PDF ni une image" in errors(refused)["file"]
        assert db.scalar(select(func.count()).select_from(MaterialLot)) == 0

    def test_a_lot_is_changed_and_a_stale_form_is_told(self, client, day):
        lot = make_lot(day.db, code="LOT-X")
        page = client.get("/atelier/matiere/LOT-X/modifier")
        assert submit(client, page, "modifier", place="Rack B1").status_code == 303
        stale = submit(client, page, "modifier", place="Rack B2")
        assert stale.status_code == 409
        assert "Rack B1" in stale.text
        day.db.refresh(lot)
        assert lot.place == "Rack B1"

    def test_an_offcut_shows_whose_certificate_it_bears(self, client, day):
        lot = make_lot(day.db)
        service.move_material(day.db, lot, K.CONSUME, 4, job_id=day.job.id, by=day.by)
        offcut = service.put_back(day.db, lot, 1, job_id=day.job.id, by=day.by)
        assert "lot d’où vient cette chute" in text_of(client.get(f"/atelier/matiere/{offcut.code}/modifier"))

    def test_an_absent_certificate_or_lot_is_not_found(self, client, day):
        make_lot(day.db, code="LOT-X")
        assert client.get("/atelier/matiere/LOT-X/certificat").status_code == 404
        assert client.get("/atelier/matiere/NUL").status_code == 404
        assert client.post("/atelier/matiere/NUL/mouvement", data={"kind": "loss", "quantity": "1"}).status_code == 404


class TestLot:
    def test_the_page_tells_where_it_went_and_what_is_left(self, client, day):
        lot = make_lot(day.db, code="LOT-X", certificate_kind="3.1")
        service.move_material(day.db, lot, K.RESERVE, 5, job_id=day.job.id, by=day.by)
        service.move_material(day.db, lot, K.CONSUME, 4, job_id=day.job.id, by=day.by)
        offcut = service.put_back(day.db, lot, 1, job_id=day.job.id, by=day.by)
        words = text_of(client.get("/atelier/matiere/LOT-X"))
        assert "Le certificat 3.1 est demandé et n’est pas là" in words
        assert day.job.number in words
        assert day.order.number in words
        assert offcut.code in words
        assert "Libre 5 m Réservé 1 m En stock 6 m" in words
        assert "Consommé : 4 m" in words

    def test_client_material_is_given_back_and_the_page_says_how_much(self, client, day):
        make_lot(day.db, code="LOT-X", company_id=day.order.company_id)
        page = client.get("/atelier/matiere/LOT-X/mouvement")
        assert submit(client, page, "mouvement", quantity="3").status_code == 303
        words = text_of(client.get("/atelier/matiere/LOT-X"))
        assert "Compté à l’entrée 10 m" in words
        assert "Rendu au client 3 m" in words

    def test_a_loss_without_reason_and_more_than_there_is(self, client, day):
        make_lot(day.db, code="LOT-X")
        path = "/atelier/matiere/LOT-X/mouvement"
        assert "note" in errors(client.post(path, data={"kind": "loss", "quantity": "1"}))
        assert (
            "Il en reste" in errors(client.post(path, data={"kind": "loss", "quantity": "11", "note": "x"}))["quantity"]
        )
        assert client.post(path, data={"kind": "eaten", "quantity": "1"}).status_code == 422

    def test_a_move_is_corrected_with_its_reason_and_both_stay_readable(self, client, day, db):
        lot = make_lot(day.db, code="LOT-X")
        row = service.move_material(day.db, lot, K.LOSS, 2, note="Abîmé", by=day.by)
        path = f"/atelier/matiere/mouvements/{row.id}/correction"
        assert "Cette quantité revient en stock." in text_of(client.get(path))
        assert "note" in errors(client.post(path, data={}))
        assert client.post(path, data={"note": "Retrouvé"}).status_code == 303
        page = client.get("/atelier/matiere/LOT-X")
        assert len(parse(page.text).all("del")) == 2
        assert "Correction, perdu" in text_of(page)
        assert "déjà corrigé" in client.post(path, data={"note": "x"}).text
        assert client.get("/atelier/matiere/mouvements/99999/correction").status_code == 404


class TestJob:
    def test_reserved_then_consumed_then_an_offcut_kept(self, client, day, db):
        make_lot(day.db, code="LOT-X", heat="H-5567")
        page = client.get(job_path(day))
        assert submit(client, page, "matiere", lot="LOT-X", quantity="4").status_code == 303
        move = client.get(job_path(day, "LOT-X"))
        assert "4 m à débiter, 0 m déjà consommés. Libre dans le lot : 6 m." in text_of(move)
        assert submit(client, move, "LOT-X", kind="consume", quantity="5").status_code == 303
        assert submit(client, move, "LOT-X", kind="offcut", quantity="1,2", shape="L 1200").status_code == 303
        words = text_of(client.get(job_path(day)))
        assert "Consommé 5 m, dont 1,2 m en chute" in words
        assert "H-5567" in words
        assert queries.get_lot(db, "LOT-X-C1").shape == "L 1200"

    def test_refusals_stand_at_their_field(self, client, day):
        make_lot(day.db, code="LOT-X")
        make_lot(day.db, code="LOT-V", company_id=make_company(day.db, name="Valtin").id)
        more = client.post(job_path(day), data={"lot": "LOT-X", "quantity": "11"})
        assert (more.status_code, set(errors(more))) == (422, {"quantity"})
        foreign = client.post(job_path(day), data={"lot": "LOT-V", "quantity": "1"})
        assert "Cette matière est à Valtin" in foreign.text
        assert "LOT-V" not in {o.attributes["value"] for o in parse(client.get(job_path(day)).text).all("option")}
        cut = client.post(job_path(day, "LOT-X"), data={"kind": "offcut", "quantity": "1"})
        assert "quantity" in errors(cut)
        assert client.post(job_path(day), data={"lot": "NUL", "quantity": "1"}).status_code == 404

    def test_one_key_reserves_once(self, client, day, db):
        make_lot(day.db, code="LOT-X")
        values = {"lot": "LOT-X", "quantity": "4", "_key": "same"}
        assert {client.post(job_path(day), data=values).status_code for _ in range(2)} == {303}
        assert db.scalar(select(func.count()).select_from(MaterialMove).where(MaterialMove.kind == K.RESERVE)) == 1

    def test_the_job_s_own_page_says_it_in_short(self, client, day):
        lot = make_lot(day.db, certificate_kind="3.1")
        service.move_material(day.db, lot, K.RESERVE, 5, job_id=day.job.id, by=day.by)
        service.move_material(day.db, lot, K.CONSUME, 4, job_id=day.job.id, by=day.by)
        words = text_of(client.get(f"/atelier/of/{day.job.number}"))
        assert "Réservé 1 m, consommé 4 m. 3.1 manquant" in words


class TestOrder:
    def test_the_trace_of_an_order(self, client, day):
        lot = make_lot(day.db, code="LOT-X", heat="H-5567", certificate_kind="3.1", certificate="88123")
        service.move_material(day.db, lot, K.CONSUME, 4, job_id=day.job.id, by=day.by)
        words = text_of(client.get(f"/atelier/commandes/{day.order.number}/tracabilite"))
        assert "LOT-X 3.1 88123" in words
        assert "H-5567 4 m" in words
        assert "Traçabilité" in text_of(client.get(f"/atelier/commandes/{day.order.number}"))
        assert client.get("/atelier/commandes/NUL/tracabilite").status_code == 404

    def test_calling_off_says_what_is_freed_and_frees_it(self, client, day, db):
        service.give_operation(db, day.operations[0].id, pupil_ids=[day.tom.id], by=day.by)
        lot = make_lot(day.db, code="LOT-X")
        service.move_material(day.db, lot, K.RESERVE, 4, job_id=day.job.id, by=day.by)
        day.order.state = OrderState.CANCELLED
        db.flush()
        page = client.get(f"/atelier/commandes/{day.order.number}")
        assert "La matière réservée est libérée en même temps : 4 m de C45 (LOT-X)." in text_of(page)
        answer = submit(client, page, "annulation", note="Le client renonce")
        assert "1 bon annulé, matière libérée." in client.get(answer.headers["location"]).text
        assert queries.holding_of(db, lot.id).free == 10

    def test_what_a_delivered_order_did_not_need_is_freed_in_one_gesture(self, client, day, db):
        lot = make_lot(day.db, code="LOT-X")
        service.move_material(day.db, lot, K.RESERVE, 4, job_id=day.job.id, by=day.by)
        day.order.state, day.order.delivered_on = OrderState.DELIVERED, day.order.ordered_on
        db.flush()
        page = client.get(f"/atelier/commandes/{day.order.number}")
        assert "De la matière est encore réservée" in text_of(page)
        assert submit(client, page, "matiere").status_code == 303
        assert queries.holding_of(db, lot.id).free == 10
        assert submit(client, page, "matiere").status_code == 409


class TestRights:
    def test_a_teacher_sees_no_material(self, client, day, login_as):
        login_as(Role.TEACHER)
        assert client.get("/atelier/matiere").status_code == 403
        assert client.post(job_path(day), data={"lot": "X", "quantity": "1"}).status_code == 403

    def test_the_office_receives_material(self, client, day, login_as):
        login_as(Role.OFFICE)
        assert client.post("/atelier/matiere", data=RECEIVED).status_code == 303


def test_pages_need_few_statements(client, day, query_budget, db):
    for number in range(12):
        lot = make_lot(db, code=f"LOT-{number}")
        make_move(db, lot, K.RESERVE, 2, job=day.job)
    for path, budget in (
        ("/atelier/matiere", 6), ("/atelier/matiere/LOT-1", 10), (job_path(day), 11),
        (f"/atelier/commandes/{day.order.number}/tracabilite", 7),
    ):  # fmt: skip
        client.get(path)
        with query_budget(budget):
            assert client.get(path).status_code == 200
