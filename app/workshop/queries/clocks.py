"""Clocks: which run, until when at the latest, and what time a pupil already has."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import School
from app.core.clock import instant, local
from app.core.db import run
from app.pedagogy.models import Membership, Pupil, TimetableSession
from app.workshop.models import Operation, Ticket, WorkSession
from app.workshop.queries.people import END_OF_DAY, PRACTICE
from app.workshop.queries.routing import one_writer
from app.workshop.rules import Busy, Interval, clock_end, daily_breaks, union_seconds, without

_reversal = aliased(WorkSession)
_BREAKS = select(School.daily_breaks).where(School.id == 1).scalar_subquery()
_WINDOWS = (
    select(Membership.pupil_id, TimetableSession.start_minute, TimetableSession.end_minute, _BREAKS)
    .join(Membership, Membership.group_id == TimetableSession.group_id)
    .where(
        Membership.pupil_id.in_(bindparam("pupils", expanding=True)), Membership.starts_on <= bindparam("day"),
        or_(Membership.ends_on.is_(None), Membership.ends_on >= bindparam("day")),
        TimetableSession.on_date == bindparam("day"), *PRACTICE,
    )
)  # fmt: skip
_OPEN_SESSIONS = (
    select(WorkSession, Ticket.number, Operation.label)
    .join(Ticket, Ticket.id == WorkSession.ticket_id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .where(WorkSession.pupil_id == bindparam("pupil"), WorkSession.ended_at.is_(None))
    .order_by(WorkSession.id)
)
_TIME = (
    select(WorkSession.started_at, WorkSession.ended_at, Ticket.number)
    .join(Ticket, Ticket.id == WorkSession.ticket_id)
    .outerjoin(_reversal, _reversal.reverses_id == WorkSession.id)
    .where(
        WorkSession.pupil_id == bindparam("pupil"), WorkSession.started_at < bindparam("end"),
        or_(WorkSession.ended_at.is_(None), WorkSession.ended_at > bindparam("start")),
        WorkSession.reverses_id.is_(None), _reversal.id.is_(None),
    )
    .order_by(WorkSession.started_at)
)  # fmt: skip


def work_windows(db: Session, pupil_ids: Sequence[int], day: date) -> dict[int, list[Interval]]:
    """When each pupil is at practice that day, the school's daily breaks taken out; one statement."""
    rows = run(db, _WINDOWS, {"pupils": list(pupil_ids), "day": day}).all()
    slots: dict[int, list[tuple[int, int]]] = {pupil_id: [] for pupil_id in pupil_ids}
    for pupil_id, start, end, _ in rows:
        slots[pupil_id].append((start, end))
    breaks = daily_breaks(rows[0][3] or "") if rows else []
    return {
        pupil_id: [(instant(day, start), instant(day, end)) for start, end in without(mine, breaks)]
        for pupil_id, mine in slots.items()
    }


def day_end(moment: datetime) -> datetime:
    """The last minute of the school's day of a moment."""
    return instant(local(moment).date(), END_OF_DAY)


def slot_end(db: Session, pupil_id: int, moment: datetime) -> datetime:
    """When a clock of the pupil that started at that moment stops at the latest: the end of the half-day of practice;
    without practice to come that day, the end of the day.
    """
    windows = work_windows(db, [pupil_id], local(moment).date())[pupil_id]
    return clock_end(moment, windows, day_end(moment))


def open_sessions_of(db: Session, pupil_id: int) -> list[tuple[WorkSession, str, str]]:
    """The pupil's running work with its ticket's number and what it is: one, or those of one batch."""
    return [(row[0], row[1], row[2]) for row in db.execute(_OPEN_SESSIONS, {"pupil": pupil_id})]


def hold_pupil(db: Session, pupil_id: int) -> None:
    """Hold a pupil whose clock is to start, after the routing of the ticket. SQLite has one writer: nothing to hold."""
    if not one_writer(db):
        db.execute(select(Pupil.id).where(Pupil.id == pupil_id).with_for_update(key_share=True))


def open_session(db: Session, pupil_id: int) -> tuple[WorkSession, str, str] | None:
    """The pupil's running work, the first ticket of a batch."""
    found = open_sessions_of(db, pupil_id)
    return found[0] if found else None


def time_of(db: Session, pupil_id: int, start: datetime, end: datetime) -> list[Busy]:
    """The pupil's time that counts and may share an instant with the span."""
    asked: dict[str, Any] = {"pupil": pupil_id, "start": start, "end": end}
    return [Busy(*row) for row in run(db, _TIME, asked).all()]


_WORKED = (
    select(WorkSession.pupil_id, WorkSession.started_at, WorkSession.ended_at)
    .outerjoin(_reversal, _reversal.reverses_id == WorkSession.id)
    .where(
        WorkSession.pupil_id.in_(bindparam("pupils", expanding=True)), WorkSession.started_at >= bindparam("start"),
        WorkSession.started_at < bindparam("end"), WorkSession.ended_at.is_not(None),
        WorkSession.reverses_id.is_(None), _reversal.id.is_(None),
    )
)  # fmt: skip


def worked_seconds(db: Session, pupil_ids: Sequence[int], first: date, last: date) -> dict[int, int]:
    """What each pupil worked on tickets in these days, both included: the wall clock, every instant once, whatever
    runs together. One statement.
    """
    span = {"start": instant(first, 0), "end": instant(last + timedelta(days=1), 0)}
    found: dict[int, list[Interval]] = {pupil_id: [] for pupil_id in pupil_ids}
    for pupil_id, start, end in run(db, _WORKED, {"pupils": list(pupil_ids), **span}).all():
        found[pupil_id].append((start, end))
    return {pupil_id: union_seconds(times) for pupil_id, times in found.items()}
