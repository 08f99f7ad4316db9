"""Where the practice share will stand at the end of a period: of a pupil, of a group, of the school."""

from datetime import date

from sqlalchemy.orm import Session

from app.core.clock import today
from app.pedagogy.queries.shares import due_minutes, remaining_minutes
from app.pedagogy.rules import Minutes, Period, school_year_of
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
    """Of the whole school at the end of this school year; four statements."""
    year = school_year_of(today())
    _, held = due_minutes(db, Period(year.start, today()), "everybody")
    return group_forecast(db, None, year, held, attended)


def _end(period: Period) -> date:
    """Without an end it is the end of this school year."""
    return period.end or school_year_of(today()).end or today()
