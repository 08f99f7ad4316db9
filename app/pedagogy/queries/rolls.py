"""Roll calls: the sheet of one session, the calls still to do, the lessons still to log."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import School, Staff
from app.core.clock import local_minute, now, today
from app.core.db import run
from app.core.errors import NotFound
from app.pedagogy.models import AttendanceRecord, PupilGroup, RollCallEvent, Subject, TimetableSession
from app.pedagogy.queries.pupils import Member, members_on
from app.pedagogy.queries.reasons import announced
from app.pedagogy.rules import Attendance, SessionKind, SessionState, effective, said_label, school_year_of


@dataclass(frozen=True, slots=True)
class Event:
    """One statement, as it was made."""

    id: int
    pupil_id: int
    status: Attendance
    minutes_late: int
    minutes_early: int
    official: bool
    at: datetime
    by_id: int | None
    by: str

    @property
    def words(self) -> str:
        """« Retard 17 min »."""
        return said_label(*self.facts)

    @property
    def facts(self) -> tuple[Attendance, int, int]:
        """What was said, whoever said it of whom."""
        return (self.status, self.minutes_late, self.minutes_early)


@dataclass(frozen=True, slots=True)
class RollLine:
    """A member of the group on the day of the session, and what holds of them (nothing before the call).

    `announced`: somebody told the office beforehand that they would be missing.
    """

    member: Member
    status: Attendance | None
    minutes_late: int
    minutes_early: int
    official: bool
    said: tuple[Event, ...] = ()
    announced: bool = False

    @property
    def in_class(self) -> Event | None:
        """The latest word of who held the session."""
        return next((one for one in reversed(self.said) if not one.official), None)

    @property
    def from_desk(self) -> Event | None:
        """The latest word of the office."""
        return next((one for one in reversed(self.said) if one.official), None)

    @property
    def why(self) -> str:
        """Which of the two decides, and why; empty before the call."""
        teacher, office = self.in_class, self.from_desk
        if office is None:
            return "Seule parole" if teacher else ""
        if teacher is None:
            return "Seule parole, du bureau"
        return "Les deux disent de même" if teacher.facts == office.facts else "Le bureau décide"

    @property
    def pupil_id(self) -> int:
        """The pupil."""
        return self.member.pupil_id

    @property
    def name(self) -> str:
        """First name then last name."""
        return self.member.name

    @property
    def words(self) -> str:
        """« Retard 17 min », or nothing before the call."""
        return said_label(self.status, self.minutes_late, self.minutes_early) if self.status else ""


@dataclass(frozen=True, slots=True)
class RollSheet:
    """The roll of one session. `version` is one more than the statements made so far: the call's own version."""

    lines: list[RollLine]
    events: list[Event]

    @property
    def version(self) -> int:
        """Rises with every statement; a timetable change or a log entry leaves it alone."""
        return len(self.events) + 1

    def events_of(self, pupil_id: int) -> list[Event]:
        """What was said of one pupil, in order."""
        return [event for event in self.events if event.pupil_id == pupil_id]


def roll_sheet(db: Session, session: TimetableSession) -> RollSheet:
    """The members of the day with what holds of them, and everything that was said; three statements."""
    found = run(db, _EVENTS, {"session": session.id}).all()
    events = [
        Event(row.id, row.pupil_id, row.status, row.minutes_late, row.minutes_early, row.official, row.at, row.by_id,
              f"{row.first_name} {row.last_name}" if row.by_id else "Reprise des fichiers")
        for row in found
    ]  # fmt: skip
    said: dict[int, list[Event]] = {}
    for one in events:
        said.setdefault(one.pupil_id, []).append(one)
    members = members_on(db, session.group_id, session.on_date)
    known = announced(db, session, [member.pupil_id for member in members])
    lines = []
    for member in members:
        heard = tuple(said.get(member.pupil_id, ()))
        held = effective(heard) if heard else None
        status, late, early = held.facts if held else (None, 0, 0)
        official = held is not None and held.official
        lines.append(RollLine(member, status, late, early, official, heard, member.pupil_id in known))
    return RollSheet(lines, events)


