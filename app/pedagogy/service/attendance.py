"""From what was said to what holds: the effective statement per pupil, and the minutes per pupil, group and day.

The one derivation for a roll call on a phone and for ten thousand imported rows; a test recounts it from the events.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, insert, or_, select, true, tuple_, update
from sqlalchemy.orm import Session

from app.core.db import note_bulk
from app.pedagogy.models import AttendanceDay, AttendanceRecord, Membership, RollCallEvent, TimetableSession
from app.pedagogy.queries.pupils import DayOfGroup
from app.pedagogy.rules import HERE, Attendance, SessionKind, SessionState

T = TypeVar("T")
CHUNK = 200
NAMES = ["session_id", "pupil_id", "event_id", "status", "minutes_late", "minutes_early", "attended_minutes"]
AS_IS = {"synchronize_session": False}


def refresh_attendance(db: Session, session_ids: Collection[int] | None = None) -> None:
    """Derive again what holds in these sessions (None: in all), when they were called, and the days they touch.

    Set-based and repeatable: the same events give the same rows. Whoever adds events, or changes the length of a called
    session or a membership behind it, calls this in the same transaction.
    """
    if session_ids is None:
        _derive(db, true(), true())
        note_bulk(db, AttendanceRecord)
        recompute_days(db, None)
        return
    touched: set[DayOfGroup] = set()
    for ids in _chunks(sorted(set(session_ids))):
        _derive(db, RollCallEvent.session_id.in_(ids), TimetableSession.id.in_(ids))
        found = db.execute(
            select(TimetableSession.group_id, TimetableSession.on_date).where(TimetableSession.id.in_(ids)).distinct()
        )
        touched.update((group_id, on_date) for group_id, on_date in found)
    if len(session_ids) > CHUNK:
        note_bulk(db, AttendanceRecord)
    recompute_days(db, touched)


def recompute_days(db: Session, days: Iterable[DayOfGroup] | None) -> None:
    """Sum again the attended minutes of these (group, day) pairs (None: of all), over the members of the day."""
    if days is None:
        db.execute(delete(AttendanceDay), execution_options=AS_IS)
        db.execute(_days_insert(true()))
        return
    for chunk in _chunks(sorted(set(days))):
        stored = tuple_(AttendanceDay.group_id, AttendanceDay.on_date).in_(chunk)
        db.execute(delete(AttendanceDay).where(stored), execution_options=AS_IS)
        db.execute(_days_insert(tuple_(TimetableSession.group_id, TimetableSession.on_date).in_(chunk)))


def _derive(db: Session, of_events: ColumnElement[bool], of_sessions: ColumnElement[bool]) -> None:
    kept = delete(AttendanceRecord).where(
        AttendanceRecord.session_id.in_(select(TimetableSession.id).where(of_sessions))
    )
    db.execute(kept, execution_options=AS_IS)
    db.execute(_records_insert(of_events))
    first = select(func.min(RollCallEvent.at)).where(RollCallEvent.session_id == TimetableSession.id).scalar_subquery()
    heard = exists().where(RollCallEvent.session_id == TimetableSession.id)
    called = (
        update(TimetableSession)
        .where(TimetableSession.called_at.is_(None), of_sessions, heard)
        .values(called_at=first)
    )  # fmt: skip
    db.execute(called, execution_options=AS_IS)


def odd_records(db: Session) -> int:
    """How many stored effective statements are not what the events say: late, left early, minutes. One statement."""
    derived, stored = _records(true()), select(*(getattr(AttendanceRecord, name) for name in NAMES))
    missing, wrong = derived.except_(stored).subquery(), stored.except_(derived).subquery()
    counted = select(
        select(func.count()).select_from(missing).scalar_subquery(),
        select(func.count()).select_from(wrong).scalar_subquery(),
    )
    return max(int(count) for count in db.execute(counted).one())


def _records_insert(of_events: ColumnElement[bool]) -> Any:
    return insert(AttendanceRecord).from_select(NAMES, _records(of_events))


def _records(of_events: ColumnElement[bool]) -> Any:
    """The effective statement of each pupil: the office's latest word, else the latest."""
    event, session = RollCallEvent, TimetableSession
    official = func.max(case((event.official.is_(True), event.id)))
    last = (
        select(func.coalesce(official, func.max(event.id)).label("id"))
        .where(of_events)
        .group_by(event.session_id, event.pupil_id)
        .subquery()
    )
    late = case((event.status == Attendance.LATE, event.minutes_late), else_=0)
    left = session.end_minute - session.start_minute - late - event.minutes_early
    minutes = case((and_(event.status.in_(HERE), left > 0), left), else_=0)
    return (
        select(
            event.session_id, event.pupil_id, event.id, event.status, event.minutes_late, event.minutes_early, minutes
        )
        .join(last, last.c.id == event.id)
        .join(session, session.id == event.session_id)
    )


def _days_insert(of_sessions: ColumnElement[bool]) -> Any:
    record, session = AttendanceRecord, TimetableSession
    member = exists().where(
        Membership.pupil_id == record.pupil_id,
        Membership.group_id == session.group_id,
        Membership.starts_on <= session.on_date,
        or_(Membership.ends_on.is_(None), Membership.ends_on >= session.on_date),
    )
    rows = (
        select(
            record.pupil_id, session.group_id, session.on_date, _sum_of(SessionKind.PRACTICE),
            _sum_of(SessionKind.THEORY),
        )
        .join(session, session.id == record.session_id)
        .where(session.state == SessionState.PLANNED, of_sessions, member)
        .group_by(record.pupil_id, session.group_id, session.on_date)
    )  # fmt: skip
    names = ["pupil_id", "group_id", "on_date", "practice_minutes", "theory_minutes"]
    return insert(AttendanceDay).from_select(names, rows)


def _sum_of(kind: SessionKind) -> ColumnElement[Any]:
    return func.sum(case((TimetableSession.kind == kind, AttendanceRecord.attended_minutes), else_=0))


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]
