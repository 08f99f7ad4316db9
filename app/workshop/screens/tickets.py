"""The list of tickets and the page of one."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.actor import Actor
from app.core.paging import SCREEN_SIZE, ListRequest
from app.core.permissions import Permission
from app.web.deps import Db, Listing
from app.web.listing import Column, ListQuery, export
from app.web.pages import page, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules
from app.workshop.rules import TicketState

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.TICKET_READ)]
EXPORT_ROWS = 20_000
COLUMNS = (
    Column("Numéro", lambda row: row.number), Column("État", lambda row: row.state.label),
    Column("Commande", lambda row: row.order_number), Column("Ligne", lambda row: row.line_no),
    Column("OF", lambda row: row.job), Column("Article", lambda row: row.line_label),
    Column("Opération", lambda row: row.seq), Column("Intitulé", lambda row: row.label),
    Column("Poste", lambda row: row.center), Column("Jeunes", lambda row: row.names),
    Column("Pour le", lambda row: row.for_day), Column("Échéance", lambda row: row.due_on),
    Column("Pièces", lambda row: row.quantity), Column("Bonnes", lambda row: row.good),
    Column("Rebuts", lambda row: row.scrap), Column("Minutes passées", lambda row: rules.minutes(row.booked_seconds)),
    Column("Minutes prévues", lambda row: rules.minutes(row.planned_seconds)),
)  # fmt: skip
PAGES = {
    "give": "workshop.ask_assignment", "start": "workshop.start_ticket", "pause": "workshop.pause_ticket",
    "block": "workshop.ask_block", "unblock": "workshop.unblock_ticket",
    "finish": "workshop.ask_finish", "take_back": "workshop.take_back", "reopen": "workshop.ask_reopening",
    "cancel": "workshop.ask_cancellation", "submit": "workshop.ask_submit", "release": "workshop.ask_release",
    "reject": "workshop.ask_reject",
}  # fmt: skip
POSTED = frozenset({"start", "pause", "take_back", "unblock"})


def _asked(listing: ListQuery, size: int = SCREEN_SIZE) -> ListRequest:
    """Live tickets by due date, so late ones first; finished ones by number, the latest first."""
    group = listing.values.get("etat", "vivants")
    default = "-numero" if group in {"finis", "tous"} else "echeance"
    return listing.request(sorts=queries.SORTS, default=default, filters=queries.FILTERS, size=size)


@router.get("/atelier/bons", name="workshop.list_tickets", dependencies=READ)
def list_tickets(request: Request, db: Db, listing: Listing) -> Response:
    """The tickets, those still to be done first."""
    asked = _asked(listing)
    return page(
        request, "workshop/ticket_list.html", listing=listing, asked=asked, found=queries.list_tickets(db, asked),
        centers=queries.center_options(db), state=TicketState, days_late=rules.days_late, minutes=rules.minutes,
    )  # fmt: skip


@router.get("/atelier/bons/export.{kind}", name="workshop.export_tickets", dependencies=READ)
def export_tickets(db: Db, listing: Listing, kind: str) -> Response:
    """The filtered tickets as a table file."""
    found = queries.list_tickets(db, _asked(listing, EXPORT_ROWS))
    return export("bons de travail", kind, COLUMNS, found.items)


@router.get("/atelier/bons/{number}", name="workshop.show_ticket", dependencies=READ)
def show_ticket(request: Request, db: Db, me: Me, number: str) -> Response:
    """One ticket: who has it, its pieces, its time, its journal."""
    return ticket_page(request, db, me, number)


def ticket_page(
    request: Request, db: Db, me: Actor, number: str, *, trouble: str = "", blocker: str = "", past: str = ""
) -> Response:  # fmt: skip
    """A ticket as it is now; after a refused button with the sentence. `blocker` is the ticket that is in the way;
    `past` the pupil for whom a master may go past what refused it.
    """
    found = queries.ticket_page(db, number, by=me)
    clocks = queries.clocks_of_ticket(db, found.ticket, [holder.id for holder in found.holders])
    return page(
        request, "workshop/ticket_show.html", status=409 if trouble else 200, page=found, trouble=trouble,
        blocker=blocker, past=past, actions=_buttons(request, found, me), minutes=rules.minutes, clocks=clocks,
        days_late=rules.days_late, live=found.ticket.state in rules.LIVE_STATES, verdict=rules.verdict_words,
        sheet=queries.check_sheet(db, found.ticket), defects=queries.defects_of_ticket(db, found.ticket),
        remakable=queries.remakable_pieces(db, found),
    )  # fmt: skip


def _buttons(request: Request, found: queries.TicketPage, me: Actor) -> list[dict[str, Any]]:
    """What this person may do now. Of a pair, each has buttons of their own beside their name."""
    number, state = found.ticket.number, found.ticket.state
    elsewhere = {"start", "pause"} if len(found.holders) > 1 else set()
    if found.routing.frozen:
        elsewhere.add("unblock")  # done by confirming the new index
    buttons: list[dict[str, Any]] = [
        {
            "name": action.name, "label": _label(action.name, action.label, state),
            "url": url(request, PAGES[action.name], number=number),
            "method": "post" if action.name in POSTED else "get", "danger": action.danger,
            "primary": action.name == _first_step(state), "icon": action.icon,
        }
        for action in found.actions
        if action.name in PAGES and action.name not in elsewhere
    ]  # fmt: skip
    if me.can(Permission.TICKET_GIVE) and state in rules.LIVE_STATES and found.rest > 1:
        split = {"name": "split", "label": "Partager le bon", "url": url(request, "workshop.ask_split", number=number)}
        buttons.append(split | {"method": "get", "danger": False, "primary": False, "icon": "pair"})
    paper = {"name": "print", "label": "Imprimer le bon", "url": url(request, "workshop.print_ticket", number=number)}
    return [*buttons, paper | {"method": "get", "danger": False, "primary": False, "icon": "print"}]


def _first_step(state: TicketState) -> str:
    """The next thing one does with a ticket in that state."""
    first = {TicketState.OPEN: "give", TicketState.BLOCKED: "unblock", TicketState.TO_RELEASE: "release"}.get(state)
    if first:
        return first
    return "finish" if state == TicketState.RUNNING else "start"


def _label(name: str, label: str, state: TicketState) -> str:
    return "Donner à quelqu’un d’autre" if name == "give" and state != TicketState.OPEN else label
