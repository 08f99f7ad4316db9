"""The master's day: who is there, who has work, what is ready, what is late, and who may have the ticket in hand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from app.core.clock import local_minute, now, today
from app.machines.queries import passed_over
from app.machines.rules import Check, Verdict
from app.workshop.policies import Candidate, Refusal
from app.workshop.queries.crowds import ceiling_of
from app.workshop.queries.dayfacts import DayFacts, machines_of, read_day
from app.workshop.queries.dayplan import Half, Halves, Slip, slip_of
from app.workshop.queries.gate import half_answers
from app.workshop.queries.handing import Item, Step, in_hand, read_queue, steps_of
from app.workshop.queries.help import Call, open_calls
from app.workshop.queries.latejobs import LateJob, late_jobs
from app.workshop.queries.loads import Center, MachineDay
from app.workshop.queries.offers import Asking, Offer, best_offer, work_for
from app.workshop.queries.people import Person, Slot
from app.workshop.queries.rotation import rotation_hints
from app.workshop.rules import HalfDay, Hint, Presence, TicketState

SHOWN = 60
VIEWS = ("prets", "bloques", "tous")
TO_DECIDE = frozenset({TicketState.TO_RELEASE, TicketState.BLOCKED})


@dataclass(frozen=True, slots=True)
class Row:
    """A pupil of the day. `needed`: minutes that the work in hand takes this pupil; `offers`: where it may go."""

    person: Person
    presence: Presence
    halves: tuple[Half, ...]
    held: tuple[Slip, ...]
    call: Call | None = None
    offers: tuple[Offer, ...] = ()
    needed: int = 0
    hint: Hint | None = None
    gate: Verdict | None = None

    def free(self, minute: int) -> int:
        """Minutes without work in the rest of the day."""
        return sum(half.free(minute) for half in self.halves)

    def free_now(self, minute: int) -> int:
        """Minutes without work in the half-day that runs, or comes next."""
        return next((half.free(minute) for half in self.halves if half.open(minute)), 0)

    @property
    def offer(self) -> Offer | None:
        """Where the row's button puts what is in hand."""
        return best_offer(self.offers, self.needed)

    def offer_for(self, half: HalfDay) -> Offer | None:
        """The offer of one half-day, when the pupil may have the work then."""
        return next((one for one in self.offers if one.half == half and one.refusal is None), None)

    @property
    def notes(self) -> list[str]:
        """What a master should know before giving: beside whom, what the gate warns of, whether it is too hard yet."""
        found = []
        if self.gate and self.gate.supervised:
            master = self.offer.master.split(" ")[0] if self.offer else ""
            found.append(f"Avec {master} à côté" if master else "Avec le maître à côté")
        found += [one.short for one in (self.gate.warnings if self.gate else ()) if one.check != Check.PPE]
        return [*found, *([self.hint.warning] if self.hint and self.hint.warning else [])]

    @property
    def refusal(self) -> Refusal | None:
        """Why this pupil may not have what is in hand in any half-day."""
        refusals = [offer.refusal for offer in self.offers]
        return refusals[0] if refusals and all(refusals) else None

    def can(self, hand: Item | None) -> str:
        """How the row answers to what is in hand, as the board's style knows it."""
        if self.presence == Presence.ABSENT:
            return "absent"
        if hand is None:
            return ""
        return "yes" if self.refusal is None else "no"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the board is asked to show. `mine`: the master's own sessions; None lets the timetable decide."""

    staff_id: int | None
    mine: bool | None = None
    view: str = "prets"
    ticket: str = ""
    operation_id: int | None = None
    refused: str = ""


