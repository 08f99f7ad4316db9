"""Reads about tickets: one, a list of them, and the page of one with all that was booked on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, String, bindparam, exists, func, literal, or_, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Staff
from app.core.db import run
from app.core.errors import NotFound
from app.core.paging import ListRequest, Page, fetch_page
from app.core.text import like_pattern
from app.machines.models import WorkCenter
from app.orders.models import CustomerOrder, OrderLine
from app.pedagogy.models import Pupil
from app.workshop.models import Assignment, Job, Operation, QuantityReport, Ticket, WorkSession
from app.workshop.queries.routing import lock_operations, one_writer
from app.workshop.rules import LIVE_STATES, TicketState, planned_seconds

SORTS: dict[str, Any] = {
    "numero": Ticket.number, "echeance": Job.due_on, "poste": WorkCenter.sort_key, "commande": CustomerOrder.number,
}  # fmt: skip
GROUPS: dict[str, frozenset[TicketState]] = {
    "vivants": LIVE_STATES,
    "donner": frozenset({TicketState.OPEN}),
    "donnes": frozenset({TicketState.ASSIGNED, TicketState.PAUSED}),
    "cours": frozenset({TicketState.RUNNING}),
    "finis": frozenset({TicketState.DONE}),
    "tous": frozenset(TicketState),
}
STATES = {state.value: frozenset({state}) for state in TicketState}
FILTERS = ("etat", "poste", "jeune")
_COLUMNS = (
    Ticket.id, Ticket.number, Ticket.operation_id, Ticket.state, Ticket.quantity, Ticket.good, Ticket.scrap,
    Ticket.booked_seconds, Ticket.for_day, Ticket.version, Operation.seq, Operation.label, Operation.setup_seconds,
    Operation.unit_seconds, WorkCenter.code.label("center"), WorkCenter.label.label("center_label"),
    Job.number.label("job"), Job.due_on, OrderLine.line_no, OrderLine.label.label("line_label"),
    CustomerOrder.number.label("order_number"),
)  # fmt: skip
# Statements that every page asks are put together once: building them costs more than running them.
_ROWS: Any = (
    select(*_COLUMNS)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .join(Job, Job.id == Operation.job_id)
    .join(OrderLine, OrderLine.id == Job.line_id)
    .join(CustomerOrder, CustomerOrder.id == Job.order_id)
)
_HANDS = (
    select(Assignment.ticket_id, Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name, Assignment.ended_at)
    .join(Pupil, Pupil.id == Assignment.pupil_id)
    .where(Assignment.ticket_id.in_(bindparam("tickets", expanding=True)))
    .order_by(Assignment.ticket_id, Assignment.id)
)
_TICKET = (
    select(Ticket)
    .where(Ticket.number == bindparam("number"))
    .options(joinedload(Ticket.assignments).joinedload(Assignment.pupil))
)
_TICKET_LOCKED = _TICKET.with_for_update(of=Ticket).execution_options(populate_existing=True)
_OPERATION_OF = select(Ticket.operation_id).where(Ticket.number == bindparam("number"))


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One ticket of a list, with who holds it or held it last."""

    id: int
    number: str
    operation_id: int
    state: TicketState
    quantity: int
    good: int
    scrap: int
    booked_seconds: int
    for_day: date | None
    version: int
    seq: int
    label: str
    setup_seconds: int
    unit_seconds: int
    center: str
    center_label: str
    job: str
    due_on: date
    line_no: int
    line_label: str
    order_number: str
    holders: tuple["Hand", ...]

    @property
    def live(self) -> bool:
        """Neither done nor cancelled."""
        return self.state in LIVE_STATES

    @property
    def planned_seconds(self) -> int:
        """Professional time for the whole ticket."""
        return planned_seconds(self.setup_seconds, self.unit_seconds, self.quantity)

    @property
    def names(self) -> str:
        """« Tom Aubry, Inès Haddad »"""
        return ", ".join(holder.name for holder in self.holders)


