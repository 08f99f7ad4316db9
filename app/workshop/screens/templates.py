"""Routing templates: the list, one, changed, copied, retired; and the check points of its operations."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.actor import Actor
from app.core.errors import Refused
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.listing import Column, ListQuery, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules, service
from app.workshop.forms import (
    NamingForm,
    NewTemplateForm,
    TemplateForm,
    routing_form,
    routing_labels,
    with_rows_changed,
)
from app.workshop.models import RoutingTemplate

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TICKET_READ)], [allow(Permission.JOB_EDIT)]
EXPORT_ROWS = 20_000
COLUMNS = (
    Column("Code", lambda row: row.code), Column("Article", lambda row: row.label),
    Column("Révision", lambda row: row.revision), Column("Retirée", lambda row: "oui" if row.retired else "non"),
    Column("Opérations", lambda row: row.operations), Column("Contrôles", lambda row: row.points),
    Column("Réglage (min)", lambda row: rules.minutes(row.setup_seconds)),
    Column("Par pièce (min)", lambda row: round(row.unit_seconds / 60, 2)), Column("OF copiés", lambda row: row.jobs),
)  # fmt: skip


def _asked(listing: ListQuery, **options: Any) -> ListRequest:
    return listing.request(sorts=queries.TEMPLATE_SORTS, default="nom", filters=("etat",), **options)


@router.get("/atelier/gammes", name="workshop.list_templates", dependencies=READ)
def list_templates(request: Request, db: Db, listing: Listing) -> Response:
    """The templates, by article."""
    asked = _asked(listing)
    found = queries.list_templates(db, asked)
    return page(request, "workshop/template_list.html", listing=listing, asked=asked, found=found, said=rules.said)


@router.get("/atelier/gammes/export.{kind}", name="workshop.export_templates", dependencies=READ)
def export_templates(db: Db, listing: Listing, kind: str) -> Response:
    """The filtered templates as a table file."""
    return export("gammes", kind, COLUMNS, queries.list_templates(db, _asked(listing, size=EXPORT_ROWS)).items)


@router.get("/atelier/gammes/nouvelle", name="workshop.new_template", dependencies=EDIT)
def new_template(request: Request, db: Db) -> Response:
    """An empty template."""
    return _form_page(request, db, routing_form([]), None)


@router.post("/atelier/gammes", name="workshop.create_template", dependencies=EDIT)
def create_template(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Create a template."""
    if changed := with_rows_changed(posted):
        return _form_page(request, db, changed, None, status=422)
    form = posted.read(NewTemplateForm)
    with form.refusals():
        if form.ok:
            given = form.valid
            service.create_template(db, code=given.code, label=given.label, operations=given.drafts, by=me)
            return _to_template(request, given.code, "Gamme créée.")
    return _form_page(request, db, form, None, status=form.status)


@router.get("/atelier/gammes/{code}", name="workshop.show_template", dependencies=READ)
def show_template(request: Request, db: Db, code: str) -> Response:
    """One template with its operations and check points."""
    return _template_page(request, db, code)


def _template_page(request: Request, db: Db, code: str, trouble: str = "") -> Response:
    found = queries.template_page(db, code)
    return page(
        request, "workshop/template_show.html", status=409 if trouble else 200, page=found, trouble=trouble,
        said=rules.said, difficulties=rules.DIFFICULTY_LABELS,
    )  # fmt: skip


@router.get("/atelier/gammes/{code}/modifier", name="workshop.edit_template", dependencies=EDIT)
def edit_template(request: Request, db: Db, code: str) -> Response:
    """The template, to be changed."""
    template = queries.get_template(db, code)
    drafts = queries.drafts_of_template(db, template.id)
    return _form_page(request, db, routing_form(drafts, label=template.label, version=template.version), template)


