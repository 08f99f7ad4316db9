"""What jobs cost, against the net of their order lines."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.core.errors import NotFound
from app.machines.models import WorkCenter
from app.orders.models import OrderLine
from app.workshop.models import Job, Operation, Ticket
from app.workshop.queries.material_uses import MaterialCost, material_costs
from app.workshop.rules import JobCost, OperationCost, TicketKind, TicketState

AGAIN = (TicketKind.REWORK, TicketKind.REMAKE)
_again = (
    select(
        Ticket.operation_id,
        func.sum(case((Ticket.kind == TicketKind.REWORK, Ticket.good + Ticket.scrap), else_=0)).label("pieces"),
        func.sum(case((Ticket.booked_seconds > 0, 1), else_=0)).label("begun"),
        func.sum(Ticket.booked_seconds).label("booked"),
    )
    .where(Ticket.kind.in_(AGAIN), Ticket.state != TicketState.CANCELLED)
    .group_by(Ticket.operation_id)
    .subquery()
)
_COSTS: Any = (
    select(
        Job.id, Job.number, OrderLine.net, Operation.seq, Operation.label, WorkCenter.label, WorkCenter.hourly_rate,
        Operation.setup_seconds, Operation.unit_seconds, Job.quantity, Operation.scrap, Operation.machine_seconds,
        Operation.booked_seconds, func.coalesce(_again.c.pieces, 0), func.coalesce(_again.c.begun, 0),
        func.coalesce(_again.c.booked, 0),
    )
    .join(OrderLine, OrderLine.id == Job.line_id)
    .outerjoin(Operation, Operation.job_id == Job.id)
    .outerjoin(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .outerjoin(_again, _again.c.operation_id == Operation.id)
    .order_by(Job.id, Operation.seq)
)  # fmt: skip
_OF_JOB = _COSTS.where(Job.number == bindparam("number"))
_OF_ORDER = _COSTS.where(Job.order_id == bindparam("order"))


def job_cost(db: Session, number: str) -> JobCost:
    """What a job costs; two statements."""
    found = _costs(db, run(db, _OF_JOB, {"number": number}).all())
    if not found:
        raise NotFound(f"Aucun ordre de fabrication n’a le numéro « {number} ».")
    return next(iter(found.values()))


def order_costs(db: Session, order_id: int) -> dict[str, JobCost]:
    """What each job of an order costs, by number; two statements."""
    return _costs(db, run(db, _OF_ORDER, {"order": order_id}).all())


def _costs(db: Session, rows: Sequence[Any]) -> dict[str, JobCost]:
    jobs: dict[int, list[Any]] = {}
    for row in rows:
        jobs.setdefault(row[0], []).append(row)
    material = material_costs(db, list(jobs)) if jobs else {}
    return {some[0][1]: _cost(some, material.get(id_, MaterialCost())) for id_, some in jobs.items()}


def _cost(rows: list[Any], material: MaterialCost) -> JobCost:
    operations = tuple(_operation(row[3:]) for row in rows if row[3] is not None)
    return JobCost(Decimal(rows[0][2]), operations, material.euros, material.unknown)


def _operation(row: Any) -> OperationCost:
    """Scrapped pieces took their unit time; work put right its unit time again; each begun again a setting up."""
    seq, label, center, rate, setup, unit, wanted, scrap, machine, booked, pieces, begun, again = row
    lost = unit * (scrap + int(pieces)) + setup * int(begun)
    return OperationCost(seq, label, center, rate, setup + unit * wanted, lost, machine, booked, int(again))
