"""Which sessions of somebody who is away are taken over: days, a half of each, or those that were chosen."""

from dataclasses import dataclass
from datetime import date

from app.pedagogy.rules import HalfDay, half_of
from app.timetable.rules.placed import Placed

LONGEST = 366  # days


@dataclass(frozen=True, slots=True)
class Span:
    """From a day to a day, both included; `half` of each (None: all of it); `chosen` sessions alone, none: all."""

    first: date
    last: date
    half: HalfDay | None = None
    chosen: frozenset[int] = frozenset()

    def holds(self, one: Placed) -> bool:
        """Whether a session lies inside, chosen or not."""
        return self.first <= one.on_date <= self.last and self.half in (None, half_of(one.start_minute))

    def takes(self, one: Placed) -> bool:
        """Whether a session is one of those that change."""
        return self.holds(one) and (not self.chosen or one.id in self.chosen)

    @property
    def words(self) -> str:
        """« le 30/11/2026 au matin », « du 30/11/2026 au 04/12/2026 »."""
        days = f"le {self.first:%d/%m/%Y}"
        if self.last != self.first:
            days = f"du {self.first:%d/%m/%Y} au {self.last:%d/%m/%Y}"
        return f"{days} {self.half.at}" if self.half else days
