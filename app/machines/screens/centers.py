"""A machine's form, and its state: in service, down, under maintenance. Its page with the load is the workshop's."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.machines import queries, service
from app.machines.forms import CenterForm, NewCenterForm, StateForm, center_form
from app.machines.models import WorkCenter
from app.machines.rules import ARTICLES, CenterState
from app.machines.rules.papers import ELECTRICAL_LEVELS, THRESHOLDS
from app.web.deps import Db, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
EDIT = [allow(Permission.WORK_CENTER_EDIT)]
STATES = [(state.value, state.label) for state in CenterState]
STATE_LABELS = {"state": "État", "note": "Raison"}


@router.get("/atelier/machines/nouvelle", name="machines.new_work_center", dependencies=EDIT)
def new_work_center(request: Request, db: Db) -> Response:
    """A blank machine."""
    return _form_page(request, db, blank_form({"capacity": 1, "needs_permit": True}), None)


@router.post("/atelier/machines/nouvelle", name="machines.create_work_center", dependencies=EDIT)
def create_work_center(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Create a machine."""
    form = posted.read(NewCenterForm)
    with form.refusals():
        if form.ok:
            center = service.create_work_center(db, form.valid.code, form.valid.draft, by=me)
            return _to_center(request, center.code, "Machine créée.")
    return _form_page(request, db, form, None, status=form.status)


@router.get("/atelier/machines/{code}/modifier", name="machines.edit_work_center", dependencies=EDIT)
def edit_work_center(request: Request, db: Db, code: str) -> Response:
    """The machine's form, filled."""
    center = queries.get_work_center(db, code)
    return _form_page(request, db, center_form(center), center)


@router.post("/atelier/machines/{code}/modifier", name="machines.change_work_center", dependencies=EDIT)
def change_work_center(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Change a machine."""
    center, form = queries.get_work_center(db, code, lock=True), posted.read(CenterForm)
    with form.refusals():
        if form.ok:
            service.change_work_center(db, center, form.valid.draft, seen_version=form.valid.version, by=me)
            return _to_center(request, code, "Machine enregistrée.")
    return _form_page(request, db, form, center, status=form.status)


@router.get("/atelier/machines/{code}/etat", name="machines.ask_state", dependencies=EDIT)
def ask_state(request: Request, db: Db, code: str) -> Response:
    """In service, or not and why."""
    center = queries.get_work_center(db, code)
    values = {"state": center.state, "note": center.state_note, "version": center.version}
    return _state_page(request, blank_form(values), center)


@router.post("/atelier/machines/{code}/etat", name="machines.set_state", dependencies=EDIT)
def set_state(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Put a machine out of service, or back."""
    center, form = queries.get_work_center(db, code, lock=True), posted.read(StateForm)
    with form.refusals():
        if form.ok:
            asked = form.valid
            service.set_state(db, center, asked.state, note=asked.note, seen_version=asked.version, by=me)
            return _to_center(request, code, f"{center.label} : {asked.state.label.lower()}.")
    return _state_page(request, form, center, status=form.status)


def _form_page(request: Request, db: Db, form: Form[Any], center: WorkCenter | None, status: int = 200) -> Response:
    labels = service.CENTER_LABELS | {"code": "Code"}
    return page(
        request, "machines/center_edit.html", status=status, form=form, center=center, labels=labels,
        articles=list(ARTICLES.values()), thresholds=THRESHOLDS, levels=ELECTRICAL_LEVELS,
        places=queries.known_places(db),
    )  # fmt: skip


def _state_page(request: Request, form: Form[Any], center: WorkCenter, status: int = 200) -> Response:
    return page(
        request, "machines/center_state.html", status=status, form=form, center=center, states=STATES,
        labels=STATE_LABELS,
    )  # fmt: skip


def _to_center(request: Request, code: str, words: str) -> Response:
    return redirect(request, url(request, "workshop.show_work_center", code=code), flash=words)
