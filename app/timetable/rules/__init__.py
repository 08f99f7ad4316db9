"""Rules of the calendar and the timetable: activities, A and B weeks, dates of a rule."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum

from app.pedagogy.rules import activities

ActivityKind = activities.ActivityKind

DAY, WEEK = timedelta(days=1), timedelta(days=7)
ZONES = ("A", "B", "C")
DAY_NAMES = ("Lundi", "Mardi", "Mercredi", "Jeudi", "Vendredi", "Samedi", "Dimanche")


class WeekKind(StrEnum):
    """The weeks a rule holds in."""

    EVERY = "every"
    A = "a"
    B = "b"


class ChangeKind(StrEnum):
    """A mass change of the timetable, as it can be undone in one piece."""

    GENERATE = "generate"
    CHANGE_RULE = "change_rule"
    END_RULE = "end_rule"
    COPY_WEEK = "copy_week"
    REPLACE = "replace"
    CLOSE = "close"


class LineKind(StrEnum):
    """What a mass change does to one session."""

    CREATED = "created"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    REVIVED = "revived"
    ADOPTED = "adopted"


ACTIVITY_LABELS = {
    ActivityKind.EXAM: "Examen", ActivityKind.PLACEMENT: "Stage", ActivityKind.VISIT: "Sortie",
    ActivityKind.OTHER: "Autre",
}  # fmt: skip
WEEK_LABELS = {WeekKind.EVERY: "Toutes les semaines", WeekKind.A: "Semaines A", WeekKind.B: "Semaines B"}


def monday_before(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def week_letter(day: date, week_a_on: date | None, skipped: Iterable[date] = ()) -> WeekKind | None:
    """A or B: weeks alternate from the week of `week_a_on`, which is an A. None: the school year has no such weeks.

    `skipped` are the Mondays of weeks that do not count (closed the whole week): after the holidays the turn goes on.
    A skipped week bears the letter of the next one that counts.
    """
    if week_a_on is None:
        return None
    first, monday = monday_before(week_a_on), monday_before(day)
    low, high = min(first, monday), max(first, monday)
    steps = (high - low).days // 7 - sum(1 for one in skipped if low <= one < high)
    return WeekKind.A if steps % 2 == 0 else WeekKind.B


def rule_days(weekday: int, start: date, end: date) -> Iterator[date]:
    """The days of a weekday (Monday is 0) from `start` to `end`, both included."""
    day = start + timedelta(days=(weekday - start.weekday()) % 7)
    while day <= end:
        yield day
        day += WEEK
