"""Reads about drawings: those of a line with their history, what is in force, what waits to be confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.accounts.models import Staff
from app.clients.models import Company
from app.core.db import run
from app.core.documents import StoredFile
from app.core.errors import NotFound
from app.core.paging import ListRequest, Page, fetch_page
from app.orders.models import CustomerOrder, OrderLine
from app.workshop.models import Drawing, Job, Operation, Ticket
from app.workshop.queries.routing import lock_routing
from app.workshop.queries.tickets import TicketRow, ticket_rows
from app.workshop.rules import LIVE_STATES, DrawingState, TicketState, index_rank

PENDING = (Drawing.confirmed_at.is_(None), Drawing.withdrawn_at.is_(None))


@dataclass(frozen=True, slots=True)
class DrawingRow:
    """A drawing at one index."""

    id: int
    name: str
    index: str
    file_name: str
    media_type: str
    size: int
    at: datetime
    by: str
    confirmed_at: datetime | None
    confirmed_by: str
    withdrawn_at: datetime | None
    order_number: str
    line_no: int
    line_label: str
    state: DrawingState = DrawingState.PENDING

    @property
    def is_image(self) -> bool:
        """Whether a page may show it in place."""
        return self.media_type.startswith("image/")

    @property
    def title(self) -> str:
        """« Plan, indice C »"""
        return f"{self.name}, indice {self.index}"


@dataclass(frozen=True, slots=True)
class DrawingSet:
    """A drawing of a line with all its indexes, the latest first."""

    name: str
    rows: tuple[DrawingRow, ...]

    @property
    def current(self) -> DrawingRow | None:
        """The index in force."""
        return next((row for row in self.rows if row.state == DrawingState.CURRENT), None)

    @property
    def pending(self) -> DrawingRow | None:
        """The index that waits for a master."""
        return next((row for row in self.rows if row.state == DrawingState.PENDING), None)

    @property
    def latest(self) -> str | None:
        """The latest letter that was not withdrawn."""
        return next((row.index for row in self.rows if row.state != DrawingState.WITHDRAWN), None)


@dataclass(frozen=True, slots=True)
class LineDrawings:
    """The page of a line's drawings."""

    order_number: str
    client: str
    line: OrderLine
    job: str | None
    sets: list[DrawingSet]


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A new index, the tickets that wait for a master's word on it, and the live ones that do not: held up for
    another reason, or handed in already.
    """

    row: DrawingRow
    tickets: list[TicketRow]
    others: list[TicketRow]


@dataclass(frozen=True, slots=True)
class NewIndex:
    """An index to be confirmed, for a notice."""

    id: int
    index: str
    order_number: str
    line_label: str
    due_on: date


_confirmer = aliased(Staff)
_ROWS: Any = (
    select(
        Drawing.id, Drawing.name, Drawing.index_letter, StoredFile.name, StoredFile.media_type, StoredFile.size,
        Drawing.at, func.coalesce(Staff.first_name + " " + Staff.last_name, ""), Drawing.confirmed_at,
        func.coalesce(_confirmer.first_name + " " + _confirmer.last_name, ""), Drawing.withdrawn_at,
        CustomerOrder.number, OrderLine.line_no, OrderLine.label, Drawing.line_id,
    )
    .join(StoredFile, StoredFile.id == Drawing.file_id)
    .join(OrderLine, OrderLine.id == Drawing.line_id)
    .join(CustomerOrder, CustomerOrder.id == OrderLine.order_id)
    .outerjoin(Staff, Staff.id == Drawing.by_id)
    .outerjoin(_confirmer, _confirmer.id == Drawing.confirmed_by_id)
)  # fmt: skip
_OF_LINES = _ROWS.where(Drawing.line_id.in_(bindparam("lines", expanding=True))).order_by(Drawing.line_id, Drawing.id)
_ONE = _ROWS.where(Drawing.id == bindparam("drawing"))
_WAITING = (
    select(Drawing.id, Drawing.index_letter, CustomerOrder.number, OrderLine.label, CustomerOrder.due_on)
    .join(OrderLine, OrderLine.id == Drawing.line_id)
    .join(CustomerOrder, CustomerOrder.id == OrderLine.order_id)
    .where(*PENDING)
    .order_by(CustomerOrder.due_on, Drawing.id)
)
_IN_FORCE = (
    select(Drawing.id, Drawing.name)
    .join(Job, Job.line_id == Drawing.line_id)
    .join(Operation, Operation.job_id == Job.id)
    .where(Operation.id == bindparam("operation"), Drawing.confirmed_at.is_not(None), Drawing.withdrawn_at.is_(None))
    .order_by(Drawing.id)
)
_NEWER = aliased(Drawing)


def drawing_sets(db: Session, line_ids: Iterable[int]) -> dict[int, list[DrawingSet]]:
    """The drawings of lines with their history; one statement."""
    rows = run(db, _OF_LINES, {"lines": sorted(set(line_ids))}).all()
    return {line_id: _sets(list(group)) for line_id, group in groupby(rows, key=lambda row: row[-1])}


def _sets(rows: list[Any]) -> list[DrawingSet]:
    """By the order in which each drawing first came: the first one is the main drawing of the line."""
    by_name: dict[str, list[Any]] = {}
    for row in rows:
        by_name.setdefault(row[1], []).append(row)
    return [DrawingSet(name, _with_states(found)) for name, found in by_name.items()]


def _with_states(rows: list[Any]) -> tuple[DrawingRow, ...]:
    """Of the confirmed ones the latest is in force; those before it were replaced."""
    found: list[DrawingRow] = []
    current = False
    for row in sorted(rows, key=lambda each: (index_rank(each[2]), each[0]), reverse=True):
        state = _state(row, replaced=current)
        current = current or state == DrawingState.CURRENT
        found.append(DrawingRow(*(*row[:14], state)))
    return tuple(found)


def _state(row: Any, *, replaced: bool) -> DrawingState:
    if row.withdrawn_at is not None:
        return DrawingState.WITHDRAWN
    if row.confirmed_at is None:
        return DrawingState.PENDING
    return DrawingState.REPLACED if replaced else DrawingState.CURRENT


def line_drawings(db: Session, line: OrderLine) -> LineDrawings:
    """The drawings of a line, for their page."""
    head = db.execute(
        select(CustomerOrder.number, Company.name)
        .join(Company, Company.id == CustomerOrder.company_id)
        .where(CustomerOrder.id == line.order_id)
    ).one()
    job = db.execute(select(Job.number).where(Job.line_id == line.id)).scalar_one_or_none()
    return LineDrawings(head[0], head[1], line, job, drawing_sets(db, [line.id]).get(line.id, []))


def get_drawing(db: Session, drawing_id: int, *, lock: bool = False) -> Drawing:
    """A drawing with its file; `lock` holds the routing and then the line it belongs to, in the order of whoever states
    pieces, so that one index comes or is confirmed at a time.
    """
    if lock:
        line = select(Drawing.line_id).where(Drawing.id == drawing_id).scalar_subquery()
        lock_routing(db, Job.line_id == line)
        db.execute(select(OrderLine.id).where(OrderLine.id == line).with_for_update())
    query = select(Drawing).where(Drawing.id == drawing_id).options(joinedload(Drawing.file))
    found = db.execute(query.execution_options(populate_existing=lock)).scalar_one_or_none()
    if found is None:
        raise NotFound("Ce dessin n’existe pas.")
    return found


def drawing_row(db: Session, drawing_id: int) -> DrawingRow:
    """One drawing with its state."""
    line_id = db.execute(select(Drawing.line_id).where(Drawing.id == drawing_id)).scalar_one_or_none()
    rows = [row for found in drawing_sets(db, [line_id] if line_id else []).values() for s in found for row in s.rows]
    row = next((each for each in rows if each.id == drawing_id), None)
    if row is None:
        raise NotFound("Ce dessin n’existe pas.")
    return row


def list_drawings(db: Session, request: ListRequest) -> Page[DrawingRow]:
    """One page of drawings, the latest first, of an order, of a line, or those to be confirmed."""
    asked = request.filters
    query = _listed(frozenset(name for name in ("commande", "ligne", "attente") if asked.get(name)))
    values = {"commande": asked.get("commande", ""), "ligne": int(asked.get("ligne") or 0)}
    found = fetch_page(db, query, request, values, exact=True)
    known = {row.id: row for sets in drawing_sets(db, [row[-1] for row in found.items]).values()
             for each in sets for row in each.rows}  # fmt: skip
    return Page([known[row[0]] for row in found.items], found.total, found.page, found.size, found.capped)


@cache
def _listed(given: frozenset[str]) -> Any:
    query = _ROWS.order_by(Drawing.id.desc())
    if "commande" in given:
        query = query.where(CustomerOrder.number == bindparam("commande"))
    if "ligne" in given:
        query = query.where(OrderLine.line_no == bindparam("ligne"))
    return query.where(*PENDING) if "attente" in given else query


def pending_drawings(db: Session, line_id: int) -> list[Drawing]:
    """The indexes of a line that wait for a master, the earliest first."""
    query = select(Drawing).where(Drawing.line_id == line_id, *PENDING).order_by(Drawing.id)
    return list(db.execute(query).scalars())


def waiting_drawings(db: Session) -> list[NewIndex]:
    """Every index that waits for a master."""
    return [NewIndex(*row) for row in run(db, _WAITING).all()]


def main_drawing(db: Session, operation_id: int) -> int | None:
    """The index in force of the line's main drawing, which a ticket is given with."""
    rows = run(db, _IN_FORCE, {"operation": operation_id}).all()
    return next((row[0] for row in reversed(rows) if row[1] == rows[0][1]), None)


