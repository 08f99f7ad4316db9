"""Reads about jobs: one, those of an order, and the report of its operations."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clients.models import Company
from app.core.errors import NotFound
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OrderState
from app.workshop.models import Job, Operation, Ticket
from app.workshop.queries.drawings import DrawingSet, drawing_sets
from app.workshop.queries.learning import outlooks
from app.workshop.queries.material_uses import Use, lots_of_order
from app.workshop.queries.routing import Routing, lock_routing, routings_of_order
from app.workshop.queries.tickets import TicketRow, ticket_rows
from app.workshop.rules import OperationState, Outlook, minutes


@dataclass(frozen=True, slots=True)
class BareLine:
    """A line of an order that has no job yet."""

    id: int
    line_no: int
    label: str
    quantity: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class OrderJobs:
    """The workshop's view of an order: its jobs, their tickets, and the lines nobody has planned yet."""

    order_id: int
    number: str
    client: str
    state: OrderState
    due_on: date
    jobs: list[Routing]
    tickets: list[TicketRow]
    bare_lines: list[BareLine]
    outlooks: dict[int, Outlook]
    drawings: dict[int, list[DrawingSet]]
    material: list[Use]

    @property
    def live(self) -> list[TicketRow]:
        """Tickets neither done nor cancelled."""
        return [ticket for ticket in self.tickets if ticket.live]

    @property
    def reserved(self) -> list[Use]:
        """Material set aside and not consumed."""
        return [use for use in self.material if use.reserved > 0]


@dataclass(frozen=True, slots=True)
class OperationRow:
    """One operation of the report (FORMAT.md: booked minutes, good and scrap are sums over its bookings)."""

    order: str
    line: int
    operation: int
    work_center: str
    booked_minutes: int
    good: int
    scrap: int
    state: OperationState


def get_job(db: Session, number: str, *, lock: bool = False) -> Job:
    """A job. `lock` also holds its routing."""
    if lock:
        job_id = select(Job.id).where(Job.number == number).scalar_subquery()
        lock_routing(db, Operation.job_id == job_id)
    query = select(Job).where(Job.number == number)
    found = db.execute(query.with_for_update(of=Job) if lock else query).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Aucun ordre de fabrication n’a le numéro « {number} ».")
    return found


def order_jobs(db: Session, number: str) -> OrderJobs:
    """The jobs of an order, for the tab of its page."""
    head = db.execute(
        select(CustomerOrder.id, CustomerOrder.state, CustomerOrder.due_on, Company.name)
        .join(Company, Company.id == CustomerOrder.company_id)
        .where(CustomerOrder.number == number)
    ).one_or_none()
    if head is None:
        raise NotFound(f"Aucune commande n’a le numéro « {number} ».")
    bare = db.execute(
        select(OrderLine.id, OrderLine.line_no, OrderLine.label, OrderLine.quantity, OrderLine.unit)
        .outerjoin(Job, Job.line_id == OrderLine.id)
        .where(OrderLine.order_id == head.id, Job.id.is_(None))
        .order_by(OrderLine.line_no)
    )
    jobs, bare_lines = routings_of_order(db, head.id), [BareLine(*row) for row in bare]
    drawings = drawing_sets(db, [*(job.line_id for job in jobs), *(line.id for line in bare_lines)])
    return OrderJobs(
        head.id, number, head.name, head.state, head.due_on, jobs, ticket_rows(db, Job.order_id == head.id),
        bare_lines, outlooks(db, jobs), drawings, lots_of_order(db, head.id),
    )  # fmt: skip


def operations_of_order(db: Session, number: str) -> list[OperationRow]:
    """The report of an order's operations, by line and number."""
    order_id = db.execute(select(CustomerOrder.id).where(CustomerOrder.number == number)).scalar_one_or_none()
    if order_id is None:
        raise NotFound(f"Aucune commande n’a le numéro « {number} ».")
    return [
        OperationRow(
            number, job.line_no, operation.step.seq, operation.center, minutes(operation.step.booked_seconds),
            operation.step.good, operation.step.scrap, job.state_at(place),
        )
        for job in routings_of_order(db, order_id)
        for place, operation in enumerate(job.operations)
    ]  # fmt: skip


def get_line(db: Session, order_number: str, line_no: int, *, lock: bool = False) -> OrderLine:
    """A line of an order; `lock` holds its routing and then it, in the order of whoever states pieces, so that it gets
    one job and one index at a time.
    """
    if lock:
        order = select(CustomerOrder.id).where(CustomerOrder.number == order_number).scalar_subquery()
        line = select(OrderLine.id).where(OrderLine.order_id == order, OrderLine.line_no == line_no).scalar_subquery()
        lock_routing(db, Job.line_id == line)
    query = (
        select(OrderLine)
        .join(CustomerOrder, CustomerOrder.id == OrderLine.order_id)
        .where(CustomerOrder.number == order_number, OrderLine.line_no == line_no)
    )
    found = db.execute(query.with_for_update(of=OrderLine) if lock else query).scalar_one_or_none()
    if found is None:
        raise NotFound(f"La commande « {order_number} » n’a pas de ligne {line_no}.")
    return found


def job_operation(db: Session, job: Job, seq: int) -> Operation:
    """An operation of a job by its number."""
    query = select(Operation).where(Operation.job_id == job.id, Operation.seq == seq)
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound(f"L’{job.number} n’a pas d’opération {seq}.")
    return found


def job_of_line(db: Session, line_id: int) -> str | None:
    """The number of the line's job, if it has one."""
    return db.execute(select(Job.number).where(Job.line_id == line_id)).scalar_one_or_none()


def similar_job(db: Session, label: str) -> int | None:
    """The latest job made for a line of exactly that label: its routing is a good start."""
    return db.execute(
        select(Job.id)
        .join(OrderLine, OrderLine.id == Job.line_id)
        .where(OrderLine.label == label)
        .order_by(Job.id.desc())
        .limit(1)
    ).scalar_one_or_none()


def tickets_of_job(db: Session, job_id: int) -> dict[int, int]:
    """Per operation how many tickets it ever had."""
    rows = db.execute(
        select(Ticket.operation_id)
        .join(Operation, Operation.id == Ticket.operation_id)
        .where(Operation.job_id == job_id)
    ).scalars()
    found: dict[int, int] = {}
    for operation_id in rows:
        found[operation_id] = found.get(operation_id, 0) + 1
    return found
