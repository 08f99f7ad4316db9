"""The JSON door to routing templates: the same services as the screens."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.accounts.deps import Me, allow
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.pages import url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, schemas, service
from app.workshop.forms import NamingForm, NewTemplateForm, TemplateForm
from app.workshop.models import RoutingTemplate
from app.workshop.schemas import TemplateList, TemplateOut

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["workshop"])
READ, EDIT = [allow(Permission.TICKET_READ)], [allow(Permission.JOB_EDIT)]


def _document(db: Db, template: RoutingTemplate) -> TemplateOut:
    db.flush()  # what was just written, so that the document read again shows it
    return schemas.template_out(template, queries.drafts_of_template(db, template.id))


def _created(request: Request, db: Db, template: RoutingTemplate, response: Response) -> TemplateOut:
    response.headers["Location"] = url(request, "workshop.api_show_template", code=template.code)
    return _document(db, template)


@router.get("/routing-templates", name="workshop.api_list_templates", dependencies=READ)
def list_templates(
    db: Db,
    *,
    q: Annotated[str, Query(max_length=200)] = "",
    retired: Annotated[bool | None, Query()] = None,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TemplateList:
    """Templates by article; `retired` true or false for those only."""
    state = {None: "toutes", True: "retirees", False: ""}[retired]
    request = ListRequest(q=q, sort="nom", page=page, size=size, filters={"etat": state})
    found = queries.list_templates(db, request, exact=True)
    items = [schemas.template_line(row) for row in found.items]
    return TemplateList(items=items, total=found.total, page=page, size=size)


@router.get("/routing-templates/{code}", name="workshop.api_show_template", dependencies=READ)
def show_template(db: Db, code: str) -> TemplateOut:
    """One template with its operations and check points."""
    return _document(db, queries.get_template(db, code))


@router.post("/routing-templates", name="workshop.api_create_template", status_code=201, dependencies=EDIT)
def create_template(request: Request, db: Db, me: Me, body: NewTemplateForm, response: Response) -> TemplateOut:
    """A new template, at revision 1."""
    template = service.create_template(db, code=body.code, label=body.label, operations=body.drafts, by=me)
    return _created(request, db, template, response)


@router.put("/routing-templates/{code}", name="workshop.api_change_template", dependencies=EDIT)
def change_template(db: Db, me: Me, code: str, body: TemplateForm) -> TemplateOut:
    """Change a template: its revision rises; jobs keep what they copied."""
    template = queries.get_template(db, code, lock=True)
    service.change_template(
        db, template, label=body.label, operations=body.drafts, seen_version=body.version, by=me
    )  # fmt: skip
    return _document(db, template)


@router.post("/routing-templates/{code}/copy", name="workshop.api_copy_template", status_code=201, dependencies=EDIT)
def copy_template(request: Request, db: Db, me: Me, *, code: str, body: NamingForm, response: Response) -> TemplateOut:
    """Another template that starts as this one is."""
    source = queries.get_template(db, code)
    template = service.duplicate_template(db, source, code=body.code, label=body.label, by=me)
    return _created(request, db, template, response)


@router.post("/routing-templates/{code}/retire", name="workshop.api_retire_template", dependencies=EDIT)
def retire_template(db: Db, me: Me, code: str) -> TemplateOut:
    """It is no longer proposed."""
    return _document(db, service.retire_template(db, queries.get_template(db, code, lock=True), by=me))


@router.post("/routing-templates/{code}/restore", name="workshop.api_restore_template", dependencies=EDIT)
def restore_template(db: Db, me: Me, code: str) -> TemplateOut:
    """It is proposed again."""
    return _document(db, service.restore_template(db, queries.get_template(db, code, lock=True), by=me))


@router.post("/jobs/{number}/template", name="workshop.api_keep_routing", status_code=201, dependencies=EDIT)
def keep_routing(request: Request, db: Db, me: Me, *, number: str, body: NamingForm, response: Response) -> TemplateOut:
    """A job's routing becomes a template."""
    job = queries.get_job(db, number, lock=True)
    template = service.keep_routing(db, job, code=body.code, label=body.label, by=me)
    return _created(request, db, template, response)
