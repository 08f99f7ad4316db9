"""Machines of a half-day: who is on each, how much work was given for it, and how much it takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import run
from app.machines.models import WorkCenter
from app.machines.rules import CenterState
from app.workshop.rules import HalfDay


@dataclass(frozen=True, slots=True)
class Center:
    """A machine or bench: how many may work on it at once, and whether it can be worked on at all."""

    id: int
    code: str
    label: str
    capacity: int
    state: CenterState
    note: str | None


@dataclass(slots=True)
class Load:
    """What was given for a machine in one half-day. `room`: the minutes it takes, over all its places."""

    room: int
    minutes: int = 0
    tickets: int = 0

    @property
    def over(self) -> int:
        """Minutes too many."""
        return max(0, self.minutes - self.room)

    @property
    def free(self) -> int:
        """Minutes still to give."""
        return max(0, self.room - self.minutes)

    @property
    def percent(self) -> float:
        """How full it is."""
        return 100 * self.minutes / self.room if self.room else 100.0 * bool(self.minutes)


@dataclass(frozen=True, slots=True)
class MachineDay:
    """A machine with who is on it now and its half-days, (day, half) by (day, half)."""

    center: Center
    now: list[str] = field(default_factory=list)
    loads: dict[tuple[date, HalfDay], Load] = field(default_factory=dict)

    @property
    def crowded(self) -> bool:
        """More pupils on it at this moment than it has places."""
        return len(self.now) > self.center.capacity

    @property
    def used(self) -> bool:
        """Whether it has a place on the strip: work given, or out of service."""
        return bool(self.now) or self.stopped or any(load.tickets for load in self.loads.values())

    @property
    def stopped(self) -> bool:
        """Out of service."""
        return self.center.state != CenterState.IN_SERVICE

    @property
    def over(self) -> int:
        """The most minutes too many in one half-day."""
        return max((load.over for load in self.loads.values()), default=0)


_CENTERS = select(
    WorkCenter.id, WorkCenter.code, WorkCenter.label, WorkCenter.capacity, WorkCenter.state, WorkCenter.state_note
).order_by(WorkCenter.sort_key)


def centers_by_id(db: Session) -> dict[int, Center]:
    """Every machine, by name; one statement."""
    return {row[0]: Center(*row) for row in run(db, _CENTERS).all()}


@dataclass(frozen=True, slots=True)
class Given:
    """One pupil's ticket in one half-day, as far as its machine is concerned."""

    center_id: int
    who: str
    day: date
    half: HalfDay
    minutes: int
    running: bool


def machine_days(
    centers: Mapping[int, Center], lengths: Mapping[tuple[date, HalfDay], int], given: Iterable[Given]
) -> Sequence[MachineDay]:
    """The machines with what was given for each half-day. `lengths`: minutes of practice in each."""
    found = {
        center.id: MachineDay(center, [], {when: Load(center.capacity * length) for when, length in lengths.items()})
        for center in centers.values()
    }
    for each in given:
        machine = found[each.center_id]
        if each.running:
            machine.now.append(each.who)
        if load := machine.loads.get((each.day, each.half)):
            load.minutes += each.minutes
            load.tickets += 1
    return list(found.values())
