"""The calendar of the demonstration school: zone B holidays as a school of 42 weeks takes them."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from app.pedagogy import rules

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days without school, both ends included."""

    first: date
    last: date
    label: str


public_holidays = cache(rules.public_holidays)


def school_year_of(day: date) -> int:
    """The calendar year in which the school year of `day` began; it turns on 1 September."""
    return day.year if day.month >= 9 else day.year - 1


def school_year_label(year: int) -> str:
    """« 2026-2027 »."""
    return f"{year}-{year + 1}"


def last_school_day(year: int) -> date:
    """The Friday before 25 July: 42 weeks of school, five of summer holidays."""
    limit = date(year + 1, 7, 24)
    return limit - (limit.weekday() - 4) % 7 * DAY


@cache
def holidays(year: int) -> tuple[Holiday, ...]:
    """The holidays of the school year that begins in `year`."""
    autumn, christmas = _monday(date(year, 10, 28)), _monday(date(year, 12, 25))
    winter, spring = _monday(date(year + 1, 2, 21)), _monday(date(year + 1, 4, 21))
    bridge = rules.easter(year + 1) + 40 * DAY
    return (
        Holiday(autumn, autumn + 6 * DAY, "Vacances de la Toussaint"),
        Holiday(christmas, christmas + 13 * DAY, "Vacances de Noël"),
        Holiday(winter, winter + 6 * DAY, "Vacances d’hiver"),
        Holiday(spring, spring + 6 * DAY, "Vacances de printemps"),
        Holiday(bridge, bridge, "Pont de l’Ascension"),
        Holiday(last_school_day(year) + DAY, date(year + 1, 8, 31), "Vacances d’été"),
    )


def open_day(year: int) -> date:
    """The yearly open day: the second Saturday of March."""
    first = date(year + 1, 3, 1)
    return first + ((5 - first.weekday()) % 7 + 7) * DAY


def is_working_day(day: date) -> bool:
    """Whether companies work: neither weekend nor public holiday."""
    return day.weekday() < 5 and day not in public_holidays(day.year)


def is_school_day(day: date) -> bool:
    """Whether the weekly timetable runs."""
    if not is_working_day(day):
        return False
    return not any(closed.first <= day <= closed.last for closed in holidays(school_year_of(day)))


def working_day(day: date, step: int = 1) -> date:
    """`day` itself, or the next working day; with -1 the one before."""
    while not is_working_day(day):
        day += step * DAY
    return day


def school_day(day: date) -> date:
    """`day` itself, or the next day on which the timetable runs."""
    while not is_school_day(day):
        day += DAY
    return day


def working_days_later(day: date, count: int) -> date:
    """The working day `count` working days after `day` (before it when negative)."""
    step = 1 if count >= 0 else -1
    for _ in range(abs(count)):
        day = working_day(day + step * DAY, step)
    return day


def days_between(first: date, last: date) -> list[date]:
    """Every day from `first` to `last`, both included."""
    return [first + n * DAY for n in range((last - first).days + 1)]


def shift_years(day: date, years: int) -> date:
    """The same day `years` later; 29 February becomes the 28th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _monday(day: date) -> date:
    return day - day.weekday() * DAY
