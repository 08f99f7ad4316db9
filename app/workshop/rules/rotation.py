"""Rotation: who never did what, how long ago, and whether a piece of work suits how far a pupil has come."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.pedagogy.rules import school_year_number
from app.workshop.rules.flow import NBSP

YEARS = 3
TIMES_A_STEP = 2  # so many times on a kind of work lift what a pupil can do by one grade
STEPS = 2  # practice lifts by so much at most: the rest comes with the years
OFTEN = 6
DAY, WEEK, MONTH, YEAR = 1, 7, 30, 365


class Fit(StrEnum):
    """How the difficulty of work (1 to 4) meets what a pupil can do."""

    KNOWN = "known"
    RIGHT = "right"
    STRETCH = "stretch"
    HARD = "hard"

    @property
    def label(self) -> str:
        """A few words for a row of the board."""
        return FIT_LABELS[self]


FIT_LABELS = {
    Fit.KNOWN: "sait déjà faire",
    Fit.RIGHT: "à son niveau",
    Fit.STRETCH: "un cran plus haut",
    Fit.HARD: "trop difficile encore\u00a0?",
}


def training_year(entered_on: date, day: date) -> int:
    """First, second or third year in the school; who stays longer stays in the third."""
    return min(YEARS, max(1, school_year_number(day) - school_year_number(entered_on) + 1))


def reach(year: int, times_done: int) -> int:
    """The grade of difficulty a pupil handles: the year, lifted by practice of that very kind of work."""
    return min(4, year + min(times_done // TIMES_A_STEP, STEPS))


def suits(difficulty: int, year: int, times_done: int) -> Fit:
    """Difficulty against progress. One grade above is how one learns; two above is a question, never a refusal."""
    within = reach(year, times_done)
    if difficulty > within + 1:
        return Fit.HARD
    if difficulty > within:
        return Fit.STRETCH
    return Fit.KNOWN if times_done >= OFTEN and difficulty < within else Fit.RIGHT


def ago(then: date, day: date) -> str:
    """« aujourd’hui », « hier », « il y a 3 j », « il y a 3 sem. », « il y a 4 mois », « il y a 2 ans »."""
    days = (day - then).days
    if days <= 0:
        return "aujourd’hui"
    if days == DAY:
        return "hier"
    if days < 2 * WEEK:
        return f"il y a {days}{NBSP}j"
    if days < 2 * MONTH:
        return f"il y a {days // WEEK}{NBSP}sem."
    if days < YEAR:
        return f"il y a {days // MONTH}{NBSP}mois"
    years = days // YEAR
    return f"il y a {years}{NBSP}{'ans' if years > 1 else 'an'}"


@dataclass(frozen=True, slots=True)
class Hint:
    """What to know of a pupil before giving this work: times on this machine, times at this very operation, how long
    ago, and how its difficulty meets the pupil.
    """

    times: int
    same: int
    last_on: date | None
    fit: Fit
    day: date

    @property
    def never(self) -> bool:
        """Never ran this machine: first in line for it."""
        return self.times == 0

    @property
    def words(self) -> str:
        """« jamais fait », « 4ᵉ fois, il y a 3 sem. »"""
        if self.last_on is None or self.never:
            return "jamais fait"
        return f"{self.times + 1}ᵉ{NBSP}fois, {ago(self.last_on, self.day)}"

    @property
    def warning(self) -> str:
        """« trop difficile encore ? », or nothing."""
        return self.fit.label if self.fit == Fit.HARD else ""

    @property
    def order(self) -> tuple[bool, int, int, date]:
        """Sorts candidates: what is not too hard first, then who never did it, then the longest ago."""
        return self.fit == Fit.HARD, min(self.times, 1), self.times, self.last_on or date.min
