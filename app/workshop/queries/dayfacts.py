"""The days of the workshop as boards are made of them: who is at practice, who is there, what they have in hand."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.pedagogy.models import AttendanceRecord, Membership, Pupil, PupilGroup, TimetableSession
from app.pedagogy.rules import HERE, Attendance
from app.workshop.queries.crowds import Crowds, runs_of
from app.workshop.queries.dayplan import Halves, Held, at_work, by_pupil, held_on, held_tickets, lay
from app.workshop.queries.loads import Center, Given, MachineDay, machine_days
from app.workshop.queries.people import PRACTICE, Person, Slot, practice_slots
from app.workshop.rules import HalfDay, Presence, TicketState


@dataclass(frozen=True, slots=True)
class DayFacts:
    """One day. `held` is what each pupil has in hand for it, `laid` the same in half-days."""

    day: date
    slots: list[Slot]
    people: dict[int, Person]
    here: dict[int, Presence]
    held: dict[int, list[Held]]
    laid: dict[int, Halves] = field(default_factory=dict)

    def crowds(self, ceiling: int) -> Crowds:
        """How many pupils each master has at work."""
        work = at_work([each for held in self.held.values() for each in held], self.day)
        absent = frozenset(one for one, presence in self.here.items() if presence == Presence.ABSENT)
        groups = {person.id: person.group_id for person in self.people.values()}
        return Crowds(ceiling, runs_of(self.slots), groups, work, absent)

    @property
    def lengths(self) -> dict[tuple[date, HalfDay], int]:
        """Minutes of practice in each half-day that has any."""
        found = {}
        for half in HalfDay:
            spans = [slot.span for slot in self.slots if slot.half == half]
            if spans:
                found[self.day, half] = max(end for _, end in spans) - min(start for start, _ in spans)
        return found

    def given(self) -> Iterable[Given]:
        """What each ticket takes of its machine; what somebody absent holds waits for another pupil."""
        for pupil_id, halves in self.laid.items():
            if self.here[pupil_id] == Presence.ABSENT:
                continue
            held = {each.number: each for each in self.held.get(pupil_id, ())}
            for half in halves.values():
                for slip in half.slips:
                    each = held[slip.number]
                    running = each.state == TicketState.RUNNING
                    yield Given(each.center_id, each.first_name, self.day, half.name, slip.fitting, running)


def machines_of(days: Iterable[DayFacts], centers: Mapping[int, Center]) -> list[MachineDay]:
    """The machines over these days: those that stand still first, then where too much was given."""
    listed = list(days)
    lengths = {when: length for day in listed for when, length in day.lengths.items()}
    found = machine_days(centers, lengths, (given for day in listed for given in day.given()))
    return sorted(found, key=lambda one: (not one.stopped, not one.over, not one.now, -_minutes(one)))


def _minutes(machine: MachineDay) -> int:
    return sum(load.minutes for load in machine.loads.values())


_STAYS = (
    select(
        Membership.starts_on, Membership.ends_on, Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name,
        Membership.group_id, PupilGroup.code, Pupil.born_on, Pupil.entered_on,
    )
    .join(Membership, Membership.pupil_id == Pupil.id)
    .join(PupilGroup, PupilGroup.id == Membership.group_id)
    .where(
        Membership.group_id.in_(bindparam("groups", expanding=True)), Membership.starts_on <= bindparam("last"),
        or_(Membership.ends_on.is_(None), Membership.ends_on >= bindparam("first")),
    )
    .order_by(Pupil.sort_key, Pupil.id)
)  # fmt: skip
_CALLS = (
    select(AttendanceRecord.pupil_id, TimetableSession.on_date, AttendanceRecord.status)
    .join(TimetableSession, TimetableSession.id == AttendanceRecord.session_id)
    .where(
        TimetableSession.on_date.between(bindparam("first"), bindparam("last")),
        AttendanceRecord.pupil_id.in_(bindparam("pupils", expanding=True)), *PRACTICE,
    )
    .order_by(TimetableSession.on_date, TimetableSession.start_minute)
)  # fmt: skip


def read_days(db: Session, first: date, last: date) -> dict[date, DayFacts]:
    """Every day of the span, in four statements however long it is."""
    span = {"first": first, "last": last}
    slots = practice_slots(db, first, last)
    stays = run(db, _STAYS, span | {"groups": sorted({slot.group_id for slot in slots})}).all()
    calls = run(db, _CALLS, span | {"pupils": sorted({row[2] for row in stays})}).all()
    held = held_tickets(db, first, last)
    found = {}
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        people = {row[2]: Person(*row[2:]) for row in stays if row[0] <= day and (row[1] is None or row[1] >= day)}
        here = dict.fromkeys(people, Presence.UNKNOWN)
        for pupil_id, on_date, status in calls:
            if on_date == day and pupil_id in here:
                here[pupil_id] = Presence.HERE if Attendance(status) in HERE else Presence.ABSENT
        found[day] = _day(day, [slot for slot in slots if slot.on_date == day], people, here, held)
    return found


def _day(
    day: date, slots: list[Slot], people: dict[int, Person], here: dict[int, Presence], held: Sequence[Held]
) -> DayFacts:
    groups = {slot.group_id for slot in slots}
    there = {person.id: person for person in people.values() if person.group_id in groups}
    facts = DayFacts(day, slots, there, {one: here[one] for one in there}, by_pupil(held_on(held, day)))
    for person in there.values():
        own = [slot for slot in slots if slot.group_id == person.group_id]
        facts.laid[person.id] = lay(own, facts.held.get(person.id, []), day)
    return facts


def read_day(db: Session, day: date) -> DayFacts:
    """One day."""
    return read_days(db, day, day)[day]
