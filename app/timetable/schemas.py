"""What the API says of the timetable: the school's own codes, dates ISO, times as 08:00."""

from datetime import date
from typing import Any

from pydantic import BaseModel

from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import SessionKind, SessionState


class SessionRow(BaseModel):
    """A session of the timetable. `catches_up`: the id of the cancelled session that it makes up for."""

    id: int
    group: str
    on_date: date
    start: str
    end: str
    kind: SessionKind
    subject: str
    staff: str
    room: str | None
    state: SessionState
    cancel_reason: str | None
    called: bool
    logged: bool
    catches_up: int | None
    version: int


class SessionList(BaseModel):
    """One page of sessions, in order."""

    items: list[SessionRow]
    total: int
    page: int
    size: int


def session_row(row: Any, catches_up: int | None) -> SessionRow:
    """A session from the columns of a list."""
    return SessionRow(
        id=row.id, group=row.group_code, on_date=row.on_date, start=_clock(row.start_minute),
        end=_clock(row.end_minute), kind=row.kind, subject=row.subject_code, staff=row.staff_code, room=row.room,
        state=row.state, cancel_reason=row.cancel_reason, called=row.called_at is not None,
        logged=row.content is not None, catches_up=catches_up, version=row.version,
    )  # fmt: skip


def session_out(session: TimetableSession, catches_up: int | None) -> SessionRow:
    """The document of one session."""
    return SessionRow(
        id=session.id, group=session.group.code, on_date=session.on_date, start=_clock(session.start_minute),
        end=_clock(session.end_minute), kind=session.kind, subject=session.subject.code, staff=session.staff.code,
        room=session.room, state=session.state, cancel_reason=session.cancel_reason,
        called=session.called_at is not None, logged=session.content is not None, catches_up=catches_up,
        version=session.version,
    )  # fmt: skip


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
