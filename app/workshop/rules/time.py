"""Time: what may be booked, what overlaps, and when a clock really stopped."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal


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
    if end - start > timedelta(hours=12):
        return "Un pointage ne dépasse pas 12 heures."
    return None


def why_overlap(start: datetime, end: datetime, others: Iterable[Busy]) -> Busy | None:
    """The pupil's other time that shares an instant with this one; touching is no overlap."""
    return next((o for o in others if o.start < end and (o.end is None or o.end > start)), None)


def closing(started_at: datetime, now: datetime, slot_end: datetime | None) -> tuple[datetime, bool]:
    """When a session that is stopped now really ended, and whether the timetable cut it.

    No work goes on past the practice session it was started in: a forgotten stop counts up to its end.
    """
    if slot_end is not None and started_at < slot_end < now:
        return slot_end, True
    return max(now, started_at), False


def minutes(seconds: int) -> int:
    """Minutes as shown, rounded half up; seconds are what is stored."""
    return int((Decimal(seconds) / 60).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def days_late(due_on: date, day: date) -> int:
    """Calendar days between the promised date and `day`; 0 when not late."""
    return max(0, (day - due_on).days)
