"""The JSON door to machines: the same services as the screens."""

from fastapi import APIRouter, Request, Response

from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.machines import queries, schemas, service
from app.machines.forms import CenterForm, NewCenterForm, StateForm
from app.machines.schemas import CenterOut
from app.web.deps import Db
from app.web.pages import url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["machines"])
READ, CENTER = [allow(Permission.TICKET_READ)], [allow(Permission.WORK_CENTER_EDIT)]


@router.get("/work-centers/{code}", name="machines.api_show_work_center", dependencies=READ)
def show_work_center(db: Db, me: Me, code: str) -> CenterOut:
    """One machine."""
    return schemas.center_out(queries.get_work_center(db, code), prices=me.can(Permission.ORDER_PRICES))


@router.post("/work-centers", name="machines.api_create_work_center", status_code=201, dependencies=CENTER)
def create_work_center(request: Request, db: Db, me: Me, body: NewCenterForm, response: Response) -> CenterOut:
    """A new machine."""
    draft = body.over(service.CenterDraft(body.label, body.capacity))
    center = service.create_work_center(db, body.code, draft, by=me)
    response.headers["Location"] = url(request, "machines.api_show_work_center", code=center.code)
    return schemas.center_out(center, prices=me.can(Permission.ORDER_PRICES))


@router.put("/work-centers/{code}", name="machines.api_change_work_center", dependencies=CENTER)
def change_work_center(db: Db, me: Me, code: str, body: CenterForm) -> CenterOut:
    """Change a machine; its code stays."""
    center = queries.get_work_center(db, code, lock=True)
    draft = body.over(service.draft_of(center))
    service.change_work_center(db, center, draft, seen_version=body.version, by=me)
    return schemas.center_out(center, prices=me.can(Permission.ORDER_PRICES))


@router.put("/work-centers/{code}/state", name="machines.api_set_state", dependencies=CENTER)
def set_state(db: Db, me: Me, code: str, body: StateForm) -> CenterOut:
    """Put a machine out of service with its reason, or back into service."""
    center = queries.get_work_center(db, code, lock=True)
    service.set_state(db, center, body.state, note=body.note, seen_version=body.version, by=me)
    return schemas.center_out(center, prices=me.can(Permission.ORDER_PRICES))
