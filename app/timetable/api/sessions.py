"""Sessions as JSON."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.accounts.deps import Me, allow
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.pedagogy.api import group_asked
from app.pedagogy.forms import PeriodPage
from app.pedagogy.queries import get_session
from app.pedagogy.queries import list_sessions as sessions_of
from app.timetable import queries, service
from app.timetable.forms import CancelForm, SessionForm
from app.timetable.schemas import SessionList, SessionRow, session_out, session_row
from app.web.deps import Db
from app.web.fields import Id
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["timetable"])
TIMETABLE, PLAN = [allow(Permission.TIMETABLE_READ)], [allow(Permission.TIMETABLE_EDIT)]


@router.get("/sessions", name="timetable.api_list_sessions", dependencies=TIMETABLE)
def list_sessions(db: Db, asked: Annotated[PeriodPage, Query()]) -> SessionList:
    """Sessions of a period in order, cancelled ones too."""
    request = ListRequest(page=asked.page, size=asked.size)
    found = sessions_of(db, asked.period, request, group=group_asked(db, asked))
    links = queries.catch_ups_of(db, [row.id for row in found.items])
    items = [session_row(row, links.get(row.id)) for row in found.items]
    return SessionList(items=items, total=found.total, page=asked.page, size=asked.size)


@router.post("/sessions", name="timetable.api_create_session", status_code=201, dependencies=PLAN)
def create_session(db: Db, me: Me, body: SessionForm, response: Response) -> SessionRow:
    """A new session of the timetable."""
    plan = service.plan_session(db, values=body.model_dump())
    session = service.create_session(db, plan=plan, by=me)
    response.headers["Location"] = f"/api/v1/sessions/{session.id}"
    return _document(db, session.id)


@router.get("/sessions/{session_id}", name="timetable.api_show_session", dependencies=TIMETABLE)
def show_session(db: Db, session_id: Id) -> SessionRow:
    """One session."""
    return _document(db, session_id)


@router.put("/sessions/{session_id}", name="timetable.api_change_session", dependencies=PLAN)
def change_session(db: Db, me: Me, session_id: Id, body: SessionForm) -> SessionRow:
    """Change a session; another date or start moves it, and the answer is the session that is now planned."""
    session = get_session(db, session_id)
    plan = service.plan_session(db, values=body.model_dump())
    moved = service.change_session(db, session, plan=plan, seen_version=body.version, by=me)
    return _document(db, moved.id)


@router.post("/sessions/{session_id}/cancellation", name="timetable.api_cancel_session", dependencies=PLAN)
def cancel_session(db: Db, me: Me, session_id: Id, body: CancelForm) -> SessionRow:
    """Cancel a session, with a reason."""
    session = get_session(db, session_id)
    service.cancel_session(db, session, reason=body.reason, seen_version=body.version, by=me)
    return _document(db, session.id)


def _document(db: Db, session_id: int) -> SessionRow:
    link = queries.catch_up_of(db, session_id)
    return session_out(get_session(db, session_id), link.missed_id if link else None)
