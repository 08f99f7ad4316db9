"""Two clocks: the professional time that prices are made of, the learning time that plans are made of.

They are never added up. Learning time divided by the professional time it produced is the observed pedagogic factor.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from app.workshop.rules.flow import planned_seconds
from app.workshop.rules.rotation import YEARS

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Factors:
    """Planned pedagogic factors of an operation for a pupil in the first, second, third year."""

    first: Decimal
    second: Decimal
    third: Decimal

    def of_year(self, year: int) -> Decimal:
        """The factor of one year."""
        return (self.first, self.second, self.third)[min(YEARS, max(1, year)) - 1]

    def mean(self, years: Mapping[int, int]) -> Decimal:
        """The mean over so many pupils of each year; the second year's where nobody is known."""
        count = sum(years.values())
        if not count:
            return self.second
        return sum((self.of_year(year) * many for year, many in years.items()), Decimal(0)) / count


def times(seconds: int, factor: Decimal) -> int:
    """Professional seconds as learning seconds."""
    return int((seconds * factor).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def earned_seconds(setup_seconds: int, unit_seconds: int, good: int) -> int:
    """Professional time that good pieces stand for: setting up is earned with the first of them."""
    return planned_seconds(setup_seconds, unit_seconds, good) if good > 0 else 0


@dataclass(frozen=True, slots=True)
class Clocks:
    """Both clocks of a ticket, an operation, a job or an order, in seconds; `machine` is the machine's own."""

    planned: int = 0
    earned: int = 0
    learning_planned: int = 0
    learning: int = 0
    machine: int = 0

    def __add__(self, other: "Clocks") -> "Clocks":
        return Clocks(
            self.planned + other.planned, self.earned + other.earned, self.learning_planned + other.learning_planned,
            self.learning + other.learning, self.machine + other.machine,
        )  # fmt: skip

    @property
    def factor(self) -> Decimal | None:
        """The observed factor: learning time for one hour of professional time; None before a piece or a minute."""
        return _ratio(self.learning, self.earned) if self.learning else None

    @property
    def planned_factor(self) -> Decimal | None:
        """The factor the plan was made with."""
        return _ratio(self.learning_planned, self.planned)


def _ratio(above: int, below: int) -> Decimal | None:
    if not below:
        return None
    return (Decimal(above) / below).quantize(TENTH, rounding=ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked for, what came of it and what it took."""

    setup_seconds: int
    unit_seconds: int
    wanted: int
    good: int
    learning: int
    machine: int
    factor: Decimal

    @property
    def clocks(self) -> Clocks:
        """Both clocks of it."""
        planned = planned_seconds(self.setup_seconds, self.unit_seconds, self.wanted) if self.wanted else 0
        return Clocks(
            planned, earned_seconds(self.setup_seconds, self.unit_seconds, self.good), times(planned, self.factor),
            self.learning, self.machine,
        )  # fmt: skip


def total(clocks: Iterable[Clocks]) -> Clocks:
    """The sum, each clock with its own kind."""
    return sum(clocks, Clocks())


@dataclass(frozen=True, slots=True)
class Past:
    """One ticket a pupil did: when, in how much of his own time, and the professional time it stands for."""

    on: date
    number: str
    seconds: int
    earned: int

    @property
    def pace(self) -> Decimal:
        """His seconds for one professional second."""
        return Decimal(self.seconds) / self.earned


@dataclass(frozen=True, slots=True)
class Trend:
    """A pupil's own way on one operation, oldest first; compared with nobody else's."""

    points: tuple[Past, ...]

    @property
    def last(self) -> Past | None:
        """The latest one."""
        return self.points[-1] if self.points else None

    def then(self, earned: int) -> int | None:
        """How long the same amount of work took the last time, in seconds; None without a last time."""
        return int((self.last.pace * earned).quantize(Decimal(1), rounding=ROUND_HALF_UP)) if self.last else None
