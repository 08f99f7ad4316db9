"""Where timetable, roll call and tickets do not agree, day by day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.clock import local, today
from app.core.db import run
from app.ledger.queries.work import worked_days
from app.ledger.rules.gaps import Attended, Found, Gap, gaps_of_day
from app.pedagogy.models import AttendanceRecord, Membership, Pupil, PupilGroup, Subject, TimetableSession
from app.pedagogy.queries.pupils import belongs_on
from app.pedagogy.queries.rolls import present_minute, started
from app.pedagogy.rules import SessionKind, SessionState


@dataclass(frozen=True, slots=True)
class GapRow:
    """One gap: the day, who (nobody for a session without roll call), what, how many minutes."""

    day: date
    pupil_code: str
    name: str
    group: str
    gap: Gap
    session_id: int
    minutes: int
    detail: str


SORTS = {
    "jour": lambda row: (row.day, row.name, row.gap), "eleve": lambda row: (row.name, row.day, row.gap),
    "ecart": lambda row: (row.gap, row.day, row.name), "minutes": lambda row: (row.minutes, row.day, row.name),
}  # fmt: skip


@cache
def _uncalled(*, of_group: bool) -> Any:
    session = TimetableSession
    query = (
        select(session.id, session.on_date, session.start_minute, session.end_minute, PupilGroup.label.label("group"),
               Subject.label.label("subject"))
        .join(PupilGroup, PupilGroup.id == session.group_id)
        .join(Subject, Subject.id == session.subject_id)
        .where(
            session.state == SessionState.PLANNED, session.called_at.is_(None), session.on_date >= bindparam("start"),
            session.on_date <= bindparam("end"), started(),
        )
    )  # fmt: skip
    return query.where(PupilGroup.code == bindparam("group")) if of_group else query


@cache
def _practice(*, of_group: bool) -> Any:
    """The practice sessions of every member of the day, called or not."""
    session, record = TimetableSession, AttendanceRecord
    query = (
        select(Membership.pupil_id, session.on_date, session.id, session.start_minute, session.end_minute,
               record.attended_minutes)
        .join(session, session.group_id == Membership.group_id)
        .join(PupilGroup, PupilGroup.id == session.group_id)
        .outerjoin(record, (record.session_id == session.id) & (record.pupil_id == Membership.pupil_id))
        .where(
            session.kind == SessionKind.PRACTICE, session.state == SessionState.PLANNED,
            session.on_date >= bindparam("start"), session.on_date <= bindparam("end"), belongs_on(session.on_date),
        )
        .distinct()
    )  # fmt: skip
    return query.where(PupilGroup.code == bindparam("group")) if of_group else query


_NAMES = select(Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name, PupilGroup.label.label("group")).join(
    PupilGroup, PupilGroup.id == Pupil.group_id
)
_NAMES_IN = _NAMES.where(PupilGroup.code == bindparam("group"))


def list_gaps(db: Session, start: date, end: date, *, group: str = "") -> list[GapRow]:
    """Every gap of a period up to today; four statements."""
    end = min(end, today())
    values = {"start": start, "end": end, "group": group} | present_minute()
    names = {row.id: row for row in run(db, _NAMES_IN if group else _NAMES, values).all()}
    sessions: dict[tuple[int, date], list[Attended]] = {}
    for pupil_id, day, session_id, first, last, minutes in run(db, _practice(of_group=bool(group)), values).all():
        sessions.setdefault((pupil_id, day), []).append(Attended(session_id, first, last, minutes))
    spans = {
        (pupil_id, day): [(_minute(day, began), _minute(day, ended)) for began, ended in intervals]
        for (pupil_id, day), intervals in worked_days(db, start, end, list(names) if group else None).items()
    }
    rows = [_call_row(row) for row in run(db, _uncalled(of_group=bool(group)), values).all()]
    for key in sessions.keys() | spans.keys():
        if who := names.get(key[0]):
            rows += _pupil_rows(who, key[1], gaps_of_day(sessions.get(key, []), spans.get(key, [])))
    return sorted(rows, key=SORTS["jour"], reverse=True)


def _minute(day: date, moment: datetime) -> int:
    """Minutes of the school's wall clock since the day began; midnight at its end is 1440."""
    wall = local(moment)
    return wall.hour * 60 + wall.minute + (1440 if wall.date() > day else 0)


def _call_row(row: Any) -> GapRow:
    minutes = row.end_minute - row.start_minute
    return GapRow(row.on_date, "", "", row.group, Gap.NO_CALL, row.id, minutes, row.subject)


def _pupil_rows(who: Any, day: date, found: Iterable[Found]) -> list[GapRow]:
    name = f"{who.first_name} {who.last_name}"
    return [GapRow(day, who.code, name, who.group, one.gap, one.session_id, one.minutes, "") for one in found]
