"""What is added to a declaration in force, and that the inspector was told of it."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.machines import queries, service
from app.machines.forms import ChangeForm, SendForm, content_values
from app.machines.models import Declaration
from app.machines.rules.declaring import MEANS, Content, missing
from app.machines.screens.declarations import LABELS, content_page, to_declaration
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
EDIT = [allow(Permission.DECLARATION_EDIT)]


@router.get("/securite/declarations/completer", name="machines.change_latest", dependencies=EDIT)
def change_latest(request: Request, db: Db, listing: Listing) -> Response:
    """To the form that completes the declaration in force; without one, to a new preparation."""
    current = queries.current_declaration(db, today())
    if current is None:
        return redirect(request, url(request, "machines.new_declaration"))
    query = {"poste": listing.values.get("poste", "")}
    return redirect(request, url(request, "machines.new_change", code=current.record.code, query=query))


@router.get("/securite/declarations/{code}/changement", name="machines.new_change", dependencies=EDIT)
def new_change(request: Request, db: Db, code: str, listing: Listing) -> Response:
    """What to add: what the school of today asks for and the declaration lacks, or one machine with its articles."""
    record = queries.get_declaration(db, code)
    known = queries.declared(db, record, today()).all
    lacks = missing(known, queries.asked_of_declaration(db, today()))
    if center := listing.values.get("poste", ""):
        borne = queries.articles_of(db, center)
        lacks = Content(borne, (center,) if center not in known.machines else (), lacks.diplomas).beyond(known)
    return _form_page(request, db, blank_form(content_values(lacks) | {"changed_on": today()}), record)


@router.post("/securite/declarations/{code}/changement", name="machines.add_change", dependencies=EDIT)
def add_change(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Add it."""
    record, form = queries.get_declaration(db, code, lock=True), posted.read(ChangeForm)
    with form.refusals():
        if form.ok:
            made = service.add_change(db, record, form.valid.content, changed_on=form.valid.changed_on, by=me)
            words = "Changement noté." if made.sent_on else "Changement noté. Il compte dès que son envoi est noté."
            return to_declaration(request, code, words)
    return _form_page(request, db, form, record, status=form.status)


@router.get("/securite/changements/{change_id}/envoi", name="machines.ask_telling", dependencies=EDIT)
def ask_telling(request: Request, db: Db, change_id: Id) -> Response:
    """When and how was the inspector told?"""
    return _send_page(request, db, blank_form({"sent_on": today()}), change_id)


@router.post("/securite/changements/{change_id}/envoi", name="machines.send_change", dependencies=EDIT)
def send_change(request: Request, db: Db, me: Me, change_id: Id, posted: PostedForm) -> Response:
    """The inspector was told: from that day it counts."""
    change, form = queries.get_change(db, change_id, lock=True), posted.read(SendForm)
    with form.refusals():
        if form.ok:
            service.send_change(db, change, on=form.valid.sent_on, means=form.valid.means, by=me)
            return to_declaration(request, change.declaration.code, "Envoi noté. Le changement compte.")
    return _send_page(request, db, form, change_id, status=form.status)


@router.post("/securite/changements/{change_id}/abandon", name="machines.drop_change", dependencies=EDIT)
def drop_change(request: Request, db: Db, me: Me, change_id: Id) -> Response:
    """An addition that is none after all."""
    change = queries.get_change(db, change_id, lock=True)
    code = change.declaration.code
    service.drop_change(db, change, by=me)
    return to_declaration(request, code, "Changement abandonné.")


def _form_page(request: Request, db: Db, form: Form[Any], record: Declaration, status: int = 200) -> Response:
    found = queries.declared(db, record, today())
    return content_page(request, db, "machines/change_new.html", form, found=found, status=status)


def _send_page(request: Request, db: Db, form: Form[Any], change_id: int, status: int = 200) -> Response:
    change = queries.get_change(db, change_id)
    return page(
        request, "machines/change_send.html", status=status, form=form, change=change, means=MEANS, labels=LABELS,
        content=queries.content_of(change), names=queries.names_of(db),
    )  # fmt: skip
