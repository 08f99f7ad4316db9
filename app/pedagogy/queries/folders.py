"""The folder of one pupil: hours and absences, stays in groups, journal."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.clock import today
from app.core.journal import Deed, history
from app.pedagogy.models import (
    AttendanceRecord,
    Membership,
    Pupil,
    PupilGroup,
    Subject,
    TimetableSession,
)
from app.pedagogy.queries.forecasts import pupil_forecast
from app.pedagogy.queries.photos import photos_shown
from app.pedagogy.queries.pupils import attendance_on, get_pupil_by_code
from app.pedagogy.queries.shares import pupil_minutes, school_band, within
from app.pedagogy.rules import (
    Attendance,
    Band,
    Minutes,
    Period,
    SessionState,
    adult_from,
    school_year_of,
)
from app.pedagogy.rules.forecast import Forecast
from app.pedagogy.rules.photos import PhotoUse

EXCEPTIONS = 20


@dataclass(frozen=True, slots=True)
class Absences:
    """What a school year's roll calls count, and the latest that were not simply « présent »."""

    counts: dict[Attendance, int]
    minutes_late: int
    latest: list[Any]


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes of a period: planned (not cancelled), held (roll called), attended."""

    period: Period
    planned: Minutes
    held: Minutes
    attended: Minutes
    band: Band
    absences: Absences
    forecast: Forecast | None


@dataclass(frozen=True, slots=True)
class PupilFolder:
    """What the pages of one pupil share: who, today’s latest roll call, the photo when it may be shown."""

    pupil: Pupil
    said_today: Attendance | None
    photo: str = ""

    @property
    def adult_on(self) -> date:
        """The day the pupil answers alone."""
        return adult_from(self.pupil.born_on)


def pupil_folder(db: Session, code: str) -> PupilFolder:
    """A pupil, today's roll call and the photo; three statements."""
    pupil = get_pupil_by_code(db, code)
    photo = photos_shown(db, [pupil.id], PhotoUse.RECORD).get(pupil.id, "")
    return PupilFolder(pupil, attendance_on(db, today(), [pupil.id]).get(pupil.id), photo)


def pupil_hours(db: Session, pupil: Pupil) -> Hours:
    """This school year's minutes and absences of a pupil, over all groups."""
    period = school_year_of(today())
    planned, held, attended = pupil_minutes(db, pupil.id, period)
    coming = pupil_forecast(db, pupil.id, period, held, attended)
    return Hours(period, planned, held, attended, school_band(db), _absences(db, pupil.id, period), coming)


def pupil_stays(db: Session, pupil_id: int) -> list[Any]:
    """A pupil's stays with the names of the groups, the latest first."""
    query = (
        select(Membership.starts_on, Membership.ends_on, PupilGroup.code, PupilGroup.label, PupilGroup.school_year)
        .join(PupilGroup, PupilGroup.id == Membership.group_id)
        .where(Membership.pupil_id == pupil_id)
        .order_by(Membership.starts_on.desc())
    )
    return list(db.execute(query).all())


def pupil_journal(db: Session, pupil_id: int) -> list[Deed]:
    """What was done to a pupil's record."""
    return history(db, "pupil", pupil_id)


def _absences(db: Session, pupil_id: int, period: Period) -> Absences:
    record, session = AttendanceRecord, TimetableSession
    wanted = (
        record.pupil_id == pupil_id, session.state == SessionState.PLANNED, *within(session.on_date, period),
    )  # fmt: skip
    counts: dict[Attendance, int] = {}
    minutes_late = 0
    for status, count, late in db.execute(
        select(record.status, func.count(), func.sum(record.minutes_late))
        .join(session, session.id == record.session_id)
        .where(*wanted)
        .group_by(record.status)
    ):
        counts[status] = count
        minutes_late += int(late)
    latest = db.execute(
        select(
            session.id, session.on_date, session.start_minute, session.end_minute, session.kind,
            Subject.label.label("subject_label"), record.status, record.minutes_late,
        )
        .join(session, session.id == record.session_id)
        .join(Subject, Subject.id == session.subject_id)
        .where(*wanted, record.status != Attendance.PRESENT)
        .order_by(session.on_date.desc(), session.start_minute.desc())
        .limit(EXCEPTIONS)
    )  # fmt: skip
    return Absences(counts, minutes_late, list(latest.all()))
