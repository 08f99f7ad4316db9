"""Reads of material: lots with what they hold, their moves, and the way from a lot to order lines and back.

Every sum is a sum of moves, a reversing one counting the other way.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.accounts.models import Staff
from app.clients.models import Company
from app.core.db import run
from app.core.documents import StoredFile
from app.core.errors import NotFound
from app.core.journal import Deed, history
from app.core.paging import ListRequest, Page, fetch_page
from app.core.text import like_pattern
from app.workshop.models import Job, MaterialLot, MaterialMove
from app.workshop.queries.material_uses import SIGNED, K, Use, in_stock, lot_proof, of_lot, set_aside, uses_of_lot
from app.workshop.rules import Entry, Holding, MoveKind, Proof, holding

LOT_SORTS = {
    "matiere": MaterialLot.sort_key, "code": MaterialLot.code, "recu": MaterialLot.received_on,
    "place": MaterialLot.place,
}  # fmt: skip
LOT_FILTERS = ("etat", "a")
MOST_MOVES = 200


# ------------------------------------------------------------------------------------------------------------- one lot
@dataclass(frozen=True, slots=True)
class MoveRow:
    """A move as the page of a lot lists it; `void`: taken back by a later one."""

    id: int
    kind: MoveKind
    quantity: Decimal
    at: datetime
    who: str
    job: str | None
    note: str | None
    reverses_id: int | None
    void: bool


@dataclass(frozen=True, slots=True)
class Offcut:
    """A lot cut from another one."""

    code: str
    label: str
    unit: str
    stock: Decimal
    job: str | None


@dataclass(frozen=True, slots=True)
class LotPage:
    """What the page of a lot shows."""

    lot: MaterialLot
    held: Holding
    file: StoredFile | None
    parent: str | None
    moves: list[MoveRow]
    uses: list[Use]
    offcuts: list[Offcut]
    journal: list[Deed]

    @property
    def proof(self) -> Proof:
        """What is there of its certificate."""
        return lot_proof(self.lot)


_LOT = select(MaterialLot).options(joinedload(MaterialLot.company))
_LEDGER = (
    select(MaterialMove.kind, SIGNED, MaterialMove.job_id, MaterialMove.lot_id)
    .join(MaterialLot, MaterialLot.id == MaterialMove.lot_id)
    .where(
        or_(
            MaterialMove.lot_id == bindparam("lot"),
            and_(MaterialLot.parent_id == bindparam("lot"), MaterialMove.kind == K.OFFCUT),
        )
    )
    .order_by(MaterialMove.id)
)
_reversal = aliased(MaterialMove)
_MOVES = (
    select(
        MaterialMove.id, MaterialMove.kind, MaterialMove.quantity, MaterialMove.at, Staff.first_name, Staff.last_name,
        Job.number, MaterialMove.note, MaterialMove.reverses_id, _reversal.id.is_not(None),
    )
    .outerjoin(_reversal, _reversal.reverses_id == MaterialMove.id)
    .outerjoin(Staff, Staff.id == MaterialMove.by_id)
    .outerjoin(Job, Job.id == MaterialMove.job_id)
    .where(MaterialMove.lot_id == bindparam("lot"))
    .order_by(MaterialMove.id.desc())
    .limit(MOST_MOVES)
)  # fmt: skip
_cut_for = (
    select(func.max(Job.number))
    .join(MaterialMove, MaterialMove.job_id == Job.id)
    .where(MaterialMove.lot_id == MaterialLot.id, MaterialMove.kind == K.OFFCUT)
    .correlate(MaterialLot)
    .scalar_subquery()
)
_OFFCUTS = (
    select(MaterialLot.code, MaterialLot.label, MaterialLot.unit, of_lot(in_stock()), _cut_for)
    .where(MaterialLot.parent_id == bindparam("lot"))
    .order_by(MaterialLot.id)
)
_CODE_OF = select(MaterialLot.code).where(MaterialLot.id == bindparam("lot"))


def get_lot(db: Session, code: str, *, lock: bool = False) -> MaterialLot:
    """A lot by its code, with its owner; `lock` holds it, so that its moves follow each other."""
    query = _LOT.where(MaterialLot.code == code)
    if lock:
        query = query.with_for_update(of=MaterialLot).execution_options(populate_existing=True)
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Aucun lot de matière n’a le code « {code} ».")
    return found


def lots_by_id(db: Session, ids: Collection[int]) -> list[MaterialLot]:
    """Lots held in the order of their ids, so that two people who free material never wait for each other."""
    query = _LOT.where(MaterialLot.id.in_(ids)).order_by(MaterialLot.id)
    held = query.with_for_update(of=MaterialLot).execution_options(populate_existing=True)
    return list(db.execute(held).scalars())


def holding_of(db: Session, lot_id: int) -> Holding:
    """What a lot holds now, by its moves and those of its off-cuts; one statement."""
    db.flush()  # moves just made, so that they count
    rows = run(db, _LEDGER, {"lot": lot_id}).all()
    return holding(Entry(MoveKind(kind), quantity, job, lot != lot_id) for kind, quantity, job, lot in rows)


def get_move(db: Session, move_id: int) -> MaterialMove:
    """A move with its lot and job."""
    options = [joinedload(MaterialMove.lot).joinedload(MaterialLot.company), joinedload(MaterialMove.job)]
    found = db.get(MaterialMove, move_id, options=options)
    if found is None:
        raise NotFound("Ce mouvement de matière n’existe pas.")
    return found


def is_taken_back(db: Session, move_id: int) -> bool:
    """Whether a later row takes the move back."""
    return db.execute(select(MaterialMove.id).where(MaterialMove.reverses_id == move_id)).first() is not None


def moves_of(db: Session, lot_id: int) -> list[MoveRow]:
    """The latest moves of a lot, newest first."""
    return [
        MoveRow(id_, kind, quantity, at, " ".join(filter(None, (first, last))) or "–", job, note, reverses, void)
        for id_, kind, quantity, at, first, last, job, note, reverses, void in run(db, _MOVES, {"lot": lot_id}).all()
    ]


def lot_page(db: Session, code: str) -> LotPage:
    """A lot, its moves, the jobs it went to, its off-cuts and its journal."""
    lot = get_lot(db, code)
    of = {"lot": lot.id}
    parent = run(db, _CODE_OF, {"lot": lot.parent_id}).scalar_one_or_none() if lot.parent_id else None
    return LotPage(
        lot, holding_of(db, lot.id), db.get(StoredFile, lot.certificate_file_id) if lot.certificate_file_id else None,
        parent, moves_of(db, lot.id), uses_of_lot(db, lot.id),
        [Offcut(*row) for row in run(db, _OFFCUTS, of).all()], history(db, "material_lot", lot.id),
    )  # fmt: skip


def lot_code_taken(db: Session, code: str) -> bool:
    """Whether a lot already has this code."""
    return db.execute(select(MaterialLot.id).where(MaterialLot.code == code)).first() is not None


def count_offcuts(db: Session, lot_id: int) -> int:
    """How many lots were ever cut from a lot."""
    return db.execute(select(func.count()).where(MaterialLot.parent_id == lot_id)).scalar_one()


def descendants(db: Session, lot_id: int) -> list[MaterialLot]:
    """Off-cuts of a lot, and theirs."""
    found: list[MaterialLot] = []
    parents = [lot_id]
    while parents:
        children = db.execute(select(MaterialLot).where(MaterialLot.parent_id.in_(parents))).scalars().all()
        parents = [child.id for child in children]
        found += children
    return found


# ------------------------------------------------------------------------------------------------------------ the list
@cache
def _listed(state: str, owner: str, sort: str, *, with_words: bool, descending: bool) -> Any:
    """The list's statement by its shape."""
    query: Any = select(
        MaterialLot.id, MaterialLot.code, MaterialLot.label, MaterialLot.shape, MaterialLot.unit,
        MaterialLot.certificate, MaterialLot.certificate_kind, MaterialLot.certificate_file_id, MaterialLot.heat,
        MaterialLot.received_on, MaterialLot.place, MaterialLot.closed_at, Company.name.label("owner"),
        of_lot(in_stock()).label("stock"), of_lot(set_aside()).label("reserved"), MaterialLot.parent_id,
    ).outerjoin(Company, Company.id == MaterialLot.company_id)  # fmt: skip
    for wanted, condition in (
        (with_words, MaterialLot.search_key.like(bindparam("pattern"), escape="\\")),
        (state == "", MaterialLot.closed_at.is_(None)),
        (state == "epuises", MaterialLot.closed_at.is_not(None)),
        (state == "certificat", and_(MaterialLot.closed_at.is_(None), _lacking())),
        (owner == "", MaterialLot.company_id.is_(None)),
        (owner == "clients", MaterialLot.company_id.is_not(None)),
    ):
        query = query.where(condition) if wanted else query
    column = LOT_SORTS[sort]
    return query.order_by(column.desc() if descending else column, MaterialLot.id)


def _lacking() -> ColumnElement[bool]:
    """A certificate was asked for, and its number or its file is not there."""
    return and_(
        MaterialLot.certificate_kind != "",
        or_(MaterialLot.certificate.is_(None), MaterialLot.certificate_file_id.is_(None)),
    )


def list_lots(db: Session, request: ListRequest, *, exact: bool = False) -> Page[Any]:
    """One page of lots; two statements."""
    state, owner = request.filters.get("etat", ""), request.filters.get("a", "")
    query = _listed(
        state if state in {"epuises", "tous", "certificat"} else "", owner if owner in {"clients", "tout"} else "",
        request.sort, with_words=bool(request.q), descending=request.descending,
    )  # fmt: skip
    return fetch_page(db, query, request, {"pattern": like_pattern(request.q)}, exact=exact)
