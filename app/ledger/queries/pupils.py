"""The ledger of one pupil: from a year down to the statement that made an hour."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.clock import monday_of, today
from app.core.db import run
from app.ledger.queries.work import seconds_by_day, tickets_of_day
from app.ledger.rules.periods import NONE, Figures, Grain, grain_of, split
from app.pedagogy.models import AttendanceRecord, Membership, Pupil, RollCallEvent, TimetableSession
from app.pedagogy.models.activities import ActivityPeriod
from app.pedagogy.queries import get_pupil_by_code, school_band
from app.pedagogy.queries.activities import counted
from app.pedagogy.queries.forecasts import pupil_forecast
from app.pedagogy.queries.rolls import session_rows
from app.pedagogy.queries.shares import pupil_days
from app.pedagogy.rules import Attendance, Band, Minutes, Period, SessionState, is_member
from app.pedagogy.rules.forecast import Forecast
from app.workshop.queries.times import SessionRow


@dataclass(frozen=True, slots=True)
class Line:
    """A month, a week or a day of a ledger, cut to its period."""

    start: date
    end: date
    figures: Figures


@dataclass(frozen=True, slots=True)
class Ledger:
    """A pupil's hours over a period, line by line; lines without any figure are left out."""

    pupil: Pupil
    start: date
    end: date
    grain: Grain
    lines: list[Line]
    total: Figures
    band: Band
    forecast: Forecast | None


@dataclass(frozen=True, slots=True)
class Said:
    """One statement of a roll call: who said it and when. `holds`: it rules now; `replaces_id`: the one before it."""

    id: int
    status: Attendance
    minutes_late: int
    minutes_early: int
    official: bool
    at: datetime
    who: str
    replaces_id: int | None
    holds: bool


@dataclass(slots=True)
class SessionOfDay:
    """A session of the timetable with what was said of the pupil in it, and the minutes that follow from it.

    `counts`: not cancelled, and the pupil belonged to its group that day.
    """

    row: Any
    counts: bool
    attended: int | None = None
    said: list[Said] = field(default_factory=list)

    @property
    def length(self) -> int:
        """Minutes from start to end."""
        return int(self.row.end_minute - self.row.start_minute)


@dataclass(frozen=True, slots=True)
class DayOfPupil:
    """Everything that makes the figures of one pupil on one day."""

    pupil: Pupil
    day: date
    figures: Figures
    sessions: list[SessionOfDay]
    tickets: list[SessionRow]
    activities: list[tuple[str, Minutes]]

    @property
    def monday(self) -> date:
        """The first day of its week."""
        return monday_of(self.day)

    @property
    def sunday(self) -> date:
        """The last one."""
        return self.monday + timedelta(days=6)


def day_figures(db: Session, pupil_id: int, start: date, end: date) -> dict[date, Figures]:
    """The figures of each day that has any; three statements."""
    days = pupil_days(db, pupil_id, Period(start, end))
    seconds = seconds_by_day(db, start, end, pupil_id)
    return {
        day: Figures(*days.get(day, (NONE, NONE, NONE)), seconds.get(day, 0))
        for day in sorted(days.keys() | seconds.keys())
    }


def pupil_ledger(db: Session, code: str, start: date, end: date, grain: Grain | None = None) -> Ledger:
    """A pupil's ledger; a constant number of statements whatever the period."""
    pupil = get_pupil_by_code(db, code)
    days = day_figures(db, pupil.id, start, end)
    grain = grain or grain_of(start, end)
    lines = [Line(*part, _sum(days, *part)) for part in split(start, end, grain)]
    total = sum((line.figures for line in lines), Figures())
    coming = pupil_forecast(db, pupil.id, Period(start, end), total.held, total.attended) if end >= today() else None
    return Ledger(
        pupil, start, end, grain, [line for line in lines if line.figures.known], total, school_band(db), coming
    )  # fmt: skip


def _sum(days: dict[date, Figures], start: date, end: date) -> Figures:
    return sum((figures for day, figures in days.items() if start <= day <= end), Figures())


_STAYS = select(Membership.group_id, Membership.starts_on, Membership.ends_on).where(
    Membership.pupil_id == bindparam("pupil")
)
_SESSIONS = (
    session_rows()
    .add_columns(TimetableSession.group_id)
    .where(TimetableSession.on_date == bindparam("day"))
    .order_by(TimetableSession.start_minute, TimetableSession.id)
)
_SAID = (
    select(
        RollCallEvent.session_id, RollCallEvent.id, RollCallEvent.status, RollCallEvent.minutes_late,
        RollCallEvent.minutes_early, RollCallEvent.official, RollCallEvent.at, RollCallEvent.replaces_id,
        Staff.first_name, Staff.last_name, AttendanceRecord.event_id, AttendanceRecord.attended_minutes,
    )
    .join(TimetableSession, TimetableSession.id == RollCallEvent.session_id)
    .outerjoin(Staff, Staff.id == RollCallEvent.by_id)
    .outerjoin(
        AttendanceRecord,
        (AttendanceRecord.session_id == RollCallEvent.session_id)
        & (AttendanceRecord.pupil_id == RollCallEvent.pupil_id),
    )
    .where(RollCallEvent.pupil_id == bindparam("pupil"), TimetableSession.on_date == bindparam("day"))
    .order_by(RollCallEvent.id)
)  # fmt: skip


def day_of_pupil(db: Session, code: str, day: date) -> DayOfPupil:
    """One day down to each statement, with who made it and which it replaced, and the time on tickets."""
    pupil = get_pupil_by_code(db, code)
    figures = day_figures(db, pupil.id, day, day).get(day, Figures())
    said: dict[int, list[Any]] = {}
    for row in run(db, _SAID, {"pupil": pupil.id, "day": day}).all():
        said.setdefault(row.session_id, []).append(row)
    stays = run(db, _STAYS, {"pupil": pupil.id}).all()
    groups = {stay.group_id for stay in stays if is_member([stay], day)}
    sessions = [
        _session(row, said.get(row.id, []), member=row.group_id in groups)
        for row in run(db, _SESSIONS, {"day": day}).all()
        if row.group_id in groups or row.id in said
    ]
    found = counted(db, {"start": day, "end": day, "of": pupil.id}, "pupil")
    activities = [(db.get_one(ActivityPeriod, one.activity_id).label, one.minutes) for one in found]
    return DayOfPupil(pupil, day, figures, sessions, tickets_of_day(db, pupil.id, day), activities)


def _session(row: Any, said: list[Any], *, member: bool) -> SessionOfDay:
    counts = member and row.state == SessionState.PLANNED
    shown = SessionOfDay(row, counts, said[0].attended_minutes if said and counts else None)
    shown.said = [
        Said(
            one.id, one.status, one.minutes_late, one.minutes_early, one.official, one.at,
            f"{one.first_name} {one.last_name}" if one.last_name else "L’import", one.replaces_id,
            one.id == one.event_id,
        )
        for one in said
    ]  # fmt: skip
    return shown
