"""Work centres, jobs with their routing, tickets given to pupils, and the facts booked on them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Staff
from app.core.db import Base
from app.core.types import UtcDateTime, Versioned, Word
from app.orders.models import OrderLine
from app.pedagogy.models import Pupil
from app.workshop.rules import EndCause, JobState, TicketState


class WorkCenter(Versioned, Base):
    """A machine or bench (*poste*). `regulated_articles` holds article codes joined by « + », empty when free."""

    __tablename__ = "work_center"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    label: Mapped[str]
    capacity: Mapped[int]
    regulated_articles: Mapped[str] = mapped_column(default="")
    risk_assessed_on: Mapped[date | None]
    sort_key: Mapped[str] = mapped_column(index=True)


class Declaration(Base):
    """A declaration of derogation for minors, valid three years less a day from sending (R4153-40)."""

    __tablename__ = "declaration"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    sent_on: Mapped[date]
    articles: Mapped[str]
    work_centers: Mapped[str]
    diplomas: Mapped[str]


class Clearance(Base):
    """A dated fact about a pupil: medical opinion (conclusion only) or safety training on a work centre."""

    __tablename__ = "clearance"
    __table_args__ = (Index(None, "pupil_id", "kind", "on_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    kind: Mapped[str] = mapped_column(String(10))  # medical, safety
    work_center_id: Mapped[int | None] = mapped_column(ForeignKey("work_center.id"))
    on_date: Mapped[date]
    result: Mapped[str] = mapped_column(String(15))  # fit, unfit / passed, failed, not_assessed
    restriction: Mapped[str] = mapped_column(default="")


class Job(Versioned, Base):
    """An *ordre de fabrication*: what must be made for one order line."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    line_id: Mapped[int] = mapped_column(ForeignKey("order_line.id"), unique=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"), index=True)
    quantity: Mapped[int]
    due_on: Mapped[date]
    state: Mapped[JobState] = mapped_column(Word(JobState), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    line: Mapped[OrderLine] = relationship()
    operations: Mapped[list["Operation"]] = relationship(
        back_populates="job", lazy="raise_on_sql", order_by="Operation.seq"
    )


class Operation(Versioned, Base):
    """One step of a job's routing (*gamme*), in order of `seq`.

    Planned times are professional seconds. `good`, `scrap` and `booked_seconds` sum the facts of its tickets: derived,
    written in the same transaction, recounted by a test.
    """

    __tablename__ = "operation"
    __table_args__ = (UniqueConstraint("job_id", "seq"), Index(None, "work_center_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"))
    seq: Mapped[int]
    label: Mapped[str]
    work_center_id: Mapped[int] = mapped_column(ForeignKey("work_center.id"))
    setup_seconds: Mapped[int]
    unit_seconds: Mapped[int]
    skill_code: Mapped[str | None]
    good: Mapped[int] = mapped_column(default=0)
    scrap: Mapped[int] = mapped_column(default=0)
    booked_seconds: Mapped[int] = mapped_column(default=0)

    job: Mapped[Job] = relationship(back_populates="operations")
    work_center: Mapped[WorkCenter] = relationship()


class Ticket(Versioned, Base):
    """A *bon de travail*: what a master gives one pupil or a pair, on one operation. Not the operation itself."""

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
    booked_seconds: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

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


class WorkSession(Base):
    """Time a pupil spent on a ticket: two UTC instants. Once closed never edited; a mistake is reversed by a later row.

    At most one open session per pupil. A reversing row copies the instants and points to what it takes back;
    rows that are reversed or reversing count for nothing.
    """

    __tablename__ = "work_session"
    __table_args__ = (
        Index("uq_work_session_open", "pupil_id", unique=True, sqlite_where=text("ended_at IS NULL"),
              postgresql_where=text("ended_at IS NULL")),
        Index(None, "ticket_id"),
        Index(None, "pupil_id", "started_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_cause: Mapped[EndCause | None] = mapped_column(Word(EndCause))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("work_session.id"), unique=True)

    ticket: Mapped[Ticket] = relationship()


class QuantityReport(Base):
    """Pieces good and scrapped, stated once. Never edited: a correction is a row with the negative figures that
    points to the one it takes back, then a new one.
    """

    __tablename__ = "quantity_report"
    __table_args__ = (Index(None, "ticket_id"), Index(None, "work_session_id"))

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

    ticket: Mapped[Ticket] = relationship()