_EVENTS = (
    select(
        RollCallEvent.id, RollCallEvent.pupil_id, RollCallEvent.status, RollCallEvent.minutes_late,
        RollCallEvent.minutes_early, RollCallEvent.official, RollCallEvent.at, RollCallEvent.by_id, Staff.first_name,
        Staff.last_name,
    )
    .outerjoin(Staff, Staff.id == RollCallEvent.by_id)
    .where(RollCallEvent.session_id == bindparam("session"))
    .order_by(RollCallEvent.id)
)  # fmt: skip


def get_session(db: Session, session_id: int, *, lock: bool = False) -> TimetableSession:
    """A session with its group, subject and staff."""
    loaded = (
        joinedload(TimetableSession.group).joinedload(PupilGroup.diploma), joinedload(TimetableSession.subject),
        joinedload(TimetableSession.staff),
    )  # fmt: skip
    query = select(TimetableSession).where(TimetableSession.id == session_id).options(*loaded)
    if lock:
        query = query.with_for_update(of=TimetableSession).execution_options(populate_existing=True)
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("Cette séance n’existe pas.")
    return found


def staff_name(db: Session, staff_id: int | None) -> str:
    """Who somebody is, or the import when nobody is named."""
    found = db.execute(select(Staff.first_name, Staff.last_name).where(Staff.id == staff_id)).one_or_none()
    return f"{found[0]} {found[1]}" if found else "L’import"


def started(session: Any = TimetableSession) -> ColumnElement[bool]:
    """The session has begun by the school's clock, which `present_minute` reads."""
    day: Any = bindparam("today")
    minute: Any = bindparam("minute")
    return or_(session.on_date < day, and_(session.on_date == day, session.start_minute <= minute))


def present_minute() -> dict[str, Any]:
    """The values of `started`."""
    return {"today": today(), "minute": local_minute(now())}


@cache
def session_rows() -> Any:
    """The columns every list of sessions shows."""
    session = TimetableSession
    return (
        select(
            session.id, session.on_date, session.start_minute, session.end_minute, session.kind, session.state,
            session.room, session.called_at, session.logged_at, session.content, session.staff_id,
            session.cancel_reason, session.version, session.homework, session.homework_due_on, session.taught_minutes,
            session.project_label, session.project_url,
            PupilGroup.code.label("group_code"), PupilGroup.label.label("group_label"),
            Subject.code.label("subject_code"), Subject.label.label("subject_label"), Staff.code.label("staff_code"),
            Staff.first_name, Staff.last_name,
        )
        .join(PupilGroup, PupilGroup.id == session.group_id)
        .join(Subject, Subject.id == session.subject_id)
        .join(Staff, Staff.id == session.staff_id)
    )  # fmt: skip


def _missing() -> tuple[ColumnElement[bool], ...]:
    """What makes a roll call due: begun, not cancelled, none yet."""
    session = TimetableSession
    return (
        session.called_at.is_(None), session.state == SessionState.PLANNED, session.on_date <= bindparam("today"),
        started(),
    )  # fmt: skip


@cache
def _latest(*, of_staff: bool, missing: bool = False, logged: bool = False) -> Any:
    """Lists of sessions, the latest first: calls that are due, or entries of the log."""
    session = TimetableSession
    query = session_rows()
    if missing:
        query = query.where(*_missing())
    if logged:
        query = query.where(session.content.is_not(None), session.on_date <= bindparam("today"))
    if of_staff:
        query = query.where(session.staff_id == bindparam("staff"))
    return query.order_by(session.on_date.desc(), session.start_minute.desc()).limit(bindparam("most"))


def calls_to_do(db: Session, *, staff_id: int | None = None, limit: int = 50) -> Sequence[Any]:
    """Sessions that have begun, are not cancelled and have no roll call; the latest first. One statement."""
    values = present_minute() | {"staff": staff_id, "most": limit}
    return run(db, _latest(of_staff=staff_id is not None, missing=True), values).all()


