"""The way of material: from a lot to jobs, order lines and clients, and back; what it cost.

Every sum is a sum of moves, a reversing one counting the other way.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.clients.models import Company
from app.core.db import run
from app.core.errors import NotFound
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OrderState
from app.workshop.models import Job, MaterialLot, MaterialMove
from app.workshop.queries.routing import Routing, routing_of_job
from app.workshop.rules import JobState, JobTerms, MoveKind, Proof, proof

MOST_CHOICES = 300
K = MoveKind
SIGNED = case((MaterialMove.reverses_id.is_(None), MaterialMove.quantity), else_=-MaterialMove.quantity)


def moved(plus: Collection[MoveKind], minus: Collection[MoveKind] = ()) -> Any:
    branches: list[Any] = [(MaterialMove.kind.in_(plus), SIGNED)]
    if minus:
        branches.append((MaterialMove.kind.in_(minus), -SIGNED))
    return func.coalesce(func.sum(case(*branches, else_=0)), 0)


def in_stock() -> Any:
    return moved([K.RECEIVE, K.OFFCUT], [K.CONSUME, K.RETURN, K.LOSS])


def set_aside() -> Any:
    return moved([K.RESERVE], [K.FREE, K.CONSUME])


def of_lot(total: Any) -> Any:
    return select(total).where(MaterialMove.lot_id == MaterialLot.id).correlate(MaterialLot).scalar_subquery()


def lot_proof(lot: Any) -> Proof:
    """What is there of a lot's certificate."""
    return proof(lot.certificate_kind, lot.certificate, filed=lot.certificate_file_id is not None)


@dataclass(frozen=True, slots=True)
class Use:
    """What one job has of one lot, and what it is for. `cut`: put back into stock as off-cuts."""

    lot_id: int
    code: str
    label: str
    shape: str
    unit: str
    owned: bool
    certificate: str | None
    certificate_kind: str
    certificate_file_id: int | None
    heat: str | None
    place: str
    unit_cost: Decimal | None
    job_id: int
    job: str
    line_id: int
    line_no: int
    article: str
    order: str
    order_state: OrderState
    client: str
    reserved: Decimal
    consumed: Decimal
    cut: Decimal

    @property
    def allotted(self) -> Decimal:
        """Reserved and consumed together."""
        return self.reserved + self.consumed

    @property
    def net(self) -> Decimal:
        """What is in the pieces and in the chips."""
        return self.consumed - self.cut

    @property
    def proof(self) -> Proof:
        """What is there of the lot's certificate."""
        return lot_proof(self)


_child, _cut_move = aliased(MaterialLot), aliased(MaterialMove)
_CUT = func.coalesce(
    select(
        func.sum(case((_cut_move.reverses_id.is_(None), _cut_move.quantity), else_=-_cut_move.quantity))
    )
    .join(_child, _child.id == _cut_move.lot_id)
    .where(_child.parent_id == MaterialLot.id, _cut_move.kind == K.OFFCUT, _cut_move.job_id == Job.id)
    .correlate(MaterialLot, Job)
    .scalar_subquery(),
    0,
)  # fmt: skip
_USES: Any = (
    select(
        MaterialLot.id, MaterialLot.code, MaterialLot.label, MaterialLot.shape, MaterialLot.unit,
        MaterialLot.company_id.is_not(None), MaterialLot.certificate, MaterialLot.certificate_kind,
        MaterialLot.certificate_file_id, MaterialLot.heat, MaterialLot.place, MaterialLot.unit_cost, Job.id,
        Job.number, OrderLine.id, OrderLine.line_no, OrderLine.label, CustomerOrder.number, CustomerOrder.state,
        Company.name, set_aside(), moved([K.CONSUME]), _CUT,
    )
    .join(MaterialMove, MaterialMove.lot_id == MaterialLot.id)
    .join(Job, Job.id == MaterialMove.job_id)
    .join(OrderLine, OrderLine.id == Job.line_id)
    .join(CustomerOrder, CustomerOrder.id == Job.order_id)
    .join(Company, Company.id == CustomerOrder.company_id)
    .group_by(MaterialLot.id, Job.id, OrderLine.id, CustomerOrder.id, Company.id)
    .having(moved([K.RESERVE], [K.FREE]) > 0)
    .order_by(OrderLine.line_no, MaterialLot.sort_key, MaterialLot.id, Job.id)
)  # fmt: skip
_USES_OF_LOT = _USES.where(MaterialMove.lot_id == bindparam("lot")).order_by(None).order_by(Job.id)
_USES_OF_JOBS = _USES.where(MaterialMove.job_id.in_(bindparam("jobs", expanding=True)))
_USES_OF_LINE = _USES.where(Job.line_id == bindparam("line"))
_USES_OF_ORDER = _USES.where(Job.order_id == bindparam("order"))


def _uses(db: Session, statement: Any, values: dict[str, Any]) -> list[Use]:
    return [Use(*row) for row in run(db, statement, values).all()]


def uses_of_lot(db: Session, lot_id: int) -> list[Use]:
    """From a lot to its jobs, their order lines and clients."""
    return _uses(db, _USES_OF_LOT, {"lot": lot_id})


def material_of_jobs(db: Session, job_ids: Collection[int]) -> list[Use]:
    """What these jobs have reserved or consumed; one statement."""
    return _uses(db, _USES_OF_JOBS, {"jobs": sorted(job_ids)})


def lots_of_line(db: Session, line_id: int) -> list[Use]:
    """From an order line to its lots, with certificate and heat number."""
    return _uses(db, _USES_OF_LINE, {"line": line_id})


