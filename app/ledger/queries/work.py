"""Time worked on tickets, as pupils' days are counted: every instant once, reversed rows left out."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, aliased

from app.core.clock import instant, local
from app.core.db import run
from app.workshop.models import WorkSession
from app.workshop.queries.times import SessionRow, session_rows
from app.workshop.rules.time import Interval, merged, union_seconds

_REVERSAL = aliased(WorkSession)
# Nearly every row reverses nothing: as a plain condition it would draw the engine to an index that holds them all.
_WORK = (
    select(WorkSession.pupil_id, WorkSession.started_at, WorkSession.ended_at)
    .outerjoin(_REVERSAL, _REVERSAL.reverses_id == WorkSession.id)
    .where(
        WorkSession.started_at >= bindparam("start"), WorkSession.started_at < bindparam("end"),
        WorkSession.ended_at.is_not(None), func.coalesce(WorkSession.reverses_id, 0) == 0, _REVERSAL.id.is_(None),
    )
)  # fmt: skip
_WORK_OF = _WORK.where(WorkSession.pupil_id.in_(bindparam("pupils", expanding=True)))
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
Days = dict[tuple[int, date], list[Interval]]


def worked_days(db: Session, start: date, end: date, pupil_ids: Iterable[int] | None = None) -> Days:
    """The spans of time on tickets by pupil and the school's day, in order, none twice. One statement.

    A span that crosses midnight is cut there; instants are UTC, so that the nights when clocks change last as long as
    they did.
    """
    values: dict[str, Any] = {"start": instant(start, 0) - DAY, "end": instant(end + DAY, 0)}
    query = _WORK
    if pupil_ids is not None:
        query, values["pupils"] = _WORK_OF, list(pupil_ids)
    found: Days = {}
    for pupil_id, began, ended in run(db, query, values).all():
        for day, span in _by_day(began, ended):
            if start <= day <= end:
                found.setdefault((pupil_id, day), []).append(span)
    return {key: merged(spans) for key, spans in found.items()}


def worked_minutes(
    db: Session, start: date, end: date, pupil_ids: Iterable[int] | None = None
) -> dict[tuple[int, date], list[tuple[int, int]]]:
    """The same spans in minutes of the school's wall clock since the day began; midnight at its end is 1440."""
    found = {}
    for (pupil_id, day), spans in worked_days(db, start, end, pupil_ids).items():
        if _midnight(day + DAY) - _midnight(day) == DAY:
            zero = _midnight(day)
            found[pupil_id, day] = [((began - zero) // MINUTE, (ended - zero) // MINUTE) for began, ended in spans]
        else:  # the clock is changed that day
            found[pupil_id, day] = [(_minute(day, began), _minute(day, ended)) for began, ended in spans]
    return found


def seconds_by_day(db: Session, start: date, end: date, pupil_id: int) -> dict[date, int]:
    """Seconds a pupil worked on tickets, by day."""
    return {day: union_seconds(spans) for (_, day), spans in worked_days(db, start, end, [pupil_id]).items()}


def tickets_of_day(db: Session, pupil_id: int, day: date) -> list[SessionRow]:
    """Everything booked for a pupil on a day, the reversed ones marked."""
    first, last = instant(day, 0), instant(day + DAY, 0)
    return session_rows(
        db, WorkSession.pupil_id == pupil_id, WorkSession.started_at >= first, WorkSession.started_at < last
    )  # fmt: skip


def _by_day(began: datetime, ended: datetime) -> Iterable[tuple[date, Interval]]:
    day = began.date()  # of UTC, which the school's clock is never behind
    while _midnight(day + DAY) <= began:
        day += DAY
    while (midnight := _midnight(day + DAY)) < ended:
        yield day, (began, midnight)
        began, day = midnight, day + DAY
    yield day, (began, ended)


@lru_cache(maxsize=1000)
def _midnight(day: date) -> datetime:
    """When a day begins at the school: a year of history asks for the same few hundred, thousands of times."""
    return instant(day, 0)


def _minute(day: date, moment: datetime) -> int:
    wall = local(moment)
    return wall.hour * 60 + wall.minute + (1440 if wall.date() > day else 0)
