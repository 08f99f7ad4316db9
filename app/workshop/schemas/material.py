"""What the API says of material: lots, their moves, what an order's lines were made from."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from app.workshop.models import MaterialLot
from app.workshop.queries import LotPage, MoveRow, Use, lot_proof
from app.workshop.rules import MoveKind, Proof


class LotLine(BaseModel):
    """A lot in a list."""

    code: str
    label: str
    shape: str
    unit: str
    owner: str | None
    stock: Decimal
    reserved: Decimal
    free: Decimal
    certificate_kind: str
    certificate: str | None
    certificate_state: Proof
    heat: str | None
    place: str
    received_on: date


class LotList(BaseModel):
    """One page of lots."""

    items: list[LotLine]
    total: int
    page: int
    size: int


class MaterialUseOut(BaseModel):
    """What a job has of a lot, and the order line it is for."""

    lot: str
    label: str
    unit: str
    client_owned: bool
    certificate_kind: str
    certificate: str | None
    certificate_state: Proof
    heat: str | None
    job: str
    order: str
    line: int
    reserved: Decimal
    consumed: Decimal
    off_cut: Decimal


class MaterialUseList(BaseModel):
    """The lots that an order's lines were made from."""

    items: list[MaterialUseOut]


class LotOut(LotLine):
    """A lot with the jobs it went to and its off-cuts."""

    unit_cost: Decimal | None
    parent: str | None
    used_up: bool
    version: int
    uses: list[MaterialUseOut]
    off_cuts: list[str]


class MaterialMoveOut(BaseModel):
    """A move of a lot; a reversing one names the one it takes back."""

    id: int
    kind: MoveKind
    quantity: Decimal
    job: str | None
    note: str | None
    at: datetime
    reverses: int | None
    taken_back: bool


class MaterialMoveList(BaseModel):
    """The latest moves of a lot, newest first."""

    items: list[MaterialMoveOut]


def lot_line(row: Any) -> LotLine:
    """A row of the list."""
    values = {name: getattr(row, name) for name in _PLAIN}
    return LotLine(
        **values, owner=row.owner, stock=row.stock, reserved=row.reserved, free=row.stock - row.reserved,
        certificate_state=lot_proof(row),
    )  # fmt: skip


def lot_out(page: LotPage) -> LotOut:
    """The document of one lot."""
    lot: MaterialLot = page.lot
    values = {name: getattr(lot, name) for name in _PLAIN}
    return LotOut(
        **values, owner=lot.company.name if lot.company else None, stock=page.held.stock,
        reserved=page.held.all_reserved, free=page.held.free, certificate_state=page.proof, unit_cost=lot.unit_cost,
        parent=page.parent, used_up=lot.closed_at is not None, version=lot.version,
        uses=[use_out(use) for use in page.uses], off_cuts=[one.code for one in page.offcuts],
    )  # fmt: skip


def use_out(use: Use) -> MaterialUseOut:
    """What a job has of a lot."""
    return MaterialUseOut(
        lot=use.code, label=use.label, unit=use.unit, client_owned=use.owned, certificate_kind=use.certificate_kind,
        certificate=use.certificate, certificate_state=use.proof, heat=use.heat, job=use.job, order=use.order,
        line=use.line_no, reserved=use.reserved, consumed=use.consumed, off_cut=use.cut,
    )  # fmt: skip


def move_out(row: MoveRow) -> MaterialMoveOut:
    """One move."""
    return MaterialMoveOut(
        id=row.id, kind=row.kind, quantity=row.quantity, job=row.job, note=row.note, at=row.at,
        reverses=row.reverses_id, taken_back=row.void,
    )  # fmt: skip


_PLAIN = (
    "code", "label", "shape", "unit", "certificate_kind", "certificate", "heat", "place", "received_on",
)  # fmt: skip
