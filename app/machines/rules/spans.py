"""How long a paper holds, when somebody reaches an age, and how days and durations are written."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import lru_cache
from typing import Protocol, TypeVar

from app.core import worktime

NBSP, lasting = worktime.NBSP, worktime.lasting
DECLARATION_YEARS, OPINION_YEARS, ATTESTATION_YEARS = 3, 1, 5


class Dated(Protocol):
    """Anything that is said on a day."""

    @property
    def on(self) -> date: ...


class Levelled(Dated, Protocol):
    """Said of one level."""

    @property
    def level(self) -> str: ...


T = TypeVar("T", bound=Dated)
L = TypeVar("L", bound=Levelled)


@lru_cache(2000)
def years_later(day: date, years: int) -> date:
    """The same day so many years on; 29 February gives 28 February, the safe side for what ends."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 2, 28)


def holds(start: date, years: int, day: date) -> bool:
    """Whether what runs from `start` for so many years less a day still holds."""
    return start <= day < years_later(start, years)


def last_day(start: date, years: int) -> date:
    """The last day of what runs for so many years less a day."""
    return years_later(start, years) - timedelta(days=1)


@lru_cache(2000)
def birthday(born_on: date, age: int) -> date:
    """The day somebody reaches an age; born on 29 February: 1 March where the year has none."""
    try:
        return born_on.replace(year=born_on.year + age)
    except ValueError:
        return date(born_on.year + age, 3, 1)


def up_to(facts: Iterable[T], day: date) -> T | None:
    """Of the facts dated up to a day the latest; of two of one day the one recorded last."""
    found: T | None = None
    for fact in facts:
        if fact.on <= day and (found is None or fact.on >= found.on):
            found = fact
    return found


def latest_by_level(facts: Iterable[L], day: date) -> list[L]:
    """Of each level (an electrical symbol) what was said last up to a day."""
    found: dict[str, L] = {}
    for fact in facts:
        before = found.get(fact.level)
        if fact.on <= day and (before is None or fact.on >= before.on):
            found[fact.level] = fact
    return list(found.values())


@lru_cache(2000)
def said(day: date) -> str:
    """« 24/11/2026 »"""
    return f"{day:%d/%m/%Y}"


def listed(words: Iterable[str]) -> str:
    """« a, b et c »"""
    parts = list(words)
    return f"{', '.join(parts[:-1])} et {parts[-1]}" if len(parts) > 1 else "".join(parts)
