"""The register of roll calls of one day (R131-5): each session, who called it and when, and who was not there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.pedagogy.models import AttendanceRecord, Pupil, RollCallEvent, TimetableSession
from app.pedagogy.queries import sessions_of_day
from app.pedagogy.queries.absences import given_of
from app.pedagogy.queries.reasons import standing_reasons
from app.pedagogy.rules import HERE, Attendance, said_label


@dataclass(frozen=True, slots=True)
class Mark:
    """One pupil of whom there is something to say."""

    name: str
    words: str
    code: str
    official: bool


@dataclass(frozen=True, slots=True)
class CalledSession:
    """One session of the register."""

    row: Any
    present: int
    marks: list[Mark]


@dataclass(frozen=True, slots=True)
class Register:
    """A day's roll calls."""

    day: date
    sessions: list[CalledSession]

    @property
    def missing(self) -> int:
        """Sessions without a roll call."""
        return sum(one.row.called_at is None for one in self.sessions)


_RECORDS = (
    select(
        AttendanceRecord.session_id, AttendanceRecord.pupil_id, AttendanceRecord.status,
        AttendanceRecord.minutes_late, AttendanceRecord.minutes_early, RollCallEvent.official, Pupil.first_name,
        Pupil.last_name, TimetableSession.start_minute, TimetableSession.end_minute,
    )
    .join(RollCallEvent, RollCallEvent.id == AttendanceRecord.event_id)
    .join(TimetableSession, TimetableSession.id == AttendanceRecord.session_id)
    .join(Pupil, Pupil.id == AttendanceRecord.pupil_id)
    .where(TimetableSession.on_date == bindparam("day"))
    .order_by(Pupil.sort_key)
)  # fmt: skip


def register_of(db: Session, day: date) -> Register:
    """The register of a day; three statements."""
    reasons: dict[int, list[Any]] = {}
    for row in standing_reasons(db, day, day):
        reasons.setdefault(row.pupil_id, []).append(given_of(row))
    said: dict[int, list[Any]] = {}
    for row in run(db, _RECORDS, {"day": day}).all():
        said.setdefault(row.session_id, []).append(row)
    return Register(day, [_called(row, said.get(row.id, []), reasons, day) for row in sessions_of_day(db, day)])


def _called(session: Any, rows: Sequence[Any], reasons: dict[int, list[Any]], day: date) -> CalledSession:
    marks = []
    for row in rows:
        if row.status == Attendance.PRESENT and not row.minutes_early:
            continue
        told = [one for one in reasons.get(row.pupil_id, []) if one.span.meets(day, row.start_minute, row.end_minute)]
        code = told[-1].code if told and row.status not in HERE else ""
        words = said_label(row.status, row.minutes_late, row.minutes_early)
        marks.append(Mark(f"{row.last_name} {row.first_name}", words, code, row.official))
    return CalledSession(session, sum(row.status in HERE for row in rows), marks)
