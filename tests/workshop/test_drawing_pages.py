"""Drawings on the pages and by JSON: files sent and shown, bad ones refused where they were chosen."""

import pytest
from sqlalchemy import func, select

from app.core.documents import MAX_BYTES, StoredFile
from app.core.permissions import Role
from app.workshop.models import Drawing
from app.workshop.rules import TicketState
from tests.factories import files, make_ticket
from tests.support.html import errors, parse, submit

PLAN = ("plan.pdf", files.pdf())
NOT_A_DRAWING = "Ce fichier n’est ni un PDF ni une image. Attendu\u00a0: PDF, JPEG, PNG ou WebP."


@pytest.fixture
def address(scene):
    return f"/atelier/commandes/{scene.order.number}/lignes/1/dessins"


@pytest.fixture
def master(scene, login_as):
    return login_as(scene.master)


def send(client, address, *, index="A", name="Plan", file=PLAN, **other):
    sent = {} if file is None else {"files": {"file": file}}
    return client.post(address, data={"name": name, "index": index} | other, **sent)


def text_of(answer):
    return parse(answer.text).text


class TestAttaching:
    def test_a_drawing_is_attached_looked_at_and_saved(self, client, scene, address, master):
        empty = client.get(address)
        assert "Aucun dessin pour l’instant" in text_of(empty)
        assert 'value="A"' in empty.text
        assert send(client, address, file=("Plan n° 4.pdf", files.pdf())).status_code == 303
        page = client.get(address)
        assert "En vigueur" in text_of(page)
        assert 'value="B"' in page.text  # the next index is proposed
        drawing_id = scene.db.scalar(select(Drawing.id))
        shown = client.get(f"/atelier/dessins/{drawing_id}/fichier")
        assert (shown.status_code, shown.content) == (200, files.pdf())
        assert shown.headers["content-type"] == "application/pdf"
        assert shown.headers["content-disposition"].startswith("inline")
        saved = client.get(f"/atelier/dessins/{drawing_id}/fichier?enregistrer=oui")
        assert saved.headers["content-disposition"].startswith("attachment")
        assert saved.headers["x-content-type-options"] == "nosniff"
        assert saved.headers["cache-control"] == "no-store"

    def test_an_image_stands_on_the_page(self, client, scene, address, master):
        send(client, address, file=("plan.png", files.png()))
        (image,) = parse(client.get(address).text).one(class_="drawing").all("img")
        assert client.get(image.attributes["src"]).headers["content-type"] == "image/png"
        assert image.attributes["alt"] == f"Plan, indice A, {scene.line().label}"

    @pytest.mark.parametrize(
        ("given", "field", "sentence"),
        [
            ({"file": None}, "file", "Choisissez un fichier."),
            ({"file": ("plan.pdf", b"")}, "file", "Ce fichier est vide."),
            ({"file": ("plan.png", b"<html><script>alert(1)</script>")}, "file", NOT_A_DRAWING),
            ({"file": ("plan.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")}, "file", NOT_A_DRAWING),
            ({"file": ("plan.pdf", b"PK\x03\x04" + files.pdf())}, "file", NOT_A_DRAWING),
            ({"file": ("plan.pdf", bytes(MAX_BYTES + 1))}, "file", "Ce fichier dépasse 12\u00a0Mo."),
            ({"index": "1"}, "index", "Un indice est une lettre : A, B, C…"),
            ({"index": ""}, "index", "Ce champ est à remplir."),
            ({"name": "x" * 61}, "name", "Ce texte est trop long : 60 caractères au plus."),
        ],
    )  # fmt: skip
    def test_what_is_wrong_is_told_where_it_was_given(self, client, scene, address, master, given, field, sentence):
        answer = send(client, address, **given)
        assert answer.status_code == 422
        assert errors(answer)[field] == sentence
        assert scene.db.scalar(select(func.count()).select_from(Drawing)) == 0
        assert scene.db.scalar(select(func.count()).select_from(StoredFile)) == 0

    def test_the_same_index_twice_or_an_earlier_one(self, client, address, master):
        send(client, address, index="B")
        assert errors(send(client, address, index="B"))["index"] == "L’indice B de ce dessin est déjà là."
        assert errors(send(client, address, index="a"))["index"] == "L’indice B est déjà là : le nouveau vient après."

    def test_the_office_attaches_and_a_teacher_does_not(self, client, scene, address, login_as):
        login_as(Role.OFFICE)
        assert send(client, address).status_code == 303
        drawing_id = scene.db.scalar(select(Drawing.id))
        assert client.get(f"/atelier/dessins/{drawing_id}/confirmation").status_code == 403
        login_as(Role.TEACHER)
        assert send(client, address, index="B").status_code == 403
        assert client.get(f"/atelier/dessins/{drawing_id}/fichier").status_code == 403

    def test_it_is_shown_on_the_pages_of_order_and_job(self, client, scene, address, master):
        assert "Joindre un dessin" in text_of(client.get(f"/atelier/commandes/{scene.order.number}"))
        send(client, address)
        for page in (f"/atelier/commandes/{scene.order.number}", f"/atelier/of/{scene.job.number}"):
            assert "Plan, indice A" in text_of(client.get(page))
        assert client.get("/atelier/dessins/999/fichier").status_code == 404
        assert client.get(address.replace("lignes/1", "lignes/9")).status_code == 404


