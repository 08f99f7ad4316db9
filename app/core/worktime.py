"""Working time of those under 18 (L3162-1 and following). For pupils in school a rule of the house, not of the law."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple, Protocol

NBSP = "\u00a0"
DAY_LIMIT, WEEK_LIMIT, UNBROKEN, BREAK = 480, 2100, 270, 30
MORNING, NIGHT, NIGHT_OF_THE_YOUNGER = 360, 1320, 1200
REST, REST_OF_THE_YOUNGER = 720, 840
MIDNIGHT = 1440


class Stretch(Protocol):
    """Minutes of one day that count as work: school time does (L3162-2)."""

    @property
    def on(self) -> date: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Limit(StrEnum):
    """The limits WT1 to WT9."""

    DAY = "day"
    WEEK = "week"
    UNBROKEN = "unbroken"
    BREAK = "break"
    NIGHT = "night"
    REST = "rest"
    DAYS_OFF = "days_off"


class Passed(NamedTuple):
    """A limit that is passed: the sentence and its article of the Code du travail."""

    limit: Limit
    sentence: str
    article: str


def lasting(minutes: int) -> str:
    """« 8 h », « 4 h 30 », « 45 min »."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest}{NBSP}min"
    return f"{hours}{NBSP}h{NBSP}{rest:02d}" if rest else f"{hours}{NBSP}h"


def minutes_of(hours: Sequence[Stretch]) -> int:
    """Their lengths together."""
    return sum(one.end - one.start for one in hours)


def hours_of(hours: Sequence[Stretch], day: date) -> list[Stretch]:
    """Those of one day, in order."""
    return sorted((one for one in hours if one.on == day), key=lambda one: one.start)


def passed_limits(
    hours: Sequence[Stretch], day: date, *, younger: bool, untimed: Mapping[date, int] = MappingProxyType({})
) -> Iterator[Passed]:
    """The limits that a day passes, in the order WT1 to WT9; `hours` hold its week and the eve. `younger`: under 16.

    `untimed` are minutes per day without an hour (a placement): they count for day, week and days off alone.
    """
    today = hours_of(hours, day)
    yield from _length(hours, day, today, untimed)
    yield from _breaks(today)
    evening = NIGHT_OF_THE_YOUNGER if younger else NIGHT
    if any(one.start < MORNING or one.end > evening for one in today):
        yield Passed(Limit.NIGHT, f"Travail de nuit{NBSP}: rien avant 6{NBSP}h ni après {lasting(evening)}.", "L3163-2")
    yield from _rest(hours, day, today, REST_OF_THE_YOUNGER if younger else REST)
    yield from _days_off({one.on for one in hours} | set(untimed), day, today)


def _length(hours: Sequence[Stretch], day: date, today: list[Stretch], untimed: Mapping[date, int]) -> Iterator[Passed]:
    """WT1, WT2"""
    if (length := minutes_of(today) + untimed.get(day, 0)) > DAY_LIMIT:
        yield Passed(Limit.DAY, f"Journée de {lasting(length)}{NBSP}: la limite est {lasting(DAY_LIMIT)}.", "L3162-1")
    monday = day - timedelta(days=day.weekday())
    sunday = monday + timedelta(days=6)
    week = minutes_of([one for one in hours if monday <= one.on <= sunday])
    week += sum(minutes for on, minutes in untimed.items() if monday <= on <= sunday)
    if week > WEEK_LIMIT:
        yield Passed(Limit.WEEK, f"Semaine de {lasting(week)}{NBSP}: la limite est {lasting(WEEK_LIMIT)}.", "L3162-1")


def _breaks(today: list[Stretch]) -> Iterator[Passed]:
    """WT3, WT4"""
    longest = run = 0
    for place, one in enumerate(today):
        touches = place > 0 and one.start <= today[place - 1].end
        run = run + one.end - one.start if touches else one.end - one.start
        longest = max(longest, run)
    if longest > UNBROKEN:
        yield Passed(
            Limit.UNBROKEN, f"{lasting(longest)} sans pause{NBSP}: la limite est {lasting(UNBROKEN)}.", "L3162-3"
        )
    pauses = [later.start - earlier.end for earlier, later in pairwise(today)]
    if minutes_of(today) > UNBROKEN and max(pauses, default=0) < BREAK:
        yield Passed(Limit.BREAK, f"Aucune pause de {lasting(BREAK)} dans la journée.", "L3162-3")


def _rest(hours: Sequence[Stretch], day: date, today: list[Stretch], need: int) -> Iterator[Passed]:
    """WT7, WT8"""
    before = hours_of(hours, day - timedelta(days=1))
    if today and before and today[0].start + MIDNIGHT - max(one.end for one in before) < need:
        yield Passed(Limit.REST, f"Moins de {lasting(need)} de repos depuis la veille.", "L3164-1")


def _days_off(busy: Collection[date], day: date, today: list[Stretch]) -> Iterator[Passed]:
    """WT9"""
    if not today:
        return
    monday = day - timedelta(days=day.weekday())
    free = [monday + timedelta(days=step) not in busy for step in range(7)]
    if not any(one and other for one, other in pairwise(free)):
        yield Passed(Limit.DAYS_OFF, "Pas deux jours de repos de suite dans la semaine.", "L3164-2")
