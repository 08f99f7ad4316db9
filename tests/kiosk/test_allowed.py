"""What a tablet may show (S16): of comrades a first name and an initial; no price, no client, nothing of their files.

Two nets: the fields that pages are made from are the declared ones, and a school full of secrets shows none of them.
"""

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from app.kiosk import queries
from app.kiosk.schemas import AnswerOut, CallOut
from app.machines.rules import ClearanceResult
from app.orders.models import OrderLine
from app.workshop import service as workshop
from app.workshop.models import Ticket
from app.workshop.queries import get_ticket
from app.workshop.rules import TicketState
from tests.factories import make_clearance, make_guardian, make_point, make_pupil, make_skill, make_ticket
from tests.support.html import parse
from tests.support.routes import doors

ALLOWED = {
    queries.Card: {
        "id", "number", "state", "operation_id", "operation", "seq", "article", "instruction", "center_id", "center",
        "quantity", "good", "scrap", "aside", "setup", "unit", "planned", "ppe", "skills", "first_article", "note",
        "line_id", "drawing_id", "given_by", "spent", "since", "on_break", "told",
    },
    queries.OwnTickets: {"cards", "done", "bench"},
    queries.Bench: {"master", "aside", "stop"},
    queries.Choice: {"code", "name", "group"},
    queries.Door: {"seats", "choices", "groups", "group"},
    queries.Before: {"on", "seconds"},
    queries.SkillChoice: {"code", "label"},
    queries.DrawingRow: {"id", "name", "index", "file_id", "is_picture"},
    queries.CheckPage: {"piece", "pieces", "rows", "first_asked", "first_released"},
}  # fmt: skip
GETS = [door for door in doors() if door.is_tablet and "GET" in door.methods]
# What nobody at a tablet may read, wherever it stands in the school.
SECRETS = (
    "Zanzibar", "Quetzal", "12/03/2011", "2011-03-12", "Tuteur Secret", "tuteur@secret.example", "0600112233",
    "Forges Confidentielles", "1 234,56", "1234.56", "4321", "Devis confidentiel", "CMD-SECRET", "inapte", "R4153",
    "D4153",
)  # fmt: skip


@pytest.fixture
def secretive(stage, db):
    """Inès's ticket in a school whose every file holds something that is none of a pupil's business."""
    scene = stage.scene
    scene.tom.last_name, scene.tom.born_on = "Zanzibar", date(2011, 3, 12)
    make_guardian(db, scene.tom, name="Tuteur Secret", email="tuteur@secret.example", phone="0600112233")
    scene.order.number, scene.order.notes = "CMD-SECRET", "Devis confidentiel"
    scene.order.company.name = "Forges Confidentielles"
    line = db.get_one(OrderLine, scene.job.line_id)
    line.unit_price, line.net = Decimal("1234.56"), Decimal(4321)
    make_pupil(db, scene.group, first_name="Léa", last_name="Quetzal", born_on=date(2011, 3, 12))
    center = scene.operations[0].work_center
    center.regulated_articles, center.hourly_rate = "D4153-28", Decimal("1234.56")
    make_clearance(db, scene.ines, result=ClearanceResult.UNFIT, restriction="D4153-28")
    make_point(db, scene.operations[0], is_key=True)
    make_skill(db, scene.group.diploma)
    ticket = make_ticket(db, scene.operations[0], pupil=scene.ines, master=scene.master, quantity=4)
    make_ticket(db, scene.operations[1], pupil=scene.tom, master=scene.master, quantity=4)
    db.flush()
    return ticket


@pytest.mark.parametrize("shown", ALLOWED, ids=lambda each: each.__name__)
def test_pages_are_made_from_the_declared_fields(shown):
    assert {field.name for field in fields(shown)} == ALLOWED[shown]


def test_json_answers_hold_the_declared_keys():
    assert set(AnswerOut.model_fields) == {"done", "sentence", "field", "next"}
    assert set(CallOut.model_fields) == {"state", "who"}


@pytest.mark.parametrize("door", GETS, ids=str)
def test_no_page_shows_what_is_none_of_a_pupil_s_business(sit, stage, secretive, door, db):
    tablet = sit("Inès")
    sit("Tom")
    sit("Inès")
    if door.name == "kiosk.show_result":  # a page of work that is handed in
        secretive.state = TicketState.TO_RELEASE
        db.flush()
    address = door.path.replace("{number}", secretive.number).replace("{code}", "E-INES")
    answer = tablet.get(address)
    assert answer.status_code in {200, 404}
    assert [secret for secret in SECRETS if secret in answer.text.replace("\u202f", " ").replace("\u00a0", " ")] == []


@pytest.mark.parametrize("kind", ["debut", "pause", "pieces", "fin", "controle", "bilan", "appel"])
def test_no_refusal_shows_it_either(sit, stage, secretive, kind):
    tablet = sit("Inès")
    for number in (secretive.number, "BT-NON"):
        answer = tablet.post(f"/tablette/bons/{number}/{kind}", data={"good": "99"})
        assert [secret for secret in SECRETS if secret in answer.text] == []


def test_of_comrades_the_door_and_the_band_show_a_first_name_and_an_initial(sit, stage, secretive):
    tablet = sit("Tom")
    sit("Inès")
    band = parse(tablet.get("/tablette/bons").text).one("nav", class_="crew")
    assert band.text == "TZ Tom"
    names = parse(tablet.get("/tablette").text).one("ul", class_="crew__names")
    assert names.text == "Inès H. Léa Q. Tom Z."


def test_a_drawing_of_somebody_else_s_work_is_not_served(sit, stage, secretive, db):
    other = db.scalars(select(Ticket).where(Ticket.operation_id == stage.scene.operations[1].id)).one()
    tablet = sit("Inès")
    assert tablet.get(f"/tablette/bons/{other.number}/plan/fichier?plan=1").status_code == 404
    assert tablet.get(f"/tablette/bons/{secretive.number}/plan/fichier?plan=1").status_code == 404


def test_a_ticket_that_was_cancelled_is_gone(sit, stage, secretive, db):
    tablet = sit("Inès")
    workshop.cancel_ticket(db, get_ticket(db, secretive.number, lock=True), note="x", by=stage.scene.by)
    db.flush()
    assert tablet.get(f"/tablette/bons/{secretive.number}").status_code == 404
