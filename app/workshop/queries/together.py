"""Tickets that one pupil may run together, or does."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.core.errors import NotFound
from app.machines.models import WorkCenter
from app.pedagogy.models import Pupil
from app.workshop.models import Assignment, Operation, Ticket, WorkSession
from app.workshop.rules import HELD_STATES, SMALLEST_BATCH, TicketState, open_pieces, planned_seconds


@dataclass(frozen=True, slots=True)
class Held:
    """A ticket in a pupil's hands; `share` as long as it runs in a batch."""

    number: str
    label: str
    center: str
    state: TicketState
    quantity: int
    good: int
    scrap: int
    aside: int
    setup_seconds: int
    unit_seconds: int
    version: int
    since: datetime | None
    share: Decimal | None
    batch: str | None

    @property
    def rest(self) -> int:
        """Pieces it still asks for."""
        return open_pieces(self.quantity, self.good, self.scrap, self.aside)

    @property
    def seconds(self) -> int:
        """Professional time of what is left."""
        return planned_seconds(self.setup_seconds, self.unit_seconds, self.rest)


@dataclass(frozen=True, slots=True)
class Together:
    """A pupil with the tickets in hand, and those that run together now."""

    pupil: Pupil
    held: tuple[Held, ...]

    @property
    def running(self) -> tuple[Held, ...]:
        """What runs together now."""
        return tuple(each for each in self.held if each.batch is not None)

    @property
    def enough(self) -> bool:
        """Two tickets at least."""
        return len(self.held) >= SMALLEST_BATCH


_HELD = (
    select(
        Ticket.number, Operation.label, WorkCenter.label, Ticket.state, Ticket.quantity, Ticket.good, Ticket.scrap,
        Ticket.aside, Operation.setup_seconds, Operation.unit_seconds, Ticket.version,
        WorkSession.started_at, WorkSession.share, WorkSession.batch,
    )
    .join(Assignment, Assignment.ticket_id == Ticket.id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .outerjoin(
        WorkSession,
        and_(
            WorkSession.ticket_id == Ticket.id, WorkSession.pupil_id == Assignment.pupil_id,
            WorkSession.ended_at.is_(None),
        ),
    )
    .where(
        Assignment.pupil_id == bindparam("pupil"), Assignment.ended_at.is_(None),
        Ticket.state.in_(sorted(HELD_STATES - {TicketState.TO_RELEASE})),
    )
    .order_by(Ticket.id)
)  # fmt: skip


def together(db: Session, code: str) -> Together:
    """What a pupil could run together, or does; two statements."""
    pupil = db.execute(select(Pupil).where(Pupil.code == code)).scalar_one_or_none()
    if pupil is None:
        raise NotFound(f"Aucun élève n’a le code « {code} ».")
    return Together(pupil, tuple(Held(*row) for row in run(db, _HELD, {"pupil": pupil.id}).all()))