class TestConfirming:
    @pytest.fixture
    def ticket(self, client, scene, address, master):
        send(client, address)
        number = make_ticket(scene.db, scene.operations[0], pupil=scene.tom, master=scene.master).number
        assert "jusqu’à confirmation" in text_of(client.get(send(client, address, index="B").headers["location"]))
        return number

    @pytest.fixture
    def page(self, client, scene, ticket):
        drawing_id = scene.db.scalar(select(Drawing.id).where(Drawing.index_letter == "B"))
        return client.get(f"/atelier/dessins/{drawing_id}/confirmation")

    def test_the_freeze_is_told_everywhere(self, client, scene, ticket, address):
        for page in (f"/atelier/bons/{ticket}", f"/atelier/of/{scene.job.number}", "/atelier/dessins"):
            assert "B" in text_of(client.get(page))
        assert "Indice B reçu : à confirmer." in text_of(client.get(f"/atelier/bons/{ticket}"))
        assert "1\u00a0indice à confirmer" in text_of(client.get("/atelier"))
        refused = client.post(f"/atelier/bons/{ticket}/deblocage")
        assert refused.status_code == 409
        assert "Un maître le confirme d’abord" in text_of(refused)

    def test_a_choice_for_each_ticket_is_asked_for(self, client, scene, page, ticket):
        answer = submit(client, page)
        assert answer.status_code == 422
        assert f"{ticket}\u00a0: Ce champ est à remplir." in text_of(answer)
        assert scene.ticket(ticket).state == TicketState.BLOCKED

    def test_it_goes_on_with_the_new_index(self, client, scene, page, ticket):
        assert submit(client, page, **{"tickets-0-decision": "continue"}).status_code == 303
        assert scene.ticket(ticket).state == TicketState.ASSIGNED
        assert "Plan, indice B" in text_of(client.get(f"/atelier/bons/{ticket}"))
        assert "Aucun indice à confirmer" in text_of(client.get("/atelier/dessins"))

    def test_or_is_cancelled(self, client, scene, page, ticket):
        assert submit(client, page, **{"tickets-0-decision": "cancel"}).status_code == 303
        assert scene.ticket(ticket).state == TicketState.CANCELLED

    def test_somebody_confirmed_it_meanwhile(self, client, scene, page, ticket):
        submit(client, page, **{"tickets-0-decision": "continue"})
        again = client.post(page.url.path, data={"tickets-0-number": ticket, "tickets-0-decision": "cancel"})
        assert again.status_code == 422
        assert "déjà confirmé" in text_of(again)
        assert "Cet indice n’attend plus rien." in text_of(client.get(page.url.path))
        assert scene.ticket(ticket).state == TicketState.ASSIGNED

    def test_an_index_that_came_by_mistake_is_withdrawn_with_a_reason(self, client, scene, page, ticket):
        address = page.url.path.replace("confirmation", "retrait")
        assert "note" in errors(submit(client, client.get(address), note=""))
        assert submit(client, client.get(address), note="Mauvais client").status_code == 303
        assert scene.ticket(ticket).state == TicketState.ASSIGNED
        again = submit(client, client.get(address), note="Encore")
        assert again.status_code == 422
        assert "déjà retiré" in text_of(again)


class TestJson:
    @pytest.fixture
    def headers(self, client, scene, address, login_as, bearer):
        login_as(scene.master)
        send(client, address)
        self.ticket = make_ticket(scene.db, scene.operations[0], pupil=scene.tom, master=scene.master).number
        send(client, address, index="B")
        client.cookies.clear()
        return bearer(Role.MASTER)

    def test_listed_read_and_its_file_fetched(self, client, scene, headers):
        found = client.get(f"/api/v1/drawings?order={scene.order.number}&line=1&size=1", headers=headers).json()
        assert (found["total"], len(found["items"])) == (2, 1)
        (item,) = client.get("/api/v1/drawings?pending=true", headers=headers).json()["items"]
        assert (item["index"], item["state"], item["media_type"]) == ("B", "pending", "application/pdf")
        one = client.get(f"/api/v1/drawings/{item['id']}", headers=headers).json()
        assert one == item
        assert client.get(one["file"], headers=headers).content == files.pdf()
        assert client.get("/api/v1/drawings/999", headers=headers).status_code == 404

    def test_confirmed(self, client, scene, headers):
        (item,) = client.get("/api/v1/drawings?pending=true", headers=headers).json()["items"]
        address = f"/api/v1/drawings/{item['id']}/confirm"
        wrong = client.post(address, json={"tickets": []}, headers=headers)
        assert list(wrong.json()["errors"]) == ["tickets-0-decision"]
        body = {"tickets": [{"number": self.ticket, "decision": "continue"}]}
        assert client.post(address, json=body, headers=headers).json()["state"] == "current"
        assert client.post(address, json=body, headers=headers).status_code == 409
        assert scene.ticket(self.ticket).state == TicketState.ASSIGNED

    def test_withdrawn(self, client, scene, headers):
        (item,) = client.get("/api/v1/drawings?pending=true", headers=headers).json()["items"]
        address = f"/api/v1/drawings/{item['id']}/withdraw"
        assert client.post(address, json={}, headers=headers).status_code == 422
        assert client.post(address, json={"reason": "Erreur"}, headers=headers).json()["state"] == "withdrawn"
