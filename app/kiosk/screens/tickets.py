"""The pupil's screens: my tickets, and one of them."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from app.core.clock import now
from app.kiosk import queries, rules
from app.kiosk.deps import AS_PUPIL, DOOR, At, Spot
from app.kiosk.queries import Card
from app.kiosk.rules import TapKind
from app.web.forms import Form, blank_form
from app.web.pages import page, url
from app.web.routing import UnitOfWorkRoute
from app.workshop.queries import check_sheet, get_ticket, own_call
from app.workshop.rules import SCRAP_REASONS, HelpReason

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)


def show(at: Spot, template: str, *, status: int = 200, **context: Any) -> Response:
    """A screen of a sitting pupil, with what all of them show: comrades at the tablet, the master, the call."""
    seats = [one for one in queries.seats_at(at.db, at.here.id) if one.pupil_id != at.seat.pupil_id]
    others = [(one.initials, one.first_name, url(at.request, "kiosk.ask_pin", code=one.code)) for one in seats]
    return page(
        at.request, f"kiosk/{template}.html", status=status, seat=at.seat, here=at.here, others=others,
        call=own_call(at.db, at.seat.pupil_id), bench=queries.bench_of(at.db, at.seat.pupil_id), why=HelpReason,
        kind=TapKind, hours=rules.hours, new_key=new_key, now_ms=_milliseconds(now()), milliseconds=_milliseconds,
        dimension=rules.dimension_words, **context,
    )  # fmt: skip


def _milliseconds(moment: Any) -> int:
    return int(moment.timestamp() * 1000)


def new_key() -> str:
    """A key for one form of one page, so that sent twice it is carried out once."""
    return blank_form().key


@router.get(f"{DOOR}/bons", name="kiosk.show_own", dependencies=[AS_PUPIL])
def show_own(at: At) -> Response:
    """« Mes bons »."""
    return own_page(at)


def own_page(at: Spot, trouble: str = "") -> Response:
    """The pupil's tickets; after a refusal with the sentence."""
    found = queries.own_tickets(at.db, at.seat.pupil_id)
    return show(at, "own", status=409 if trouble else 200, found=found, trouble=trouble)


@router.get(f"{DOOR}/bons/{{number}}", name="kiosk.show_ticket", dependencies=[AS_PUPIL])
def show_ticket(at: At, number: str) -> Response:
    """One ticket: what to do, on which machine, for how long; and the four buttons."""
    return ticket_page(at, queries.own_ticket(at.db, at.seat.pupil_id, number))


def ticket_page(at: Spot, card: Card, *, form: Form[Any] | None = None, opened: str = "") -> Response:
    """The ticket as it is now; after a refusal with the sentence, what was typed, and the sheet it was typed on."""
    spent = card.spent + (int((now() - card.since).total_seconds()) if card.since else 0)
    return show(
        at, "ticket", status=409 if form else 200, card=card, opened=opened, spent=spent,
        form=form or blank_form({"good": card.rest, "scrap": 0}), words=rules.clock_words(spent, card.planned),
        sheet=check_sheet(at.db, get_ticket(at.db, card.number)), reasons=SCRAP_REASONS,
        ticked=queries.ticked_today(at.db, at.seat.pupil_id, card.id),
    )  # fmt: skip
