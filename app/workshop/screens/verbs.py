"""The gestures on a ticket: each button a post, each question a page of its own that keeps what was typed."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.actor import Actor
from app.core.errors import Refused
from app.core.permissions import Permission
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, Posted, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules, service
from app.workshop.forms import CountsForm, FinishForm, NoteForm, VersionForm
from app.workshop.models import Ticket
from app.workshop.rules import TICKET
from app.workshop.screens.tickets import ticket_page

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
GIVE, REPORT = [allow(Permission.TICKET_GIVE)], [allow(Permission.TICKET_REPORT)]
WORKS = [(work.value, work.label) for work in rules.SessionWork if work != rules.SessionWork.HELP]
Deed = Callable[..., Any]


@router.post("/atelier/bons/{number}/demarrage", name="workshop.start_ticket", dependencies=REPORT)
def start_ticket(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """A pupil starts."""
    return _press(request, db, me, number, posted=posted, deed=service.start_ticket, done="Bon démarré.")


@router.post("/atelier/bons/{number}/pause", name="workshop.pause_ticket", dependencies=REPORT)
def pause_ticket(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """A pupil stops for now."""
    return _press(request, db, me, number, posted=posted, deed=service.pause_ticket, done="Bon en pause.")


@router.post("/atelier/bons/{number}/reprise", name="workshop.take_back", dependencies=GIVE)
def take_back(request: Request, db: Db, me: Me, number: str, listing: Listing) -> Response:
    """The ticket goes back to the queue; undone on the board, it is in hand there again."""
    try:
        service.take_back(db, queries.get_ticket(db, number, lock=True), by=me)
    except Refused as refused:
        return ticket_page(request, db, me, number, trouble=refused.sentence)
    if listing.values.get("retour") == "tableau":
        return redirect(
            request, url(request, "workshop.show_today", query={"bon": number}) + "#bons", flash="Bon repris."
        )
    return _done(request, number, "Bon repris.")


def _press(request: Request, db: Db, me: Actor, number: str, *, posted: Posted, deed: Deed, done: str) -> Response:
    """A button of the ticket's page; a refusal shows the page as it is now, with the sentence and the way out."""
    form = posted.read(VersionForm)
    ticket = queries.get_ticket(db, number, lock=True)
    code = form.data.pupil if form.data else None
    pupil_id = queries.pupil_ids(db, [code], field="pupil")[0] if code else None
    try:
        deed(db, ticket, pupil_id=pupil_id, by=me)
    except Refused as refused:
        blocker = queries.ticket_in_the_way(db, ticket, pupil_id) if deed is service.start_ticket else ""
        past = code or _only_holder(ticket) if refused.setting else ""
        return ticket_page(request, db, me, number, trouble=refused.sentence, blocker=blocker, past=past)
    return _done(request, number, done)


def _only_holder(ticket: Ticket) -> str:
    """Who is meant when nobody is named."""
    codes = [assignment.pupil.code for assignment in ticket.assignments if assignment.ended_at is None]
    return codes[0] if len(codes) == 1 else ""


def _done(request: Request, number: str, words: str) -> Response:
    return redirect(request, url(request, "workshop.show_ticket", number=number), flash=words)


def ask(request: Request, db: Db, number: str, *, kind: str, form: Form[Any], status: int = 200) -> Response:
    """The page of a gesture that needs a word or a figure; asked for in the wrong state it says so."""
    found = queries.ticket_facts(db, number)
    if status == 200 and kind in {"finish", "reopen", "cancel", "block"}:
        TICKET.require(kind, found.ticket.state)
    return page(
        request, "workshop/ticket_ask.html", status=status, page=found, kind=kind, form=form, works=WORKS,
        reasons=[(word, word) for word in rules.SCRAP_REASONS],
    )  # fmt: skip


@router.get("/atelier/bons/{number}/fin", name="workshop.ask_finish", dependencies=REPORT)
def ask_finish(request: Request, db: Db, number: str) -> Response:
    """How many are good, how many are scrap?"""
    found = queries.ticket_facts(db, number)
    form = blank_form({"good": found.suggested, "scrap": 0, "version": found.ticket.version})
    return ask(request, db, number, kind="finish", form=form)


