"""Reads about non-conformances: one, a list of them, the page of one."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, String, bindparam, case, func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from app.accounts.models import Staff
from app.core.clock import local
from app.core.documents import StoredFile
from app.core.errors import NotFound
from app.core.journal import Deed, history
from app.core.paging import ListRequest, Page, fetch_page
from app.core.text import like_pattern
from app.machines.models import WorkCenter
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OPEN_STATES
from app.pedagogy.models import Pupil
from app.workshop.models import CheckPoint, Defect, Job, Operation, Ticket
from app.workshop.queries.routing import lock_operations, one_writer
from app.workshop.queries.ticket_page import TicketFacts, ticket_facts
from app.workshop.queries.tickets import TicketRow, ticket_rows
from app.workshop.rules import DefectDecision, DefectState, TicketKind, TicketState

DEFECT_SORTS: dict[str, Any] = {
    "numero": Defect.number, "date": Defect.at, "poste": WorkCenter.sort_key, "commande": CustomerOrder.number,
}  # fmt: skip
DEFECT_FILTERS = ("etat", "cause", "poste", "bon")
DEFECT_STATES: dict[str, frozenset[DefectState]] = {
    "ouvertes": frozenset({DefectState.OPEN}),
    "decidees": frozenset({DefectState.DECIDED}),
    "closes": frozenset({DefectState.CLOSED}),
    "toutes": frozenset(DefectState),
}
_ROWS: Any = (
    select(
        Defect.id, Defect.number, Defect.state, Defect.decision, Defect.pieces, Defect.cause, Defect.description,
        Defect.at, Ticket.number.label("ticket"), Operation.label.label("operation"), WorkCenter.code,
        WorkCenter.label.label("center"), OrderLine.label.label("line"), CustomerOrder.number.label("order_number"),
        func.coalesce(Pupil.first_name + " " + Pupil.last_name, ""),
        func.coalesce(Staff.first_name + " " + Staff.last_name, ""), Defect.decided_at, Defect.closed_at,
    )
    .join(Ticket, Ticket.id == Defect.ticket_id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .join(Job, Job.id == Operation.job_id)
    .join(OrderLine, OrderLine.id == Job.line_id)
    .join(CustomerOrder, CustomerOrder.id == Job.order_id)
    .outerjoin(Pupil, Pupil.id == Defect.pupil_id)
    .outerjoin(Staff, Staff.id == Defect.by_id)
)  # fmt: skip

_OPERATION_OF = (
    select(Ticket.operation_id).join(Defect, Defect.ticket_id == Ticket.id).where(Defect.number == bindparam("number"))
)


@dataclass(frozen=True, slots=True)
class DefectRow:
    """One sheet of a list."""

    id: int
    number: str
    state: DefectState
    decision: DefectDecision | None
    pieces: int
    cause: str
    description: str
    at: datetime
    ticket: str
    operation: str
    center_code: str
    center: str
    line: str
    order_number: str
    pupil: str
    by: str
    decided_at: datetime | None
    closed_at: datetime | None

    @property
    def day(self) -> date:
        """The school's day it was opened on."""
        return local(self.at).date()


@dataclass(frozen=True, slots=True)
class DefectPage:
    """What the page of a sheet shows: the pieces, what was decided, the tickets made for them, the journal."""

    defect: Defect
    row: DefectRow
    facts: TicketFacts
    point: str
    decided_by: str
    made: list[TicketRow]
    journal: list[Deed]

    @property
    def operations(self) -> list[tuple[int, str]]:
        """Where the pieces may be put right: the operation itself first, then those before it."""
        upto = self.facts.routing.operations[: self.facts.place + 1]
        return [(each.id, f"{each.step.seq} {each.step.label}, {each.center_label}") for each in reversed(upto)]

    @property
    def spares(self) -> int:
        """Pieces good upstream beyond what is still wanted here: they take the place of scrapped ones."""
        place = self.facts.place
        if place == 0:
            return 0
        before, here = self.facts.routing.steps[place - 1], self.facts.routing.steps[place]
        return max(0, before.good - here.used - max(0, here.wanted - here.good - here.isolated))

    @property
    def spent_seconds(self) -> int:
        """Time spent on putting right, or making again: learning time that is a cost of quality too."""
        return sum(row.booked_seconds for row in self.made)


def get_defect(db: Session, number: str, *, lock: bool = False) -> Defect:
    """A sheet with its ticket. `lock` holds the routing first, as whoever moves its pieces does."""
    if lock and not one_writer(db):
        lock_operations(db, db.execute(_OPERATION_OF, {"number": number}).scalars())
    query = select(Defect).where(Defect.number == number).options(joinedload(Defect.ticket))
    if lock:
        query = query.with_for_update(of=Defect).execution_options(populate_existing=True)
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Aucune fiche n’a le numéro « {number} ».")
    return found


