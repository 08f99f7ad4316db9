"""Jobs: the workshop's tab of an order, the page of a job, its routing."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules, service
from app.workshop.forms import JobForm, NoteForm, routing_form, routing_labels, with_rows_changed

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TICKET_READ)], [allow(Permission.JOB_EDIT)]
GIVE = [allow(Permission.TICKET_GIVE)]


@router.get("/atelier/commandes/{number}", name="workshop.show_order_jobs", dependencies=READ)
def show_order_jobs(request: Request, db: Db, number: str) -> Response:
    """What the workshop makes for an order, and where it is."""
    return _order_page(request, db, number, blank_form())


def _order_page(request: Request, db: Db, number: str, form: Form[Any], status: int = 200) -> Response:
    found = queries.order_jobs(db, number)
    clocks = queries.clocks_of_order(db, found.order_id)
    return page(
        request, "workshop/order_jobs.html", status=status, page=found, form=form, minutes=rules.minutes,
        days_late=rules.days_late, plannable=found.state in service.PLANNABLE, clocks=clocks,
        both=rules.total(clocks.values()),
        amount=rules.amount,
    )  # fmt: skip


@router.post("/atelier/commandes/{number}/annulation", name="workshop.cancel_live_tickets", dependencies=GIVE)
def cancel_live_tickets(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """Cancel what is still alive of an order that will not be made."""
    form = posted.read(NoteForm)
    with form.refusals():
        if form.ok:
            tickets, lots = service.call_off(db, number, note=form.valid.note, by=me)
            words = f"{tickets} bons annulés" if tickets > 1 else f"{tickets} bon annulé"
            words += ", matière libérée." if lots else "."
            return redirect(request, url(request, "workshop.show_order_jobs", number=number), flash=words)
    return _order_page(request, db, number, form, status=form.status)


@router.get("/atelier/of/{number}", name="workshop.show_job", dependencies=READ)
def show_job(request: Request, db: Db, number: str) -> Response:
    """One job with its routing, its tickets, its journal."""
    found = queries.job_page(db, number)
    clocks = queries.clocks_of_job(db, found.routing.job_id)
    return page(
        request, "workshop/job_show.html", page=found, minutes=rules.minutes, days_late=rules.days_late,
        said=rules.said, difficulties=rules.DIFFICULTY_LABELS, clocks=clocks, both=rules.total(clocks.values()),
        amount=rules.amount,
    )  # fmt: skip


@router.get("/atelier/commandes/{number}/lignes/{line_no}/of", name="workshop.new_job", dependencies=EDIT)
def new_job(request: Request, db: Db, number: str, line_no: Id, listing: Listing) -> Response:
    """A routing for a line: a template, the one used last time for the same article, or blank. The best comes first."""
    line = queries.get_line(db, number, line_no)
    found = queries.proposals(db, line.label)
    asked = listing.values.get("gamme", "")
    chosen = next((each for each in found if each.key == asked), None) if asked else next(iter(found), None)
    form = _start(db, chosen, rules.job_quantity(line.quantity))
    return _job_form(request, db, form, {"order_number": number, "line": line, "proposals": found, "chosen": chosen})


def _start(db: Db, chosen: queries.Proposal | None, quantity: int) -> Form[Any]:
    if chosen is None:
        return routing_form([], quantity=quantity)
    if chosen.code:
        template = queries.get_template(db, chosen.code)
        drafts = queries.drafts_of_template(db, template.id)
        return routing_form(drafts, quantity=quantity, template=template.code, revision=template.revision)
    drafts = queries.drafts_of_job(db, chosen.job_id or 0)
    return routing_form(drafts, quantity=quantity, copied=chosen.job)


@router.post("/atelier/commandes/{number}/lignes/{line_no}/of", name="workshop.create_job", dependencies=EDIT)
def create_job(request: Request, db: Db, me: Me, *, number: str, line_no: Id, posted: PostedForm) -> Response:
    """Create the job of a line."""
    line = queries.get_line(db, number, line_no, lock=True)
    about = {"order_number": number, "line": line, "proposals": queries.proposals(db, line.label)}
    if changed := with_rows_changed(posted):
        return _job_form(request, db, changed, about, status=422)
    form = posted.read(JobForm)
    with form.refusals():
        if form.ok:
            given, origin = form.valid, _origin(db, form.valid)
            job = service.create_job(
                db, line, operations=given.drafts, quantity=given.quantity, origin=origin, by=me
            )  # fmt: skip
            return redirect(request, url(request, "workshop.show_job", number=job.number), flash=f"{job.number} créé.")
    return _job_form(request, db, form, about, status=form.status)


def _origin(db: Db, given: JobForm) -> service.Origin | None:
    if given.template:
        template = queries.get_template(db, given.template, lock=True)
        return service.origin_of_template(db, template, given.revision)
    return service.origin_of_job(db, queries.get_job(db, given.copied).id) if given.copied else None


@router.get("/atelier/of/{number}/gamme", name="workshop.edit_routing", dependencies=EDIT)
def edit_routing(request: Request, db: Db, number: str) -> Response:
    """The routing, to be changed."""
    job = queries.get_job(db, number)
    form = routing_form(queries.drafts_of_job(db, job.id), quantity=job.quantity, version=job.version)
    return _job_form(request, db, form, {"job": job})


@router.post("/atelier/of/{number}/gamme", name="workshop.change_routing", dependencies=EDIT)
def change_routing(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """Change the routing of a job."""
    job = queries.get_job(db, number, lock=True)
    if changed := with_rows_changed(posted):
        return _job_form(request, db, changed, {"job": job}, status=422)
    form = posted.read(JobForm)
    with form.refusals():
        if form.ok:
            given = form.valid
            service.change_routing(
                db, job, operations=given.drafts, quantity=given.quantity, seen_version=given.version, by=me
            )
            return redirect(request, url(request, "workshop.show_job", number=number), flash="Gamme enregistrée.")
    return _job_form(request, db, form, {"job": job}, status=form.status)


def _job_form(request: Request, db: Db, form: Form[Any], about: dict[str, Any], status: int = 200) -> Response:
    blank: dict[str, Any] = {"order_number": "", "line": None, "job": None, "proposals": [], "chosen": None}
    return page(
        request, "workshop/job_edit.html", status=status, form=form, centers=queries.center_options(db),
        labels=routing_labels(form), difficulties=list(rules.DIFFICULTY_LABELS.items()), **(blank | about),
    )  # fmt: skip
