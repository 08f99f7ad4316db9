"""Shapes of the home page: a thing to do, a hit of the search. Order of urgency lives here."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do now: how urgent (a tone), in words, and where."""

    tone: str
    text: str
    note: str
    route: str
    params: tuple[tuple[str, str], ...]
    query: tuple[tuple[str, str], ...]
    label: str


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: its kind in French, its name, a quiet second line, and where."""

    kind: str
    icon: str
    title: str
    note: str
    route: str
    params: tuple[tuple[str, str], ...]


def school_year_start(day: date) -> date:
    """The 1 September that began the school year of a day."""
    return date(day.year if day.month >= 9 else day.year - 1, 9, 1)


def months_back(day: date, count: int) -> list[date]:
    """The first days of the last `count` months, the running one last."""
    first = day.replace(day=1)
    found = [first]
    while len(found) < count:
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(first)
    return found[::-1]


def scale_top(values: list[Decimal]) -> int:
    """A round number at or above the largest value, for the top of a chart's scale."""
    largest = max(values, default=Decimal(0))
    step = 1
    while step * 10 < largest:
        step *= 10
    for factor in (1, 2, 3, 4, 5, 6, 8, 10):
        if factor * step >= largest:
            return max(factor * step, 1)
    return 10 * step
