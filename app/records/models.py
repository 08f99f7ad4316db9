"""What the school keeps of a pupil: documents, private notes, adjustments, changes of year."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.db import Base
from app.core.types import UtcDateTime, Versioned, Word
from app.records.rules import Audience, DocumentKind


class PupilDocument(Base):
    """A document of a pupil, with or without its file. Taken out, the row stays and says by whom."""

    __tablename__ = "pupil_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), index=True)
    kind: Mapped[DocumentKind] = mapped_column(Word(DocumentKind))
    label: Mapped[str]
    on_date: Mapped[date]
    ends_on: Mapped[date | None] = mapped_column(index=True)
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PupilNote(Base):
    """A private note. Read by its author and by whom it concerns; taken back, its words are erased."""

    __tablename__ = "pupil_note"

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    audience: Mapped[Audience] = mapped_column(Word(Audience))
    content: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class SupportMember(Base):
    """A member of staff of the socio-educational team: reads the notes that concern it."""

    __tablename__ = "support_member"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Adjustment(Base):
    """What is arranged for a pupil (*aménagement*): the wording of what to do, never a diagnosis."""

    __tablename__ = "pupil_adjustment"

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), index=True)
    wording: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class DocumentSetting(Versioned, Base):
    """One row: the documents asked for, as JSON {"everyone": [kind], "beside": {diploma code: [kind]}}."""

    __tablename__ = "document_setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    content: Mapped[str] = mapped_column(Text)


class YearChange(Base):
    """One run of the change of school year, done at once for whom it names, undone by itself.

    `content` holds what each of them had, as JSON, so that it can be undone. Whoever was left out has a later run.
    """

    __tablename__ = "year_change"
    __table_args__ = (Index(None, "to_year", "undone_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    from_year: Mapped[str]
    to_year: Mapped[str]
    starts_on: Mapped[date]
    content: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
