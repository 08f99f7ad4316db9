"""The master's day: who is there, who has work, what is ready, what is late, and who may have the ticket in hand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core.clock import local_minute, now, today
from app.core.db import run
from app.core.errors import NotFound
from app.machines.queries import NOTHING, passed_over
from app.workshop.models import Ticket
from app.workshop.policies import Candidate, Refusal, Work, why_not_assignable
from app.workshop.queries.dayplan import NOON, Half, Slip, held_tickets, lay, slip_of
from app.workshop.queries.gate import gate_answers
from app.workshop.queries.people import Person, Slot, experience, people_of, practice_slots, presences
from app.workshop.queries.routing import Routing, routing_of_operation, routings_in_workshop
from app.workshop.rules import (
    LIVE_STATES,
    Presence,
    TicketState,
    days_late,
    minutes,
    open_pieces,
    planned_seconds,
)

SHOWN = 60
VIEWS = ("prets", "bloques", "tous")


@dataclass(frozen=True, slots=True)
class Item:
    """Work to give: a ticket that nobody holds, or an operation with pieces left that are on no ticket."""

    ticket: str
    version: int
    operation_id: int
    seq: int
    station: str
    station_label: str
    center_id: int
    title: str
    line: str
    job: str
    order_number: str
    order_state: Any
    pieces: int
    available: int
    seconds: int
    days_late: int
    due_on: date
    waiting: str | None
    ticket_id: int | None = None
    held: bool = False
    blocked: str = ""

    @property
    def key(self) -> dict[str, str]:
        """The query string that takes it in hand."""
        return {"bon": self.ticket} if self.ticket else {"operation": str(self.operation_id)}

    @property
    def name(self) -> str:
        """« BT2026-00012 », or « OF2026-0003, opération 20 » as long as there is no ticket."""
        return self.ticket or f"{self.job}, opération {self.seq}"

    @property
    def tone(self) -> str:
        """Blocked before late before ready."""
        if self.waiting:
            return "blocked"
        return "late" if self.days_late else "ready"

    @property
    def minutes(self) -> int:
        """Planned minutes."""
        return minutes(self.seconds)


@dataclass(frozen=True, slots=True)
class Row:
    """A pupil of the day."""

    person: Person
    presence: Presence
    morning: Half
    afternoon: Half
    held: tuple[Slip, ...]
    refusal: Refusal | None
    candidate: Candidate

    @property
    def halves(self) -> tuple[Half, Half]:
        """Morning and afternoon."""
        return self.morning, self.afternoon

    def free(self, minute: int) -> int:
        """Minutes without work in the rest of the day."""
        return self.morning.free(minute) + self.afternoon.free(minute)

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
    experience: dict[int, int]
    late_jobs: int
    why_not_in_hand: str = ""

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
        found = [slot for slot in self.slots if (slot.start < NOON) == (name == "morning")]
        return (min(slot.start for slot in found), max(slot.end for slot in found)) if found else None

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
    def alternatives(self) -> list[Row]:
        """Who else: free now first, then who never did it, then who is most rested from it."""
        done = self.experience
        return sorted(self.able, key=lambda r: (r.free(self.minute) == 0, done.get(r.person.id, 0), r.person.name))

    @property
    def next_item(self) -> Item | None:
        """The ready work after the one in hand, which comes in hand by itself once this one is given."""
        ready = [item for item in self.of("prets") if self.hand is None or item.key != self.hand.key]
        return ready[0] if ready else None


def today_board(db: Session, asked: Asked) -> TodayBoard:
    """Everything a master hands out from, in a number of statements that neither pupils nor history change."""
    day, minute = today(), local_minute(now())
    own = practice_slots(db, day, staff_id=asked.staff_id)
    mine = bool(own) if asked.mine is None else asked.mine
    slots = own if mine else practice_slots(db, day)
    items, routings = _queue(db, day)
    hand = _hand(db, asked, items, day)
    rows = _rows(db, slots, hand, day)
    refused = next((row for row in rows if row.person.code == asked.refused and hand), None)
    known = experience(db, [row.person.id for row in rows], hand.center_id) if refused and hand else {}
    late = sum(days_late(routing.due_on, day) > 0 for routing in routings)
    view = asked.view if asked.view in VIEWS else "prets"
    why = "" if hand else _why_not_in_hand(asked)
    return TodayBoard(day, minute, mine, bool(own), view, slots, rows, items, hand, refused, known, late, why)


def _why_not_in_hand(asked: Asked) -> str:
    if asked.ticket:
        why = "un jeune y travaille, il est bloqué, ou il est fini"
        return f"Le {asked.ticket} ne se donne pas en ce moment\u00a0: {why}."
    if asked.operation_id is not None:
        return "Cette opération n’a plus rien à donner\u00a0: tout est fait, ou déjà donné."
    return ""


_FREE = (
    select(
        Ticket.id, Ticket.number, Ticket.version, Ticket.operation_id, Ticket.quantity, Ticket.good, Ticket.scrap,
        Ticket.state, Ticket.blocked_reason,
    )
    .where(or_(Ticket.state == TicketState.OPEN, Ticket.blocked_from == TicketState.OPEN))
    .order_by(Ticket.id)
)  # fmt: skip


def _queue(db: Session, day: date) -> tuple[list[Item], list[Routing]]:
    routings = routings_in_workshop(db)
    by_operation: dict[int, list[Any]] = {}
    for row in run(db, _FREE).all():
        by_operation.setdefault(row.operation_id, []).append(row)
    items = [item for routing in routings for item in _items(routing, by_operation, day)]
    return sorted(items, key=lambda item: (bool(item.waiting), -item.days_late, item.due_on)), routings


def _items(routing: Routing, free: dict[int, list[Any]], day: date) -> Iterable[Item]:
    """The work of one job that may be given; of what waits only the first operation, the others follow it."""
    blocked = False
    for place, operation in enumerate(routing.operations):
        left, tickets = routing.left_at(place), free.get(operation.id, [])
        if not left and not tickets:
            continue
        waiting = routing.waiting_at(place)
        if waiting and blocked and not tickets:
            continue
        blocked = blocked or bool(waiting)
        for ticket in tickets:
            count = open_pieces(ticket.quantity, ticket.good, ticket.scrap)
            item = _item(routing, place, count, day)
            why = f"Bloqué\u00a0: {ticket.blocked_reason}" if ticket.state == TicketState.BLOCKED else ""
            yield replace(
                item, ticket=ticket.number, version=ticket.version, ticket_id=ticket.id, blocked=why,
                waiting=why or item.waiting,
            )  # fmt: skip
        if left:
            yield _item(routing, place, left, day)


def _item(routing: Routing, place: int, count: int, day: date) -> Item:
    operation = routing.operations[place]
    return Item(
        "", 0, operation.id, operation.step.seq, operation.center, operation.center_label, operation.center_id,
        operation.step.label, routing.line_label, routing.number, routing.order_number, routing.order_state, count,
        routing.available_at(place), planned_seconds(operation.setup_seconds, operation.unit_seconds, count),
        days_late(routing.due_on, day), routing.due_on, routing.waiting_at(place),
    )  # fmt: skip


def _hand(db: Session, asked: Asked, items: list[Item], day: date) -> Item | None:
    """What was taken in hand: work to give, or a ticket on its way from one pupil to another."""
    if asked.operation_id is not None:
        return next((i for i in items if not i.ticket and i.operation_id == asked.operation_id), None)
    if not asked.ticket:
        return None
    if found := next((i for i in items if i.ticket == asked.ticket), None):
        return None if found.blocked else found
    return _held_item(db, asked.ticket, day)


def _held_item(db: Session, number: str, day: date) -> Item | None:
    """A ticket in somebody's hands that may go to somebody else; None while the clock runs or once it is over."""
    ticket = db.execute(select(Ticket).where(Ticket.number == number)).scalar_one_or_none()
    if ticket is None:
        raise NotFound(f"Aucun bon n’a le numéro « {number} ».")
    if ticket.state not in LIVE_STATES or ticket.state in {TicketState.RUNNING, TicketState.BLOCKED}:
        return None
    routing = routing_of_operation(db, ticket.operation_id)
    rest = open_pieces(ticket.quantity, ticket.good, ticket.scrap)
    item = _item(routing, routing.index(ticket.operation_id), rest, day)
    return replace(item, ticket=ticket.number, version=ticket.version, ticket_id=ticket.id, held=True)


