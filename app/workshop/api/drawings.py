"""The JSON door to drawings: what is known of them, a master's word on a new index. Files come in by their page."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.accounts.deps import Me, allow
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.fields import Code, Id
from app.web.pages import url
from app.web.routing import UnitOfWorkRoute
from app.web.uploads import show_file
from app.workshop import queries, schemas, service
from app.workshop.forms import NewIndexForm, ReasonForm
from app.workshop.schemas import DrawingList, DrawingOut

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["workshop"])
READ, EDIT = [allow(Permission.TICKET_READ)], [allow(Permission.DRAWING_EDIT)]
GIVE = [allow(Permission.TICKET_GIVE)]


def _out(request: Request, row: queries.DrawingRow) -> DrawingOut:
    return schemas.drawing_out(row, url(request, "workshop.api_drawing_file", drawing_id=row.id))


def _document(request: Request, db: Db, drawing_id: int) -> DrawingOut:
    db.flush()  # what was just written, so that the document read again shows it
    return _out(request, queries.drawing_row(db, drawing_id))


@router.get("/drawings", name="workshop.api_list_drawings", dependencies=READ)
def list_drawings(
    request: Request,
    db: Db,
    *,
    order: Annotated[Code | None, Query()] = None,
    line: Annotated[int | None, Query(ge=1, le=100_000)] = None,
    pending: Annotated[bool, Query()] = False,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DrawingList:
    """Drawings, the latest first; of an order, of one of its lines, or only those that wait for a master."""
    filters = {"commande": order or "", "ligne": str(line or ""), "attente": "oui" if pending else ""}
    found = queries.list_drawings(db, ListRequest(page=page, size=size, filters=filters))
    items = [_out(request, row) for row in found.items]
    return DrawingList(items=items, total=found.total, page=page, size=size)


@router.get("/drawings/{drawing_id}", name="workshop.api_show_drawing", dependencies=READ)
def show_drawing(request: Request, db: Db, drawing_id: Id) -> DrawingOut:
    """One drawing at one index."""
    return _document(request, db, drawing_id)


@router.get("/drawings/{drawing_id}/file", name="workshop.api_drawing_file", dependencies=READ)
def drawing_file(request: Request, db: Db, drawing_id: Id) -> Response:
    """The file itself, as what it is."""
    return show_file(request, queries.get_drawing(db, drawing_id).file)


@router.post("/drawings/{drawing_id}/confirm", name="workshop.api_confirm_drawing", dependencies=GIVE)
def confirm_drawing(request: Request, db: Db, me: Me, drawing_id: Id, body: NewIndexForm) -> DrawingOut:
    """A new index is in force: each ticket it holds up goes on with it, or is cancelled."""
    drawing = queries.get_drawing(db, drawing_id, lock=True)
    service.confirm_drawing(db, drawing, decisions=body.decisions, by=me)
    return _document(request, db, drawing_id)


@router.post("/drawings/{drawing_id}/withdraw", name="workshop.api_withdraw_drawing", dependencies=EDIT)
def withdraw_drawing(request: Request, db: Db, me: Me, drawing_id: Id, body: ReasonForm) -> DrawingOut:
    """An index that came by mistake: what it held up goes on as before."""
    drawing = queries.get_drawing(db, drawing_id, lock=True)
    service.withdraw_drawing(db, drawing, note=body.reason, by=me)
    return _document(request, db, drawing_id)
