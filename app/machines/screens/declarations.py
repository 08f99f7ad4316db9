"""Declarations of derogation: prepare, send, complete, renew, take back."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.machines import queries, service
from app.machines.forms import DeclarationForm, SendForm, WithdrawForm, content_values, declaration_form
from app.machines.models import Declaration
from app.machines.rules import ARTICLES
from app.machines.rules.declaring import MEANS, Content, missing
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.SAFETY_READ)], [allow(Permission.DECLARATION_EDIT)]
LABELS = service.DECLARATION_LABELS | {
    "code": "Référence", "sent_on": "Envoyée le", "means": "Moyen", "withdrawn_on": "Retirée le", "reason": "Raison",
    "changed_on": "Changé le",
}  # fmt: skip


@router.get("/securite/declarations", name="machines.list_declarations", dependencies=READ)
def list_declarations(request: Request, db: Db) -> Response:
    """Every declaration, and what the one in force lacks."""
    day = today()
    rows = queries.list_declarations(db, day)
    current = next((one for one in rows if one.standing.holds), None)
    lacks = missing(current.all, queries.asked_of_declaration(db, day)) if current else Content()
    return page(
        request, "machines/declaration_list.html", rows=rows, current=current, lacks=lacks, names=queries.names_of(db)
    )  # fmt: skip


@router.get("/securite/declarations/nouvelle", name="machines.new_declaration", dependencies=EDIT)
def new_declaration(request: Request, db: Db, listing: Listing) -> Response:
    """A blank preparation: what the school of today asks for, on top of the one it renews."""
    asked, sector = queries.asked_of_declaration(db, today()), ""
    if code := listing.values.get("depuis", ""):
        known = queries.declared(db, queries.get_declaration(db, code), today())
        asked, sector = known.all.plus([asked]), known.record.sector
    return _form_page(request, db, blank_form(content_values(asked) | {"sector": sector}), None)


@router.post("/securite/declarations/nouvelle", name="machines.create_declaration", dependencies=EDIT)
def create_declaration(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Prepare a declaration."""
    form = posted.read(DeclarationForm)
    with form.refusals():
        if form.ok:
            made = service.create_declaration(db, form.valid.draft, code=form.valid.code or "", by=me)
            return to_declaration(request, made.code, "Préparation enregistrée.")
    return _form_page(request, db, form, None, status=form.status)


@router.get("/securite/declarations/{code}", name="machines.show_declaration", dependencies=READ)
def show_declaration(request: Request, db: Db, code: str) -> Response:
    """One declaration: what it names, since when, what it lacks."""
    found = queries.declaration_page(db, code, today())
    return page(request, "machines/declaration_show.html", page=found, articles=ARTICLES)


@router.get("/securite/declarations/{code}/modifier", name="machines.edit_declaration", dependencies=EDIT)
def edit_declaration(request: Request, db: Db, code: str) -> Response:
    """A preparation's form, filled."""
    record = queries.get_declaration(db, code)
    return _form_page(request, db, declaration_form(record), record)


@router.post("/securite/declarations/{code}/modifier", name="machines.change_declaration", dependencies=EDIT)
def change_declaration(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Change a preparation."""
    record, form = queries.get_declaration(db, code, lock=True), posted.read(DeclarationForm)
    with form.refusals():
        if form.ok:
            service.change_draft(db, record, form.valid.draft, seen_version=form.valid.version, by=me)
            return to_declaration(request, code, "Préparation enregistrée.")
    return _form_page(request, db, form, record, status=form.status)


@router.get("/securite/declarations/{code}/envoi", name="machines.ask_sending", dependencies=EDIT)
def ask_sending(request: Request, db: Db, code: str) -> Response:
    """When and how was it sent?"""
    record = queries.get_declaration(db, code)
    return _send_page(request, db, blank_form({"sent_on": today(), "version": record.version}), record)


@router.post("/securite/declarations/{code}/envoi", name="machines.send_declaration", dependencies=EDIT)
def send_declaration(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """It was sent: from now on it is frozen."""
    record, form = queries.get_declaration(db, code, lock=True), posted.read(SendForm)
    with form.refusals():
        if form.ok:
            asked = form.valid
            service.send_declaration(
                db, record, on=asked.sent_on, means=asked.means, seen_version=asked.version, by=me
            )  # fmt: skip
            return to_declaration(request, code, "Envoi noté. La déclaration ne change plus.")
    return _send_page(request, db, form, record, status=form.status)


@router.post("/securite/declarations/{code}/abandon", name="machines.drop_declaration", dependencies=EDIT)
def drop_declaration(request: Request, db: Db, me: Me, code: str) -> Response:
    """A preparation comes to nothing."""
    service.drop_draft(db, queries.get_declaration(db, code, lock=True), by=me)
    return redirect(request, url(request, "machines.list_declarations"), flash="Préparation abandonnée.")


@router.get("/securite/declarations/{code}/retrait", name="machines.ask_withdrawal", dependencies=EDIT)
def ask_withdrawal(request: Request, db: Db, code: str) -> Response:
    """From when, and why?"""
    return _withdraw_page(request, blank_form({"withdrawn_on": today()}), queries.get_declaration(db, code))


@router.post("/securite/declarations/{code}/retrait", name="machines.withdraw_declaration", dependencies=EDIT)
def withdraw_declaration(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """It covers nothing any more."""
    record, form = queries.get_declaration(db, code, lock=True), posted.read(WithdrawForm)
    with form.refusals():
        if form.ok:
            asked = form.valid
            service.withdraw_declaration(db, record, on=asked.withdrawn_on, reason=asked.reason, by=me)
            return to_declaration(request, code, "Retrait noté.")
    return _withdraw_page(request, form, record, status=form.status)


def to_declaration(request: Request, code: str, words: str) -> Response:
    """Back to the declaration, with a confirmation."""
    return redirect(request, url(request, "machines.show_declaration", code=code), flash=words)


def content_page(request: Request, db: Db, template: str, form: Form[Any], **more: Any) -> Response:
    """A form of what a declaration names, with all there is to choose from."""
    names, status = queries.names_of(db), more.pop("status", 200)
    return page(
        request, template, status=status, form=form, labels=LABELS, machines=list(names.machines.items()),
        diplomas=list(names.diplomas.items()), articles=[one for one in ARTICLES.values() if one.declared], **more,
    )  # fmt: skip


def _form_page(request: Request, db: Db, form: Form[Any], record: Declaration | None, status: int = 200) -> Response:
    return content_page(request, db, "machines/declaration_edit.html", form, record=record, status=status)


def _send_page(request: Request, db: Db, form: Form[Any], record: Declaration, status: int = 200) -> Response:
    found = queries.declared(db, record, today())
    return page(
        request, "machines/declaration_send.html", status=status, form=form, found=found, means=MEANS, labels=LABELS,
        names=queries.names_of(db),
    )  # fmt: skip


def _withdraw_page(request: Request, form: Form[Any], record: Declaration, status: int = 200) -> Response:
    return page(
        request, "machines/declaration_withdraw.html", status=status, form=form, record=record, labels=LABELS
    )  # fmt: skip
