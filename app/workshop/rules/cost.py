"""What a job costs: professional hours at the market rate, as a quote counts them; what the machine and the pieces lost
add to it is told apart. Learning hours cost nothing here: they are what the school is for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.core.money import ratio, round_cents

HOUR = 3600


def euros(seconds: int, rate: Decimal | None) -> Decimal | None:
    """Seconds at so many euros an hour, rounded once to the cent; None where no rate is known."""
    return None if rate is None else round_cents(rate * seconds / HOUR)


@dataclass(frozen=True, slots=True)
class OperationCost:
    """One operation: seconds of each clock, and what pieces lost or put right took in professional time.

    `professional`: as planned for the pieces wanted. `lost`: pieces scrapped, work done again or put right.
    `put_right`: learning seconds of those tickets, part of `learning`.
    """

    seq: int
    label: str
    center: str
    rate: Decimal | None
    professional: int
    lost: int
    machine: int
    learning: int
    put_right: int = 0

    @property
    def quoted(self) -> Decimal | None:
        """What a quote counts."""
        return euros(self.professional, self.rate)

    @property
    def loss(self) -> Decimal | None:
        """What the pieces lost or put right would have cost a professional."""
        return euros(self.lost, self.rate)

    @property
    def machine_value(self) -> Decimal | None:
        """The time the machine was really taken, at the market rate: what teaching on it is worth."""
        return euros(self.machine, self.rate)


@dataclass(frozen=True, slots=True)
class JobCost:
    """A job against the net of its order line. `unpriced`: lots consumed whose price nobody noted."""

    net: Decimal
    operations: tuple[OperationCost, ...]
    material: Decimal
    unpriced: int = 0

    @property
    def unrated(self) -> tuple[str, ...]:
        """Machines without an hourly rate that have work in it: the sums leave them out."""
        return tuple(dict.fromkeys(o.center for o in self.operations if o.rate is None and (o.professional or o.lost)))

    @property
    def complete(self) -> bool:
        """Nothing is left out."""
        return not self.unrated and not self.unpriced

    @property
    def quoted(self) -> Decimal:
        """Professional hours at the market rate."""
        return _sum(o.quoted for o in self.operations)

    @property
    def loss(self) -> Decimal:
        """Cost of non-quality."""
        return _sum(o.loss for o in self.operations)

    @property
    def machine_value(self) -> Decimal:
        """Machine hours at the market rate."""
        return _sum(o.machine_value for o in self.operations)

    @property
    def cost(self) -> Decimal:
        """Professional hours, pieces lost, material."""
        return self.quoted + self.loss + round_cents(self.material)

    @property
    def margin(self) -> Decimal:
        """What is left of the line's net."""
        return self.net - self.cost

    @property
    def margin_share(self) -> Decimal | None:
        """The margin as a share of the net."""
        return ratio(self.margin, self.net)

    @property
    def loss_share(self) -> Decimal | None:
        """Non-quality as a share of the cost."""
        return ratio(self.loss, self.cost)

    def seconds(self, clock: str) -> int:
        """The sum of one clock: professional, lost, machine, learning, put_right."""
        return sum(getattr(o, clock) for o in self.operations)


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal("0.00"))
