"""The JSON door to material: the same services as the screens. Files of certificates are joined on the pages."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response

from app.accounts.deps import Me, allow
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.fields import Code, Id
from app.web.pages import url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, schemas, service
from app.workshop.forms import LotForm, MaterialMoveForm, MoveBackForm, NewLotForm
from app.workshop.rules import MoveKind
from app.workshop.schemas import LotList, LotOut, MaterialMoveList, MaterialUseList

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["workshop"])
READ, EDIT = [allow(Permission.TICKET_READ)], [allow(Permission.MATERIAL_EDIT)]
OWNERS = {"school": "", "client": "clients", "": "tout"}


@router.get("/material-lots", name="workshop.api_list_lots", dependencies=READ)
def list_lots(
    db: Db,
    q: Annotated[str, Query(max_length=200)] = "",
    owner: Literal["", "school", "client"] = "",
    *,
    used_up: bool = False,
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> LotList:
    """Lots by label, those used up only when asked for; `q` also finds a heat or certificate number."""
    filters = {"etat": "tous" if used_up else "", "a": OWNERS[owner]}
    found = queries.list_lots(db, ListRequest(q, "matiere", page=page, size=size, filters=filters), exact=True)
    return LotList(items=[schemas.lot_line(row) for row in found.items], total=found.total, page=page, size=size)


@router.get("/material-lots/{code}", name="workshop.api_show_lot", dependencies=READ)
def show_lot(db: Db, code: str) -> LotOut:
    """One lot with what it holds and the jobs it went to."""
    return schemas.lot_out(queries.lot_page(db, code))


@router.post("/material-lots", name="workshop.api_receive_lot", status_code=201, dependencies=EDIT)
def receive_lot(request: Request, db: Db, me: Me, body: NewLotForm, response: Response) -> LotOut:
    """Material comes in."""
    lot = service.receive(db, body.reception(), by=me)
    response.headers["Location"] = url(request, "workshop.api_show_lot", code=lot.code)
    return schemas.lot_out(queries.lot_page(db, lot.code))


@router.put("/material-lots/{code}", name="workshop.api_change_lot", dependencies=EDIT)
def change_lot(db: Db, me: Me, code: str, body: LotForm) -> LotOut:
    """Change what is known of a lot; `version` is the one that was read."""
    lot = queries.get_lot(db, code, lock=True)
    service.change_lot(db, lot, body.described, seen_version=body.version, by=me)
    return schemas.lot_out(queries.lot_page(db, code))


@router.get("/material-lots/{code}/moves", name="workshop.api_list_moves", dependencies=READ)
def list_moves(db: Db, code: str) -> MaterialMoveList:
    """The latest moves of a lot, newest first."""
    lot = queries.get_lot(db, code)
    return MaterialMoveList(items=[schemas.move_out(row) for row in queries.moves_of(db, lot.id)])


@router.post("/material-lots/{code}/moves", name="workshop.api_move_lot", status_code=201, dependencies=EDIT)
def move_lot(request: Request, db: Db, me: Me, *, code: str, body: MaterialMoveForm, response: Response) -> LotOut:
    """Reserve, free, consume, return, count in or note as lost; an off-cut answers with its own new lot."""
    lot = queries.get_lot(db, code, lock=True)
    job_id = queries.get_job(db, body.job).id if body.job else None
    shown = lot
    if body.kind == MoveKind.OFFCUT and job_id is not None:
        shown = service.put_back(db, lot, body.quantity, job_id=job_id, shape=body.shape, place=body.place, by=me)
    else:
        service.move_material(db, lot, body.kind, body.quantity, job_id=job_id, note=body.note, by=me)
    response.headers["Location"] = url(request, "workshop.api_show_lot", code=shown.code)
    return schemas.lot_out(queries.lot_page(db, shown.code))


@router.post("/material-moves/{move_id}/reversal", name="workshop.api_take_back_move", dependencies=EDIT)
def take_back_move(db: Db, me: Me, move_id: Id, body: MoveBackForm) -> LotOut:
    """Correct a move by a row that takes it back."""
    move = queries.get_move(db, move_id)
    service.take_back_move(db, move, note=body.note, by=me)
    return schemas.lot_out(queries.lot_page(db, move.lot.code))


@router.get("/material-uses", name="workshop.api_list_material_uses", dependencies=READ)
def list_material_uses(db: Db, order: Annotated[Code, Query()]) -> MaterialUseList:
    """From an order's lines to the lots they were made from, with certificate and heat number."""
    lines = queries.trace_of_order(db, order).lines
    return MaterialUseList(items=[schemas.use_out(use) for line in lines for use in line.lots])
