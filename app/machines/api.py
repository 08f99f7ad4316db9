"""The JSON door to machines and their papers: the same services as the screens."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.accounts.deps import Me, allow, note_reading
from app.core.clock import today
from app.core.permissions import Permission
from app.machines import queries, schemas, service
from app.machines.forms import CenterForm, NewCenterForm, StateForm
from app.machines.schemas import CenterOut, DeadlineList, DeclarationList, DeclarationOut, PaperList
from app.pedagogy.queries import get_pupil_by_code
from app.web.deps import Db
from app.web.fields import Day
from app.web.pages import url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["machines"])
READ, CENTER = [allow(Permission.TICKET_READ)], [allow(Permission.WORK_CENTER_EDIT)]
SAFETY = [allow(Permission.SAFETY_READ)]


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


@router.get("/pupils/{code}/papers", name="machines.api_list_papers", dependencies=SAFETY)
def list_papers(request: Request, db: Db, code: str) -> PaperList:
    """Every paper of a pupil, void ones too. Reading it is noted: it holds conclusions of doctors."""
    pupil = get_pupil_by_code(db, code)
    pupil_id, found = pupil.id, schemas.papers_out(pupil.code, queries.papers_of(db, pupil.id))
    note_reading(request, db, "pupil_health", pupil_id, "Papiers lus par un programme")
    return found


@router.get("/declarations", name="machines.api_list_declarations", dependencies=SAFETY)
def list_declarations(db: Db, on: Annotated[Day | None, Query()] = None) -> DeclarationList:
    """Every declaration as it stands on a day, today without one."""
    found = queries.list_declarations(db, on or today())
    return DeclarationList(items=[schemas.declaration_out(one) for one in found])


@router.get("/declarations/{code}", name="machines.api_show_declaration", dependencies=SAFETY)
def show_declaration(db: Db, code: str, on: Annotated[Day | None, Query()] = None) -> DeclarationOut:
    """One declaration as it stands on a day, today without one."""
    return schemas.declaration_out(queries.declared(db, queries.get_declaration(db, code), on or today()))


@router.get("/deadlines", name="machines.api_list_deadlines", dependencies=SAFETY)
def list_deadlines(db: Db, on: Annotated[Day | None, Query()] = None) -> DeadlineList:
    """What is over or ends soon, seen from a day, today without one."""
    day = on or today()
    return schemas.deadlines_out(day, queries.deadlines(db, day))
