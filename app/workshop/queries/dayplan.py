"""A pupil's day: the tickets in their hands laid into the two half-days, and what stays free."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.core.clock import local, local_minute, now
from app.core.db import run
from app.machines.models import WorkCenter
from app.workshop.models import Assignment, Job, Operation, Ticket
from app.workshop.queries.people import Slot
from app.workshop.rules import HELD_STATES, TicketState, days_late, minutes, open_pieces, planned_seconds

NOON = 12 * 60 + 30


@dataclass(frozen=True, slots=True)
class Slip:
    """A ticket in a pupil's half-day."""

    number: str
    title: str
    station: str
    code: str
    state: TicketState
    minutes: int
    late: bool

    @property
    def tone(self) -> str:
        """Late before its state."""
        if self.late:
            return "late"
        return {TicketState.RUNNING: "running", TicketState.PAUSED: "paused", TicketState.BLOCKED: "blocked"}.get(
            self.state, "ready"
        )


@dataclass(slots=True)
class Half:
    """A pupil's half-day: its practice session if any, the tickets laid into it, and what stays free of it."""

    start: int | None = None
    end: int | None = None
    slips: list[Slip] = field(default_factory=list)
    taken: int = 0

    def free(self, minute: int) -> int:
        """Minutes without work from now to the end."""
        if self.start is None or self.end is None:
            return 0
        return max(0, self.end - max(self.start, minute) - self.taken)

    def past(self, minute: int) -> bool:
        """Whether it is over."""
        return self.end is not None and self.end <= minute


@dataclass(frozen=True, slots=True)
class Held:
    """A live ticket of a pupil."""

    pupil_id: int
    ticket_id: int
    number: str
    state: TicketState
    quantity: int
    good: int
    scrap: int
    given_at: datetime
    label: str
    setup_seconds: int
    unit_seconds: int
    station: str
    code: str
    due_on: date

    @property
    def minutes(self) -> int:
        """Planned minutes of what is left."""
        rest = open_pieces(self.quantity, self.good, self.scrap)
        return minutes(planned_seconds(self.setup_seconds, self.unit_seconds, rest))


_HELD = (
    select(
        Assignment.pupil_id, Ticket.id, Ticket.number, Ticket.state, Ticket.quantity, Ticket.good, Ticket.scrap,
        Assignment.given_at, Operation.label, Operation.setup_seconds, Operation.unit_seconds, WorkCenter.label,
        WorkCenter.code, Job.due_on,
    )
    .join(Ticket, Ticket.id == Assignment.ticket_id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .join(Job, Job.id == Operation.job_id)
    .where(
        Assignment.pupil_id.in_(bindparam("pupils", expanding=True)), Assignment.ended_at.is_(None),
        Ticket.state.in_(sorted(HELD_STATES | {TicketState.BLOCKED})),
        or_(Ticket.for_day.is_(None), Ticket.for_day <= bindparam("day")),
    )
    .order_by(Assignment.given_at, Assignment.id)
)  # fmt: skip


def held_tickets(db: Session, pupil_ids: Sequence[int], day: date) -> dict[int, list[Held]]:
    found: dict[int, list[Held]] = {}
    for row in run(db, _HELD, {"pupils": list(pupil_ids), "day": day}).all():
        found.setdefault(row[0], []).append(Held(*tuple(row)))
    return found


def slip_of(held: Held, day: date) -> Slip:
    return Slip(
        held.number, held.label, held.station, held.code, held.state, held.minutes, days_late(held.due_on, day) > 0
    )


def lay(slots: Sequence[Slot], held: Sequence[Held], day: date) -> tuple[Half, Half]:
    """Lay the tickets into the day in the order they were given, from the half-day they were given in."""
    morning, afternoon = Half(), Half()
    for slot in slots:
        half = morning if slot.start < NOON else afternoon
        half.start = slot.start if half.start is None else min(half.start, slot.start)
        half.end = slot.end if half.end is None else max(half.end, slot.end)
    for each in sorted(held, key=lambda one: one.state != TicketState.RUNNING):
        half = _half_for(each, morning, afternoon, day)
        half.slips.append(slip_of(each, day))
        half.taken += 0 if each.state == TicketState.BLOCKED else each.minutes
    return morning, afternoon


def _half_for(held: Held, morning: Half, afternoon: Half, day: date) -> Half:
    minute = local_minute(now())
    since = local(held.given_at)
    given = since.hour * 60 + since.minute if since.date() == day else 0
    later = morning.past(minute) or given >= (morning.end or NOON)
    full = morning.start is None or (morning.slips and morning.free(minute) < held.minutes)
    return afternoon if afternoon.start is not None and (later or full) else morning