@router.post("/atelier/bons/{number}/fin", name="workshop.finish_ticket", dependencies=REPORT)
def finish_ticket(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The work is over: clocks stop, pieces are stated."""
    form = posted.read(FinishForm)
    with form.refusals():
        if form.ok:
            ticket, given = queries.get_ticket(db, number, lock=True), form.valid
            service.finish_ticket(
                db, ticket, counts=given.counts, reason=given.reason, pupil_id=_pupil(db, given.pupil),
                override=given.override, seen_version=given.version, by=me,
            )  # fmt: skip
            return _done(request, number, "Bon terminé.")
    return ask(request, db, number, kind="finish", form=form, status=form.status)


@router.get("/atelier/bons/{number}/quantites", name="workshop.ask_quantity", dependencies=REPORT)
def ask_quantity(request: Request, db: Db, number: str) -> Response:
    """How many so far?"""
    return ask(request, db, number, kind="report", form=blank_form({"scrap": 0}))


@router.post("/atelier/bons/{number}/quantites", name="workshop.report_quantity", dependencies=REPORT)
def report_quantity(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """Pieces stated while the work goes on."""
    form = posted.read(CountsForm)
    with form.refusals():
        if form.ok:
            ticket, given = queries.get_ticket(db, number, lock=True), form.valid
            service.report_quantity(
                db, ticket, counts=given.counts, reason=given.reason, pupil_id=_pupil(db, given.pupil), by=me
            )
            return _done(request, number, "Pièces enregistrées.")
    return ask(request, db, number, kind="report", form=form, status=form.status)


def _pupil(db: Db, code: str | None) -> int | None:
    return queries.pupil_ids(db, [code], field="pupil")[0] if code else None


@router.get("/atelier/bons/{number}/annulation", name="workshop.ask_cancellation", dependencies=GIVE)
def ask_cancellation(request: Request, db: Db, number: str) -> Response:
    """Why will it not be done?"""
    return _ask_why(request, db, number, kind="cancel")


@router.post("/atelier/bons/{number}/annulation", name="workshop.cancel_ticket", dependencies=GIVE)
def cancel_ticket(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The ticket will not be done."""
    return _with_note(request, db, me, number, posted=posted, kind="cancel")


@router.get("/atelier/bons/{number}/reouverture", name="workshop.ask_reopening", dependencies=GIVE)
def ask_reopening(request: Request, db: Db, number: str) -> Response:
    """Why is it opened again?"""
    return _ask_why(request, db, number, kind="reopen")


@router.post("/atelier/bons/{number}/reouverture", name="workshop.reopen_ticket", dependencies=GIVE)
def reopen_ticket(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The work goes on."""
    return _with_note(request, db, me, number, posted=posted, kind="reopen")


@router.get("/atelier/bons/{number}/blocage", name="workshop.ask_block", dependencies=GIVE)
def ask_block(request: Request, db: Db, number: str) -> Response:
    """Why is it held up?"""
    return _ask_why(request, db, number, kind="block")


@router.post("/atelier/bons/{number}/blocage", name="workshop.block_ticket", dependencies=GIVE)
def block_ticket(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The ticket is held up."""
    return _with_note(request, db, me, number, posted=posted, kind="block")


@router.post("/atelier/bons/{number}/deblocage", name="workshop.unblock_ticket", dependencies=GIVE)
def unblock_ticket(request: Request, db: Db, me: Me, number: str) -> Response:
    """The reason is gone."""
    try:
        service.unblock_ticket(db, queries.get_ticket(db, number, lock=True), by=me)
    except Refused as refused:
        return ticket_page(request, db, me, number, trouble=refused.sentence)
    return _done(request, number, "Bon débloqué.")


DEEDS: dict[str, tuple[Deed, str]] = {
    "cancel": (service.cancel_ticket, "Bon annulé."), "reopen": (service.reopen_ticket, "Bon rouvert."),
    "block": (service.block_ticket, "Bon bloqué."),
}  # fmt: skip


def _ask_why(request: Request, db: Db, number: str, *, kind: str) -> Response:
    ticket = queries.get_ticket(db, number)
    return ask(request, db, number, kind=kind, form=blank_form({"version": ticket.version}))


def _with_note(request: Request, db: Db, me: Actor, number: str, *, posted: Posted, kind: str) -> Response:
    form, (deed, words) = posted.read(NoteForm), DEEDS[kind]
    with form.refusals():
        if form.ok:
            ticket = queries.get_ticket(db, number, lock=True)
            deed(db, ticket, note=form.valid.note, seen_version=form.valid.version, by=me)
            return _done(request, number, words)
    return ask(request, db, number, kind=kind, form=form, status=form.status)
