"""Exam results, job offers and outcomes of pupils."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.core.types import Points, UtcDateTime, Versioned, Word
from app.graduates.rules import Contract, ExamVerdict, OfferState, Situation, UnitMode, UnitOutcome, UnitStanding
from app.pedagogy.models import Diploma, ExamSession, Pupil


class ExamResult(Base):
    """A pupil's result at a diploma in the session of a year."""

    __tablename__ = "exam_result"
    __table_args__ = (UniqueConstraint("pupil_id", "diploma_id", "session"), Index(None, "session"))

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    diploma_id: Mapped[int] = mapped_column(ForeignKey("diploma.id"))
    session: Mapped[int]
    verdict: Mapped[ExamVerdict] = mapped_column(Word(ExamVerdict))

    pupil: Mapped[Pupil] = relationship()
    diploma: Mapped[Diploma] = relationship()


class JobOffer(Versioned, Base):
    """A company's offer to one pupil. The name is kept as written: it is what pairs are counted by."""

    __tablename__ = "job_offer"
    __table_args__ = (UniqueConstraint("pupil_id", "company_name", "offered_on"), Index(None, "offered_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    company_name: Mapped[str]
    siret: Mapped[str | None]
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"), index=True)
    offered_on: Mapped[date]
    contract: Mapped[Contract] = mapped_column(Word(Contract))
    state: Mapped[OfferState] = mapped_column(Word(OfferState))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    pupil: Mapped[Pupil] = relationship()


class Outcome(Base):
    """What a leaver does on a date."""

    __tablename__ = "outcome"
    __table_args__ = (UniqueConstraint("pupil_id", "as_of"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    as_of: Mapped[date]
    situation: Mapped[Situation] = mapped_column(Word(Situation))
    company_name: Mapped[str | None]

    pupil: Mapped[Pupil] = relationship()


class ExamUnit(Base):
    """A unit (*épreuve*) of a diploma's exam, from a session on until a later set of units replaces them all."""

    __tablename__ = "exam_unit"
    __table_args__ = (UniqueConstraint("diploma_id", "from_session", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    diploma_id: Mapped[int] = mapped_column(ForeignKey("diploma.id"))
    from_session: Mapped[int]
    code: Mapped[str]
    label: Mapped[str]
    coefficient: Mapped[Decimal] = mapped_column(Points)
    mode: Mapped[UnitMode] = mapped_column(Word(UnitMode))
    optional: Mapped[bool] = mapped_column(default=False, server_default=false())
    position: Mapped[int]


class ExamEntry(Versioned, Base):
    """A pupil entered for a session, under the number that the authority gave."""

    __tablename__ = "exam_entry"
    __table_args__ = (UniqueConstraint("exam_session_id", "pupil_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exam_session_id: Mapped[int] = mapped_column(ForeignKey("exam_session.id"))
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), index=True)
    number: Mapped[str] = mapped_column(default="", server_default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    exam: Mapped[ExamSession] = relationship()
    pupil: Mapped[Pupil] = relationship()


class EntryUnit(Base):
    """One unit of an entry: sat, kept from an earlier session with its mark, or exempt; then what came of it."""

    __tablename__ = "exam_entry_unit"
    __table_args__ = (UniqueConstraint("entry_id", "unit_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("exam_entry.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("exam_unit.id"), index=True)
    standing: Mapped[UnitStanding] = mapped_column(Word(UnitStanding))
    outcome: Mapped[UnitOutcome | None] = mapped_column(Word(UnitOutcome))
    points: Mapped[Decimal | None] = mapped_column(Points)

    unit: Mapped[ExamUnit] = relationship()