@dataclass(frozen=True, slots=True)
class TodayBoard:
    """The whole page."""

    day: date
    minute: int
    mine: bool
    has_own: bool
    view: str
    slots: list[Slot]
    rows: list[Row]
    items: list[Item]
    hand: Item | None
    refused: Row | None
    machines: Sequence[MachineDay]
    late_jobs: list[LateJob]
    new_indexes: int
    calls: list[Call]
    why_not_in_hand: str = ""
    staff_id: int | None = None

    @property
    def groups(self) -> list[str]:
        """The classes at practice."""
        return sorted({slot.group for slot in self.slots})

    @property
    def opens(self) -> int:
        """The first hour of the day rule."""
        return min([480, *(slot.start for slot in self.slots)]) // 60 * 60

    @property
    def closes(self) -> int:
        """The last hour of the day rule."""
        return -(-max([1020, *(slot.end for slot in self.slots)]) // 60) * 60

    def half(self, name: str) -> tuple[int, int] | None:
        """From when to when there is practice in the morning or in the afternoon."""
        found = [slot for slot in self.slots if slot.half == name]
        return (min(slot.start for slot in found), max(slot.end for slot in found)) if found else None

    def other(self, name: str) -> str:
        """Who else runs the half-day of the master's own pupils: a first name, nothing when the master does."""
        there = [slot for slot in self.slots if slot.half == name]
        if not self.mine or any(slot.staff_id == self.staff_id for slot in there):
            return ""
        return there[0].master.split(" ")[0] if there else ""

    def of(self, view: str) -> list[Item]:
        """The work to give of one view."""
        if view == "tous":
            return self.items
        return [item for item in self.items if bool(item.waiting) == (view == "bloques")]

    @property
    def shown(self) -> list[Item]:
        """The work to give that is on the page."""
        return self.of(self.view)[:SHOWN]

    @property
    def able(self) -> list[Row]:
        """Those who may have what is in hand."""
        return [row for row in self.rows if row.can(self.hand) == "yes"]

    def count(self, presence: Presence) -> int:
        """How many pupils are present, absent or not called yet."""
        return sum(row.presence == presence for row in self.rows)

    @property
    def halves(self) -> list[tuple[tuple[date, HalfDay], str]]:
        """The half-days with practice, as the machines show them."""
        there = {half for machine in self.machines for _, half in machine.loads}
        return [((self.day, half), half.label) for half in HalfDay if half in there]

    @property
    def elsewhere(self) -> list[Call]:
        """Calls of nobody on this board, and tablets that need a look."""
        here = {row.call.id for row in self.rows if row.call and row.presence != Presence.ABSENT}
        return [call for call in self.calls if call.id not in here]

    @property
    def to_decide(self) -> list[tuple[Row, Slip]]:
        """What waits for the master: finished work to check, work that is blocked."""
        return [(row, slip) for row in self.rows for slip in row.held if slip.state in TO_DECIDE]

    @property
    def stopped(self) -> list[Center]:
        """Machines out of service."""
        return [machine.center for machine in self.machines if machine.stopped]

    @property
    def machine(self) -> MachineDay | None:
        """The machine of what is in hand."""
        hand = self.hand
        return next((one for one in self.machines if hand and one.center.id == hand.center_id), None)

    @property
    def alternatives(self) -> list[Row]:
        """Who else: free now first, then who never did it, then who is most rested from it."""
        return sorted(self.able, key=lambda row: (row.free_now(self.minute) == 0, _rested(row), row.person.name))

    @property
    def next_item(self) -> Item | None:
        """The ready work after the one in hand, which comes in hand by itself once this one is given."""
        ready = [item for item in self.of("prets") if self.hand is None or item.key != self.hand.key]
        return ready[0] if ready else None


def _rested(row: Row) -> tuple[object, ...]:
    return row.hint.order if row.hint else ()


def today_board(db: Session, asked: Asked) -> TodayBoard:
    """Everything a master hands out from, in a number of statements that neither pupils nor history change."""
    day, minute = today(), local_minute(now())
    known = read_day(db, day)
    own = [slot for slot in known.slots if slot.staff_id == asked.staff_id]
    mine = bool(own) if asked.mine is None else asked.mine
    groups = {slot.group_id for slot in own}
    slots = [slot for slot in known.slots if slot.group_id in groups] if mine else known.slots
    queue, calls = read_queue(db, day), open_calls(db)
    hand = in_hand(db, queue, ticket=asked.ticket, operation_id=asked.operation_id)
    rows, machines = _rows(db, known, slots, hand, calls), machines_of([known], queue.centers)
    return TodayBoard(
        day, minute, mine, bool(own), asked.view if asked.view in VIEWS else "prets", slots, rows, queue.items, hand,
        next((row for row in rows if row.person.code == asked.refused), None), machines,
        late_jobs(queue, known, machines), sum(bool(routing.frozen) for routing in queue.routings), calls,
        "" if hand else _why_not_in_hand(asked), asked.staff_id,
    )  # fmt: skip


def _why_not_in_hand(asked: Asked) -> str:
    if asked.ticket:
        why = "un jeune y travaille, il est bloqué, ou il est fini"
        return f"Le {asked.ticket} ne se donne pas en ce moment\u00a0: {why}."
    if asked.operation_id is not None:
        return "Cette opération n’a plus rien à donner\u00a0: tout est fait, ou déjà donné."
    return ""


@dataclass(frozen=True, slots=True)
class _Hand:
    """What is in hand with all that its answers depend on."""

    asking: Asking
    step: Step
    hints: dict[int, Hint]


def _hand(db: Session, known: DayFacts, item: Item, pupil_ids: Sequence[int]) -> _Hand:
    asking = Asking(
        item, known.day, known.crowds(ceiling_of(db)), half_answers(db, pupil_ids, work_for(item, known.day)),
        passed_over(db, item.ticket, pupil_ids, known.day),
    )  # fmt: skip
    return _Hand(
        asking, steps_of(db, [item.operation_id])[item.operation_id], rotation_hints(db, pupil_ids, item.operation_id)
    )  # fmt: skip


def _rows(db: Session, known: DayFacts, slots: Sequence[Slot], item: Item | None, calls: Iterable[Call]) -> list[Row]:
    shown = {slot.group_id for slot in slots}
    people = [person for person in known.people.values() if person.group_id in shown]
    hand = _hand(db, known, item, [person.id for person in people]) if item else None
    calling = {call.pupil_id: call for call in calls if not call.is_trouble}
    return [_row(known, person, calling.get(person.id), hand) for person in people]


def _row(known: DayFacts, person: Person, call: Call | None, hand: _Hand | None) -> Row:
    halves = known.laid[person.id]
    held = known.held.get(person.id, [])
    slips = tuple(slip_of(each, known.day) for each in held)
    row = (person, known.here[person.id], tuple(halves.values()), slips, call)
    if hand is None:
        return Row(*row)
    item = hand.asking.item
    holds = any(each.ticket_id == item.ticket_id for each in held)
    candidate = hand.asking.judge(
        person.id, Candidate(person.first_name, known.here[person.id], is_member=True, holds=holds)
    )
    needed = hand.step.minutes(item.pieces, person.year(known.day))
    return Row(
        *row, _offers(hand.asking, candidate, person.id, halves), needed, hand.hints.get(person.id), candidate.gate
    )


def _offers(asking: Asking, candidate: Candidate, pupil_id: int, halves: Halves) -> tuple[Offer, ...]:
    """One for each half-day that is not over; the day being over, work may still be given for it."""
    minute = local_minute(now())
    number = asking.item.ticket
    laid = next((half.name for half in halves.values() if any(slip.number == number for slip in half.slips)), None)
    open_ = [half for half in halves.values() if half.open(minute)]
    if not open_:
        return (asking.offer(candidate, pupil_id, None, 0),)
    return tuple(
        asking.offer(candidate, pupil_id, half.name, half.free(minute), laid=laid if candidate.holds else None)
        for half in open_
    )