def _matching() -> ColumnElement[bool]:
    pattern: Any = bindparam("pattern", type_=String)
    return or_(
        func.lower(Defect.number).like(pattern, escape="\\"),
        func.lower(Ticket.number).like(pattern, escape="\\"),
        CustomerOrder.search_key.like(pattern, escape="\\"),
        WorkCenter.sort_key.like(pattern, escape="\\"),
        func.lower(Defect.description).like(pattern, escape="\\"),
    )


@cache
def _listed(states: frozenset[DefectState], given: frozenset[str], sort: str, *, descending: bool) -> Any:
    conditions = {
        "cause": Defect.cause == bindparam("cause"), "poste": WorkCenter.code == bindparam("poste"),
        "bon": Ticket.number == bindparam("bon"), "q": _matching(),
    }  # fmt: skip
    query = _ROWS.where(*(condition for name, condition in conditions.items() if name in given))
    if len(states) < len(DefectState):
        query = query.where(Defect.state.in_(sorted(states)))
    column = DEFECT_SORTS[sort]
    return query.order_by(column.desc() if descending else column, Defect.id.desc())


def list_defects(db: Session, request: ListRequest, *, exact: bool = False) -> Page[DefectRow]:
    """One page of sheets; two statements."""
    states = DEFECT_STATES.get(request.filters.get("etat", "toutes"), DEFECT_STATES["toutes"])
    values = {name: request.filters.get(name) for name in ("cause", "poste", "bon")}
    given = frozenset(name for name, value in values.items() if value) | ({"q"} if request.q else set())
    query = _listed(states, given, request.sort, descending=request.descending)
    found = fetch_page(db, query, request, values | {"pattern": like_pattern(request.q)}, exact=exact)
    return Page([DefectRow(*row) for row in found.items], found.total, found.page, found.size, found.capped)


def defect_rows(db: Session, *conditions: ColumnElement[bool]) -> list[DefectRow]:
    """The sheets of a ticket, or of some, latest first."""
    return [DefectRow(*row) for row in db.execute(_ROWS.where(*conditions).order_by(Defect.id.desc()))]


def defects_of_ticket(db: Session, ticket: Ticket) -> list[DefectRow]:
    """The sheets about a ticket's pieces, and the one it puts right or makes again."""
    return defect_rows(
        db,
        or_(Defect.ticket_id == ticket.id, Defect.rework_ticket_id == ticket.id, Defect.remake_ticket_id == ticket.id),
    )


def remade_pieces(db: Session, ticket_id: int) -> int:
    """Pieces scrapped on a ticket that are being made again, or were."""
    count = case((Ticket.state == TicketState.CANCELLED, Ticket.good), else_=Ticket.quantity)
    query = select(func.coalesce(func.sum(count), 0)).where(
        Ticket.parent_id == ticket_id, Ticket.kind == TicketKind.REMAKE
    )
    return int(db.execute(query).scalar_one())


def remakable_pieces(db: Session, facts: TicketFacts) -> int:
    """Pieces scrapped on a ticket that nobody makes again; on the first operation they are given like any others."""
    if not facts.ticket.scrap or facts.place == 0 or facts.routing.order_state not in OPEN_STATES:
        return 0
    return max(0, facts.ticket.scrap - remade_pieces(db, facts.ticket.id))


def defect_page(db: Session, number: str) -> DefectPage:
    """One sheet with all that was done about it."""
    defect = get_defect(db, number)
    decider = aliased(Staff)
    point, decided_by = db.execute(
        select(func.coalesce(CheckPoint.label, ""), func.coalesce(decider.first_name + " " + decider.last_name, ""))
        .select_from(Defect)
        .outerjoin(CheckPoint, CheckPoint.id == Defect.point_id)
        .outerjoin(decider, decider.id == Defect.decided_by_id)
        .where(Defect.id == defect.id)
    ).one()
    wanted = [id_ for id_ in (defect.rework_ticket_id, defect.remake_ticket_id) if id_ is not None]
    return DefectPage(
        defect, defect_rows(db, Defect.id == defect.id)[0], ticket_facts(db, defect.ticket.number), point, decided_by,
        ticket_rows(db, Ticket.id.in_(wanted)) if wanted else [], history(db, "defect", defect.id),
    )  # fmt: skip


def photo_of_defect(db: Session, number: str) -> StoredFile:
    """The photo of what is wrong."""
    found = db.execute(
        select(StoredFile).join(Defect, Defect.photo_id == StoredFile.id).where(Defect.number == number)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("Cette fiche n’a pas de photo.")
    return found


def count_open_defects(db: Session) -> int:
    """Sheets that wait for a decision."""
    query = select(func.count()).select_from(Defect).where(Defect.state == DefectState.OPEN)
    return int(db.execute(query).scalar_one())
