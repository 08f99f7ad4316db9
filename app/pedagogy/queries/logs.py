"""The theory log: one session's entries and files, a group's week of it, who is behind with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, and_, bindparam, func, select, tuple_
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Staff
from app.core.clock import today
from app.core.db import run
from app.core.errors import NotFound
from app.pedagogy.models import LogEntry, LogFile, PupilGroup, TimetableSession
from app.pedagogy.queries.pupils import get_group, list_groups
from app.pedagogy.queries.rolls import present_minute, session_rows, started
from app.pedagogy.rules import SessionKind, SessionState, school_year_label, school_year_of

DAYS_OF_GRACE = 2  # a lesson may be logged in the evening or the next day


@dataclass(frozen=True, slots=True)
class Entry:
    """What was written of a session, when and by whom (an import when nobody is named)."""

    content: str
    homework: str | None
    homework_due_on: date | None
    taught_minutes: int
    project_label: str | None
    at: datetime
    who: str


@dataclass(frozen=True, slots=True)
class LogSheet:
    """The log of one session: its files, and what was written before the present words, the latest first.

    before: the group's latest session of the subject that has an entry; next_on: the day of the coming one.
    """

    files: Sequence[LogFile]
    earlier: list[Entry]
    before: Any
    next_on: date | None


@dataclass(frozen=True, slots=True)
class GroupLog:
    """A group's log of one week: its sessions day by day, and the homework that is due in it."""

    group: PupilGroup
    monday: date
    days: list[tuple[date, list[Any]]]
    due: Sequence[Any]
    files: dict[int, list[Any]]

    @property
    def last(self) -> date:
        """The Sunday."""
        return self.monday + timedelta(days=6)

    def shifted(self, days: int) -> date:
        """The Monday so many days away."""
        return self.monday + timedelta(days=days)


_FILES = (
    select(LogFile)
    .where(LogFile.session_id == bindparam("session"), LogFile.removed_at.is_(None))
    .options(joinedload(LogFile.file))
    .order_by(LogFile.id)
)
_ENTRIES = (
    select(
        LogEntry.content, LogEntry.homework, LogEntry.homework_due_on, LogEntry.taught_minutes,
        LogEntry.project_label, LogEntry.at, Staff.first_name, Staff.last_name,
    )
    .outerjoin(Staff, Staff.id == LogEntry.by_id)
    .where(LogEntry.session_id == bindparam("session"))
    .order_by(LogEntry.id.desc())
)  # fmt: skip


def groups_of_year(db: Session) -> list[tuple[str, str]]:
    """(code, label) of this school year's groups."""
    return [(row.code, row.label) for row in list_groups(db, school_year=school_year_label(today()))]


def log_sheet(db: Session, session: TimetableSession) -> LogSheet:
    """Files and earlier entries of a session's log, the lesson before it and the one after; four statements."""
    entries = [_entry(row) for row in run(db, _ENTRIES, {"session": session.id}).all()]
    place = {
        "group": session.group_id, "subject": session.subject_id, "day": session.on_date,
        "minute": session.start_minute,
    }  # fmt: skip
    return LogSheet(
        db.scalars(_FILES, {"session": session.id}).all(), entries[1:], run(db, _BEFORE, place).first(),
        db.scalar(_NEXT, place),
    )  # fmt: skip


def _entry(row: Any) -> Entry:
    who = f"{row.first_name} {row.last_name}" if row.last_name else "Repris à l’import"
    return Entry(
        row.content, row.homework, row.homework_due_on, row.taught_minutes, row.project_label, row.at, who
    )  # fmt: skip


def get_log_file(db: Session, session_id: int, file_id: int) -> LogFile:
    """A file of a session's log, taken out or not."""
    query = select(LogFile).where(LogFile.id == file_id, LogFile.session_id == session_id)
    found = db.execute(query.options(joinedload(LogFile.file))).scalar_one_or_none()
    if found is None:
        raise NotFound("Ce fichier n’existe pas.")
    return found