def _rows(db: Session, slots: Sequence[Slot], hand: Item | None, day: date) -> list[Row]:
    people = {person.id: person for person in people_of(db, [slot.group_id for slot in slots], day)}
    ids = list(people)
    here = presences(db, ids, day)
    held = held_tickets(db, ids, day)
    rows = []
    work = _work(hand, day) if hand else None
    answers = gate_answers(db, ids, work) if work else {}
    passed = passed_over(db, hand.ticket, ids, day) if hand else {}
    for person in people.values():
        mine = held.get(person.id, [])
        holds = hand is not None and any(each.ticket_id == hand.ticket_id for each in mine)
        candidate = Candidate(
            person.first_name, here[person.id], True, holds,
            gate=answers[person.id].verdict if person.id in answers else None,
            passed=passed.get(person.id, NOTHING).codes,
        )  # fmt: skip
        refusal = why_not_assignable(work, candidate) if work else None
        own = [slot for slot in slots if slot.group_id == person.group_id]
        morning, afternoon = lay(own, mine, day)
        slips = tuple(slip_of(each, day) for each in mine)
        rows.append(Row(person, here[person.id], morning, afternoon, slips, refusal, candidate))
    return rows


def _work(hand: Item, day: date) -> Work:
    return Work(hand.name, hand.order_number, hand.order_state, day, center_id=hand.center_id, minutes=hand.minutes)


def pupils_of_today(db: Session) -> list[tuple[str, str]]:
    """(code, « Tom Aubry, CAP1 ») of everybody at practice today, for a form that gives a ticket."""
    board = today_board(db, Asked(None, mine=False))
    return [(row.person.code, _told(row, board.minute)) for row in board.rows]


def _told(row: Row, minute: int) -> str:
    if row.presence == Presence.ABSENT:
        return f"{row.person.name}, {row.person.group}, absent"
    free = row.free(minute)
    word = "libres" if free >= 120 else "libre"
    rest = f"{free // 60}\u00a0h\u00a0{free % 60:02d} {word}" if free else "occupé"
    return f"{row.person.name}, {row.person.group}, {rest}"


def replacement(db: Session, code: str) -> tuple[Person, list[tuple[Slip, str]], list[tuple[str, str]]]:
    """An absent pupil's tickets, each with the code of who could take it, and everybody who could.

    The longest free come first and take turns, so that nobody gets everything.
    """
    board = today_board(db, Asked(None, mine=False))
    row = next((each for each in board.rows if each.person.code == code), None)
    if row is None:
        raise NotFound(f"Aucun élève du jour n’a le code « {code} ».")
    others = [each for each in board.rows if each.presence != Presence.ABSENT and each is not row]
    others.sort(key=lambda each: (-each.free(board.minute), each.person.name))
    takers = [(each.person.code, _told(each, board.minute)) for each in others]
    proposed = [takers[place % len(takers)][0] if takers else "" for place in range(len(row.held))]
    return row.person, list(zip(row.held, proposed, strict=True)), takers
