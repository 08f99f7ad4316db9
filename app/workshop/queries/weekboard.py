"""The week of the workshop: pupils by half-days with their tickets, framed by the timetable, and machines' loads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.clock import monday_of, today
from app.core.db import run
from app.machines.queries import Known, facts_for
from app.machines.queries.facts import Span
from app.pedagogy.models import Subject, TimetableSession
from app.pedagogy.queries import closed_days
from app.pedagogy.rules import SessionKind, SessionState
from app.workshop.policies import Candidate
from app.workshop.queries.crowds import Crowds, ceiling_of
from app.workshop.queries.dayfacts import DayFacts, machines_of, read_days
from app.workshop.queries.dayplan import Half, minute_of
from app.workshop.queries.handing import Item, Step, in_hand, read_queue, steps_of
from app.workshop.queries.loads import MachineDay
from app.workshop.queries.offers import Asking, Offer
from app.workshop.queries.people import Person
from app.workshop.rules import HalfDay, Presence, half_of, minutes_of

WORKING_DAYS = 5
SUNDAY = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Cell:
    """One half-day of one pupil: practice with its tickets, else the lessons or the reason why there is no school."""

    day: date
    half: HalfDay
    laid: Half
    theory: tuple[str, ...] = ()
    closed: str = ""
    absent: bool = False
    offer: Offer | None = None

    @property
    def free(self) -> int:
        """Minutes without work that are still to come."""
        return self.laid.free(minute_of(self.day))

    @property
    def practice(self) -> bool:
        """Whether there is a practice session."""
        return self.laid.start is not None

    @property
    def past(self) -> bool:
        """Whether it is over."""
        return self.laid.past(minute_of(self.day))


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A pupil's week."""

    person: Person
    cells: tuple[Cell, ...]

    @property
    def able(self) -> bool:
        """Whether what is in hand may go somewhere in this week."""
        return any(cell.offer and cell.offer.refusal is None for cell in self.cells)

    @property
    def why_not(self) -> str:
        """The first reason against what is in hand."""
        return next((cell.offer.refusal.short for cell in self.cells if cell.offer and cell.offer.refusal), "")


@dataclass(frozen=True, slots=True)
class WeekBoard:
    """The whole page."""

    monday: date
    days: list[date]
    mine: bool
    has_own: bool
    rows: list[WeekRow]
    items: list[Item]
    hand: Item | None
    machines: Sequence[MachineDay]

    @property
    def halves(self) -> list[tuple[date, HalfDay]]:
        """The columns."""
        return [(day, half) for day in self.days for half in HalfDay]

    @property
    def gone(self) -> frozenset[date]:
        """Days of the running week that are over: nothing can be given there any more, so they take little room."""
        this_day = today()
        return frozenset(day for day in self.days if day < this_day <= self.last)

    @property
    def last(self) -> date:
        """The last day shown."""
        return self.days[-1]


@dataclass(frozen=True, slots=True)
class WeekAsked:
    """What the week is asked to show."""

    day: date
    staff_id: int | None
    mine: bool | None = None
    ticket: str = ""
    operation_id: int | None = None


_THEORY = (
    select(
        TimetableSession.group_id, TimetableSession.on_date, TimetableSession.start_minute, Subject.label,
    )
    .join(Subject, Subject.id == TimetableSession.subject_id)
    .where(
        TimetableSession.on_date.between(bindparam("first"), bindparam("last")),
        TimetableSession.kind == SessionKind.THEORY, TimetableSession.state == SessionState.PLANNED,
    )
    .order_by(TimetableSession.on_date, TimetableSession.start_minute)
)  # fmt: skip
Lessons = Mapping[tuple[int, date, HalfDay], tuple[str, ...]]


def _lessons(db: Session, monday: date) -> Lessons:
    found: dict[tuple[int, date, HalfDay], tuple[str, ...]] = {}
    for group_id, on_date, start, label in run(db, _THEORY, {"first": monday, "last": monday + SUNDAY}).all():
        key = (group_id, on_date, half_of(start))
        found[key] = (*found.get(key, ()), label)
    return found


@dataclass(frozen=True, slots=True)
class _Hand:
    """What is in hand with all that its answers depend on, day by day."""

    item: Item
    known: Mapping[HalfDay, Known]
    step: Step
    crowds: Mapping[date, Crowds]

    def offer(self, facts: DayFacts, person: Person, laid: Half) -> Offer:
        """May this pupil have it for that half-day?"""
        day = facts.day
        answer = self.known[laid.name].ask(
            person.id, self.item.center_id, day, planned=self.step.minutes(self.item.pieces, person.year(day))
        )
        asking = Asking(self.item, day, self.crowds[day], {(person.id, laid.name): answer})
        held = facts.held.get(person.id, ())
        holds = any(one.ticket_id == self.item.ticket_id for one in held)
        here = any(slip.number == self.item.ticket for slip in laid.slips)
        candidate = Candidate(person.first_name, facts.here[person.id], is_member=True, holds=holds)
        return asking.offer(
            candidate, person.id, laid.name, laid.free(minute_of(day)),
            laid=laid.name if here else None,
        )  # fmt: skip


def week_board(db: Session, asked: WeekAsked) -> WeekBoard:
    """The week of a day, in a number of statements that neither pupils nor history change."""
    monday, this_day = monday_of(asked.day), today()
    days = read_days(db, monday, monday + SUNDAY)
    own = {slot.group_id for facts in days.values() for slot in facts.slots if slot.staff_id == asked.staff_id}
    mine = bool(own) if asked.mine is None else asked.mine
    queue = read_queue(db, this_day)
    hand = in_hand(db, queue, ticket=asked.ticket, operation_id=asked.operation_id)
    people = {p.id: p for facts in days.values() for p in facts.people.values() if not mine or p.group_id in own}
    shown = [day for place, day in enumerate(days) if place < WORKING_DAYS or days[day].slots]
    lessons, closed = _lessons(db, monday), closed_days(db, monday, monday + SUNDAY)
    holding = _read_hand(db, hand, days, list(people)) if hand else None
    rows = [
        WeekRow(person, tuple(_cells(person, [days[day] for day in shown], (lessons, closed), holding)))
        for person in people.values()
    ]
    machines = machines_of([days[day] for day in shown], queue.centers)
    return WeekBoard(monday, shown, mine, bool(own), rows, queue.items, hand, machines)


def _read_hand(db: Session, item: Item, days: Mapping[date, DayFacts], pupil_ids: Sequence[int]) -> _Hand:
    first, last = min(days), max(days)
    ceiling, known = ceiling_of(db), facts_for(db, pupil_ids, [item.center_id], Span(first, last))
    return _Hand(
        item, {half: known.during(minutes_of(half)) for half in HalfDay},
        steps_of(db, [item.operation_id])[item.operation_id],
        {day: facts.crowds(ceiling) for day, facts in days.items()},
    )  # fmt: skip


def _cells(
    person: Person, days: Iterable[DayFacts], frame: tuple[Lessons, Mapping[date, str]], hand: _Hand | None
) -> Iterable[Cell]:
    lessons, closed = frame
    for facts in days:
        laid = facts.laid.get(person.id)
        absent = facts.here.get(person.id) == Presence.ABSENT
        for half in HalfDay:
            mine = laid[half] if laid else Half(half)
            open_ = mine.open(minute_of(facts.day))
            yield Cell(
                facts.day, half, mine, lessons.get((person.group_id, facts.day, half), ()), closed.get(facts.day, ""),
                absent, hand.offer(facts, person, mine) if hand and open_ else None,
            )  # fmt: skip
