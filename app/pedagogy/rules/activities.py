"""What exams, placements and visits count as: a setting per kind, from a day on."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Protocol

from app.pedagogy.rules import Minutes


class ActivityKind(StrEnum):
    """What a group or a pupil does on days that the timetable does not tell: exam days, a placement in a company
    (*PFMP*), a visit, anything else.
    """

    EXAM = "exam"
    PLACEMENT = "placement"
    VISIT = "visit"
    OTHER = "other"


class CountsAs(StrEnum):
    """What the minutes of an activity count as."""

    PRACTICE = "practice"
    THEORY = "theory"
    NOTHING = "nothing"


COUNTS_LABELS = {CountsAs.PRACTICE: "Atelier", CountsAs.THEORY: "Cours", CountsAs.NOTHING: "Rien"}


class Rule(Protocol):
    """From a day on a kind counts as something; of two from the same day the later one rules."""

    kind: ActivityKind
    counts_as: CountsAs
    starts_on: date


def counts_on(kind: ActivityKind, day: date, rules: Iterable[Rule]) -> CountsAs:
    """What a kind counts as on a day; nothing before anybody decided. `rules` are in the order they were made."""
    ruling, since = CountsAs.NOTHING, date.min
    for rule in rules:
        if rule.kind == kind and since <= rule.starts_on <= day:
            ruling, since = rule.counts_as, rule.starts_on
    return ruling


def minutes_as(counts_as: CountsAs, minutes: int) -> Minutes:
    """Minutes of the kind that they count as."""
    return Minutes(
        minutes if counts_as == CountsAs.PRACTICE else 0, minutes if counts_as == CountsAs.THEORY else 0
    )  # fmt: skip
