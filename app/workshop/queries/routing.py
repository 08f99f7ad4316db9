"""Jobs with the operations of their routing and how far each is: one statement for a job, an order or the workshop."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.core.errors import NotFound
from app.machines.models import WorkCenter
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OPEN_STATES, OrderState
from app.workshop.models import Drawing, Job, Operation, Ticket
from app.workshop.rules import (
    HELD_STATES,
    JOB_OVER,
    LIVE_STATES,
    JobState,
    OperationState,
    Step,
    TicketState,
    available_pieces,
    frozen_reason,
    job_state,
    left_to_give,
    operation_state,
    why_waiting,
)

REST = Ticket.quantity - Ticket.good - Ticket.scrap - Ticket.aside
OPEN_PIECES: ColumnElement[int] = case((REST > 0, REST), else_=0)
IN_WORKSHOP = (CustomerOrder.state.in_(OPEN_STATES), Job.state.not_in(JOB_OVER))


@dataclass(frozen=True, slots=True)
class Routed:
    """One operation of a routing with its work centre; times in seconds."""

    id: int
    step: Step
    center_id: int
    center: str
    center_label: str
    setup_seconds: int
    unit_seconds: int
    skill: str | None
    version: int
    tickets: int
    held: int


@dataclass(frozen=True, slots=True)
class Routing:
    """A job, what it is for, and its operations in order."""

    job_id: int
    number: str
    quantity: int
    due_on: date
    state: JobState
    version: int
    line_id: int
    line_no: int
    line_label: str
    unit: str
    order_number: str
    order_state: OrderState
    line_good: int
    operations: tuple[Routed, ...]
    steps: tuple[Step, ...]  # what the rules need of the operations
    frozen: str | None = None  # the index of a drawing that waits for a master

    @property
    def standing(self) -> JobState:
        """The job's state as its order and its tickets give it now; what is stored follows at the next change."""
        return job_state(self.order_state, self.steps, tickets=any(each.tickets for each in self.operations))

    @property
    def cancelled(self) -> bool:
        """Nothing more will be made for it."""
        return self.order_state == OrderState.CANCELLED

    @property
    def delivered(self) -> bool:
        """What was made of it has left, even where some pieces are missing."""
        return self.order_state in {OrderState.DELIVERED, OrderState.INVOICED}

    @property
    def good(self) -> int:
        """Pieces good out of the last operation."""
        return self.operations[-1].step.good if self.operations else 0

    def index(self, operation_id: int) -> int:
        """The place of an operation."""
        return next(place for place, each in enumerate(self.operations) if each.id == operation_id)

    def operation(self, operation_id: int) -> Routed:
        """An operation of this routing."""
        return self.operations[self.index(operation_id)]

    def state_at(self, place: int) -> OperationState:
        """Ready, waiting, running, done or cancelled."""
        return operation_state(self.steps, place, cancelled=self.cancelled, delivered=self.delivered)

    def waiting_at(self, place: int) -> str | None:
        """What the operation waits for: a master's word on a new index, else pieces."""
        if self.frozen and not self.steps[place].done:
            return frozen_reason(self.frozen)
        return why_waiting(self.steps, place)

    def available_at(self, place: int) -> int:
        """Pieces that may be made there now."""
        return available_pieces(self.steps, place)

    def left_at(self, place: int) -> int:
        """Pieces neither good nor on a live ticket."""
        return left_to_give(self.operations[place].step)


def _live() -> Any:
    """Per operation: live tickets, those in somebody's hands or begun, and the pieces open on them."""
    return (
        select(
            Ticket.operation_id,
            func.count().label("tickets"),
            func.sum(case((Ticket.state.in_(HELD_STATES), 1), else_=0)).label("held"),
            func.sum(case((Ticket.state == TicketState.RUNNING, 1), else_=0)).label("running"),
            func.sum(OPEN_PIECES).label("given"),
        )
        .where(Ticket.state.in_(LIVE_STATES))
        .group_by(Ticket.operation_id)
        .subquery()
    )


