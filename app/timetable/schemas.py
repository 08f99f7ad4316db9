"""What the API says of the timetable: the school's own codes, dates ISO, times as 08:00."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel

from app.pedagogy.models import Closure, TimetableSession
from app.pedagogy.rules import SessionKind, SessionState
from app.timetable.models import ActivityPeriod, Room, TimetableChangeLine, TimetableRule
from app.timetable.rules import ActivityKind, LineKind, WeekKind


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


class ClosureRow(BaseModel):
    """Days without school, both included."""

    id: int
    label: str
    starts_on: date
    ends_on: date


class ClosureList(BaseModel):
    """Every closure."""

    items: list[ClosureRow]


class Withdrawn(BaseModel):
    """A closure taken back: the sentences of the sessions that stay cancelled."""

    stays: list[str]


class ActivityRow(BaseModel):
    """An exam, a placement, a visit: of a group or of a pupil, by code."""

    id: int
    kind: ActivityKind
    label: str
    group: str | None
    pupil: str | None
    starts_on: date
    ends_on: date
    minutes_per_day: int
    version: int


class ActivityList(BaseModel):
    """Every period asked for."""

    items: list[ActivityRow]


class RoomRow(BaseModel):
    """A room by the name that sessions bear."""

    id: int
    name: str
    capacity: int | None
    version: int


class RoomList(BaseModel):
    """Every room whose places are counted."""

    items: list[RoomRow]


class RuleRow(BaseModel):
    """A line of the week's pattern; `weekday` 0 is Monday."""

    id: int
    group: str
    weekday: int
    start: str
    end: str
    subject: str
    staff: str
    room: str | None
    kind: SessionKind
    weeks: WeekKind
    starts_on: date
    ends_on: date
    follows: int | None
    version: int


class RuleList(BaseModel):
    """The lines asked for, in the order of the week."""

    items: list[RuleRow]


class RuleDone(BaseModel):
    """A line as it now is, and how many sessions that made, changed, cancelled."""

    rule: RuleRow
    sessions: dict[LineKind, int]


def closure_out(row: Closure) -> ClosureRow:
    """A closure."""
    return ClosureRow(id=row.id, label=row.label, starts_on=row.starts_on, ends_on=row.ends_on)


def activity_out(row: ActivityPeriod) -> ActivityRow:
    """A period outside the timetable."""
    return ActivityRow(
        id=row.id, kind=row.kind, label=row.label, group=row.group.code if row.group else None,
        pupil=row.pupil.code if row.pupil else None, starts_on=row.starts_on, ends_on=row.ends_on,
        minutes_per_day=row.minutes_per_day, version=row.version,
    )  # fmt: skip


def room_out(row: Room) -> RoomRow:
    """A room."""
    return RoomRow(id=row.id, name=row.name, capacity=row.capacity, version=row.version)


def rule_out(row: TimetableRule) -> RuleRow:
    """A line of the pattern."""
    return RuleRow(
        id=row.id, group=row.group.code, weekday=row.weekday, start=_clock(row.start_minute),
        end=_clock(row.end_minute), subject=row.subject.code, staff=row.staff.code, room=row.room, kind=row.kind,
        weeks=row.weeks, starts_on=row.starts_on, ends_on=row.ends_on, follows=row.follows_id, version=row.version,
    )  # fmt: skip


def rule_done(rule: TimetableRule, lines: Sequence[TimetableChangeLine]) -> RuleDone:
    """A line with what its change did."""
    counted = {kind: sum(1 for line in lines if line.kind == kind) for kind in LineKind}
    return RuleDone(rule=rule_out(rule), sessions={kind: count for kind, count in counted.items() if count})
