"""The other tickets of an operation, and whether they may go into one."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.pedagogy.models import Pupil
from app.workshop.models import Assignment, Ticket
from app.workshop.rules import LIVE_STATES, Part, TicketState, pieces, why_not_merge


@dataclass(frozen=True, slots=True)
class Sibling:
    """A live ticket of the same operation. `why_not`: what keeps it apart."""

    number: str
    state: TicketState
    names: str
    open: int
    why_not: str | None

    @property
    def words(self) -> str:
        """« BT2026-00012, Tom Aubry, 4 pièces à faire »"""
        return f"{self.number}, {self.names or 'à donner'}, {pieces(self.open)} à faire"


def part_of(ticket: Ticket) -> Part:
    """The ticket as the rules of merging see it."""
    return Part(
        ticket.number, ticket.operation_id, ticket.drawing_id, ticket.kind, ticket.parent_id, ticket.state,
        ticket.quantity, ticket.good, ticket.scrap, ticket.aside,
    )  # fmt: skip


def siblings_of(db: Session, ticket: Ticket) -> list[Sibling]:
    """Every other live ticket of its operation; two statements."""
    others = db.execute(
        select(Ticket)
        .where(Ticket.operation_id == ticket.operation_id, Ticket.state.in_(LIVE_STATES), Ticket.id != ticket.id)
        .order_by(Ticket.id)
    ).scalars().all()  # fmt: skip
    names: dict[int, list[str]] = {}
    rows = db.execute(
        select(Assignment.ticket_id, Pupil.first_name, Pupil.last_name)
        .join(Pupil, Pupil.id == Assignment.pupil_id)
        .where(Assignment.ticket_id.in_([other.id for other in others]), Assignment.ended_at.is_(None))
        .order_by(Assignment.id)
    )
    for ticket_id, first, last in rows:
        names.setdefault(ticket_id, []).append(f"{first} {last}")
    mine = part_of(ticket)
    return [
        Sibling(
            other.number, other.state, " et ".join(names.get(other.id, [])), part_of(other).open,
            why_not_merge(mine, part_of(other)),
        )
        for other in others
    ]  # fmt: skip
