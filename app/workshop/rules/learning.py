"""Learning time: what work takes a pupil of each year, and when a job would end at that pace."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

YEARS = (1, 2, 3)


def learning_seconds(professional: int, factor: Decimal) -> int:
    """What the same work takes a pupil."""
    return int((professional * factor).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def mean_factor(factors: Sequence[Decimal], pupils: Mapping[int, int]) -> Decimal:
    """The factor of pupils nobody has chosen yet: the mean of the years, as many of each as are here.

    Without pupils it is the second year's.
    """
    heads = sum(pupils.get(year, 0) for year in YEARS)
    if not heads:
        return factors[1]
    return sum((factors[year - 1] * pupils.get(year, 0) for year in YEARS), Decimal(0)) / heads


def remaining_seconds(setup_seconds: int, unit_seconds: int, wanted: int, good: int, *, begun: bool) -> int:
    """Professional time of the pieces still to be made; setting up counts until somebody has worked there."""
    missing = max(0, wanted - good)
    return (0 if begun or not missing else setup_seconds) + missing * unit_seconds


def covered_seconds(spans: Iterable[tuple[int, int]]) -> int:
    """Seconds covered by spans of minutes of one day, those of several classes counted once."""
    total, end = 0, 0
    for start, stop in sorted(spans):
        total += max(0, stop - max(start, end))
        end = max(end, stop)
    return total * 60


@dataclass(frozen=True, slots=True)
class OpenDay:
    """A day of practice: so many seconds, with so many pupils there at most at once."""

    day: date
    seconds: int
    pupils: int


@dataclass(frozen=True, slots=True)
class Need:
    """An operation to be made yet: learning seconds on a machine with so many places."""

    center: str
    label: str
    seconds: int
    places: int


@dataclass(frozen=True, slots=True)
class Room:
    """What a job asks of a machine, and what is free there up to the due date once earlier jobs are served."""

    center: str
    label: str
    needed: int
    free: int

    @property
    def short(self) -> bool:
        """There is not enough."""
        return self.needed > self.free


@dataclass(frozen=True, slots=True)
class Outlook:
    """When a job would end. `end` None: not within the known timetable. `slack` days, negative when late."""

    rooms: tuple[Room, ...]
    end: date | None
    slack: int | None

    @property
    def needed(self) -> int:
        """Learning seconds still to be made."""
        return sum(room.needed for room in self.rooms)


def outlook(
    needs: Sequence[Need], days: Sequence[OpenDay], before: Mapping[str, int], due_on: date, today: date
) -> Outlook:
    """Lay what is left of a job into the days of practice, one operation after the other.

    `before`: per machine the learning seconds of jobs promised earlier, which are served first. An operation may begin
    on the day the one before it ends.
    """
    free = {need.center: _free(need, days, before.get(need.center, 0)) for need in needs}
    needed: dict[str, int] = {}
    for need in needs:
        needed[need.center] = needed.get(need.center, 0) + need.seconds
    labels = {need.center: need.label for need in needs}
    rooms = tuple(
        Room(center, labels[center], seconds, sum(
            left for day, left in zip(days, free[center], strict=True) if day.day <= due_on
        ))
        for center, seconds in needed.items()
    )  # fmt: skip
    end = _last_day(needs, days, free) if any(needed.values()) else today
    return Outlook(rooms, end, None if end is None else (due_on - end).days)


def _free(need: Need, days: Sequence[OpenDay], taken: int) -> list[int]:
    """Seconds left each day on a machine, the earliest days given to whoever comes first."""
    left = []
    for day in days:
        whole = day.seconds * max(0, min(need.places, day.pupils))
        used = min(taken, whole)
        taken -= used
        left.append(whole - used)
    return left


def _last_day(needs: Sequence[Need], days: Sequence[OpenDay], free: Mapping[str, list[int]]) -> date | None:
    place = 0
    for need in needs:
        rest = need.seconds
        while rest > 0:
            if place >= len(days):
                return None
            used = min(rest, free[need.center][place])
            free[need.center][place] -= used
            rest -= used
            place += rest > 0
    return days[min(place, len(days) - 1)].day if days else None
