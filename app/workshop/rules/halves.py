"""Half-days, and how many pupils a master may have at work in one (a rule of the model, a setting of the school)."""

from dataclasses import dataclass
from datetime import date

from app.pedagogy.rules.halves import DAY_ENDS, MORNING_ENDS, HalfDay, half_of
from app.workshop.rules.flow import NBSP

__all__ = ["MORNING_ENDS", "Crowd", "half_of", "minutes_of", "when", "why_crowded"]

PART_OF_DAY = {HalfDay.MORNING: "au matin", HalfDay.AFTERNOON: "après-midi"}


def minutes_of(half: HalfDay) -> tuple[int, int]:
    """The minutes in which the sessions of a half-day begin: from, to (not included)."""
    return (0, MORNING_ENDS) if half == HalfDay.MORNING else (MORNING_ENDS, DAY_ENDS)


def when(day: date, half: HalfDay | None) -> str:
    """« le 26/11/2026 au matin », « le 26/11/2026 après-midi », « le 26/11/2026 »."""
    return f"le {day:%d/%m/%Y}{f' {PART_OF_DAY[half]}' if half else ''}"


@dataclass(frozen=True, slots=True)
class Crowd:
    """A master's slot: who runs it, how many pupils may be at work in it, how many others already are."""

    master: str
    ceiling: int
    others: int
    half: HalfDay


def why_crowded(crowd: Crowd, day: date) -> str | None:
    """Why one more pupil may not be given work in a master's slot: how many there are, and the ceiling."""
    if crowd.others < crowd.ceiling:
        return None
    who = f"{crowd.others}{NBSP}jeunes ont" if crowd.others > 1 else f"{crowd.others}{NBSP}jeune a"
    moment = when(day, HalfDay(crowd.half))
    most = f"L’école a fixé {crowd.ceiling}{NBSP}jeunes par maître."
    return f"{who} déjà du travail avec {crowd.master} {moment}. {most}"
