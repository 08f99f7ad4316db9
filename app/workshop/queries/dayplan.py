"""A pupil's day: the tickets in their hands laid into the two half-days, and what stays free."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.core.clock import local, local_minute, now, today
from app.core.db import run
from app.machines.models import WorkCenter
from app.pedagogy.models import Pupil
from app.workshop.models import Assignment, Job, Operation, Ticket
from app.workshop.queries.crowds import IN_HANDS, InHands
from app.workshop.queries.people import Slot
from app.workshop.rules import (
    MORNING_ENDS,
    HalfDay,
    TicketState,
    days_late,
    minutes,
    open_pieces,
    planned_seconds,
    times,
    training_year,
)

MOVABLE = frozenset({TicketState.ASSIGNED, TicketState.PAUSED, TicketState.REJECTED})
TONES = {
    TicketState.RUNNING: "running", TicketState.PAUSED: "paused", TicketState.BLOCKED: "blocked",
    TicketState.TO_RELEASE: "caution", TicketState.REJECTED: "caution", TicketState.DONE: "closed",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket in a pupil's hands; `minutes` are planned for this pupil, who learns, and halved for a pair."""

    pupil_id: int
    first_name: str
    ticket_id: int
    number: str
    version: int
    state: TicketState
    title: str
    center_id: int
    code: str
    station: str
    minutes: int
    due_on: date
    given_at: datetime
    for_day: date | None
    for_half: HalfDay | None
    why_blocked: str
    operation_id: int

    def day(self, this_day: date) -> date:
        """The day it is to be worked on: what was given for an earlier one is work of today."""
        return max(self.for_day or this_day, this_day)

    def half(self, day: date) -> HalfDay | None:
        """The half-day of that day it was given for, if any."""
        return self.for_half if self.for_day == day else None


@dataclass(frozen=True, slots=True)
class Slip:
    """A ticket in a pupil's half-day; `fitting` of its minutes lie within it."""

    number: str
    version: int
    title: str
    station: str
    code: str
    state: TicketState
    minutes: int
    late: bool
    why_blocked: str = ""
    fitting: int = 0

    @property
    def tone(self) -> str:
        """What somebody must act on before lateness, lateness before the rest."""
        if self.state in {TicketState.BLOCKED, TicketState.TO_RELEASE, TicketState.REJECTED, TicketState.DONE}:
            return TONES[self.state]
        return "late" if self.late else TONES.get(self.state, "ready")

    @property
    def word(self) -> str:
        """What it says beside its minutes when somebody must act."""
        if self.state == TicketState.BLOCKED:
            return self.why_blocked or self.state.label
        return self.state.label if self.state in {TicketState.TO_RELEASE, TicketState.REJECTED} else ""

    @property
    def movable(self) -> bool:
        """Whether it may be taken in hand for somebody else or for another half-day."""
        return self.state in MOVABLE


@dataclass(slots=True)
class Half:
    """A pupil's half-day: its practice session if any, the tickets laid into it, and what stays free of it."""

    name: HalfDay
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

    def open(self, minute: int) -> bool:
        """Whether work may still be given for it."""
        return self.end is not None and self.end > minute


