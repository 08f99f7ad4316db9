"""Where the practice share will stand at the end of a period: of a pupil, of a group, of the school."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from app.core.clock import today
from app.core.db import run
from app.pedagogy.models import Membership, TimetableSession
from app.pedagogy.queries.activities import counted
from app.pedagogy.queries.shares import remaining_minutes
from app.pedagogy.rules import Minutes, Period, SessionKind, SessionState, school_year_of
from app.pedagogy.rules.forecast import Forecast, forecast


def pupil_forecast(db: Session, pupil_id: int, period: Period, held: Minutes, attended: Minutes) -> Forecast | None:
    """Of one pupil; None for a period that is over. Two statements."""
    end = _end(period)
    if end < today():
        return None
    return forecast(attended, held, remaining_minutes(db, end, "pupil", pupil_id))


def group_forecast(
    db: Session, group_id: int | None, period: Period, held: Minutes, attended: Minutes
) -> Forecast | None:
    """Of a group, or of the whole school, over the members of each day; None for a period that is over."""
    end = _end(period)
    if end < today():
        return None
    return forecast(attended, held, remaining_minutes(db, end, "group" if group_id else "everybody", group_id))


def school_forecast(db: Session, attended: Minutes) -> Forecast | None:
    """Of the whole school at the end of this school year; one statement, and what counts beside the timetable."""
    year = school_year_of(today())
    values = {"start": year.start, "end": year.end, "today": today()}
    row = run(db, _SCHOOL, values).one()
    held, remaining = (Minutes(int(row[n] or 0), int(row[n + 1] or 0)) for n in (0, 2))
    for one in counted(db, values, "everybody"):
        if one.day <= today():
            held += one.minutes
        else:
            remaining += one.minutes
    return forecast(attended, held, remaining)


def _total(kind: SessionKind, *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
    """Minutes of sessions of a kind, each as often as pupils stay there: a group's minutes over its members."""
    length = (TimetableSession.end_minute - TimetableSession.start_minute) * _STAYS.c.pupils
    return func.sum(case((and_(TimetableSession.kind == kind, *conditions), length), else_=0))


_STAYS = (
    select(Membership.group_id, Membership.starts_on, Membership.ends_on, func.count().label("pupils"))
    .where(
        Membership.starts_on <= bindparam("end"),
        or_(Membership.ends_on.is_(None), Membership.ends_on >= bindparam("start")),
    )
    .group_by(Membership.group_id, Membership.starts_on, Membership.ends_on)
    .subquery()
)
_CALLED = TimetableSession.called_at.is_not(None)
_COMING = and_(TimetableSession.called_at.is_(None), TimetableSession.on_date >= bindparam("today"))
_SCHOOL = (
    select(
        _total(SessionKind.PRACTICE, _CALLED), _total(SessionKind.THEORY, _CALLED),
        _total(SessionKind.PRACTICE, _COMING), _total(SessionKind.THEORY, _COMING),
    )
    .join(_STAYS, _STAYS.c.group_id == TimetableSession.group_id)
    .where(
        TimetableSession.state == SessionState.PLANNED, TimetableSession.on_date >= bindparam("start"),
        TimetableSession.on_date <= bindparam("end"), TimetableSession.on_date >= _STAYS.c.starts_on,
        or_(_STAYS.c.ends_on.is_(None), TimetableSession.on_date <= _STAYS.c.ends_on),
    )
)  # fmt: skip


def _end(period: Period) -> date:
    """Without an end it is the end of this school year."""
    return period.end or school_year_of(today()).end or today()