def lots_of_order(db: Session, order_id: int) -> list[Use]:
    """The same for every line of an order."""
    return _uses(db, _USES_OF_ORDER, {"order": order_id})


_TERMS = (
    select(Job.id, Job.number, CustomerOrder.company_id, Job.state, CustomerOrder.state)
    .join(CustomerOrder, CustomerOrder.id == Job.order_id)
    .where(Job.id == bindparam("job"))
)


def job_terms(db: Session, job_id: int) -> JobTerms:
    """A job as far as material is concerned."""
    id_, number, company_id, state, order_state = run(db, _TERMS, {"job": job_id}).one()
    cancelled = state == JobState.CANCELLED or order_state == OrderState.CANCELLED
    return JobTerms(id_, number, company_id, state == JobState.DONE, cancelled)


@dataclass(frozen=True, slots=True)
class Choice:
    """A lot that a job may take from."""

    code: str
    label: str
    shape: str
    unit: str
    owner: str | None
    heat: str | None
    place: str
    free: Decimal


_CHOICES = (
    select(
        MaterialLot.code, MaterialLot.label, MaterialLot.shape, MaterialLot.unit, Company.name, MaterialLot.heat,
        MaterialLot.place, of_lot(in_stock()) - of_lot(set_aside()),
    )
    .outerjoin(Company, Company.id == MaterialLot.company_id)
    .where(
        MaterialLot.closed_at.is_(None),
        or_(MaterialLot.company_id.is_(None), MaterialLot.company_id == bindparam("company")),
    )
    .order_by(MaterialLot.company_id.is_(None), MaterialLot.sort_key, MaterialLot.id)
    .limit(MOST_CHOICES)
)  # fmt: skip


def choices_for(db: Session, company_id: int) -> list[Choice]:
    """Lots with something free for a client's jobs: their own first, then the school's."""
    found = [Choice(*row) for row in run(db, _CHOICES, {"company": company_id}).all()]
    return [one for one in found if one.free > 0]


@dataclass(frozen=True, slots=True)
class JobMaterial:
    """A job with what it has of which lots, and what it may still take."""

    routing: Routing
    client: str
    terms: JobTerms
    material: list[Use]
    choices: list[Choice]


_JOB_ID = select(Job.id, Company.name).join(CustomerOrder, CustomerOrder.id == Job.order_id).join(
    Company, Company.id == CustomerOrder.company_id
).where(Job.number == bindparam("number"))  # fmt: skip


def job_material(db: Session, number: str) -> JobMaterial:
    """The page of a job's material; five statements."""
    found = run(db, _JOB_ID, {"number": number}).one_or_none()
    if found is None:
        raise NotFound(f"Aucun ordre de fabrication n’a le numéro « {number} ».")
    terms = job_terms(db, found[0])
    return JobMaterial(
        routing_of_job(db, found[0]), found[1], terms, material_of_jobs(db, [found[0]]),
        choices_for(db, terms.company_id),
    )  # fmt: skip


# ----------------------------------------------------------------------------------------------------------- the trace
@dataclass(frozen=True, slots=True)
class TraceLine:
    """A line of an order with its job and the lots that went into it."""

    line_no: int
    label: str
    job: str | None
    lots: list[Use]


@dataclass(frozen=True, slots=True)
class OrderTrace:
    """From an order's lines to lots, certificates and heat numbers."""

    number: str
    client: str
    state: OrderState
    due_on: date
    delivered_on: date | None
    lines: list[TraceLine]


_TRACED = (
    select(CustomerOrder.id, Company.name, CustomerOrder.state, CustomerOrder.due_on, CustomerOrder.delivered_on)
    .join(Company, Company.id == CustomerOrder.company_id)
    .where(CustomerOrder.number == bindparam("number"))
)
_TRACED_LINES = (
    select(OrderLine.id, OrderLine.line_no, OrderLine.label, Job.number)
    .outerjoin(Job, Job.line_id == OrderLine.id)
    .where(OrderLine.order_id == bindparam("order"))
    .order_by(OrderLine.line_no)
)


def trace_of_order(db: Session, number: str) -> OrderTrace:
    """What every line of an order was made from; three statements."""
    head = run(db, _TRACED, {"number": number}).one_or_none()
    if head is None:
        raise NotFound(f"Aucune commande n’a le numéro « {number} ».")
    uses = lots_of_order(db, head[0])
    lines = [
        TraceLine(line_no, label, job, [use for use in uses if use.line_id == line_id])
        for line_id, line_no, label, job in run(db, _TRACED_LINES, {"order": head[0]}).all()
    ]
    _, client, state, due_on, delivered_on = head
    return OrderTrace(number, client, state, due_on, delivered_on, lines)


# ------------------------------------------------------------------------------------------------------------ its cost
@dataclass(frozen=True, slots=True)
class MaterialCost:
    """Euros of the material a job consumed, off-cuts taken off; `unknown` lots have no price and count for nothing."""

    euros: Decimal = Decimal(0)
    unknown: int = 0


def material_costs(db: Session, job_ids: Collection[int]) -> dict[int, MaterialCost]:
    """What the material of each job cost; a client's own costs nothing. One statement."""
    found: dict[int, list[Use]] = {job_id: [] for job_id in job_ids}
    for use in material_of_jobs(db, job_ids):
        found[use.job_id].append(use)
    return {job_id: _cost(uses) for job_id, uses in found.items()}


def _cost(uses: Iterable[Use]) -> MaterialCost:
    bought = [use for use in uses if not use.owned and use.net]
    return MaterialCost(
        sum((use.net * use.unit_cost for use in bought if use.unit_cost is not None), Decimal(0)),
        sum(1 for use in bought if use.unit_cost is None),
    )
