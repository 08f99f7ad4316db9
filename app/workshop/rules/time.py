"""Time: what may be booked, what overlaps, when a clock really stopped."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from app.workshop.rules.words import EndCause

Interval = tuple[datetime, datetime]
BREAK_AT_MOST = timedelta(minutes=30)  # a longer pause between two practice sessions ends the half-day
LONGEST = timedelta(hours=12)
QUARTER = timedelta(minutes=15)
T = TypeVar("T", int, datetime)


@dataclass(frozen=True, slots=True)
class Busy:
    """Time a pupil already has: from, to (None: still running), and on which ticket."""

    start: datetime
    end: datetime | None
    number: str


def why_not_time(start: datetime, end: datetime, now: datetime) -> str | None:
    """Booked time ends after it starts, lies within one day, and is not to come."""
    if end <= start:
        return "La fin doit venir après le début."
    if end > now:
        return "Ce temps n’est pas encore passé."
    if end - start > LONGEST:
        return "Un pointage ne dépasse pas 12 heures."
    return None


def why_overlap(start: datetime, end: datetime, others: Iterable[Busy]) -> Busy | None:
    """The pupil's other time that shares an instant with this one; touching is no overlap."""
    return next((o for o in others if o.start < end and (o.end is None or o.end > start)), None)


def merged(intervals: Iterable[tuple[T, T]]) -> list[tuple[T, T]]:
    """The union of intervals, as intervals that neither touch nor overlap, in order."""
    found: list[tuple[T, T]] = []
    for start, end in sorted(intervals):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif end > start:
            found.append((start, end))
    return found


def without(intervals: Iterable[tuple[T, T]], taken: Iterable[tuple[T, T]]) -> list[tuple[T, T]]:
    """What is left of the intervals beside those that are taken, in order."""
    left = merged(intervals)
    for first, last in taken:
        left = [part for start, end in left for part in ((start, min(end, first)), (max(start, last), end))]
        left = [(start, end) for start, end in left if end > start]
    return left


def union_seconds(intervals: Iterable[Interval]) -> int:
    """Wall-clock seconds covered by any of the intervals, each instant once: what a pupil's day is counted by."""
    return sum(int((end - start).total_seconds()) for start, end in merged(intervals))


def half_day(started_at: datetime, windows: Sequence[Interval]) -> list[Interval]:
    """The working windows of the half-day a session was started in, from its start on.

    Windows with no more than a break between them belong together. Started outside any, it joins the next one of the
    day; after the last one nothing bounds it but the day itself.
    """
    found: list[Interval] = []
    for start, end in windows:
        if end <= started_at:
            continue
        if found and start - found[-1][1] > BREAK_AT_MOST:
            break
        found.append((start if found else started_at, end))
    return found


def closing(
    started_at: datetime, now: datetime, windows: Sequence[Interval], day_end: datetime
) -> tuple[list[Interval], EndCause | None]:
    """The working time of a session that is stopped now, cut at breaks, and what ended it if not the hand that stops.

    No work goes on past the half-day it was started in: a forgotten stop counts up to its end.
    """
    parts = half_day(started_at, windows)
    if not parts:
        return [(started_at, max(started_at, min(now, day_end)))], EndCause.END_OF_HALF_DAY if now > day_end else None
    worked = [(start, max(start, min(now, end))) for n, (start, end) in enumerate(parts) if n == 0 or start < now]
    if now <= parts[len(worked) - 1][1]:
        return worked, None
    return worked, EndCause.BREAK if len(worked) < len(parts) else EndCause.END_OF_HALF_DAY


def clock_end(started_at: datetime, windows: Sequence[Interval], day_end: datetime) -> datetime:
    """When a clock stops at the latest, whether anybody stops it or not."""
    parts = half_day(started_at, windows)
    return parts[-1][1] if parts else max(day_end, started_at)


def lay(free: Sequence[Interval], lengths: Sequence[timedelta]) -> list[list[Interval]] | None:
    """Lengths laid one after the other into free time, each in as many pieces as that takes; None: not enough of it."""
    left = list(free)[::-1]
    found: list[list[Interval]] = []
    for length in lengths:
        pieces: list[Interval] = []
        wanted = length
        while wanted > timedelta(0):
            if not left:
                return None
            start, end = left.pop()
            stop = min(end, start + wanted)
            pieces.append((start, stop))
            wanted -= stop - start
            if stop < end:
                left.append((stop, end))
        found.append(pieces)
    return found


def minutes(seconds: int) -> int:
    """Minutes as shown, rounded half up; seconds are what is stored."""
    return int((Decimal(seconds) / 60).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def days_late(due_on: date, day: date) -> int:
    """Calendar days between the promised date and `day`; 0 when not late."""
    return max(0, (day - due_on).days)
