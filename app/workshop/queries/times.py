"""Booked times as lists show them: who, on what, from when to when, why it ended, whether it counts."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Staff
from app.core.clock import local
from app.core.db import run
from app.pedagogy.models import Pupil
from app.workshop.models import Operation, Ticket, WorkSession
from app.workshop.rules import CAUSE_LABELS, NBSP, EndCause, SessionWork, Timed, person_seconds


@dataclass(frozen=True, slots=True)
class SessionRow:
    """Time booked on a ticket. `void`: reversed by a later row, it counts for nothing."""

    id: int
    pupil_id: int
    pupil_code: str
    pupil: str
    number: str
    label: str
    started_at: datetime
    ended_at: datetime | None
    cause: EndCause | None
    kind: SessionWork
    share: Decimal
    batch: str | None
    validation_id: int | None
    by: str
    void: bool

    @property
    def day(self) -> date:
        """The school's day it began on."""
        return local(self.started_at).date()

    @property
    def seconds(self) -> int:
        """Length by the clock; 0 while it runs."""
        return int((self.ended_at - self.started_at).total_seconds()) if self.ended_at else 0

    @property
    def counted(self) -> int:
        """What the ticket is charged with: its share of it."""
        return person_seconds([Timed(self.started_at, self.ended_at or self.started_at, self.share)])

    @property
    def note(self) -> str:
        """« Réglage », « Aide, saisi à la main », « 40 % du temps »; nothing for plain work stopped by hand."""
        words = [
            self.kind.label if self.kind != SessionWork.RUN else "",
            f"{self.share.normalize():f}{NBSP}% du temps".replace(".", ",") if self.batch else "",
            CAUSE_LABELS[self.cause] if self.cause else "",
        ]
        said = [word for word in words if word]
        return ", ".join([*said[:1], *(word[:1].lower() + word[1:] for word in said[1:])])


def session_is(session_id: int) -> ColumnElement[bool]:
    """The condition that picks one booked time."""
    return WorkSession.id == session_id


def session_rows(db: Session, *conditions: ColumnElement[bool]) -> list[SessionRow]:
    """Booked times, the reversed ones marked, the reversing ones left out; newest last."""
    reversal = aliased(WorkSession)
    query = (
        select(
            WorkSession.id, Pupil.id, Pupil.code, Pupil.first_name + " " + Pupil.last_name, Ticket.number,
            Operation.label, WorkSession.started_at, WorkSession.ended_at, WorkSession.end_cause, WorkSession.kind,
            WorkSession.share, WorkSession.batch, WorkSession.validation_id,
            func.coalesce(Staff.first_name + " " + Staff.last_name, ""), reversal.id,
        )
        .join(Ticket, Ticket.id == WorkSession.ticket_id)
        .join(Operation, Operation.id == Ticket.operation_id)
        .join(Pupil, Pupil.id == WorkSession.pupil_id)
        .outerjoin(Staff, Staff.id == WorkSession.by_id)
        .outerjoin(reversal, reversal.reverses_id == WorkSession.id)
        .where(WorkSession.reverses_id.is_(None), *conditions)
        .order_by(WorkSession.started_at, WorkSession.id)
    )  # fmt: skip
    rows = run(db, query).all()
    return [SessionRow(*(*row[:14], row[14] is not None)) for row in rows]