_LIVE = _live()
_FROZEN = (
    select(func.max(Drawing.index_letter))
    .where(Drawing.line_id == Job.line_id, Drawing.confirmed_at.is_(None), Drawing.withdrawn_at.is_(None))
    .correlate(Job)
    .scalar_subquery()
)
# Put together once: building it costs more than running it.
_ROUTINGS: Any = (
    select(
        Job.id, Job.number, Job.quantity, Job.due_on, Job.state, Job.version, Job.line_id, OrderLine.line_no,
        OrderLine.label, OrderLine.unit, CustomerOrder.number, CustomerOrder.state, OrderLine.good,
        Operation.id, Operation.seq, Operation.label, Operation.good, Operation.scrap, Operation.booked_seconds,
        Operation.work_center_id, WorkCenter.code, WorkCenter.label, Operation.setup_seconds,
        Operation.unit_seconds, Operation.skill_code, Operation.version,
        func.coalesce(_LIVE.c.tickets, 0), func.coalesce(_LIVE.c.held, 0), func.coalesce(_LIVE.c.running, 0),
        func.coalesce(_LIVE.c.given, 0), Operation.isolated, Operation.extra, _FROZEN,
    )
    .join(OrderLine, OrderLine.id == Job.line_id)
    .join(CustomerOrder, CustomerOrder.id == Job.order_id)
    .outerjoin(Operation, Operation.job_id == Job.id)
    .outerjoin(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .outerjoin(_LIVE, _LIVE.c.operation_id == Operation.id)
)  # fmt: skip
_OF_JOB = _ROUTINGS.where(Job.id == bindparam("job")).order_by(Operation.seq)
_OF_OPERATION = _ROUTINGS.where(
    Job.id == select(Operation.job_id).where(Operation.id == bindparam("operation")).scalar_subquery()
).order_by(Operation.seq)

_TO_MAKE = _ROUTINGS.where(*IN_WORKSHOP).order_by(Job.due_on, Job.id, Operation.seq)


def load_routings(db: Session, *conditions: ColumnElement[bool]) -> list[Routing]:
    """The jobs that meet the conditions, by due date; one statement."""
    return _grouped(run(db, _ROUTINGS.where(*conditions).order_by(Job.due_on, Job.id, Operation.seq)).all())


def _grouped(rows: Sequence[Any]) -> list[Routing]:
    return [_routing(list(group)) for _, group in groupby(rows, key=lambda row: row[0])]


def _routing(rows: list[Any]) -> Routing:
    head = rows[0]
    operations = tuple(_routed(row[13:], head[2]) for row in rows if row[13] is not None)
    return Routing(*(*head[:13], operations, tuple(operation.step for operation in operations), rows[0][-1]))


def _routed(row: Any, wanted: int) -> Routed:
    (
        id_, seq, label, good, scrap, booked, center_id, center, center_label, setup, unit, skill, version, tickets,
        held, running, given, isolated, extra, _,
    ) = row  # fmt: skip
    step = Step(seq, label, wanted + extra, good, scrap, int(given), booked, running > 0, isolated)
    return Routed(
        id_, step, center_id, center, center_label, setup, unit, skill, version, int(tickets), int(held)
    )  # fmt: skip


def routing_of_job(db: Session, job_id: int) -> Routing:
    """One job with its operations."""
    found = _grouped(run(db, _OF_JOB, {"job": job_id}).all())
    return _one(found, "Cet ordre de fabrication n’existe pas.")


def routing_of_operation(db: Session, operation_id: int) -> Routing:
    """The job of an operation, with all its operations."""
    found = _grouped(run(db, _OF_OPERATION, {"operation": operation_id}).all())
    return _one(found, "Cette opération n’existe pas.")


def routings_of_order(db: Session, order_id: int) -> list[Routing]:
    """The jobs of an order, by line."""
    return sorted(load_routings(db, Job.order_id == order_id), key=lambda routing: routing.line_no)


def routings_in_workshop(db: Session) -> list[Routing]:
    """Every job still to be made, of orders confirmed and not delivered."""
    return _grouped(run(db, _TO_MAKE).all())


def _one(found: list[Routing], sentence: str) -> Routing:
    if not found:
        raise NotFound(sentence)
    return found[0]


def one_writer(db: Session) -> bool:
    """SQLite: whoever writes already holds the whole database."""
    return db.get_bind().dialect.name == "sqlite"


def lock_routing(db: Session, *conditions: ColumnElement[bool]) -> None:
    """Hold every operation of the jobs that meet the conditions, in order, until the end of the transaction.

    Pieces of one operation bound those of its neighbours: whoever changes one must hold them all. SQLite has one writer
    and needs nothing.
    """
    if one_writer(db):
        return
    jobs = select(Operation.job_id).join(Job, Job.id == Operation.job_id).where(*conditions)
    db.execute(
        select(Operation.id)
        .where(Operation.job_id.in_(jobs))
        .order_by(Operation.job_id, Operation.seq)
        .with_for_update()
    )


def lock_operations(db: Session, operation_ids: Iterable[int]) -> None:
    """Hold the whole routings of these operations."""
    lock_routing(db, Operation.id.in_(list(operation_ids)))


def find_operation_id(db: Session, order_number: str, line_no: int, seq: int) -> int:
    """The operation the school calls « order, line, operation »."""
    found = db.execute(
        select(Operation.id)
        .join(Job, Job.id == Operation.job_id)
        .join(OrderLine, OrderLine.id == Job.line_id)
        .join(CustomerOrder, CustomerOrder.id == Job.order_id)
        .where(CustomerOrder.number == order_number, OrderLine.line_no == line_no, Operation.seq == seq)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(f"La commande « {order_number} » n’a pas d’opération {seq} à la ligne {line_no}.")
    return found