@dataclass(frozen=True, slots=True)
class Hand:
    """A pupil who holds a ticket, or held it last."""

    id: int
    code: str
    first_name: str
    last_name: str
    ended_at: datetime | None

    @property
    def name(self) -> str:
        """First name then last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        """Two letters."""
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()


@dataclass(frozen=True, slots=True)
class Holder(Hand):
    """The same with who gave it when, and since when the clock runs."""

    given_at: datetime
    master: str
    working_since: datetime | None = None


H = TypeVar("H", bound=Hand)


def get_ticket(db: Session, number: str, *, lock: bool = False) -> Ticket:
    """A ticket with its assignments. `lock` also holds its whole routing, whose quantities bound each other."""
    if lock and not one_writer(db):
        lock_operations(db, db.execute(_OPERATION_OF, {"number": number}).scalars())
    found = db.execute(_TICKET_LOCKED if lock else _TICKET, {"number": number}).unique().scalar_one_or_none()
    if found is None:
        raise NotFound(f"Aucun bon n’a le numéro « {number} ».")
    return found


def get_report(db: Session, report_id: int) -> QuantityReport:
    """A stated quantity."""
    found = db.get(QuantityReport, report_id, options=[joinedload(QuantityReport.ticket)])
    if found is None:
        raise NotFound("Cette quantité n’existe pas.")
    return found


def get_session(db: Session, session_id: int) -> WorkSession:
    """A booked time."""
    found = db.get(WorkSession, session_id, options=[joinedload(WorkSession.ticket)])
    if found is None:
        raise NotFound("Ce pointage n’existe pas.")
    return found


def _held_by(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Assignment.ticket_id == Ticket.id, Pupil.id == Assignment.pupil_id, condition)


def _matching() -> ColumnElement[bool]:
    pattern: Any = bindparam("pattern", type_=String)
    return or_(
        func.lower(Ticket.number).like(pattern, escape="\\"),
        func.lower(Job.number).like(pattern, escape="\\"),
        CustomerOrder.search_key.like(pattern, escape="\\"),
        WorkCenter.sort_key.like(pattern, escape="\\"),
        _held_by(Pupil.search_key.like(pattern, escape="\\")),
    )


@cache
def _listed(states: frozenset[TicketState], given: frozenset[str], sort: str, *, descending: bool) -> Any:
    """The list's statement by its shape: the states and the names of its conditions, without their values."""
    query = _ROWS
    conditions = {
        "commande": CustomerOrder.number == bindparam("commande"), "poste": WorkCenter.code == bindparam("poste"),
        "jeune": _held_by(Pupil.code == bindparam("jeune")), "q": _matching(),
    }  # fmt: skip
    if len(states) < len(TicketState):
        query = query.where(Ticket.state.in_([literal(state) for state in sorted(states)]))
    query = query.where(*(condition for name, condition in conditions.items() if name in given))
    column = SORTS[sort]
    return query.order_by(column.desc() if descending else column, Ticket.id)


def list_tickets(db: Session, request: ListRequest, *, exact: bool = False) -> Page[TicketRow]:
    """One page of tickets; three statements."""
    group = request.filters.get("etat", "vivants")
    states = GROUPS.get(group) or STATES.get(group, LIVE_STATES)
    values = {name: request.filters.get(name) for name in ("commande", "poste", "jeune")}
    given = frozenset(name for name, value in values.items() if value) | ({"q"} if request.q else set())
    query = _listed(states, given, request.sort, descending=request.descending)
    found = fetch_page(db, query, request, values | {"pattern": like_pattern(request.q)}, exact=exact)
    return Page(_with_holders(db, found.items), found.total, found.page, found.size, found.capped)


def ticket_rows(db: Session, *conditions: ColumnElement[bool]) -> list[TicketRow]:
    """The tickets of a job, an order or a work centre, oldest first; two statements."""
    return _with_holders(db, db.execute(_ROWS.where(*conditions).order_by(Operation.seq, Ticket.id)).all())


def _with_holders(db: Session, rows: Sequence[Any]) -> list[TicketRow]:
    found: dict[int, list[Hand]] = {}
    for row in run(db, _HANDS, {"tickets": [row[0] for row in rows]}).all():
        found.setdefault(row[0], []).append(Hand(*row[1:]))
    return [TicketRow(*(*row, current_hands(found.get(row[0], [])))) for row in rows]


def holders_of(db: Session, ticket_id: int) -> tuple[Holder, ...]:
    """The pupils who hold a ticket; when nobody does, those who held it last."""
    rows = db.execute(
        select(
            Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name, Assignment.ended_at, Assignment.given_at,
            Staff.first_name + " " + Staff.last_name, WorkSession.started_at,
        )
        .join(Assignment, Assignment.pupil_id == Pupil.id)
        .join(Staff, Staff.id == Assignment.master_id)
        .outerjoin(
            WorkSession,
            (WorkSession.ticket_id == Assignment.ticket_id)
            & (WorkSession.pupil_id == Assignment.pupil_id)
            & WorkSession.ended_at.is_(None),
        )
        .where(Assignment.ticket_id == ticket_id)
        .order_by(Assignment.id)
    )  # fmt: skip
    return current_hands([Holder(*row) for row in rows])


def current_hands(hands: Sequence[H]) -> tuple[H, ...]:
    """Those who hold the ticket, else those whose holding ended together last."""
    if len(hands) == 1:
        return tuple(hands)
    if held := tuple(each for each in hands if each.ended_at is None):
        return held
    last = max((each.ended_at for each in hands if each.ended_at), default=None)
    return tuple({each.id: each for each in hands if each.ended_at == last}.values())
