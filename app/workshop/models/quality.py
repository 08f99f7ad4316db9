"""What was checked on a ticket, who released it, what did not conform; and what the pupil says of it."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.core.types import Quantity, UtcDateTime, Versioned, Word
from app.pedagogy.models import Pupil
from app.workshop.models.routings import CheckPoint
from app.workshop.models.tickets import Ticket
from app.workshop.rules import CheckStage, DefectDecision, DefectState, ReleaseKind


class CheckResult(Base):
    """One check of one piece: the pupil's own, or the master's. Never edited: a later row takes it back.

    `value` in the point's unit for a measure; `conforms` is worked out from the tolerance, or stated.
    """

    __tablename__ = "check_result"
    __table_args__ = (Index(None, "ticket_id", "point_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("check_point.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    stage: Mapped[CheckStage] = mapped_column(Word(CheckStage))
    piece: Mapped[int]
    value: Mapped[Decimal | None] = mapped_column(Quantity)
    conforms: Mapped[bool]
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("check_result.id"), unique=True)

    point: Mapped[CheckPoint] = relationship()


class Release(Base):
    """A master's word on a first article or on a finished ticket: conform, or not. Never edited.

    `override_reason`: released although a check is missing or out, with why.
    """

    __tablename__ = "release"
    __table_args__ = (Index(None, "ticket_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[ReleaseKind] = mapped_column(Word(ReleaseKind))
    conforms: Mapped[bool]
    note: Mapped[str | None]
    override_reason: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))


class Defect(Versioned, Base):
    """A non-conformance (*fiche de non-conformité*): how many pieces, why, and what was decided.

    `taken_good`: pieces that had been stated good and were taken back by it. `rework_ticket_id` is the ticket that puts
    them right; they are neither good nor scrap until that one reports them.
    `remake_ticket_id` makes scrapped ones again.
    """

    __tablename__ = "defect"
    __table_args__ = (Index(None, "ticket_id"), Index(None, "state"))

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id"))
    pieces: Mapped[int]
    taken_good: Mapped[int] = mapped_column(default=0)
    cause: Mapped[str] = mapped_column(String(30))
    description: Mapped[str] = mapped_column(Text, default="")
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    point_id: Mapped[int | None] = mapped_column(ForeignKey("check_point.id"))
    state: Mapped[DefectState] = mapped_column(Word(DefectState))
    decision: Mapped[DefectDecision | None] = mapped_column(Word(DefectDecision))
    decision_note: Mapped[str | None]
    agreed_by: Mapped[str | None]
    agreed_on: Mapped[date | None]
    rework_ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    remake_ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    ticket: Mapped[Ticket] = relationship(foreign_keys=[ticket_id])
    rework_ticket: Mapped[Ticket | None] = relationship(foreign_keys=[rework_ticket_id])
    remake_ticket: Mapped[Ticket | None] = relationship(foreign_keys=[remake_ticket_id])


class HelpRequest(Base):
    """A pupil calls the master; open until a master has come."""

    __tablename__ = "help_request"
    __table_args__ = (Index(None, "answered_at", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    reason: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    pupil: Mapped[Pupil] = relationship()
