"""Days, months and periods as addresses write them."""

from datetime import date

from app.core.clock import today
from app.core.errors import NotFound
from app.pedagogy.rules import Period, school_year_of, week_of

FIRST, LAST = 1990, 2100
MOST_DAYS = 366


def read_day(text: str) -> date:
    """« 2026-11-24 »."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotFound() from None
    if not FIRST <= day.year <= LAST:
        raise NotFound()
    return day


def read_month(text: str) -> date:
    """« 2026-11 » as its first day."""
    return read_day(f"{text}-01")


def month_key(day: date) -> str:
    """« 2026-11 »."""
    return f"{day:%Y-%m}"


def bounded(period: Period, first: date) -> tuple[date, date]:
    """A period with both its ends: since the first day there is, to the end of this school year."""
    start = period.start or first
    return start, max(start, period.end or school_year_of(today()).end or today())


def dates_of(values: dict[str, str]) -> tuple[date, date]:
    """The days `du` and `au`, this week when they make no sense or lie more than a year apart."""
    this = week_of(today())
    here = this.start or today(), this.end or today()
    try:
        start, end = date.fromisoformat(values.get("du", "")), date.fromisoformat(values.get("au", ""))
    except ValueError:
        return here
    sound = start.year >= FIRST and end.year <= LAST and start <= end and (end - start).days <= MOST_DAYS
    return (start, end) if sound else here
