"""What is summed from the facts of tickets: tickets, operations, order lines; and the states that follow."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import now
from app.exchange.apply.writing import batches, update_rows
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OrderState
from app.workshop.models import Assignment, Job, Operation, QuantityReport, Ticket, WorkSession
from app.workshop.rules import Step, TicketState, available_pieces, job_state, settled_ticket

ENDED = (TicketState.DONE, TicketState.CANCELLED)


def settle_work(db: Session, tickets: Collection[int], jobs: Collection[int]) -> None:
    """Count these tickets again, then their operations and lines; their jobs and `jobs` take the state that follows."""
    operations: set[int] = set()
    for batch in batches(sorted(tickets)):
        _count_tickets(db, batch)
        operations.update(db.scalars(select(Ticket.operation_id).where(Ticket.id.in_(batch))))
    touched = set(jobs)
    for batch in batches(sorted(operations)):
        _count_operations(db, batch)
        touched.update(db.scalars(select(Operation.job_id).where(Operation.id.in_(batch))))
    for batch in batches(sorted(touched)):
        _settle_jobs(db, batch)


def _count_tickets(db: Session, batch: Sequence[int]) -> None:
    sums = {row_id: {"id": row_id, "good": 0, "scrap": 0, "booked_seconds": 0} for row_id in batch}
    report = QuantityReport
    for row_id, good, scrap in db.execute(
        select(report.ticket_id, func.sum(report.good), func.sum(report.scrap))
        .where(report.ticket_id.in_(batch))
        .group_by(report.ticket_id)
    ):
        sums[row_id] |= {"good": int(good), "scrap": int(scrap)}
    for row_id, start, end in standing_sessions(db, batch):
        sums[row_id]["booked_seconds"] += int((end - start).total_seconds())
    update_rows(db, Ticket, list(sums.values()))


def standing_sessions(db: Session, tickets: Collection[int]) -> Iterator[tuple[int, datetime, datetime]]:
    """(ticket, start, end) of closed time that is neither reversed nor reversing."""
    session = WorkSession
    rows = db.execute(
        select(session.id, session.ticket_id, session.started_at, session.ended_at, session.reverses_id).where(
            session.ticket_id.in_(tickets), session.ended_at.is_not(None)
        )
    ).all()
    taken_back = {row.reverses_id for row in rows}
    for row in rows:
        if row.reverses_id is None and row.id not in taken_back and row.ended_at is not None:
            yield row.ticket_id, row.started_at, row.ended_at


def _count_operations(db: Session, batch: Sequence[int]) -> None:
    found = db.execute(
        select(Ticket.operation_id, func.sum(Ticket.good), func.sum(Ticket.scrap), func.sum(Ticket.booked_seconds))
        .where(Ticket.operation_id.in_(batch))
        .group_by(Ticket.operation_id)
    )
    update_rows(db, Operation, [
        {"id": row_id, "good": int(good), "scrap": int(scrap), "booked_seconds": int(seconds)}
        for row_id, good, scrap, seconds in found
    ])  # fmt: skip


def _settle_jobs(db: Session, batch: Sequence[int]) -> None:
    heads = db.execute(
        select(Job.id, Job.line_id, Job.quantity, Job.state, CustomerOrder.state.label("order_state"))
        .join(CustomerOrder, CustomerOrder.id == Job.order_id)
        .where(Job.id.in_(batch))
    ).all()
    steps, tickets = _steps(db, batch), _tickets(db, batch)
    lines, jobs, moved = [], [], []
    for head in heads:
        routing = steps.get(head.id, [])
        rows = [Step(s.seq, s.label, head.quantity, s.good, s.scrap, booked_seconds=s.booked_seconds) for s in routing]
        own = tickets.get(head.id, [])
        if routing:
            lines.append({"id": head.line_id, "good": routing[-1].good})
        state = job_state(head.order_state, rows, tickets=bool(own))
        if state != head.state:
            jobs.append({"id": head.id, "state": state})
        finished = {step.id for step, over in zip(routing, _finished(rows), strict=True) if over}
        moved += _moved_tickets(own, head.order_state, finished)
    update_rows(db, OrderLine, lines)
    update_rows(db, Job, jobs)
    update_rows(db, Ticket, moved)
    for part in batches([row["id"] for row in moved if row["state"] in ENDED]):
        _end_assignments(db, part)


def _steps(db: Session, batch: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    o = Operation
    statement = select(o.id, o.job_id, o.seq, o.label, o.good, o.scrap, o.booked_seconds).where(o.job_id.in_(batch))
    for row in db.execute(statement.order_by(o.seq)):
        found.setdefault(row.job_id, []).append(row)
    return found


def _tickets(db: Session, batch: Sequence[int]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    statement = (
        select(Ticket.id, Ticket.state, Ticket.operation_id, Ticket.booked_seconds, Ticket.good, Operation.job_id)
        .join(Operation, Operation.id == Ticket.operation_id)
        .where(Operation.job_id.in_(batch))
    )
    for row in db.execute(statement):
        found.setdefault(row.job_id, []).append(row)
    return found


def _finished(steps: Sequence[Step]) -> list[bool]:
    """An operation is over when every piece is good, or when nothing is left to make of what came from before."""
    over: list[bool] = []
    for place, step in enumerate(steps):
        over.append(step.done or (place > 0 and over[-1] and available_pieces(steps, place) == 0))
    return over


def _moved_tickets(tickets: Sequence[Any], order: OrderState, finished: Collection[int]) -> list[dict[str, Any]]:
    found = []
    for row in tickets:
        worked = bool(row.booked_seconds or row.good)
        state = settled_ticket(row.state, order, worked=worked, done=row.operation_id in finished)
        if state != row.state:
            found.append({"id": row.id, "state": state})
    return found


def _end_assignments(db: Session, tickets: Collection[int]) -> None:
    """Nobody holds a ticket that is over: the assignment ends with its last booked time."""
    last: dict[int, datetime] = {}
    for ticket, _start, end in standing_sessions(db, tickets):
        last[ticket] = max(last.get(ticket, end), end)
    held = db.execute(
        select(Assignment.id, Assignment.ticket_id).where(
            Assignment.ticket_id.in_(tickets), Assignment.ended_at.is_(None)
        )
    )
    update_rows(db, Assignment, [{"id": row_id, "ended_at": last.get(ticket, now())} for row_id, ticket in held])
