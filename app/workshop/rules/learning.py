"""What is left of a job at the pace of its pupils, and when it would end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


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

    `before`: per machine the learning seconds of jobs promised earlier, which are served first. An operation begins
    when the one before it ends, and takes every place of its machine that is free.
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
    """Walk through the days, operation after operation; `spent` is how much of the present day is over."""
    place, spent = 0, Decimal(0)
    for need in needs:
        rest = need.seconds
        while rest > 0:
            if place >= len(days):
                return None
            hands = max(0, min(need.places, days[place].pupils))
            used = min(rest, free[need.center][place], int((days[place].seconds - spent) * hands))
            free[need.center][place] -= used
            rest -= used
            if rest:
                place, spent = place + 1, Decimal(0)
            elif hands:
                spent += Decimal(used) / hands
    return days[min(place, len(days) - 1)].day if days else None
