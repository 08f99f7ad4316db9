"""Exam results, job offers and outcomes of pupils."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.core.types import UtcDateTime, Versioned, Word
from app.graduates.rules import Contract, ExamVerdict, OfferState, Situation
from app.pedagogy.models import Diploma, Pupil


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
