"""Work to give: tickets that nobody holds, operations with pieces on no ticket, and the one that is in hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.core.errors import NotFound
from app.machines.rules import CenterState
from app.orders.rules import OrderState
from app.workshop.models import Assignment, Operation, Ticket
from app.workshop.queries.dayplan import MOVABLE, learning_minutes
from app.workshop.queries.loads import Center, centers_by_id
from app.workshop.queries.routing import Routing, routing_of_operation, routings_in_workshop
from app.workshop.rules import (
    LIVE_STATES,
    HalfDay,
    TicketState,
    days_late,
    minutes,
    open_pieces,
    planned_seconds,
)


@dataclass(frozen=True, slots=True)
class Item:
    """Work to give: a ticket that nobody holds, or an operation with pieces left that are on no ticket.

    `waiting` names what it waits for: the index of a drawing, a machine, pieces of the operation before.
    """

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
    order_state: OrderState
    pieces: int
    available: int
    seconds: int
    days_late: int
    due_on: date
    waiting: str | None
    state: TicketState | None = None
    ticket_id: int | None = None
    for_day: date | None = None
    for_half: HalfDay | None = None
    held: bool = False

    @property
    def key(self) -> dict[str, str]:
        """The query string that takes it in hand."""
        return {"bon": self.ticket} if self.ticket else {"operation": str(self.operation_id)}

    @property
    def key_word(self) -> str:
        """The same in one word."""
        return self.ticket or f"operation:{self.operation_id}"

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
        """Planned minutes, of the trade."""
        return minutes(self.seconds)

    @property
    def givable(self) -> bool:
        """Whether it can be handed over as it stands; a blocked ticket is unblocked first."""
        return self.state != TicketState.BLOCKED


@dataclass(frozen=True, slots=True)
class Step:
    """What an operation asks of a pupil: its times, what multiplies them by year, its difficulty."""

    setup: int
    unit: int
    factors: tuple[Decimal, Decimal, Decimal]
    difficulty: int

    def minutes(self, pieces: int, year: int) -> int:
        """Minutes to plan for a pupil in that year."""
        return learning_minutes(self.setup, self.unit, pieces, self.factors, year)


_FREE = (
    select(
        Ticket.id, Ticket.number, Ticket.version, Ticket.operation_id, Ticket.quantity, Ticket.good, Ticket.scrap,
        Ticket.aside, Ticket.state, Ticket.for_day, Ticket.for_half, Ticket.blocked_reason,
    )
    .where(
        Ticket.state.in_([TicketState.OPEN, TicketState.BLOCKED]),
        ~exists().where(Assignment.ticket_id == Ticket.id, Assignment.ended_at.is_(None)),
    )
    .order_by(Ticket.id)
)  # fmt: skip
_ONE = select(Ticket).where(Ticket.number == bindparam("number"))
_STEPS = select(
    Operation.id, Operation.setup_seconds, Operation.unit_seconds, Operation.factor_1, Operation.factor_2,
    Operation.factor_3, Operation.difficulty,
).where(Operation.id.in_(bindparam("operations", expanding=True)))  # fmt: skip


def steps_of(db: Session, operation_ids: Iterable[int]) -> dict[int, Step]:
    """What these operations ask of a pupil; one statement."""
    rows = run(db, _STEPS, {"operations": sorted(set(operation_ids))}).all()
    return {row[0]: Step(row[1], row[2], (row[3], row[4], row[5]), row[6]) for row in rows}


@dataclass(frozen=True, slots=True)
class Queue:
    """The work to give of a day, ready work first, the latest first; and the jobs and machines it comes from."""

    day: date
    routings: list[Routing]
    centers: Mapping[int, Center]
    items: list[Item]


def read_queue(db: Session, day: date) -> Queue:
    """What there is to give; three statements."""
    centers, routings = centers_by_id(db), routings_in_workshop(db)
    tickets: dict[int, list[Any]] = {}
    for row in run(db, _FREE).all():
        tickets.setdefault(row.operation_id, []).append(row)
    items = [item for routing in routings for item in _items(routing, tickets, centers, day)]
    items.sort(key=lambda item: (bool(item.waiting), -item.days_late, item.due_on))
    return Queue(day, routings, centers, items)


def _items(routing: Routing, free: Mapping[int, list[Any]], centers: Mapping[int, Center], day: date) -> Iterable[Item]:
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
            yield item_of(routing, place, ticket, centers, day)
        if left:
            yield _item(routing, place, left, centers, day)


def item_of(routing: Routing, place: int, ticket: Any, centers: Mapping[int, Center], day: date) -> Item:
    """A ticket as work to give."""
    rest = open_pieces(ticket.quantity, ticket.good, ticket.scrap, ticket.aside)
    item = _item(routing, place, rest, centers, day)
    why = f"Bloqué\u00a0: {ticket.blocked_reason}" if ticket.state == TicketState.BLOCKED else item.waiting
    return replace(
        item, ticket=ticket.number, version=ticket.version, ticket_id=ticket.id, state=ticket.state,
        for_day=ticket.for_day, for_half=ticket.for_half, waiting=why,
    )  # fmt: skip


def _item(routing: Routing, place: int, count: int, centers: Mapping[int, Center], day: date) -> Item:
    operation = routing.operations[place]
    center = centers.get(operation.center_id)
    return Item(
        "", 0, operation.id, operation.step.seq, operation.center, operation.center_label, operation.center_id,
        operation.step.label, routing.line_label, routing.number, routing.order_number, routing.order_state, count,
        routing.available_at(place), planned_seconds(operation.setup_seconds, operation.unit_seconds, count),
        days_late(routing.due_on, day), routing.due_on, why_stopped(center) or routing.waiting_at(place),
    )  # fmt: skip


def why_stopped(center: Center | None) -> str | None:
    """« Machine en panne », « Machine en maintenance »; None in service."""
    if center is None or center.state == CenterState.IN_SERVICE:
        return None
    return f"Machine {center.state.label[:1].lower()}{center.state.label[1:]}"


def in_hand(db: Session, queue: Queue, *, ticket: str = "", operation_id: int | None = None) -> Item | None:
    """What was taken in hand: work to give, or a ticket on its way from one pupil or half-day to another."""
    if operation_id is not None:
        return next((i for i in queue.items if not i.ticket and i.operation_id == operation_id), None)
    if not ticket:
        return None
    if found := next((i for i in queue.items if i.ticket == ticket), None):
        return found if found.givable else None
    return _held_item(db, ticket, queue)


def _held_item(db: Session, number: str, queue: Queue) -> Item | None:
    """A ticket in somebody's hands that may go to somebody else; None while the clock runs or once it is over."""
    ticket = db.execute(_ONE, {"number": number}).scalar_one_or_none()
    if ticket is None:
        raise NotFound(f"Aucun bon n’a le numéro « {number} ».")
    if ticket.state not in MOVABLE & LIVE_STATES:
        return None
    routing = routing_of_operation(db, ticket.operation_id)
    item = item_of(routing, routing.index(ticket.operation_id), ticket, queue.centers, queue.day)
    return replace(item, held=True)
