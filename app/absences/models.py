"""Notices to those who answer for a pupil, and letters of the month: facts, never edited."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.absences.rules import LetterKind
from app.core.db import Base
from app.core.types import UtcDateTime, Word
from app.pedagogy.rules.reasons import Channel


class AbsenceNotice(Base):
    """Who was told that a pupil is missing, how and when; once for one absence. `session_id` is a session of it.

    The messages that were handed to the outbox name this row.
    """

    __tablename__ = "absence_notice"
    __table_args__ = (UniqueConstraint("pupil_id", "session_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    session_id: Mapped[int] = mapped_column(ForeignKey("timetable_session.id"))
    channel: Mapped[Channel] = mapped_column(Word(Channel))
    told: Mapped[str]
    note: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))


class AbsenceLetter(Base):
    """A letter or report about one pupil's month, issued. `content` is what it says, frozen as JSON."""

    __tablename__ = "absence_letter"
    __table_args__ = (UniqueConstraint("pupil_id", "month", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"))
    month: Mapped[date] = mapped_column(index=True)
    kind: Mapped[LetterKind] = mapped_column(Word(LetterKind))
    content: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