@router.post("/atelier/gammes/{code}", name="workshop.change_template", dependencies=EDIT)
def change_template(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Change a template: its revision rises."""
    template = queries.get_template(db, code, lock=True)
    if changed := with_rows_changed(posted):
        return _form_page(request, db, changed, template, status=422)
    form = posted.read(TemplateForm)
    with form.refusals():
        if form.ok:
            given = form.valid
            service.change_template(
                db, template, label=given.label, operations=given.drafts, seen_version=given.version, by=me
            )
            return _to_template(request, code, f"Gamme enregistrée, révision {template.revision}.")
    return _form_page(request, db, form, template, status=form.status)


def _form_page(
    request: Request, db: Db, form: Form[Any], template: RoutingTemplate | None, status: int = 200
) -> Response:
    return page(
        request, "workshop/template_edit.html", status=status, form=form, source=template,
        labels=routing_labels(form), centers=queries.center_options(db),
        difficulties=list(rules.DIFFICULTY_LABELS.items()),
    )  # fmt: skip


@router.post("/atelier/gammes/{code}/retrait", name="workshop.retire_template", dependencies=EDIT)
def retire_template(request: Request, db: Db, me: Me, code: str) -> Response:
    """It is no longer proposed."""
    return _press(request, db, me, code, deed=service.retire_template, done="Gamme retirée.")


@router.post("/atelier/gammes/{code}/retour", name="workshop.restore_template", dependencies=EDIT)
def restore_template(request: Request, db: Db, me: Me, code: str) -> Response:
    """It is proposed again."""
    return _press(request, db, me, code, deed=service.restore_template, done="Gamme remise en service.")


def _press(request: Request, db: Db, me: Actor, code: str, *, deed: Any, done: str) -> Response:
    try:
        deed(db, queries.get_template(db, code, lock=True), by=me)
    except Refused as refused:
        return _template_page(request, db, code, trouble=refused.sentence)
    return _to_template(request, code, done)


@router.get("/atelier/gammes/{code}/copie", name="workshop.ask_copy", dependencies=EDIT)
def ask_copy(request: Request, db: Db, code: str) -> Response:
    """What is the copy called?"""
    template = queries.get_template(db, code)
    return _naming_page(request, blank_form({"label": template.label}), ("template", template.code, template.label))


@router.post("/atelier/gammes/{code}/copie", name="workshop.duplicate_template", dependencies=EDIT)
def duplicate_template(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Another template that starts as this one is."""
    template, form = queries.get_template(db, code), posted.read(NamingForm)
    with form.refusals():
        if form.ok:
            given = form.valid
            service.duplicate_template(db, template, code=given.code, label=given.label, by=me)
            return _to_template(request, given.code, "Gamme dupliquée. Changez ce qui change.")
    return _naming_page(request, form, ("template", template.code, template.label), form.status)


@router.get("/atelier/of/{number}/en-gamme", name="workshop.ask_keeping", dependencies=EDIT)
def ask_keeping(request: Request, db: Db, number: str) -> Response:
    """What is the template called that is made of this job's routing?"""
    label = queries.routing_of_job(db, queries.get_job(db, number).id).line_label
    return _naming_page(request, blank_form({"label": label}), ("job", number, label))


@router.post("/atelier/of/{number}/en-gamme", name="workshop.keep_routing", dependencies=EDIT)
def keep_routing(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """A job's routing becomes a template."""
    job, form = queries.get_job(db, number, lock=True), posted.read(NamingForm)
    with form.refusals():
        if form.ok:
            given = form.valid
            service.keep_routing(db, job, code=given.code, label=given.label, by=me)
            return _to_template(request, given.code, "Gamme créée.")
    label = queries.routing_of_job(db, job.id).line_label
    return _naming_page(request, form, ("job", number, label), form.status)


def _naming_page(request: Request, form: Form[Any], about: tuple[str, str, str], status: int = 200) -> Response:
    kind, key, label = about
    return page(
        request, "workshop/template_name.html", status=status, form=form, kind=kind, key=key, article=label
    )  # fmt: skip


def _to_template(request: Request, code: str, words: str) -> Response:
    return redirect(request, url(request, "workshop.show_template", code=code), flash=words)
