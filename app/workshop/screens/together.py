"""Several tickets run together by one pupil, help given on a ticket, work of another kind."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.errors import Refused
from app.core.permissions import Permission
from app.web.deps import Db, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules, service
from app.workshop.forms import BatchDoneForm, BatchForm, HelpForm, WorkForm, batch_done_form, batch_form
from app.workshop.screens.tickets import ticket_page

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
REPORT = [allow(Permission.TICKET_REPORT)]


@router.get("/atelier/jeunes/{code}/ensemble", name="workshop.ask_batch", dependencies=REPORT)
def ask_batch(request: Request, db: Db, code: str) -> Response:
    """Which of a pupil's tickets run together, with which shares; while some do, how to stop them."""
    found = queries.together(db, code)
    form: Form[Any] = batch_done_form(found) if found.running else batch_form(found)
    return _batch_page(request, found, form)


@router.post("/atelier/jeunes/{code}/ensemble", name="workshop.start_batch", dependencies=REPORT)
def start_batch(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """One clock for several tickets."""
    form, found = posted.read(BatchForm), queries.together(db, code)
    with form.refusals():
        if form.ok:
            given = form.valid
            tickets = [queries.get_ticket(db, number, lock=True) for number in sorted(given.tickets)]
            shares = dict(zip(given.tickets, given.shares or [], strict=False))
            parts = [shares[ticket.number] for ticket in tickets] if shares else None
            service.start_batch(db, tickets, pupil_id=found.pupil.id, shares=parts, kind=given.kind, by=me)
            there = url(request, "workshop.ask_batch", code=code)
            return redirect(request, there, flash=f"{len(tickets)} bons démarrés ensemble.")
    return _batch_page(request, found, form, status=form.status)


@router.post("/atelier/jeunes/{code}/ensemble/pause", name="workshop.pause_batch", dependencies=REPORT)
def pause_batch(request: Request, db: Db, me: Me, code: str) -> Response:
    """All of them stop for now."""
    tickets = service.pause_batch(db, queries.together(db, code).pupil.id, by=me)
    there = url(request, "workshop.ask_batch", code=code)
    return redirect(request, there, flash=f"{len(tickets)} bons en pause.")


@router.post("/atelier/jeunes/{code}/ensemble/fin", name="workshop.finish_batch", dependencies=REPORT)
def finish_batch(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """All of them are over, each with its pieces."""
    form, found = posted.read(BatchDoneForm), queries.together(db, code)
    with form.refusals():
        if form.ok:
            tickets = service.finish_batch(db, found.pupil.id, done=form.valid.made, by=me)
            there = url(request, "workshop.show_ticket", number=tickets[0].number)
            return redirect(request, there, flash=f"{len(tickets)} bons terminés.")
    return _batch_page(request, found, form, status=form.status)


def _batch_page(request: Request, found: queries.Together, form: Form[Any], status: int = 200) -> Response:
    return page(
        request, "workshop/together.html", status=status, found=found, form=form, minutes=rules.minutes,
        reasons=[(word, word) for word in rules.SCRAP_REASONS],
    )  # fmt: skip


@router.post("/atelier/bons/{number}/travail", name="workshop.switch_work", dependencies=REPORT)
def switch_work(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """From setting up to making, from making to checking."""
    form, ticket = posted.read(WorkForm), queries.get_ticket(db, number, lock=True)
    if form.data is None:
        return ticket_page(request, db, me, number, trouble="Choisissez réglage, fabrication ou contrôle.")
    try:
        pupil_id = queries.pupil_ids(db, [form.data.pupil], field="pupil")[0] if form.data.pupil else None
        session = service.switch_work(db, ticket, kind=form.data.kind, pupil_id=pupil_id, by=me)
    except Refused as refused:
        return ticket_page(request, db, me, number, trouble=refused.sentence)
    return _to_ticket(request, number, f"{session.kind.label} en cours.")


@router.get("/atelier/bons/{number}/aide", name="workshop.ask_helper", dependencies=REPORT)
def ask_helper(request: Request, db: Db, number: str) -> Response:
    """Who helps?"""
    return _help_page(request, db, number, blank_form())


@router.post("/atelier/bons/{number}/aide", name="workshop.start_help", dependencies=REPORT)
def start_help(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """Somebody helps on the ticket of somebody else."""
    form = posted.read(HelpForm)
    with form.refusals():
        if form.ok:
            pupil_id = queries.pupil_ids(db, [form.valid.pupil], field="pupil")[0]
            service.start_help(db, queries.get_ticket(db, number, lock=True), pupil_id=pupil_id, by=me)
            return _to_ticket(request, number, "Aide commencée.")
    return _help_page(request, db, number, form, status=form.status)


@router.post("/atelier/bons/{number}/aide/fin", name="workshop.stop_help", dependencies=REPORT)
def stop_help(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The helper goes back to his own work."""
    form, ticket = posted.read(HelpForm), queries.get_ticket(db, number, lock=True)
    try:
        pupil_id = queries.pupil_ids(db, [form.data.pupil if form.data else ""], field="pupil")[0]
        service.stop_help(db, ticket, pupil_id=pupil_id, by=me)
    except Refused as refused:
        return ticket_page(request, db, me, number, trouble=refused.sentence)
    return _to_ticket(request, number, "Aide terminée.")


def _help_page(request: Request, db: Db, number: str, form: Form[Any], status: int = 200) -> Response:
    found = queries.ticket_facts(db, number)
    held = {holder.code for holder in found.holders if holder.ended_at is None}
    pupils = [(code, name) for code, name in queries.pupils_of_today(db) if code not in held]
    return page(request, "workshop/help_ask.html", status=status, page=found, form=form, pupils=pupils)


def _to_ticket(request: Request, number: str, words: str) -> Response:
    return redirect(request, url(request, "workshop.show_ticket", number=number), flash=words)
