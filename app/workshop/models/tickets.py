"""Tickets given to pupils, who holds them, and the facts booked on them."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Staff
from app.core.db import Base
from app.core.types import Percent, UtcDateTime, Versioned, Word
from app.pedagogy.models import Pupil
from app.workshop.models.routings import Operation
from app.workshop.rules import EndCause, HalfDay, SessionWork, TicketKind, TicketState


class Ticket(Versioned, Base):
    """A *bon de travail*: what a master gives one pupil or a pair, on one operation. Not the operation itself.

    `for_day` and `for_half`: when it is meant to be worked on. `parent_id`: the ticket whose rejected pieces it puts
    right (`kind` rework) or replaces (remake). `drawing_id`: the index it was given with. `blocked_from`: the state it
    goes back to. `booked_seconds` adds people's shares of time, `machine_seconds` the time the machine was taken.
    `aside`: pieces it no longer asks for, as a non-conformance holds them or a rework ticket has them; derived.
    """

    __tablename__ = "ticket"
    __table_args__ = (Index(None, "state", "for_day"), Index(None, "operation_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    operation_id: Mapped[int] = mapped_column(ForeignKey("operation.id"))
    quantity: Mapped[int]
    state: Mapped[TicketState] = mapped_column(Word(TicketState))
    for_day: Mapped[date | None]
    note: Mapped[str | None]
    good: Mapped[int] = mapped_column(default=0)
    scrap: Mapped[int] = mapped_column(default=0)
    aside: Mapped[int] = mapped_column(default=0, server_default="0")
    booked_seconds: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    machine_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    for_half: Mapped[HalfDay | None] = mapped_column(Word(HalfDay))
    kind: Mapped[TicketKind] = mapped_column(
        Word(TicketKind), default=TicketKind.NORMAL, server_default=TicketKind.NORMAL.value
    )
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"), index=True)
    drawing_id: Mapped[int | None] = mapped_column(ForeignKey("drawing.id"))
    blocked_reason: Mapped[str | None]
    blocked_from: Mapped[TicketState | None] = mapped_column(Word(TicketState))

    operation: Mapped[Operation] = relationship()
    assignments: Mapped[list["Assignment"]] = relationship(
        back_populates="ticket", lazy="raise_on_sql", order_by="Assignment.id"
    )


class Assignment(Base):
    """Who holds a ticket and from whom; taking it back ends the row, it is never rewritten."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index("uq_assignment_live", "ticket_id", "pupil_id", unique=True, sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
        Index(None, "ticket_id"),
        Index(None, "pupil_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    master_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    given_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    ticket: Mapped[Ticket] = relationship(back_populates="assignments")
    pupil: Mapped[Pupil] = relationship()
    master: Mapped[Staff] = relationship()


class TimeValidation(Base):
    """A master went over the booked times of a day: how many were confirmed, how many of them put right first."""

    __tablename__ = "time_validation"
    __table_args__ = (Index(None, "on_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    on_date: Mapped[date]
    lines: Mapped[int]
    corrected: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    by: Mapped[Staff | None] = relationship()


class WorkSession(Base):
    """Time a pupil spent on a ticket: two UTC instants. Once closed never edited; a mistake is reversed by a later row.

    At most one open session per pupil, unless several tickets are run together as one batch (`batch`), each with its
    `share` of the time in percent. A reversing row copies the instants and points to what it takes back; rows that are
    reversed or reversing count for nothing. `validation_id`: a master confirmed it when going over the day.
    """

    __tablename__ = "work_session"
    __table_args__ = (
        Index("uq_work_session_open", "pupil_id", unique=True,
              sqlite_where=text("ended_at IS NULL AND batch IS NULL"),
              postgresql_where=text("ended_at IS NULL AND batch IS NULL")),
        Index(None, "batch"),
        Index(None, "ticket_id"),
        Index(None, "pupil_id", "started_at"),
        Index(None, "started_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_cause: Mapped[EndCause | None] = mapped_column(Word(EndCause))
    kind: Mapped[SessionWork] = mapped_column(
        Word(SessionWork), default=SessionWork.RUN, server_default=SessionWork.RUN.value
    )
    share: Mapped[Decimal] = mapped_column(Percent, default=Decimal(100), server_default="10000")
    batch: Mapped[str | None] = mapped_column(String(36))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("work_session.id"), unique=True)
    validation_id: Mapped[int | None] = mapped_column(ForeignKey("time_validation.id"))

    ticket: Mapped[Ticket] = relationship()


class QuantityReport(Base):
    """Pieces good and scrapped, stated once. Never edited: a correction is a row with the negative figures that
    points to the one it takes back, then a new one. `defect_id`: the non-conformance that made the correction.
    """

    __tablename__ = "quantity_report"
    __table_args__ = (Index(None, "ticket_id"), Index(None, "work_session_id"), Index(None, "defect_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    work_session_id: Mapped[int | None] = mapped_column(ForeignKey("work_session.id"))
    good: Mapped[int]
    scrap: Mapped[int]
    reason: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("quantity_report.id"), unique=True)
    defect_id: Mapped[int | None] = mapped_column(ForeignKey("defect.id"))

    ticket: Mapped[Ticket] = relationship()
