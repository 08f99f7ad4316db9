"""Work centres, jobs, tickets and what is booked on them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.clock import now, today
from app.core.text import fold
from app.machines.models import Clearance, Declaration, WorkCenter
from app.orders.models import CustomerOrder, OrderLine
from app.pedagogy.models import Pupil
from app.workshop.models import Assignment, Job, Operation, QuantityReport, Ticket, WorkSession
from app.workshop.rules import EndCause, JobState, TicketState
from tests.factories.accounts import make_staff
from tests.factories.numbers import serial
from tests.factories.orders import make_order

OVER = {TicketState.DONE, TicketState.CANCELLED}


def make_work_center(db: Session, **other: Any) -> WorkCenter:
    """A bench whose work is not regulated."""
    n = serial()
    values = {"code": f"TOUR{n}", "label": f"Tour conventionnel {n}", "capacity": 1} | other
    values.setdefault("sort_key", fold(values["label"]))
    center = WorkCenter(**values)
    db.add(center)
    db.flush()
    return center


def make_declaration(db: Session, **other: Any) -> Declaration:
    """A declaration of derogation sent a month ago."""
    values = {
        "code": f"D{serial()}", "sent_on": today() - timedelta(days=30), "articles": "D4153-28", "work_centers": "",
        "diplomas": "",
    } | other  # fmt: skip
    declaration = Declaration(**values)
    db.add(declaration)
    db.flush()
    return declaration


def make_clearance(db: Session, pupil: Pupil, *, work_center: WorkCenter | None = None, **other: Any) -> Clearance:
    """A fit medical opinion, or with a work centre a passed safety training, of last week."""
    facts = {"kind": "safety", "result": "passed"} if work_center else {"kind": "medical", "result": "fit"}
    values = facts | {"on_date": today() - timedelta(days=7)} | other
    clearance = Clearance(pupil_id=pupil.id, work_center_id=work_center.id if work_center else None, **values)
    db.add(clearance)
    db.flush()
    return clearance


def make_job(
    db: Session, line: OrderLine | None = None, *, operations: int = 2, quantity: int | None = None, **other: Any
) -> Job:
    """A released job for an order line (a new order's, when none is given) with its routing."""
    line = line or _first_line(db, make_order(db))
    order = db.get_one(CustomerOrder, line.order_id)
    wanted = quantity if quantity is not None else int(line.quantity.to_integral_value())
    values = {
        "number": f"OF-{serial():05}", "due_on": order.due_on, "state": JobState.RELEASED, "created_at": now(),
    } | other  # fmt: skip
    job = Job(line_id=line.id, order_id=order.id, quantity=wanted, **values)
    db.add(job)
    db.flush()
    for _ in range(operations):
        make_operation(db, job)
    return job


def make_operation(db: Session, job: Job, *, work_center: WorkCenter | None = None, **other: Any) -> Operation:
    """The next step of the routing: ten minutes to set up, five a piece."""
    last = db.scalar(select(func.max(Operation.seq)).where(Operation.job_id == job.id)) or 0
    values = {"seq": last + 10, "label": f"Tournage {last // 10 + 1}", "setup_seconds": 600, "unit_seconds": 300}
    operation = Operation(
        job_id=job.id, work_center_id=(work_center or make_work_center(db)).id, **(values | other)
    )  # fmt: skip
    db.add(operation)
    db.flush()
    db.expire(job, ["operations"])
    return operation


def operations_of(db: Session, job: Job) -> Sequence[Operation]:
    """The routing in its order."""
    return db.scalars(select(Operation).where(Operation.job_id == job.id).order_by(Operation.seq)).all()


def make_ticket(
    db: Session,
    operation: Operation | None = None,
    *,
    pupil: Pupil | None = None,
    master: Staff | None = None,
    state: TicketState | None = None,
    **other: Any,
) -> Ticket:
    """A ticket for all pieces of the operation: to be given, or in the hands of `pupil`."""
    operation = operation or operations_of(db, make_job(db))[0]
    job = db.get_one(Job, operation.job_id)
    state = state or (TicketState.ASSIGNED if pupil else TicketState.OPEN)
    values = {
        "number": f"BT-{serial():05}", "quantity": job.quantity, "for_day": today() if pupil else None,
        "created_at": now(),
    } | other  # fmt: skip
    ticket = Ticket(operation_id=operation.id, state=state, **values)
    db.add(ticket)
    db.flush()
    if pupil:
        make_assignment(db, ticket, pupil, master=master, ended_at=now() if state in OVER else None)
    return ticket


def make_assignment(
    db: Session, ticket: Ticket, pupil: Pupil, *, master: Staff | None = None, ended_at: datetime | None = None
) -> Assignment:
    """One more pupil holds the ticket."""
    assignment = Assignment(
        ticket_id=ticket.id, pupil_id=pupil.id, master_id=(master or make_staff(db)).id, given_at=now(),
        ended_at=ended_at,
    )  # fmt: skip
    db.add(assignment)
    db.flush()
    db.expire(ticket, ["assignments"])
    return assignment


def make_work_session(
    db: Session, ticket: Ticket, pupil: Pupil, *, minutes: int | None = 60, started_at: datetime | None = None
) -> WorkSession:
    """Closed work of that length, booked on the ticket and its operation; `minutes=None` leaves it running."""
    started_at = started_at or now() - timedelta(minutes=minutes or 0)
    session = WorkSession(ticket_id=ticket.id, pupil_id=pupil.id, started_at=started_at, at=now())
    if minutes is not None:
        session.ended_at, session.end_cause = started_at + timedelta(minutes=minutes), EndCause.SELF
        for counted in (ticket, db.get_one(Operation, ticket.operation_id)):
            counted.booked_seconds += minutes * 60
            counted.machine_seconds += minutes * 60
    db.add(session)
    db.flush()
    return session


def make_quantity_report(
    db: Session, ticket: Ticket, pupil: Pupil, *, good: int, scrap: int = 0, work_session: WorkSession | None = None
) -> QuantityReport:
    """Pieces stated on the ticket; ticket, operation and, for the last operation, order line follow."""
    report = QuantityReport(
        ticket_id=ticket.id, pupil_id=pupil.id, good=good, scrap=scrap, at=now(),
        work_session_id=work_session.id if work_session else None, reason="Cote hors tolérance" if scrap else None,
    )  # fmt: skip
    db.add(report)
    operation = db.get_one(Operation, ticket.operation_id)
    for counted in (ticket, operation):
        counted.good += good
        counted.scrap += scrap
    job = db.get_one(Job, operation.job_id)
    if operations_of(db, job)[-1].id == operation.id:
        db.get_one(OrderLine, job.line_id).good += good
    db.flush()
    return report


def _first_line(db: Session, order: CustomerOrder) -> OrderLine:
    line = db.scalars(select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.line_no)).first()
    assert line is not None
    assert line.quantity >= Decimal(1)
    return line