def _of_group() -> Any:
    session = TimetableSession
    return session_rows().where(
        session.group_id == bindparam("group"), session.state == SessionState.PLANNED,
    )  # fmt: skip


def _lessons() -> tuple[ColumnElement[bool], ...]:
    session = TimetableSession
    return (
        session.group_id == bindparam("group"), session.subject_id == bindparam("subject"),
        session.state == SessionState.PLANNED,
    )  # fmt: skip


_PLACE = tuple_(TimetableSession.on_date, TimetableSession.start_minute)
_HERE = tuple_(bindparam("day", type_=Date), bindparam("minute", type_=Integer))
_BEFORE = (
    select(
        TimetableSession.on_date, TimetableSession.content, TimetableSession.homework,
        TimetableSession.homework_due_on,
    )
    .where(*_lessons(), TimetableSession.content.is_not(None), _PLACE < _HERE)
    .order_by(TimetableSession.on_date.desc(), TimetableSession.start_minute.desc())
    .limit(1)
)  # fmt: skip
_NEXT = (
    select(TimetableSession.on_date)
    .where(*_lessons(), _PLACE > _HERE)
    .order_by(TimetableSession.on_date, TimetableSession.start_minute)
    .limit(1)
)
_WEEK = (
    _of_group()
    .where(TimetableSession.on_date >= bindparam("monday"), TimetableSession.on_date <= bindparam("sunday"))
    .order_by(TimetableSession.on_date, TimetableSession.start_minute)
)
_DUE = (
    _of_group()
    .where(TimetableSession.homework_due_on >= bindparam("monday"),
           TimetableSession.homework_due_on <= bindparam("sunday"))
    .order_by(TimetableSession.homework_due_on, TimetableSession.start_minute)
)  # fmt: skip
_WEEK_FILES = (
    select(LogFile)
    .join(TimetableSession, TimetableSession.id == LogFile.session_id)
    .where(
        TimetableSession.group_id == bindparam("group"), TimetableSession.on_date >= bindparam("monday"),
        TimetableSession.on_date <= bindparam("sunday"), LogFile.removed_at.is_(None),
    )
    .options(joinedload(LogFile.file))
    .order_by(LogFile.id)
)  # fmt: skip


def group_log(db: Session, code: str, monday: date) -> GroupLog:
    """A group's week of the log; four statements."""
    group = get_group(db, code)
    values = {"group": group.id, "monday": monday, "sunday": monday + timedelta(days=6)}
    by_day: dict[date, list[Any]] = {}
    for row in run(db, _WEEK, values).all():
        by_day.setdefault(row.on_date, []).append(row)
    files: dict[int, list[Any]] = {}
    for file in db.scalars(_WEEK_FILES, values):
        files.setdefault(file.session_id, []).append(file)
    return GroupLog(group, monday, sorted(by_day.items()), run(db, _DUE, values).all(), files)


_BEHIND = (
    select(
        Staff.code, Staff.first_name, Staff.last_name, func.count().label("lessons"),
        func.min(TimetableSession.on_date).label("oldest"),
    )
    .join(TimetableSession, and_(TimetableSession.staff_id == Staff.id))
    .where(
        TimetableSession.on_date >= bindparam("start"), TimetableSession.on_date <= bindparam("until"),
        TimetableSession.kind == SessionKind.THEORY, TimetableSession.state == SessionState.PLANNED,
        TimetableSession.content.is_(None), started(),
    )
    .group_by(Staff.code, Staff.first_name, Staff.last_name)
    .order_by(func.min(TimetableSession.on_date), Staff.code)
)  # fmt: skip


def logs_behind(db: Session) -> Sequence[Any]:
    """Who has lessons of this school year without an entry two days after them, the oldest first. One statement."""
    values = {"start": school_year_of(today()).start, "until": today() - timedelta(days=DAYS_OF_GRACE)}
    return run(db, _BEHIND, values | present_minute()).all()
