"""Both clocks of operations, tickets, jobs and orders, and a pupil's own trend."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.core.clock import local, today
from app.core.db import run
from app.pedagogy.models import Membership, Pupil
from app.workshop.models import Job, Operation, QuantityReport, Ticket, WorkSession
from app.workshop.queries.people import on_day
from app.workshop.rules import (
    Clocks,
    Factors,
    Past,
    SessionWork,
    Timed,
    Trend,
    Work,
    earned_seconds,
    person_seconds,
    training_year,
)

POINTS = 8

_FACTORS = (
    select(
        Operation.id, Operation.setup_seconds, Operation.unit_seconds, Job.quantity + Operation.extra, Operation.good,
        Operation.booked_seconds, Operation.machine_seconds, Operation.factor_1, Operation.factor_2,
        Operation.factor_3,
    )
    .join(Job, Job.id == Operation.job_id)
)  # fmt: skip
_OF_JOB = _FACTORS.where(Operation.job_id == bindparam("job"))
_OF_ORDER = _FACTORS.where(Job.order_id == bindparam("order"))
_OF_OPERATION = _FACTORS.where(Operation.id == bindparam("operation"))
_ENTERED = select(Pupil.entered_on).where(Pupil.id.in_(bindparam("pupils", expanding=True)))
_YEARS = (
    select(Pupil.entered_on)
    .join(Membership, Membership.pupil_id == Pupil.id)
    .where(on_day(bindparam("day")))
    .group_by(Pupil.id, Pupil.entered_on)
)


def years_of_training(db: Session, day: date) -> Mapping[int, int]:
    """How many pupils are in their first, second, third year that day; one statement."""
    rows = run(db, _YEARS, {"day": day}).scalars().all()
    return Counter(training_year(entered_on, day) for entered_on in rows)


def clocks_of_job(db: Session, job_id: int) -> dict[int, Clocks]:
    """Both clocks of every operation of a job; two statements."""
    return _clocks(run(db, _OF_JOB, {"job": job_id}).all(), years_of_training(db, today()))


def clocks_of_order(db: Session, order_id: int) -> dict[int, Clocks]:
    """Both clocks of every operation of an order's jobs; two statements."""
    return _clocks(run(db, _OF_ORDER, {"order": order_id}).all(), years_of_training(db, today()))


def _clocks(rows: Any, years: Mapping[int, int]) -> dict[int, Clocks]:
    return {
        id_: Work(setup, unit, wanted, good, learning, machine, Factors(*factors).mean(years)).clocks
        for id_, setup, unit, wanted, good, learning, machine, *factors in rows
    }


def clocks_of_ticket(db: Session, ticket: Ticket, pupil_ids: Sequence[int]) -> Clocks:
    """Both clocks of a ticket, planned with the factor of those who hold it; two statements."""
    day = today()
    row = run(db, _OF_OPERATION, {"operation": ticket.operation_id}).one()
    entered = run(db, _ENTERED, {"pupils": list(pupil_ids)}).scalars().all()
    years = Counter(training_year(each, day) for each in entered) or years_of_training(db, day)
    return Work(
        row.setup_seconds, row.unit_seconds, ticket.quantity, ticket.good, ticket.booked_seconds,
        ticket.machine_seconds, Factors(row.factor_1, row.factor_2, row.factor_3).mean(years),
    ).clocks  # fmt: skip


_reversal = aliased(WorkSession)
_here = aliased(Operation)
_PAST = (
    select(
        Ticket.id, Ticket.number, Operation.setup_seconds, Operation.unit_seconds, WorkSession.started_at,
        WorkSession.ended_at, WorkSession.share,
    )
    .join(Ticket, Ticket.id == WorkSession.ticket_id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(_here, and_(_here.work_center_id == Operation.work_center_id, _here.label == Operation.label))
    .outerjoin(_reversal, _reversal.reverses_id == WorkSession.id)
    .where(
        WorkSession.pupil_id == bindparam("pupil"), _here.id == bindparam("operation"),
        WorkSession.ended_at.is_not(None), WorkSession.reverses_id.is_(None), _reversal.id.is_(None),
        WorkSession.kind != SessionWork.HELP,
    )
    .order_by(WorkSession.started_at.desc(), WorkSession.id.desc())
    .limit(200)
)  # fmt: skip
_GOOD = (
    select(QuantityReport.ticket_id, func.sum(QuantityReport.good))
    .where(
        QuantityReport.pupil_id == bindparam("pupil"),
        QuantityReport.ticket_id.in_(bindparam("tickets", expanding=True)),
    )
    .group_by(QuantityReport.ticket_id)
)


def own_trend(db: Session, pupil_id: int, operation_id: int) -> Trend:
    """A pupil's own way on this operation on this machine, ticket by ticket, oldest first; two statements.

    Only tickets with good pieces of his tell something; of a pair each has his own time and the pieces he stated.
    """
    rows = run(db, _PAST, {"pupil": pupil_id, "operation": operation_id}).all()
    tickets: dict[int, list[Any]] = {}
    for row in rows:
        tickets.setdefault(row[0], []).append(row)
    made = run(db, _GOOD, {"pupil": pupil_id, "tickets": list(tickets)}).all() if tickets else []
    good = {row[0]: int(row[1]) for row in made}
    points = [_past(some, good.get(id_, 0)) for id_, some in tickets.items()]
    return Trend(tuple(point for point in points if point.earned and point.seconds)[:POINTS][::-1])


def _past(rows: list[Any], good: int) -> Past:
    _, number, setup, unit, latest, *_ = rows[0]
    seconds = person_seconds([Timed(start, end, share) for *_, start, end, share in rows])
    return Past(local(latest).date(), number, seconds, earned_seconds(setup, unit, good))
