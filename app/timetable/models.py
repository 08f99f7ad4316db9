"""School years, school holidays, activities, rooms; rules of the timetable and what they made; feeds of calendars."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.accounts.models import Staff
from app.core.db import Base
from app.core.types import UtcDateTime, Versioned, Word
from app.pedagogy.models import Pupil, PupilGroup, Subject, TimetableSession, activities
from app.pedagogy.rules import SessionKind
from app.timetable.rules import ChangeKind, LineKind, WeekKind

ActivityPeriod = activities.ActivityPeriod


class SchoolYear(Versioned, Base):
    """First and last day of lessons of a school year (« 2026-2027 »), and how its A and B weeks alternate.

    `week_a_on`: a day of a week A; None, no alternation. `skips_closed`: a week closed throughout takes no turn.
    """

    __tablename__ = "school_year"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(9), unique=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    week_a_on: Mapped[date | None]
    skips_closed: Mapped[bool] = mapped_column(default=False, server_default=false())


class SchoolHoliday(Base):
    """School holidays of a zone (A, B, C) as the State publishes them, both days included. They close nothing."""

    __tablename__ = "school_holiday"
    __table_args__ = (UniqueConstraint("zone", "starts_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    zone: Mapped[str] = mapped_column(String(1))
    label: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class TimetableSetting(Versioned, Base):
    """One row: whether hours of minors beyond the limits are refused or only told."""

    __tablename__ = "timetable_setting"

    id: Mapped[int] = mapped_column(primary_key=True)
    hours_block: Mapped[bool] = mapped_column(default=False, server_default=false())


class Room(Versioned, Base):
    """A room by the name that sessions bear. `capacity`: pupils at once, None: nobody counts them."""

    __tablename__ = "room"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    capacity: Mapped[int | None]


class TimetableRule(Versioned, Base):
    """A session that comes again every week, or every A or B week, from one day to another, both included.

    A rule changed from a day on ends the day before; its successor names it in `follows_id`.
    """

    __tablename__ = "timetable_rule"
    __table_args__ = (Index(None, "group_id", "starts_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("pupil_group.id"))
    weekday: Mapped[int]
    start_minute: Mapped[int]
    end_minute: Mapped[int]
    subject_id: Mapped[int] = mapped_column(ForeignKey("subject.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    room: Mapped[str | None]
    kind: Mapped[SessionKind] = mapped_column(Word(SessionKind))
    weeks: Mapped[WeekKind] = mapped_column(Word(WeekKind))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("timetable_rule.id"))

    group: Mapped[PupilGroup] = relationship()
    subject: Mapped[Subject] = relationship()
    staff: Mapped[Staff] = relationship()


class SessionOrigin(Base):
    """Which rule a session comes from, for which day; a day of a rule is made once, whatever became of it."""

    __tablename__ = "session_origin"
    __table_args__ = (UniqueConstraint("rule_id", "on_date"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("timetable_session.id"), primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("timetable_rule.id"))
    on_date: Mapped[date]

    session: Mapped[TimetableSession] = relationship()
    rule: Mapped[TimetableRule] = relationship()


class CatchUp(Base):
    """A session that makes up for a cancelled one of its group and subject; one session may have several."""

    __tablename__ = "session_catch_up"

    session_id: Mapped[int] = mapped_column(ForeignKey("timetable_session.id"), primary_key=True)
    missed_id: Mapped[int] = mapped_column(ForeignKey("timetable_session.id"), index=True)


class TimetableChange(Base):
    """A mass change: many sessions at once, told in one sentence; the last one can be undone.

    `rule_id`: the rule it made or ended; `earlier_end`: the last day that the rule before it, or itself, had.
    `closure_id`: the closure it came with.
    """

    __tablename__ = "timetable_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ChangeKind] = mapped_column(Word(ChangeKind))
    label: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("timetable_rule.id"), index=True)
    earlier_end: Mapped[date | None]
    closure_id: Mapped[int | None]
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TimetableChangeLine(Base):
    """What a mass change did to one session; `before`: the columns as they were (JSON), `version`: what it became."""

    __tablename__ = "timetable_change_line"

    change_id: Mapped[int] = mapped_column(ForeignKey("timetable_change.id"), primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("timetable_session.id"), primary_key=True, index=True)
    kind: Mapped[LineKind] = mapped_column(Word(LineKind))
    before: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int]


class CalendarFeed(Base):
    """A secret address under which a calendar program reads one person's sessions; only its hash is kept."""

    __tablename__ = "calendar_feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id"), index=True)
    holder: Mapped[str]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    pupil: Mapped[Pupil | None] = relationship()
