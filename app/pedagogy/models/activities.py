"""Days outside the timetable, and what they count as."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Staff
from app.core.db import Base
from app.core.types import UtcDateTime, Versioned, Word
from app.pedagogy.models import Pupil, PupilGroup
from app.pedagogy.rules.activities import ActivityKind, CountsAs


class ActivityPeriod(Versioned, Base):
    """Exam, placement, visit: days of a group or of one pupil outside the timetable, both ends included.

    `minutes_per_day` holds for each school day of the period. Exactly one of `group_id` and `pupil_id` is set.
    """

    __tablename__ = "activity_period"
    __table_args__ = (Index(None, "starts_on", "ends_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ActivityKind] = mapped_column(Word(ActivityKind))
    group_id: Mapped[int | None] = mapped_column(ForeignKey("pupil_group.id"), index=True)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    minutes_per_day: Mapped[int]
    label: Mapped[str]

    group: Mapped[PupilGroup | None] = relationship()
    pupil: Mapped[Pupil | None] = relationship()


class CountingRule(Base):
    """From a day on, a kind of activity counts as practice, theory or nothing. Never edited: a later row rules."""

    __tablename__ = "counting_rule"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ActivityKind] = mapped_column(Word(ActivityKind))
    counts_as: Mapped[CountsAs] = mapped_column(Word(CountsAs))
    starts_on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    by: Mapped[Staff | None] = relationship()
