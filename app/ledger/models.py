"""What exams, placements and visits count as, the monthly statements of hours, the papers that were issued."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Staff
from app.core.db import Base
from app.core.types import UtcDateTime, Versioned, Word
from app.ledger.rules import LineKind, PaperKind, StatementState


class HoursStatement(Versioned, Base):
    """A member of staff's hours of one month (*état des vacations*), as they stood when its owner confirmed them.

    `month` is its first day. There is no row before it is confirmed: until then it is computed. Closed, it is with
    payroll. Its lines are frozen; what changes later stands as a correction on the next one.
    """

    __tablename__ = "hours_statement"
    __table_args__ = (UniqueConstraint("staff_id", "month"), Index(None, "month"))

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    month: Mapped[date]
    state: Mapped[StatementState] = mapped_column(Word(StatementState))
    minutes: Mapped[int]
    confirmed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    staff: Mapped[Staff] = relationship(foreign_keys=[staff_id])


class HoursStatementLine(Base):
    """One session of a confirmed statement, in the words of its day. A correction bears the signed difference."""

    __tablename__ = "hours_statement_line"
    __table_args__ = (Index(None, "statement_id"), Index(None, "session_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("hours_statement.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("timetable_session.id"))
    kind: Mapped[LineKind] = mapped_column(Word(LineKind))
    on_date: Mapped[date]
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    subject: Mapped[str]
    group: Mapped[str]
    minutes: Mapped[int]
    note: Mapped[str] = mapped_column(default="")


class IssuedPaper(Base):
    """A signed sheet or a certificate, frozen with its number when issued. `content` is all it says, as JSON."""

    __tablename__ = "issued_paper"
    __table_args__ = (Index(None, "issued_at"), Index(None, "pupil_id"), Index(None, "group_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[PaperKind] = mapped_column(Word(PaperKind))
    title: Mapped[str]
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id"))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("pupil_group.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    school: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
