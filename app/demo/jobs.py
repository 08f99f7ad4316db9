"""An operation of the demonstration workshop while it is being made."""

import math
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from app.demo.catalogue import Step
from app.demo.orders import Line, Order
from app.demo.people import Pupil

HURRY = timedelta(days=1)
LONG, VERY_LONG = 90, 240  # professional minutes left from which two, then three pupils share an operation
SERIES = 8  # from so many pieces on, some are scrapped and spares are cut


@dataclass(slots=True, eq=False)
class Operation:
    """A step of one line's routing. `settled` is what the next step may take."""

    order: Order
    line: Line
    number: int
    step: Step
    upstream: "Operation | None"
    not_before: date
    deadline: date
    downstream: list["Operation"] = field(default_factory=list)
    pupils: list[Pupil] = field(default_factory=list)
    good: int = 0
    scrap: int = 0
    settled: int = 0
    work: float = 0.0  # professional minutes, setup included
    last_day: date = date.min

    @property
    def target(self) -> int:
        """Good pieces wanted: the line's quantity; before the last step, spares for what may be scrapped later."""
        if not self.downstream:
            return self.line.quantity
        return self.line.quantity + max(_spares(self.line.quantity), sum(step.scrap for step in self.downstream))

    @property
    def to_do(self) -> int:
        """Pieces that can be made now: wanted, and already good one step before."""
        wanted = self.target - self.good
        if self.upstream is None:
            return wanted
        return min(wanted, self.upstream.settled - self.good - self.scrap)

    @property
    def delivers(self) -> bool:
        """Whether the line's quantity has passed its last step."""
        return not self.downstream and self.good >= self.line.quantity

    def hands(self, day: date) -> int:
        """How many pupils may work on it: one half session a day, several when its time runs out."""
        pieces = self.to_do
        if pieces <= 0:
            return 0
        if day + HURRY < self.deadline:
            return 0 if self.last_day == day else 1
        minutes = self._minutes_for(pieces)
        return min(pieces, 1 + (minutes > LONG) + (minutes > VERY_LONG))

    def book(self, minutes: float, scrap_rate: float, rng: Random) -> tuple[int, int, float]:
        """Work so many professional minutes at most: pieces good, pieces scrapped, minutes really needed."""
        limit = self.to_do
        needed = max(0.0, self._minutes_for(limit))
        used = min(minutes, needed)
        self.work += used
        pieces = limit if used >= needed else max(0, min(limit, self._made() - self.good - self.scrap))
        scrap = self._scrapped(pieces, scrap_rate, rng)
        self.good += pieces - scrap
        self.scrap += scrap
        return pieces - scrap, scrap, used

    def _minutes_for(self, pieces: int) -> float:
        return self.step.setup + self.step.unit * (self.good + self.scrap + pieces) - self.work

    def _made(self) -> int:
        return int((self.work - self.step.setup) / self.step.unit) if self.step.unit else 0

    def _scrapped(self, pieces: int, rate: float, rng: Random) -> int:
        """Nothing is scrapped in single pieces, in programming or at reception."""
        if self.line.quantity < SERIES or self.step.unit == 0 or self.step.skill == "A1":
            return 0
        return min(pieces, int(pieces * rate + rng.random()))


def operations_of(order: Order) -> list[Operation]:
    """The operations of an order's lines, each knowing the one before and those after."""
    found: list[Operation] = []
    for line in order.lines:
        chain: list[Operation] = []
        for place, step in enumerate(line.part.route):
            before = chain[-1] if chain else None
            first, last = (order.day_at(line, n, len(line.part.route)) for n in (place, place + 1))
            chain.append(Operation(order, line, 10 * (place + 1), step, before, first, last))
        for place, operation in enumerate(chain):
            operation.downstream = chain[place + 1 :]
        found += chain
    return found


def _spares(quantity: int) -> int:
    return 0 if quantity < SERIES else max(1, math.ceil(quantity * 0.03))