_COLUMNS = (
    Assignment.pupil_id, Pupil.first_name, Pupil.entered_on, Ticket.id, Ticket.number, Ticket.version, Ticket.state,
    Ticket.quantity, Ticket.good, Ticket.scrap, Ticket.aside, Ticket.for_day, Ticket.for_half, Ticket.blocked_reason,
    Assignment.given_at, Operation.label, Operation.setup_seconds, Operation.unit_seconds, Operation.factor_1,
    Operation.factor_2, Operation.factor_3, WorkCenter.id, WorkCenter.code, WorkCenter.label, Job.due_on,
    Operation.id,
)  # fmt: skip
# What was given for an earlier day and is not done is work of today.
_HELD = (
    select(*_COLUMNS)
    .join(Ticket, Ticket.id == Assignment.ticket_id)
    .join(Pupil, Pupil.id == Assignment.pupil_id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .join(Job, Job.id == Operation.job_id)
    .where(
        Assignment.ended_at.is_(None), Ticket.state.in_(IN_HANDS),
        or_(
            Ticket.for_day.between(bindparam("first"), bindparam("last")),
            func.coalesce(Ticket.for_day, date.min) < bindparam("carried"),
        ),
    )
    .order_by(Assignment.given_at, Assignment.id)
)  # fmt: skip


def held_tickets(db: Session, first: date, last: date | None = None) -> list[Held]:
    """Whatever is in somebody's hands for these days; what was left of earlier ones comes with today."""
    last, day = last or first, today()
    carried = day if first <= day <= last else date.min
    rows = run(db, _HELD, {"first": first, "last": last, "carried": carried}).all()
    hands: dict[int, int] = {}
    for row in rows:
        hands[row[3]] = hands.get(row[3], 0) + 1
    return [_held(row, hands[row[3]]) for row in rows]


def _held(row: Any, hands: int) -> Held:
    (
        pupil_id, first_name, entered_on, id_, number, version, state, quantity, good, scrap, aside, for_day, for_half,
        why, given_at, title, setup, unit, *factors, center_id, code, station, due_on,
        operation_id,
    ) = row  # fmt: skip
    rest = open_pieces(quantity, good, scrap, aside)
    planned = learning_minutes(setup, unit, rest, factors, training_year(entered_on, for_day or today()))
    return Held(
        pupil_id, first_name, id_, number, version, state, title, center_id, code, station, planned // hands, due_on,
        given_at, for_day, for_half, why or "", operation_id,
    )  # fmt: skip


def learning_minutes(setup: int, unit: int, count: int, factors: Sequence[Decimal], year: int) -> int:
    """Minutes to plan for a pupil in that year, setting up included."""
    return minutes(times(planned_seconds(setup, unit, count), factors[year - 1]))


def slip_of(held: Held, day: date) -> Slip:
    """The ticket as the board shows it."""
    late = days_late(held.due_on, day) > 0
    return Slip(
        held.number, held.version, held.title, held.station, held.code, held.state, held.minutes, late,
        held.why_blocked,
    )  # fmt: skip


def held_on(held: Iterable[Held], day: date) -> list[Held]:
    """What is to be worked on that day."""
    this_day = today()
    return [each for each in held if each.day(this_day) == day]


def by_pupil(held: Iterable[Held]) -> dict[int, list[Held]]:
    """The tickets of each pupil, in the order they were given."""
    found: dict[int, list[Held]] = {}
    for each in held:
        found.setdefault(each.pupil_id, []).append(each)
    return found


def at_work(held: Iterable[Held], day: date) -> list[InHands]:
    """Who has work on a day, as the ceiling sees it."""
    return [InHands(each.ticket_id, each.pupil_id, each.half(day)) for each in held if each.day(today()) == day]


Halves = Mapping[HalfDay, Half]


def lay(slots: Iterable[Slot], held: Sequence[Held], day: date) -> Halves:
    """Lay a pupil's tickets into the half-days they were given for; the others from where they were given on."""
    halves = {name: Half(name) for name in HalfDay}
    for slot in slots:
        half = halves[slot.half]
        half.start = slot.start if half.start is None else min(half.start, slot.start)
        half.end = slot.end if half.end is None else max(half.end, slot.end)
    minute = minute_of(day)
    for each in sorted(held, key=lambda one: one.state != TicketState.RUNNING):
        half = halves[_half_for(each, halves, day, minute)]
        left = max(0, (half.end or 0) - (half.start or 0) - half.taken)
        half.slips.append(replace(slip_of(each, day), fitting=min(each.minutes, left)))
        half.taken += 0 if each.state == TicketState.BLOCKED else each.minutes
    return halves


def minute_of(day: date) -> int:
    """The minute of that day it is now: of a day to come its beginning, of a past one its end."""
    this_day = today()
    if day == this_day:
        return local_minute(now())
    return 0 if day > this_day else 24 * 60


def _half_for(held: Held, halves: Halves, day: date, minute: int) -> HalfDay:
    """Where it was meant for as long as that is not over; else the afternoon when the morning is over or full."""
    morning, afternoon = halves[HalfDay.MORNING], halves[HalfDay.AFTERNOON]
    if afternoon.start is None:
        return HalfDay.MORNING
    if morning.start is None or morning.past(minute):
        return HalfDay.AFTERNOON
    if meant := held.half(day):
        return meant
    since = local(held.given_at)
    given = since.hour * 60 + since.minute if since.date() == day else 0
    later = given >= (morning.end or MORNING_ENDS)
    full = bool(morning.slips) and morning.free(minute) < held.minutes
    return HalfDay.AFTERNOON if later or full else HalfDay.MORNING
