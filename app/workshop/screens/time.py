"""Time on tickets: entered by hand, put right by reversing entries."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import local, today
from app.core.permissions import Permission
from app.web.deps import Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules, service
from app.workshop.forms import CorrectCountsForm, CorrectTimeForm, DropTimeForm, TimeForm, time_form
from app.workshop.models import QuantityReport, WorkSession
from app.workshop.screens.verbs import ask

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
REPORT, GIVE = [allow(Permission.TICKET_REPORT)], [allow(Permission.TICKET_GIVE)]
KINDS = [(kind.value, kind.label) for kind in rules.SessionWork]


@router.get("/atelier/bons/{number}/temps", name="workshop.ask_time", dependencies=REPORT)
def ask_time(request: Request, db: Db, number: str) -> Response:
    """When was it worked on?"""
    return ask(request, db, number, kind="time", form=time_form(today()))


@router.post("/atelier/bons/{number}/temps", name="workshop.enter_time", dependencies=REPORT)
def enter_time(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """Time entered by hand, with the pieces made in it."""
    form = posted.read(TimeForm)
    with form.refusals():
        if form.ok:
            ticket, given = queries.get_ticket(db, number, lock=True), form.valid
            pupil_id = queries.pupil_for_time(db, ticket, given.pupil)
            service.enter_time(
                db, ticket, pupil_id=pupil_id, span=given.span, counts=(given.good, given.scrap),
                reason=given.reason, by=me,
            )  # fmt: skip
            ticket_url = url(request, "workshop.show_ticket", number=number)
            return redirect(request, ticket_url, flash="Temps enregistré.")
    return ask(request, db, number, kind="time", form=form, status=form.status)


@router.get("/atelier/pointages/{session_id}/correction", name="workshop.ask_time_correction", dependencies=GIVE)
def ask_time_correction(request: Request, db: Db, session_id: Id) -> Response:
    """What was the right time?"""
    session = queries.get_session(db, session_id)
    start, end = local(session.started_at), local(session.ended_at or session.started_at)
    values = {"day": start.date(), "start": f"{start:%H:%M}", "end": f"{end:%H:%M}", "kind": session.kind}
    return _time_page(request, db, session, blank_form(values))


@router.post("/atelier/pointages/{session_id}/correction", name="workshop.correct_session", dependencies=GIVE)
def correct_session(request: Request, db: Db, me: Me, session_id: Id, posted: PostedForm) -> Response:
    """The wrong time is taken back, the right one stands."""
    session, form = queries.get_session(db, session_id), posted.read(CorrectTimeForm)
    with form.refusals():
        if form.ok:
            given = form.valid
            service.correct_session(db, session, span=given.span, kind=given.kind, note=given.note, by=me)
            return _to_ticket(request, session.ticket.number, "Temps corrigé.")
    return _time_page(request, db, session, form, status=form.status)


@router.post("/atelier/pointages/{session_id}/annulation", name="workshop.reverse_session", dependencies=GIVE)
def reverse_session(request: Request, db: Db, me: Me, session_id: Id, posted: PostedForm) -> Response:
    """The time counts for nothing."""
    session, form = queries.get_session(db, session_id), posted.read(DropTimeForm)
    with form.refusals():
        if form.ok:
            service.reverse_session(db, session, note=form.valid.note, by=me)
            return _to_ticket(request, session.ticket.number, "Pointage annulé.")
    return _time_page(request, db, session, form, status=form.status)


def _time_page(request: Request, db: Db, session: WorkSession, form: Form[Any], status: int = 200) -> Response:
    found = queries.ticket_facts(db, session.ticket.number)
    return page(
        request, "workshop/time_correct.html", status=status, page=found, session=session, form=form, kinds=KINDS
    )  # fmt: skip


@router.get("/atelier/quantites/{report_id}/correction", name="workshop.ask_correction", dependencies=GIVE)
def ask_correction(request: Request, db: Db, report_id: Id) -> Response:
    """How many was it really?"""
    report = queries.get_report(db, report_id)
    values = {"good": report.good, "scrap": report.scrap, "reason": report.reason}
    return _report_page(request, db, report, blank_form(values))


@router.post("/atelier/quantites/{report_id}/correction", name="workshop.correct_report", dependencies=GIVE)
def correct_report(request: Request, db: Db, me: Me, report_id: Id, posted: PostedForm) -> Response:
    """The wrong figures are taken back, the right ones stand."""
    report, form = queries.get_report(db, report_id), posted.read(CorrectCountsForm)
    with form.refusals():
        if form.ok:
            given = form.valid
            service.correct_report(db, report, counts=given.counts, reason=given.reason, note=given.note, by=me)
            return _to_ticket(request, report.ticket.number, "Quantité corrigée.")
    return _report_page(request, db, report, form, status=form.status)


def _report_page(request: Request, db: Db, report: QuantityReport, form: Form[Any], status: int = 200) -> Response:
    found = queries.ticket_facts(db, report.ticket.number)
    return page(
        request, "workshop/report_correct.html", status=status, page=found, report=report, form=form,
        reasons=[(word, word) for word in rules.SCRAP_REASONS],
    )  # fmt: skip


def _to_ticket(request: Request, number: str, words: str) -> Response:
    return redirect(request, url(request, "workshop.show_ticket", number=number), flash=words)
