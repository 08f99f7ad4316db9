"""How a period is told: a year by months, a month by weeks, a week by days; and what adds up in each."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.pedagogy.rules import Minutes, month_of, week_of

DAYS_OF_WEEK, DAYS_OF_MONTH = 7, 31
ONE = timedelta(days=1)
NONE = Minutes()


class Grain(StrEnum):
    """What one line of a ledger is."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Figures:
    """Minutes planned (not cancelled), held (roll called), attended, and seconds worked on tickets."""

    planned: Minutes = NONE
    held: Minutes = NONE
    attended: Minutes = NONE
    seconds: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(
            self.planned + other.planned, self.held + other.held, self.attended + other.attended,
            self.seconds + other.seconds,
        )  # fmt: skip

    @property
    def worked(self) -> int:
        """Minutes worked on tickets, rounded half up."""
        return (self.seconds + 30) // 60

    @property
    def known(self) -> bool:
        """Whether anything is said at all."""
        return bool(self.planned.total or self.held.total or self.attended.total or self.seconds)


def grain_of(start: date, end: date) -> Grain:
    """Up to a week by days, up to a month by weeks, longer by months."""
    length = (end - start).days + 1
    if length <= DAYS_OF_WEEK:
        return Grain.DAY
    return Grain.WEEK if length <= DAYS_OF_MONTH else Grain.MONTH


def split(start: date, end: date, grain: Grain) -> list[tuple[date, date]]:
    """The parts of a period, both ends included, in order: each day in exactly one, the first and the last cut off."""
    found, here = [], start
    while here <= end:
        last = {Grain.MONTH: month_of, Grain.WEEK: week_of}[grain](here).end if grain != Grain.DAY else here
        stop = min(end, last or here)
        found.append((here, stop))
        here = stop + ONE
    return found
