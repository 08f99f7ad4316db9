"""A half-day to be entered by hand: who was at practice, with which tickets in hand, and how much time is free."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from app.core.clock import instant, local_minute
from app.core.db import run
from app.machines.models import WorkCenter
from app.workshop.models import Assignment, Operation, Ticket, WorkSession
from app.workshop.queries.clocks import work_windows
from app.workshop.queries.people import Person, people_of, practice_slots
from app.workshop.rules import HalfDay, Interval, TicketState, half_of, union_seconds, without

QUARTER_SECONDS = 900


@dataclass(frozen=True, slots=True)
class InHand:
    """A ticket a pupil holds since then, or had that day and worked on or was given for it."""

    number: str
    label: str
    center: str


@dataclass(frozen=True, slots=True)
class HalfRow:
    """A pupil of the half-day."""

    person: Person
    tickets: list[InHand]
    free_seconds: int

    @property
    def quarters(self) -> int:
        """Whole quarters of an hour that are still free."""
        return self.free_seconds // QUARTER_SECONDS


@dataclass(frozen=True, slots=True)
class HalfSheet:
    """The pupils at practice in a half-day."""

    day: date
    half: HalfDay
    rows: list[HalfRow]

    @property
    def lines(self) -> list[tuple[HalfRow, InHand]]:
        """A line a pupil and ticket."""
        return [(row, ticket) for row in self.rows for ticket in row.tickets]

    @property
    def idle(self) -> list[HalfRow]:
        """Those without any ticket that day."""
        return [row for row in self.rows if not row.tickets]


_reversal = aliased(WorkSession)
_BUSY = (
    select(WorkSession.pupil_id, WorkSession.started_at, WorkSession.ended_at)
    .outerjoin(_reversal, _reversal.reverses_id == WorkSession.id)
    .where(
        WorkSession.pupil_id.in_(bindparam("pupils", expanding=True)), WorkSession.started_at < bindparam("end"),
        WorkSession.started_at >= bindparam("start"), WorkSession.reverses_id.is_(None), _reversal.id.is_(None),
    )
)  # fmt: skip
_worked = exists().where(
    WorkSession.ticket_id == Ticket.id, WorkSession.pupil_id == Assignment.pupil_id,
    WorkSession.started_at >= bindparam("start"), WorkSession.started_at < bindparam("end"),
)  # fmt: skip
_IN_HAND = (
    select(Assignment.pupil_id, Ticket.number, Operation.label, WorkCenter.label)
    .join(Ticket, Ticket.id == Assignment.ticket_id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .where(
        Assignment.pupil_id.in_(bindparam("pupils", expanding=True)), Assignment.given_at < bindparam("end"),
        or_(
            Assignment.ended_at.is_(None),
            (Assignment.ended_at >= bindparam("start")) & or_(Ticket.for_day == bindparam("day"), _worked),
        ),
        Ticket.state != TicketState.CANCELLED,
    )
    .order_by(Assignment.pupil_id, Ticket.id)
)  # fmt: skip


def free_time(db: Session, pupil_ids: Sequence[int], day: date, half: HalfDay) -> dict[int, list[Interval]]:
    """What is free of each pupil's practice in a half-day: breaks and booked time taken out; two statements."""
    windows = work_windows(db, pupil_ids, day)
    start, end = _bounds(day)
    taken: dict[int, list[Interval]] = {pupil_id: [] for pupil_id in pupil_ids}
    for pupil_id, first, last in run(db, _BUSY, {"pupils": list(pupil_ids), "start": start, "end": end}).all():
        taken[pupil_id].append((first, last or end))
    return {
        pupil_id: without([one for one in windows[pupil_id] if half_of(local_minute(one[0])) == half], taken[pupil_id])
        for pupil_id in pupil_ids
    }


def _bounds(day: date) -> tuple[datetime, datetime]:
    return instant(day, 0), instant(day + timedelta(days=1), 0)


def half_day_sheet(db: Session, day: date, half: HalfDay, *, staff_id: int | None = None) -> HalfSheet:
    """The pupils of a half-day with their tickets: the master's own when he has practice then, else everybody's."""
    slots = practice_slots(db, day, staff_id=staff_id) if staff_id is not None else []
    slots = [slot for slot in slots or practice_slots(db, day) if half_of(slot.start) == half]
    people = people_of(db, [slot.group_id for slot in slots], day)
    ids = [person.id for person in people]
    free = free_time(db, ids, day, half)
    start, end = _bounds(day)
    tickets: dict[int, list[InHand]] = {}
    for pupil_id, *row in run(db, _IN_HAND, {"pupils": ids, "start": start, "end": end, "day": day}).all():
        tickets.setdefault(pupil_id, []).append(InHand(*row))
    rows = [HalfRow(one, list(dict.fromkeys(tickets.get(one.id, []))), union_seconds(free[one.id])) for one in people]
    return HalfSheet(day, half, rows)
