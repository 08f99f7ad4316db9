"""Machines and benches: the list with their load, the page of one, its form."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.machines.models import WorkCenter
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.listing import Column, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules, service
from app.workshop.forms import CenterForm, NewCenterForm, center_form

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TICKET_READ)], [allow(Permission.WORK_CENTER_EDIT)]
COLUMNS = (
    Column("Code", lambda row: row.code), Column("Intitulé", lambda row: row.label),
    Column("Capacité", lambda row: row.capacity), Column("Travaux réglementés", lambda row: row.articles),
    Column("Évaluation des risques", lambda row: row.risk_assessed_on), Column("Au travail", lambda row: row.working),
    Column("Bons donnés", lambda row: row.tickets),
    Column("Charge (minutes)", lambda row: rules.minutes(row.load_seconds)),
)  # fmt: skip


@router.get("/atelier/machines", name="workshop.list_work_centers", dependencies=READ)
def list_work_centers(request: Request, db: Db, listing: Listing) -> Response:
    """Every machine with its load."""
    text = listing.values.get("q", "")[:200].strip()
    rows = queries.list_work_centers(db, text)
    return page(request, "workshop/center_list.html", rows=rows, text=text, listing=listing, minutes=rules.minutes)


@router.get("/atelier/machines/export.{kind}", name="workshop.export_work_centers", dependencies=READ)
def export_work_centers(db: Db, listing: Listing, kind: str) -> Response:
    """The machines as a table file."""
    return export("machines", kind, COLUMNS, queries.list_work_centers(db, listing.values.get("q", "")[:200].strip()))


@router.get("/atelier/machines/nouvelle", name="workshop.new_work_center", dependencies=EDIT)
def new_work_center(request: Request) -> Response:
    """A blank machine."""
    return _form_page(request, blank_form({"capacity": 1}), None)


@router.post("/atelier/machines/nouvelle", name="workshop.create_work_center", dependencies=EDIT)
def create_work_center(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Create a machine."""
    form = posted.read(NewCenterForm)
    with form.refusals():
        if form.ok:
            center = service.create_work_center(db, form.valid.code, form.valid.draft, by=me)
            return _to_center(request, center.code, "Machine créée.")
    return _form_page(request, form, None, status=form.status)


@router.get("/atelier/machines/{code}", name="workshop.show_work_center", dependencies=READ)
def show_work_center(request: Request, db: Db, code: str) -> Response:
    """One machine: who is on it, what waits for it."""
    found = queries.center_page(db, code)
    return page(request, "workshop/center_show.html", page=found, minutes=rules.minutes, days_late=rules.days_late)


@router.get("/atelier/machines/{code}/modifier", name="workshop.edit_work_center", dependencies=EDIT)
def edit_work_center(request: Request, db: Db, code: str) -> Response:
    """The machine's form, filled."""
    center = queries.get_work_center(db, code)
    return _form_page(request, center_form(center), center)


@router.post("/atelier/machines/{code}/modifier", name="workshop.change_work_center", dependencies=EDIT)
def change_work_center(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Change a machine."""
    center, form = queries.get_work_center(db, code, lock=True), posted.read(CenterForm)
    with form.refusals():
        if form.ok:
            service.change_work_center(db, center, form.valid.draft, seen_version=form.valid.version, by=me)
            return _to_center(request, code, "Machine enregistrée.")
    return _form_page(request, form, center, status=form.status)


def _form_page(request: Request, form: Form[Any], center: WorkCenter | None, status: int = 200) -> Response:
    labels = service.CENTER_LABELS | {"code": "Code"}
    return page(request, "workshop/center_edit.html", status=status, form=form, center=center, labels=labels)


def _to_center(request: Request, code: str, words: str) -> Response:
    return redirect(request, url(request, "workshop.show_work_center", code=code), flash=words)
