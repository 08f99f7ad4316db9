"""Work divided and put together again: split, share out alike, merge; each can be undone from its message."""

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.errors import Refused, Stale
from app.core.permissions import Permission
from app.web.deps import Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules, service
from app.workshop.forms import MergeForm, ShareForm, SplitForm, UnmergeForm, UnsplitForm
from app.workshop.models import Ticket
from app.workshop.screens.tickets import ticket_page

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
GIVE = [allow(Permission.TICKET_GIVE)]


@router.get("/atelier/bons/{number}/partage", name="workshop.ask_split", dependencies=GIVE)
def ask_split(request: Request, db: Db, number: str) -> Response:
    """How many pieces go on a second ticket, or on how many tickets alike?"""
    return _split_page(request, db, number, None)


def _split_page(request: Request, db: Db, number: str, form: Form[Any] | None) -> Response:
    found = queries.ticket_facts(db, number)
    blank = blank_form({"quantity": found.rest // 2 or None, "parts": 2, "version": found.ticket.version})
    return page(
        request, "workshop/ticket_split.html", status=form.status if form else 200, page=found, form=form or blank,
        most=rules.MOST_PARTS,
    )  # fmt: skip


@router.post("/atelier/bons/{number}/partage", name="workshop.split_ticket", dependencies=GIVE)
def split_ticket(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """Two tickets that ask together for what one asked for; the new one comes in hand."""
    form = posted.read(SplitForm)
    with form.refusals():
        if form.ok:
            ticket, seen = queries.get_ticket(db, number, lock=True), form.valid.version
            other = service.split_ticket(db, ticket, quantity=form.valid.quantity, seen_version=seen, by=me)
            return _shared(request, ticket, [other], f"{other.number} préparé : {rules.pieces(other.quantity)}.")
    return _split_page(request, db, number, form)


@router.post("/atelier/bons/{number}/parts", name="workshop.share_ticket", dependencies=GIVE)
def share_ticket(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """A long series on several tickets, alike; the second one comes in hand."""
    form = posted.read(ShareForm)
    with form.refusals():
        if form.ok:
            ticket, seen = queries.get_ticket(db, number, lock=True), form.valid.version
            made = service.share_ticket(db, ticket, parts=form.valid.parts, seen_version=seen, by=me)
            return _shared(request, ticket, made[1:], f"{len(made)} bons, {made[0].number} compris.")
    return _split_page(request, db, number, form)


def _shared(request: Request, ticket: Ticket, others: list[Ticket], words: str) -> Response:
    undo = url(request, "workshop.undo_split", number=ticket.number, query={"version": ticket.version})
    undo += "&" + urlencode({"bons": [other.number for other in others]}, doseq=True)
    board = url(request, "workshop.show_today", query={"bon": others[0].number}) + "#bons"
    return redirect(request, board, flash=words, undo_url=undo)


@router.get("/atelier/operations/{operation_id}/parts", name="workshop.ask_share", dependencies=GIVE)
def ask_share(request: Request, db: Db, operation_id: Id) -> Response:
    """On how many tickets goes what is left of an operation?"""
    return _share_page(request, db, operation_id, None)


def _share_page(request: Request, db: Db, operation_id: int, form: Form[Any] | None) -> Response:
    routing = queries.routing_of_operation(db, operation_id)
    return page(
        request, "workshop/operation_share.html", status=form.status if form else 200, routing=routing,
        operation=routing.operation(operation_id), left=routing.left_at(routing.index(operation_id)),
        form=form or blank_form({"parts": 2}), most=rules.MOST_PARTS,
    )  # fmt: skip


@router.post("/atelier/operations/{operation_id}/parts", name="workshop.share_operation", dependencies=GIVE)
def share_operation(request: Request, db: Db, me: Me, operation_id: Id, posted: PostedForm) -> Response:
    """Tickets of an operation, alike; the first comes in hand."""
    form = posted.read(ShareForm)
    with form.refusals():
        if form.ok:
            made = service.share_operation(db, operation_id, parts=form.valid.parts, by=me)
            board = url(request, "workshop.show_today", query={"bon": made[0].number}) + "#bons"
            return redirect(request, board, flash=f"{len(made)} bons préparés, à partir du {made[0].number}.")
    return _share_page(request, db, operation_id, form)


@router.get("/atelier/bons/{number}/reunion", name="workshop.ask_merge", dependencies=GIVE)
def ask_merge(request: Request, db: Db, number: str) -> Response:
    """Which tickets of the same operation go into this one?"""
    return _merge_page(request, db, number, None)


def _merge_page(request: Request, db: Db, number: str, form: Form[Any] | None) -> Response:
    found = queries.ticket_facts(db, number)
    return page(
        request, "workshop/ticket_merge.html", status=form.status if form else 200, page=found,
        siblings=queries.siblings_of(db, found.ticket), form=form or blank_form({"version": found.ticket.version}),
        busy=rules.why_busy(queries.part_of(found.ticket)),
    )  # fmt: skip


@router.post("/atelier/bons/{number}/reunion", name="workshop.merge_tickets", dependencies=GIVE)
def merge_tickets(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """Several tickets become one, which comes in hand."""
    form = posted.read(MergeForm)
    with form.refusals():
        if form.ok:
            into = queries.get_ticket(db, number, lock=True)
            others = [queries.get_ticket(db, other, lock=True) for other in form.valid.others]
            undo = _unmerge_query(others)
            service.merge_tickets(db, into, others, seen_version=form.valid.version, by=me)
            undo_url = url(request, "workshop.undo_merge", number=number, query={"version": into.version} | undo)
            board = url(request, "workshop.show_today", query={"bon": number}) + "#bons"
            words = f"{number} réuni : {rules.pieces(queries.part_of(into).open)} à faire."
            return redirect(request, board, flash=words, undo_url=undo_url if len(others) == 1 else None)
    return _merge_page(request, db, number, form)


def _unmerge_query(others: list[Ticket]) -> dict[str, Any]:
    """What undoing needs to know, as long as one ticket went into another."""
    if len(others) != 1:
        return {}
    codes = [assignment.pupil.code for assignment in others[0].assignments if assignment.ended_at is None]
    return {"pieces": queries.part_of(others[0]).open, "jeunes": codes[0] if codes else ""}


@router.post("/atelier/bons/{number}/separation", name="workshop.undo_merge", dependencies=GIVE)
def undo_merge(request: Request, db: Db, me: Me, number: str, asked: Annotated[UnmergeForm, Query()]) -> Response:
    """The pieces of a merged ticket are apart again, as long as nothing was done since."""
    try:
        ids = queries.pupil_ids(db, asked.jeunes)
        into = queries.get_ticket(db, number, lock=True)
        service.undo_merge(db, into, quantity=asked.pieces, pupil_ids=ids, seen_version=asked.version, by=me)
    except (Refused, Stale) as trouble:
        return ticket_page(request, db, me, number, trouble=trouble.sentence)
    return redirect(
        request, url(request, "workshop.show_today", query={"bon": number}) + "#bons", flash="C’est annulé."
    )


@router.post("/atelier/bons/{number}/rassemblement", name="workshop.undo_split", dependencies=GIVE)
def undo_split(request: Request, db: Db, me: Me, number: str, asked: Annotated[UnsplitForm, Query()]) -> Response:
    """The tickets that a split made go back into the first, as long as nothing was done on it since."""
    try:
        into = queries.get_ticket(db, number, lock=True)
        others = [queries.get_ticket(db, other, lock=True) for other in asked.bons]
        service.merge_tickets(db, into, others, seen_version=asked.version, by=me)
    except (Refused, Stale) as trouble:
        return ticket_page(request, db, me, number, trouble=trouble.sentence)
    return redirect(
        request, url(request, "workshop.show_today", query={"bon": number}) + "#bons", flash="C’est annulé."
    )
