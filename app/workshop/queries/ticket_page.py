"""The page of one ticket: who holds it, what was booked on it, what may be done now."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Staff
from app.clients.models import Company
from app.core.actor import Actor
from app.core.errors import Refused
from app.core.journal import Deed, history
from app.core.workflow import Action
from app.orders.models import CustomerOrder
from app.pedagogy.models import Pupil
from app.workshop.models import QuantityReport, Ticket, WorkSession
from app.workshop.queries.clocks import open_session
from app.workshop.queries.drawings import DrawingRow, DrawingSet, drawing_sets
from app.workshop.queries.people import pupil_ids
from app.workshop.queries.routing import Routed, Routing, routing_of_operation
from app.workshop.queries.tickets import Holder, get_ticket, holders_of
from app.workshop.queries.times import SessionRow, session_rows
from app.workshop.rules import LIVE_STATES, TICKET, TicketState, open_pieces, pieces, planned_seconds


@dataclass(frozen=True, slots=True)
class ReportRow:
    """Pieces stated on a ticket. `void`: taken back by a later row."""

    id: int
    pupil_code: str
    pupil: str
    good: int
    scrap: int
    reason: str
    at: datetime
    by: str
    reverses_id: int | None
    void: bool


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """A ticket with its routing and who holds it: what every page about one ticket needs."""

    ticket: Ticket
    routing: Routing
    client: str
    holders: tuple[Holder, ...]

    @property
    def place(self) -> int:
        """Where its operation stands in the routing."""
        return self.routing.index(self.ticket.operation_id)

    @property
    def operation(self) -> Routed:
        """Its operation."""
        return self.routing.operations[self.place]

    @property
    def waiting(self) -> str | None:
        """What its operation waits for, as long as pieces are still wanted."""
        return self.routing.waiting_at(self.place) if self.ticket.state in LIVE_STATES else None

    @property
    def rest(self) -> int:
        """Pieces the ticket still asks for."""
        return open_pieces(self.ticket.quantity, self.ticket.good, self.ticket.scrap, self.ticket.aside)

    @property
    def consequences(self) -> list[str]:
        """What cancelling it would do, to whom."""
        holders = [one for one in self.holders if one.ended_at is None]
        found = [f"{one.name} n’a plus ce bon." for one in holders if one.working_since is None]
        found += [f"{one.name} n’a plus ce bon, son pointage s’arrête." for one in holders if one.working_since]
        if self.rest:
            left = f"{pieces(self.rest)} {'reviennent' if self.rest > 1 else 'revient'}"
            found.append(f"{left} dans les bons à donner de l’OF {self.routing.number}.")
        return found or ["Le bon ne pourra plus être donné."]

    @property
    def suggested(self) -> int:
        """Good pieces proposed when it ends: the rest, as far as pieces came from upstream."""
        place = self.place
        return self.rest if place == 0 else min(self.rest, self.routing.available_at(place))

    @property
    def planned_seconds(self) -> int:
        """Professional time for the whole ticket."""
        return planned_seconds(self.operation.setup_seconds, self.operation.unit_seconds, self.ticket.quantity)


@dataclass(frozen=True, slots=True)
class TicketPage(TicketFacts):
    """What the page of a ticket shows."""

    sessions: list[SessionRow]
    reports: list[ReportRow]
    journal: list[Deed]
    actions: list[Action[TicketState]]
    parent: str
    drawings: list[DrawingSet]

    @property
    def given_with(self) -> DrawingRow | None:
        """The index of the drawing that it was given with."""
        rows = (row for each in self.drawings for row in each.rows)
        return next((row for row in rows if row.id == self.ticket.drawing_id), None)


def report_rows(db: Session, ticket_id: int) -> list[ReportRow]:
    """Stated quantities of a ticket with the entries that take some back, newest last."""
    reversal = aliased(QuantityReport)
    rows = db.execute(
        select(
            QuantityReport.id, Pupil.code, Pupil.first_name + " " + Pupil.last_name, QuantityReport.good,
            QuantityReport.scrap, func.coalesce(QuantityReport.reason, ""), QuantityReport.at,
            func.coalesce(Staff.first_name + " " + Staff.last_name, ""), QuantityReport.reverses_id, reversal.id,
        )
        .join(Pupil, Pupil.id == QuantityReport.pupil_id)
        .outerjoin(Staff, Staff.id == QuantityReport.by_id)
        .outerjoin(reversal, reversal.reverses_id == QuantityReport.id)
        .where(QuantityReport.ticket_id == ticket_id, or_(QuantityReport.good != 0, QuantityReport.scrap != 0))
        .order_by(QuantityReport.id)
    )  # fmt: skip
    return [ReportRow(*row[:9], void=row[9] is not None) for row in rows]


def ticket_facts(db: Session, number: str) -> TicketFacts:
    """A ticket with its routing, its client and who holds it."""
    ticket = get_ticket(db, number)
    routing = routing_of_operation(db, ticket.operation_id)
    client = db.execute(
        select(Company.name).join(CustomerOrder).where(CustomerOrder.number == routing.order_number)
    ).scalar_one()
    return TicketFacts(ticket, routing, client, holders_of(db, ticket.id))


def ticket_page(db: Session, number: str, *, by: Actor) -> TicketPage:
    """A ticket with all that was booked on it, what was done to it and what may be done now."""
    facts = ticket_facts(db, number)
    ticket = facts.ticket
    return TicketPage(
        ticket, facts.routing, facts.client, facts.holders, session_rows(db, WorkSession.ticket_id == ticket.id),
        report_rows(db, ticket.id), history(db, "ticket", ticket.id), TICKET.available(ticket.state, by.permissions),
        _parent(db, ticket), drawing_sets(db, [facts.routing.line_id]).get(facts.routing.line_id, []),
    )  # fmt: skip


def _parent(db: Session, ticket: Ticket) -> str:
    """The ticket whose pieces this one puts right, or makes again."""
    if ticket.parent_id is None:
        return ""
    return db.execute(select(Ticket.number).where(Ticket.id == ticket.parent_id)).scalar_one()


def pupil_for_time(db: Session, ticket: Ticket, code: str | None) -> int:
    """Whose time is entered: the pupil named, else the only one who ever had the ticket."""
    if code:
        return pupil_ids(db, [code], field="pupil")[0]
    ever = {assignment.pupil_id for assignment in ticket.assignments}
    if len(ever) != 1:
        raise Refused("Dites de qui est ce temps.", field="pupil")
    return ever.pop()


def ticket_in_the_way(db: Session, ticket: Ticket, pupil_id: int | None) -> str:
    """The other ticket on which the pupil's clock runs, if any."""
    held = [assignment.pupil_id for assignment in ticket.assignments if assignment.ended_at is None]
    if pupil_id is None and len(held) != 1:
        return ""
    running = open_session(db, pupil_id if pupil_id is not None else held[0])
    return running[1] if running and running[1] != ticket.number else ""