@cache
def _missing_count(*, of_staff: bool) -> Any:
    query = select(func.count()).where(*_missing())
    return query.where(TimetableSession.staff_id == bindparam("staff")) if of_staff else query


def count_calls_to_do(db: Session, *, staff_id: int | None = None) -> int:
    """How many roll calls are missing."""
    values = present_minute() | {"staff": staff_id}
    return int(run(db, _missing_count(of_staff=staff_id is not None), values).scalar_one())


@cache
def _overdue() -> Any:
    """This school year's sessions whose call is late: begun longer ago than the school's minutes of grace."""
    session = TimetableSession
    day: Any = bindparam("today")
    minute: Any = bindparam("minute")
    grace: Any = func.coalesce(select(School.call_grace).where(School.id == 1).scalar_subquery(), 0)
    begun = or_(session.on_date < day, session.start_minute + grace <= minute)
    return (
        select(session.id, session.on_date, session.start_minute, PupilGroup.label, Staff.first_name, Staff.last_name)
        .join(PupilGroup, PupilGroup.id == session.group_id)
        .join(Staff, Staff.id == session.staff_id)
        .where(
            session.called_at.is_(None), session.state == SessionState.PLANNED, session.on_date <= day,
            session.on_date >= bindparam("start"), begun,
        )
        .order_by(session.on_date.desc(), session.start_minute.desc())
    )  # fmt: skip


def overdue_calls(db: Session) -> Sequence[Any]:
    """Who has not called: sessions of this school year, the latest first, past the minutes of grace. One statement."""
    values = present_minute() | {"start": school_year_of(today()).start}
    return run(db, _overdue(), values).all()


@cache
def _of_day(*, of_staff: bool) -> Any:
    session = TimetableSession
    query = session_rows().where(session.on_date == bindparam("day"), session.state == SessionState.PLANNED)
    if of_staff:
        query = query.where(session.staff_id == bindparam("staff"))
    return query.order_by(session.start_minute, PupilGroup.code)


def sessions_of_day(db: Session, day: date, *, staff_id: int | None = None) -> Sequence[Any]:
    """The sessions of a day (of one person), in order, cancelled ones left out. One statement."""
    return run(db, _of_day(of_staff=staff_id is not None), {"day": day, "staff": staff_id}).all()


_TALLIES = (
    select(AttendanceRecord.session_id, AttendanceRecord.status, func.count())
    .where(AttendanceRecord.session_id.in_(bindparam("sessions", expanding=True)))
    .group_by(AttendanceRecord.session_id, AttendanceRecord.status)
)


def tallies(db: Session, session_ids: Sequence[int]) -> dict[int, dict[Attendance, int]]:
    """What the roll calls of these sessions count, by status. One statement."""
    found = run(db, _TALLIES, {"sessions": session_ids}).all()
    counted: dict[int, dict[Attendance, int]] = {}
    for session_id, status, count in found:
        counted.setdefault(session_id, {})[status] = count
    return counted


def logs_to_do(db: Session, staff_id: int, *, limit: int = 50) -> Sequence[Any]:
    """A person's lessons of this school year that have begun and have no entry in the log; the latest first.

    Practice sessions may be logged, but nobody has to.
    """
    values = present_minute() | {"staff": staff_id, "start": school_year_of(today()).start, "most": limit}
    return run(db, _unlogged(), values).all()


@cache
def _unlogged() -> Any:
    session = TimetableSession
    return (
        session_rows()
        .where(
            session.staff_id == bindparam("staff"), session.on_date >= bindparam("start"),
            session.on_date <= bindparam("today"), session.kind == SessionKind.THEORY,
            session.state == SessionState.PLANNED, session.content.is_(None), started(),
        )
        .order_by(session.on_date.desc(), session.start_minute.desc())
        .limit(bindparam("most"))
    )  # fmt: skip


def recent_logs(db: Session, staff_id: int | None, *, limit: int = 20) -> Sequence[Any]:
    """The latest entries of the log (of a person)."""
    values = {"today": today(), "staff": staff_id, "most": limit}
    return run(db, _latest(of_staff=staff_id is not None, logged=True), values).all()