def live_ticket_numbers(db: Session, line_id: int) -> list[str]:
    """The tickets of a line that are neither done nor cancelled. None comes meanwhile when its routing is held."""
    query = (
        select(Ticket.number)
        .join(Operation, Operation.id == Ticket.operation_id)
        .join(Job, Job.id == Operation.job_id)
        .where(Job.line_id == line_id, Ticket.state.in_(LIVE_STATES))
        .order_by(Ticket.id)
    )
    return list(db.execute(query).scalars())


def ticket_given_with(db: Session, drawing_id: int) -> str | None:
    """A ticket that was given with that very index."""
    query = select(Ticket.number).where(Ticket.drawing_id == drawing_id).order_by(Ticket.id).limit(1)
    return db.execute(query).scalar_one_or_none()


def frozen_tickets(db: Session, line_id: int, reason: str) -> list[str]:
    """The tickets of a line that are held up for that reason."""
    query = (
        select(Ticket.number)
        .join(Operation, Operation.id == Ticket.operation_id)
        .join(Job, Job.id == Operation.job_id)
        .where(Job.line_id == line_id, Ticket.state == TicketState.BLOCKED, Ticket.blocked_reason == reason)
        .order_by(Ticket.id)
    )
    return list(db.execute(query).scalars())


def confirmation(db: Session, drawing: Drawing, reason: str) -> Confirmation:
    """What a master sees before an index is confirmed: the tickets it froze, and what was made before it came."""
    rows = ticket_rows(db, Job.line_id == drawing.line_id)
    held = set(frozen_tickets(db, drawing.line_id, reason))
    frozen = [row for row in rows if row.number in held]
    others = [row for row in rows if row.live and row.number not in held]
    return Confirmation(drawing_row(db, drawing.id), frozen, others)
