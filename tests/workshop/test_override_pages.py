"""*Passer outre*: the page, its reason, what it gives; and where law stands, no such button."""

from datetime import date

import pytest
from sqlalchemy import select

from app.core.permissions import Role
from app.machines.models import GateDecision
from app.machines.rules import Check
from tests.factories import make_clearance, make_setting, make_ticket, open_machine
from tests.support.html import errors, parse, submit
from tests.workshop.scene import arrange


@pytest.fixture
def scene(db, login_as):
    """A master signed in; the saw asks a permit, which nobody has."""
    login_as(Role.MASTER)
    scene = arrange(db)
    open_machine(db, scene.group, scene.operations[0].work_center, scene.tom)
    make_setting(db, Check.PERMIT)
    return scene


def question(client, number, pupil):
    return client.get(f"/atelier/bons/{number}/passer-outre?jeune={pupil.code}")


def test_a_ticket_is_given_with_the_reason_on_record(client, db, scene):
    number = make_ticket(db, scene.operations[0]).number
    page = question(client, number, scene.tom)
    assert page.status_code == 200
    assert "Aucun permis" in page.text
    answer = submit(client, page, reason="Permis vendredi, je reste à côté.")
    assert answer.status_code == 303
    ticket = scene.ticket(number)
    assert [one.pupil_id for one in ticket.assignments] == [scene.tom.id]
    kept = [row.override_reason for row in db.execute(select(GateDecision)).scalars()]
    assert kept == ["Permis vendredi, je reste à côté."] * 2
    journal = client.get(f"/atelier/bons/{number}").text
    assert "Passé outre pour Tom" in journal
    assert "Permis vendredi, je reste à côté." in journal


def test_without_a_reason_nothing_is_given(client, db, scene):
    number = make_ticket(db, scene.operations[0]).number
    answer = submit(client, question(client, number, scene.tom), reason=" ")
    assert answer.status_code == 422
    assert list(errors(answer)) == ["reason"]
    assert scene.ticket(number).assignments == []


def test_an_operation_that_is_on_no_ticket_gets_one(client, db, scene):
    operation = scene.operations[0]
    page = client.get(f"/atelier/operations/{operation.id}/passer-outre?jeune=E-TOM")
    assert page.status_code == 200
    assert submit(client, page, reason="Je reste à côté.").status_code == 303
    (ticket,) = scene.tickets()
    assert ticket.state == "assigned"


def test_the_half_day_that_was_meant_is_kept(client, db, scene):
    page = client.get(
        f"/atelier/operations/{scene.operations[0].id}/passer-outre?jeune=E-TOM&moment=2026-11-24/afternoon"
    )
    assert submit(client, page, reason="Je reste à côté.").status_code == 303
    (ticket,) = scene.tickets()
    assert (ticket.for_day, ticket.for_half) == (date(2026, 11, 24), "afternoon")


@pytest.mark.parametrize("moment", ["demain", "2026-11-24", "2026-11-24/nuit", "/"])
def test_a_half_day_that_is_none_is_left_out(client, db, scene, moment):
    number = make_ticket(db, scene.operations[0]).number
    page = client.get(f"/atelier/bons/{number}/passer-outre", params={"jeune": "E-TOM", "moment": moment})
    assert page.status_code == 200
    assert submit(client, page, reason="Je reste à côté.", slot=moment).status_code == 422


def test_a_refusal_leaves_no_ticket_behind(client, db, scene):
    page = client.get(f"/atelier/operations/{scene.operations[0].id}/passer-outre?jeune=E-TOM")
    make_clearance(db, scene.tom, kind="medical", result="unfit")
    answer = submit(client, page, reason="Je reste à côté.")
    assert answer.status_code == 422
    assert "personne ne peut passer outre" in answer.text
    db.expire_all()
    assert scene.tickets() == []


def test_where_law_stands_there_is_no_form(client, db, scene):
    number = make_ticket(db, scene.operations[0]).number
    page = parse(question(client, number, scene.ines).text)
    text = page.one("main").text
    assert "Ici, personne ne peut passer outre." in text
    assert "Contrôle 7 sur 17" in text
    assert "Pourquoi ?" not in text


def test_where_nothing_stands_it_says_so(client, db, scene):
    number = make_ticket(db, scene.operations[2]).number
    make_clearance(db, scene.ines, work_center=scene.operations[2].work_center, kind="permit", result="alone")
    assert "Rien n’empêche Inès" in question(client, number, scene.ines).text


def test_the_ticket_s_page_leads_there_when_the_start_is_refused(client, db, scene):
    number = make_ticket(db, scene.operations[0], pupil=scene.tom).number
    refused = client.post(f"/atelier/bons/{number}/demarrage")
    assert refused.status_code == 409
    assert f"/atelier/bons/{number}/passer-outre?jeune=E-TOM" in refused.text
    answer = submit(client, question(client, number, scene.tom), reason="Je reste à côté.")
    assert answer.headers["location"].endswith(f"/atelier/bons/{number}")
    assert client.post(f"/atelier/bons/{number}/demarrage").status_code == 303


def test_law_leads_nowhere(client, db, scene):
    number = make_ticket(db, scene.operations[0], pupil=scene.ines).number
    refused = client.post(f"/atelier/bons/{number}/demarrage")
    assert refused.status_code == 409
    assert "passer-outre" not in refused.text


@pytest.mark.parametrize(
    "path", ["/atelier/bons/BT-RIEN/passer-outre?jeune=E-TOM", "/atelier/operations/999/passer-outre"]
)
def test_what_does_not_exist_is_not_found(client, db, scene, path):
    assert client.get(f"/atelier/{path}").status_code == 404


def test_a_pupil_must_be_named(client, db, scene):
    number = make_ticket(db, scene.operations[0]).number
    assert client.get(f"/atelier/bons/{number}/passer-outre").status_code == 404
    assert client.get(f"/atelier/bons/{number}/passer-outre?jeune=NON").status_code == 404


def test_a_stale_page_is_told(client, db, scene):
    number = make_ticket(db, scene.operations[0]).number
    page = question(client, number, scene.tom)
    scene.ticket(number).version += 1
    db.flush()
    answer = submit(client, page, reason="Je reste à côté.")
    assert answer.status_code == 409
