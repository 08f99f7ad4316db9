"""A week as it is drawn: days with sessions and empty stretches to scale, for a group, a person or a room."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, or_
from sqlalchemy.orm import Session

from app.core.clock import local_minute, monday_of, now, today
from app.core.db import run
from app.pedagogy.models import Membership, TimetableSession
from app.pedagogy.queries.calendar import closed_days
from app.pedagogy.queries.rolls import session_rows
from app.pedagogy.rules import Minutes, SessionKind, SessionState, Standing, standing
from app.timetable.rules.plans import UNDONE

OPENS, CLOSES = 8 * 60, 17 * 60
NOON, LUNCH_MINUTES = 12 * 60 + 30, 45
QUARTER = 15


@dataclass(frozen=True, slots=True)
class WeekSlot:
    """A session as the week shows it; `beside` are others at the same time (a shared workshop)."""

    row: Any
    standing: Standing
    beside: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a day, to the quarter of an hour: a session, or nothing with a word for it."""

    minutes: int
    slot: WeekSlot | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class WeekDay:
    """One day of the week. `closed` says why there is no school."""

    day: date
    pieces: list[Piece] = field(default_factory=list)
    closed: str = ""


@dataclass(frozen=True, slots=True)
class WeekView:
    """A week. `planned`: its minutes that are not cancelled. `missing`: sessions begun without a roll call."""

    monday: date
    days: list[WeekDay]
    opens: int
    closes: int
    planned: Minutes
    missing: list[WeekSlot]

    @property
    def last(self) -> date:
        """The last day shown."""
        return self.days[-1].day


def week_view(
    db: Session,
    day: date,
    *,
    group_id: int | None = None,
    staff_id: int | None = None,
    room: str | None = None,
    pupil_id: int | None = None,
) -> WeekView:
    """The week of a day for one group, one person, one room or one pupil; three statements.

    A pupil's follows the groups that the pupil belongs to, day by day.
    """
    monday = monday_of(day)
    rows = _rows(db, monday, {"group": group_id, "staff": staff_id, "room": room, "pupil": pupil_id})
    moment, this_day = local_minute(now()), today()
    slots = [WeekSlot(row, _standing(row, this_day, moment)) for row in rows]
    opens = min([OPENS, *(row.start_minute // 60 * 60 for row in rows)])
    closes = max([CLOSES, *(-(-row.end_minute // 60) * 60 for row in rows)])
    closed = closed_days(db, monday, monday + timedelta(days=6))
    days = []
    for number in range(7):
        on = monday + timedelta(days=number)
        own = [slot for slot in slots if slot.row.on_date == on]
        if number < 5 or own:
            pieces = lay_out(own, opens)
            reason = closed.get(on, "")
            days.append(WeekDay(on, pieces, reason))
    missing = [slot for slot in slots if slot.standing == Standing.CALL_MISSING]
    return WeekView(monday, days, opens, closes, planned_minutes(rows), missing)


def planned_minutes(rows: Iterable[Any]) -> Minutes:
    """Minutes of the sessions that are not cancelled."""
    total = Minutes()
    for row in rows:
        if row.state == SessionState.PLANNED:
            length = row.end_minute - row.start_minute
            total += Minutes(length, 0) if row.kind == SessionKind.PRACTICE else Minutes(0, length)
    return total


def lay_out(slots: Sequence[WeekSlot], opens: int) -> list[Piece]:
    """A day from its opening on, to the quarter: sessions at the same time share a place, the valid one in front."""
    pieces: list[Piece] = []
    here = opens
    for cluster in _clusters(slots):
        start, end = min(s.row.start_minute for s in cluster), max(s.row.end_minute for s in cluster)
        if (empty := _quarters(start) - _quarters(here)) > 0:
            noon = here <= NOON <= start and empty * QUARTER >= LUNCH_MINUTES and here > opens
            pieces.append(Piece(empty * QUARTER, words="Midi" if noon else ""))
        front, *rest = sorted(cluster, key=lambda slot: slot.standing == Standing.CANCELLED)
        shown = WeekSlot(front.row, front.standing, tuple(slot.row for slot in rest))
        pieces.append(Piece(max(1, _quarters(end) - _quarters(start)) * QUARTER, shown))
        here = end
    return pieces


def _clusters(slots: Sequence[WeekSlot]) -> list[list[WeekSlot]]:
    clusters: list[list[WeekSlot]] = []
    end = -1
    for slot in sorted(slots, key=lambda slot: slot.row.start_minute):
        if clusters and slot.row.start_minute < end:
            clusters[-1].append(slot)
        else:
            clusters.append([slot])
        end = max(end, slot.row.end_minute)
    return clusters


def _quarters(minute: int) -> int:
    return (minute + QUARTER // 2) // QUARTER


def _standing(row: Any, day: date, minute: int) -> Standing:
    started = row.on_date < day or (row.on_date == day and row.start_minute <= minute)
    return standing(row.state, called=row.called_at is not None, started=started)


def _rows(db: Session, monday: date, whose: Mapping[str, int | str | None]) -> Sequence[Any]:
    of = next((name for name, value in whose.items() if value is not None), "")
    values = {"monday": monday, "sunday": monday + timedelta(days=6), "undone": UNDONE, **whose}
    return run(db, _week(of), values).all()


@cache
def _week(of: str) -> Any:
    session = TimetableSession
    whose = {"group": session.group_id, "staff": session.staff_id, "room": session.room}
    query = session_rows().add_columns(session.group_id, session.subject_id)
    query = query.where(session.on_date >= bindparam("monday"), session.on_date <= bindparam("sunday"))
    query = query.where(or_(session.cancel_reason.is_(None), session.cancel_reason != bindparam("undone")))
    if of == "pupil":
        query = query.where(_belongs())
    elif of:
        query = query.where(whose[of] == bindparam(of))
    return query.order_by(session.on_date, session.start_minute)


def _belongs() -> ColumnElement[bool]:
    """The pupil belongs to the session's group on its day."""
    stay, session = Membership, TimetableSession
    return exists().where(
        stay.pupil_id == bindparam("pupil"), stay.group_id == session.group_id, stay.starts_on <= session.on_date,
        or_(stay.ends_on.is_(None), stay.ends_on >= session.on_date),
    )  # fmt: skip
