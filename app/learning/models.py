"""Evaluations and marks, terms and their reports, what was issued."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base
from app.core.types import Points, UtcDateTime, Versioned, Word
from app.learning.rules.marks import MarkStanding, ReportKind
from app.pedagogy.models import Pupil, PupilGroup, Subject


class Term(Versioned, Base):
    """A *trimestre* or *semestre* of a school year (« 2026-2027 »), both days included; never two at once."""

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("school_year", "label"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    school_year: Mapped[str] = mapped_column(String(9))
    label: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class Evaluation(Versioned, Base):
    """Something a group was marked on in a subject, out of so many points, with its weight in the average."""

    __tablename__ = "evaluation"
    __table_args__ = (Index(None, "group_id", "subject_id", "on_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("pupil_group.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    title: Mapped[str]
    on_date: Mapped[date]
    out_of: Mapped[Decimal] = mapped_column(Points)
    coefficient: Mapped[Decimal] = mapped_column(Points)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    group: Mapped[PupilGroup] = relationship()
    subject: Mapped[Subject] = relationship()


class Mark(Base):
    """What was said of one pupil's work. Never edited: a correction is a later row that names the one before."""

    __tablename__ = "mark"
    __table_args__ = (Index(None, "evaluation_id", "pupil_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), index=True)
    standing: Mapped[MarkStanding] = mapped_column(Word(MarkStanding))
    points: Mapped[Decimal | None] = mapped_column(Points)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("mark.id"), unique=True)


class ReportComment(Versioned, Base):
    """What a teacher says of a pupil in a subject at the end of a term."""

    __tablename__ = "report_comment"
    __table_args__ = (UniqueConstraint("term_id", "subject_id", "pupil_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"))
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class CouncilOpinion(Versioned, Base):
    """What the class council says of a pupil at the end of a term."""

    __tablename__ = "council_opinion"
    __table_args__ = (UniqueConstraint("term_id", "pupil_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    term_id: Mapped[int] = mapped_column(ForeignKey("term.id"))
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class IssuedReport(Base):
    """A report as it was issued: every word of it, frozen. A correction is a new edition, with its reason."""

    __tablename__ = "issued_report"
    __table_args__ = (Index(None, "pupil_id", "kind"), Index(None, "term_id", "kind"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ReportKind] = mapped_column(Word(ReportKind))
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    term_id: Mapped[int | None] = mapped_column(ForeignKey("term.id"))
    edition: Mapped[int]
    reason: Mapped[str] = mapped_column(default="")
    content: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    pupil: Mapped[Pupil] = relationship()
