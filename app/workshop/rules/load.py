"""Load: how much learning time fits on each machine and into the pupils' hours, day by day, and when new work is done.

Work is laid as early as it fits, in the order of its due dates; an operation follows the one before it in the routing,
on the same day at the earliest. Two limits hold at once: the places of the machine and the hours of the pupils.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from app.workshop.rules.shares import WHOLE

SLACK_DAYS = 1  # school days kept in hand when a date is promised


@dataclass(frozen=True, slots=True)
class SchoolDay:
    """One day of practice: how long the workshop is open, and the sum of the pupils' hours, in seconds.

    `planned`: from the timetable; otherwise from the latest known week.
    """

    on: date
    open_seconds: int
    pupil_seconds: int
    planned: bool = True


@dataclass(frozen=True, slots=True)
class Station:
    """A machine with its places; out of service it takes nothing before `back_on`."""

    id: int
    places: int
    back_on: date | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """What is left of one operation: where, and how much learning and professional time."""

    operation_id: int
    station_id: int
    learning: int
    professional: int = 0


@dataclass(frozen=True, slots=True)
class Chain:
    """The operations left of one job, in their order."""

    name: str
    due_on: date
    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Laid:
    """Where a task went: seconds by day; `left` found no place in the days looked at."""

    task: Task
    days: dict[date, int]
    left: int

    @property
    def first(self) -> date | None:
        """The day it begins."""
        return min(self.days) if self.days else None

    @property
    def last(self) -> date | None:
        """The day it is done; None when it is not done in the days looked at."""
        return None if self.left or not self.days else max(self.days)


@dataclass(slots=True)
class Openings:
    """What is still free of each machine and of the pupils' hours."""

    days: list[date]
    free: dict[int, dict[date, int]]
    pupils: dict[date, int]
    taken: dict[int, dict[date, int]] = field(default_factory=dict)

    def lay(self, task: Task, not_before: date) -> Laid:
        """Lay a task as early as it fits."""
        left, found = task.learning, {}
        free = self.free.get(task.station_id, {})
        taken = self.taken.setdefault(task.station_id, {})
        for day in self.days:
            if day < not_before or not left:
                continue
            part = min(left, free.get(day, 0), self.pupils[day])
            if part > 0:
                free[day] -= part
                self.pupils[day] -= part
                taken[day] = taken.get(day, 0) + part
                found[day] = part
                left -= part
        return Laid(task, found, left)

    def lay_chain(self, chain: Chain) -> list[Laid]:
        """Lay the operations of a job one after the other; what follows one without a place has none either."""
        laid: list[Laid] = []
        ready: date | None = self.days[0] if self.days else None
        for task in chain.tasks:
            if ready is None:
                laid.append(Laid(task, {}, task.learning))
                continue
            here = self.lay(task, ready) if task.learning else Laid(task, {ready: 0}, 0)
            laid.append(here)
            ready = here.last
        return laid


def openings(days: Iterable[SchoolDay], stations: Iterable[Station], share: Decimal) -> Openings:
    """What the timetable leaves to clients' orders: `share` percent of the places and of the pupils' hours."""
    found = sorted(days, key=lambda day: day.on)
    free = {
        station.id: {
            day.on: 0 if station.back_on and day.on < station.back_on
            else _part(day.open_seconds * station.places, share) for day in found
        }
        for station in stations
    }  # fmt: skip
    return Openings([day.on for day in found], free, {day.on: _part(day.pupil_seconds, share) for day in found})


def _part(seconds: int, share: Decimal) -> int:
    return int((seconds * share / WHOLE).to_integral_value(rounding=ROUND_FLOOR))


def lay_all(on: Openings, chains: Iterable[Chain]) -> dict[str, list[Laid]]:
    """Lay every job, what is due first first."""
    ordered = sorted(chains, key=lambda chain: (chain.due_on, chain.name))
    return {chain.name: on.lay_chain(chain) for chain in ordered}


def finished_on(laid: Sequence[Laid]) -> date | None:
    """The day the last operation is done; None when it is not in the days looked at."""
    return laid[-1].last if laid else None


@dataclass(frozen=True, slots=True)
class Promise:
    """A date with its reasons. `ready_on`: all is done; `date`: with a day in hand. Empty: too far off."""

    steps: tuple[Laid, ...]
    ready_on: date | None
    date: date | None


def promise(on: Openings, chain: Chain) -> Promise:
    """When new work would be done beside all that is laid already; what is free is taken as it comes, nothing moves."""
    steps = on.lay_chain(chain)
    ready = finished_on(steps)
    later = [day for day in on.days if ready is not None and day > ready]
    return Promise(tuple(steps), ready, later[SLACK_DAYS - 1] if ready and len(later) >= SLACK_DAYS else None)


def fill_ahead(
    known: Mapping[date, SchoolDay], school_days: Iterable[date], pattern: Mapping[int, tuple[int, int]]
) -> list[SchoolDay]:
    """The timetable where it is written; beyond its last day a school day is like that weekday of the latest week."""
    last = max(known, default=None)
    ahead = [day for day in school_days if last is None or day > last]
    return [
        *known.values(),
        *(SchoolDay(day, *pattern[day.weekday()], planned=False) for day in ahead if day.weekday() in pattern),
    ]


def weekday_pattern(days: Iterable[SchoolDay]) -> dict[int, tuple[int, int]]:
    """For each weekday the latest day that is known."""
    found: dict[int, tuple[int, int]] = {}
    for day in sorted(days, key=lambda day: day.on):
        found[day.on.weekday()] = (day.open_seconds, day.pupil_seconds)
    return found


def weeks_from(day: date, count: int) -> list[date]:
    """The Mondays of this week and the following ones."""
    monday = day - timedelta(days=day.weekday())
    return [monday + timedelta(weeks=n) for n in range(count)]
