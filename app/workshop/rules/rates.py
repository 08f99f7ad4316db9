"""Rates of quality: one definition of each, whatever they are broken down by."""

from dataclasses import dataclass, field, fields
from datetime import date, timedelta
from decimal import Decimal

from app.core.money import ratio

UNSAID = "Cause non dite"
LONGEST_PERIOD = 1100  # days: three years


@dataclass(slots=True)
class Tally:
    """Pieces of a period. A piece is good at every operation it goes through, finished once, scrapped at most once.

    `scrap_again` was lost of pieces being reworked: they count among the `reworked` already. `lost_seconds` is the
    professional time that the scrapped pieces had cost at the operation where they were lost.
    """

    good: int = 0
    finished: int = 0
    scrap: int = 0
    scrap_again: int = 0
    reworked: int = 0
    accepted: int = 0
    lost_seconds: int = 0

    def add(self, other: "Tally") -> None:
        """And these."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))

    @property
    def produced(self) -> int:
        """Pieces that came to an end: out of the last operation good, or lost on the way."""
        return self.finished + self.scrap

    @property
    def passed(self) -> int:
        """Pieces that went through an operation, good or not: the base of a machine's or an operation's rates."""
        return self.good + self.scrap

    @property
    def not_right_first(self) -> int:
        """Pieces that were scrapped or reworked, each once."""
        return self.scrap - self.scrap_again + self.reworked

    @property
    def scrap_rate(self) -> Decimal | None:
        """Scrapped ÷ produced."""
        return ratio(self.scrap, self.produced)

    @property
    def rework_rate(self) -> Decimal | None:
        """Reworked ÷ produced."""
        return ratio(self.reworked, self.produced)

    @property
    def loss_rate(self) -> Decimal | None:
        """Scrapped or reworked ÷ produced (K30)."""
        return ratio(self.not_right_first, self.produced)

    @property
    def first_pass_rate(self) -> Decimal | None:
        """Good at the first go, without rework and without the client's leave ÷ produced."""
        return ratio(self.produced - self.not_right_first - self.accepted, self.produced)

    @property
    def scrap_rate_here(self) -> Decimal | None:
        """Scrapped ÷ passed, on one machine or operation."""
        return ratio(self.scrap, self.passed)

    @property
    def rework_rate_here(self) -> Decimal | None:
        """Reworked ÷ passed, on one machine or operation."""
        return ratio(self.reworked, self.passed)

    @property
    def first_pass_rate_here(self) -> Decimal | None:
        """Good at the first go ÷ passed, on one machine or operation."""
        return ratio(self.passed - self.not_right_first - self.accepted, self.passed)


@dataclass(slots=True)
class Breakdown:
    """The same pieces in total and by month, machine, operation and class; what went wrong, by cause."""

    total: Tally = field(default_factory=Tally)
    months: dict[str, Tally] = field(default_factory=dict)
    centers: dict[str, Tally] = field(default_factory=dict)
    operations: dict[str, Tally] = field(default_factory=dict)
    groups: dict[str, Tally] = field(default_factory=dict)
    causes: dict[str, int] = field(default_factory=dict)

    def add(self, keys: tuple[str, str, str, str], tally: Tally, cause: str) -> None:
        """Pieces of one month, machine, operation and class; what was not right of them, by its cause."""
        self.total.add(tally)
        for where, key in zip((self.months, self.centers, self.operations, self.groups), keys, strict=True):
            where.setdefault(key, Tally()).add(tally)
        if wrong := tally.not_right_first + tally.accepted:
            self.causes[cause or UNSAID] = self.causes.get(cause or UNSAID, 0) + wrong

    @property
    def worst_operations(self) -> list[tuple[str, Tally]]:
        """Operations where pieces went wrong, those with most pieces first."""
        wrong = [(key, tally) for key, tally in self.operations.items() if tally.not_right_first > 0]
        return sorted(wrong, key=lambda each: (-each[1].not_right_first, each[0]))

    @property
    def ranked_causes(self) -> list[tuple[str, int, Decimal | None]]:
        """Each cause with its pieces and its share of all that went wrong, the most frequent first."""
        found = {cause: count for cause, count in self.causes.items() if count > 0}
        whole = sum(found.values())
        return [(cause, count, ratio(count, whole)) for cause, count in sorted(found.items(), key=_most_first)]


def _most_first(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def months_of(first: date, last: date) -> list[str]:
    """« 2026-11 », every month that has a day between the two, both included."""
    found, day = [], first.replace(day=1)
    while day <= last:
        found.append(f"{day:%Y-%m}")
        day = (day + timedelta(days=32)).replace(day=1)
    return found


def why_not_period(first: date, last: date) -> str | None:
    """A period runs forward, over three years at most."""
    if last < first:
        return "La fin de la période vient après son début."
    return "Une période dure trois ans au plus." if (last - first).days > LONGEST_PERIOD else None
