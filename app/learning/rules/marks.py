"""Rules of marks and reports: averages, terms, editions. Nothing here ever ranks one pupil against another."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Protocol

TWENTY = Decimal(20)
QUARTER = Decimal("0.25")
HUNDREDTH = Decimal("0.01")


class MarkStanding(StrEnum):
    """What is said of a pupil's work: a mark, or a word in its place. A word is never a zero."""

    MARKED = "marked"
    ABSENT = "absent"
    EXCUSED = "excused"
    MISSING = "missing"
    NONE = "none"


class ReportKind(StrEnum):
    """The reports that a school issues."""

    TERM = "term"
    SKILLS = "skills"
    SCHOOLING = "schooling"


STANDING_LABELS = {
    MarkStanding.ABSENT: "Absent", MarkStanding.EXCUSED: "Dispensé", MarkStanding.MISSING: "Non rendu",
}  # fmt: skip
# What a person types in the table of a group in place of a mark.
SHORT_WORDS = {"a": MarkStanding.ABSENT, "d": MarkStanding.EXCUSED, "n": MarkStanding.MISSING}
WORDS = {
    "abs": MarkStanding.ABSENT, "absent": MarkStanding.ABSENT, "absente": MarkStanding.ABSENT,
    "disp": MarkStanding.EXCUSED, "dispense": MarkStanding.EXCUSED, "dispensé": MarkStanding.EXCUSED,
    "nr": MarkStanding.MISSING, "non rendu": MarkStanding.MISSING,
} | SHORT_WORDS  # fmt: skip
REPORT_LABELS = {
    ReportKind.TERM: "Bulletin",
    ReportKind.SKILLS: "Livret de compétences",
    ReportKind.SCHOOLING: "Livret scolaire",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A mark as somebody said it."""

    standing: MarkStanding
    points: Decimal | None = None

    @property
    def words(self) -> str:
        """« 12,5 », « Absent »; nothing when there is none."""
        if self.standing == MarkStanding.MARKED and self.points is not None:
            return points_words(self.points)
        return STANDING_LABELS.get(self.standing, "")

    @property
    def typed(self) -> str:
        """As a person types it in the table: « 12,5 », « absent »."""
        return self.words.lower()


def points_words(points: Decimal) -> str:
    """« 12,5 », « 8,25 », « 14 »: the useful decimals only."""
    return f"{points:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def read_mark(text: str) -> Said | None:
    """What was typed in a cell: a mark with quarters, a word (« abs », « disp », « nr ») or nothing. None: neither."""
    plain = text.strip().lower()
    if not plain:
        return Said(MarkStanding.NONE)
    if plain in WORDS:
        return Said(WORDS[plain])
    digits = plain.replace(",", ".")
    if not digits.replace(".", "", 1).isdecimal() or not digits.isascii() or len(digits) > 8:
        return None
    return Said(MarkStanding.MARKED, Decimal(digits))


def why_not_mark_of(said: Said, out_of: Decimal) -> str | None:
    """A mark lies between 0 and what the evaluation is out of, in quarters of a point."""
    if said.points is None:
        return None
    if said.points > out_of:
        return f"Cette évaluation est notée sur {points_words(out_of)}."
    if said.points % QUARTER:
        return "Une note va par quarts de point : 12 ; 12,25 ; 12,5 ; 12,75."
    return None


class Marked(Protocol):
    """A mark with the weight of its evaluation."""

    @property
    def standing(self) -> MarkStanding: ...
    @property
    def points(self) -> Decimal | None: ...
    @property
    def out_of(self) -> Decimal: ...
    @property
    def coefficient(self) -> Decimal: ...


def average(marks: Iterable[Marked]) -> Decimal | None:
    """The average out of 20 of marks brought to 20 each and weighted by coefficient, rounded half up to two decimals.

    Absent, excused and not handed in count in neither sum. None when nothing counts. Rounded once, at the end.
    """
    total, weight = Decimal(0), Decimal(0)
    for mark in marks:
        if mark.standing == MarkStanding.MARKED and mark.points is not None:
            total += mark.points * TWENTY / mark.out_of * mark.coefficient
            weight += mark.coefficient
    return (total / weight).quantize(HUNDREDTH, rounding=ROUND_HALF_UP) if weight else None


def why_not_term(starts_on: date, ends_on: date, *, school_year: str) -> tuple[str, str] | None:
    """Why a term cannot be so, and at which field: it ends after it starts, inside its school year."""
    first = int(school_year[:4])
    if ends_on < starts_on:
        return "La fin vient après le début.", "ends_on"
    if starts_on < date(first, 9, 1) or starts_on > date(first + 1, 8, 31):
        return f"Cette date n’est pas dans l’année {school_year}.", "starts_on"
    if ends_on > date(first + 1, 8, 31):
        return f"Cette date n’est pas dans l’année {school_year}.", "ends_on"
    return None
