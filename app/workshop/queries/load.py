"""Load per machine and week, what of it does not fit before its date, and a date for new work."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.accounts.models import School
from app.core.clock import local_minute, monday_of, now, today
from app.core.db import run
from app.core.errors import Refused
from app.machines.models import WorkCenter
from app.machines.rules import CenterState
from app.orders.models import CustomerOrder, OrderLine
from app.pedagogy.models import Closure, Membership, Pupil, TimetableSession
from app.pedagogy.rules import is_school_day
from app.workshop.models import Job, Operation, RoutingTemplate, TemplateOperation
from app.workshop.queries.people import PRACTICE, on_day
from app.workshop.queries.routing import IN_WORKSHOP
from app.workshop.rules import (
    Chain,
    Factors,
    Laid,
    Openings,
    Promise,
    SchoolDay,
    Station,
    Task,
    daily_breaks,
    fill_ahead,
    finished_on,
    lay_all,
    merged,
    openings,
    planned_seconds,
    promise,
    times,
    training_year,
    weekday_pattern,
    weeks_from,
    without,
)

WEEKS_SHOWN = 4
WEEKS_LOOKED_AT = 26
LOOK_BACK = timedelta(days=35)
DEFAULT_SHARE = Decimal(50)


@dataclass(frozen=True, slots=True)
class StationLoad:
    """A machine: what is left to make on it by both clocks, and per week what it can take and what is laid there."""

    code: str
    label: str
    places: int
    state: CenterState
    professional: int
    learning: int
    capacity: tuple[int, ...]
    taken: tuple[int, ...]
    unplaced: int

    @property
    def free(self) -> tuple[int, ...]:
        """Learning seconds still free, week by week."""
        return tuple(max(0, can - has) for can, has in zip(self.capacity, self.taken, strict=True))


@dataclass(frozen=True, slots=True)
class JobEnd:
    """A job that would end after its date, or not in the weeks looked at."""

    number: str
    line: str
    order_number: str
    due_on: date
    ends_on: date | None


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a promise."""

    label: str
    station: str
    learning: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Promised:
    """A date for so many pieces of a routing, with its reasons."""

    template: str
    label: str
    quantity: int
    professional: int
    learning: int
    steps: list[Step]
    found: Promise


@dataclass(frozen=True, slots=True)
class LoadPage:
    """The load of the workshop."""

    weeks: list[date]
    stations: list[StationLoad]
    pupils_capacity: tuple[int, ...]
    pupils_taken: tuple[int, ...]
    late: list[JobEnd]
    share: Decimal
    guessed_from: date | None
    promised: Promised | None = None

    @property
    def pupils_free(self) -> tuple[int, ...]:
        """Pupils' hours still free, week by week."""
        return tuple(max(0, can - has) for can, has in zip(self.pupils_capacity, self.pupils_taken, strict=True))


_SESSIONS = (
    select(
        TimetableSession.on_date, TimetableSession.group_id, TimetableSession.start_minute,
        TimetableSession.end_minute,
    )
    .where(TimetableSession.on_date >= bindparam("first"), TimetableSession.on_date <= bindparam("last"), *PRACTICE)
    .order_by(TimetableSession.on_date, TimetableSession.start_minute)
)  # fmt: skip
_MEMBERS = (
    select(Membership.group_id, Pupil.id, Pupil.entered_on)
    .join(Pupil, Pupil.id == Membership.pupil_id)
    .where(on_day(bindparam("day")))
)
_SCHOOL = select(School.daily_breaks, School.order_share).where(School.id == 1)
_CLOSURES = select(Closure.starts_on, Closure.ends_on, Closure.label).where(Closure.ends_on >= bindparam("day"))
_CENTERS = select(
    WorkCenter.id, WorkCenter.code, WorkCenter.label, WorkCenter.capacity, WorkCenter.state
).order_by(WorkCenter.sort_key, WorkCenter.id)  # fmt: skip
_LEFT: Any = (
    select(
        Job.number, Job.due_on, OrderLine.label, CustomerOrder.number, Operation.id, Operation.work_center_id,
        Operation.setup_seconds, Operation.unit_seconds, Job.quantity + Operation.extra - Operation.good,
        Operation.booked_seconds, Operation.factor_1, Operation.factor_2, Operation.factor_3,
    )
    .join(Job, Job.id == Operation.job_id)
    .join(OrderLine, OrderLine.id == Job.line_id)
    .join(CustomerOrder, CustomerOrder.id == Job.order_id)
    .where(*IN_WORKSHOP)
    .order_by(Job.id, Operation.seq)
)  # fmt: skip
_TEMPLATE = (
    select(
        RoutingTemplate.code, RoutingTemplate.label, TemplateOperation.label, TemplateOperation.work_center_id,
        TemplateOperation.setup_seconds, TemplateOperation.unit_seconds, TemplateOperation.factor_1,
        TemplateOperation.factor_2, TemplateOperation.factor_3,
    )
    .join(TemplateOperation, TemplateOperation.template_id == RoutingTemplate.id)
    .where(RoutingTemplate.code == bindparam("code"))
    .order_by(TemplateOperation.seq)
)  # fmt: skip
_TEMPLATES = (
    select(RoutingTemplate.code, RoutingTemplate.label)
    .where(RoutingTemplate.retired_at.is_(None))
    .order_by(RoutingTemplate.sort_key, RoutingTemplate.id)
)


@dataclass(frozen=True, slots=True)
class _Workshop:
    """What every question about load starts from."""

    days: list[SchoolDay]
    years: Mapping[int, int]
    share: Decimal
    centers: list[Any]
    rows: list[Any]

    def openings(self) -> Openings:
        monday = monday_of(today()) + timedelta(weeks=1)
        stations = [
            Station(row.id, row.capacity, None if row.state == CenterState.IN_SERVICE else monday)
            for row in self.centers
        ]
        return openings(self.days, stations, self.share)

    def chains(self) -> list[Chain]:
        """The jobs still to be made, with what is left of each operation at the learning pace."""
        jobs: dict[str, list[Any]] = {}
        for row in self.rows:
            jobs.setdefault(row[0], []).append(row)
        return [Chain(number, some[0][1], tuple(map(self._task, some))) for number, some in jobs.items()]

    def _task(self, row: Any) -> Task:
        id_, center, setup, unit, missing, booked, *factors = row[4:]
        professional = planned_seconds(0 if booked else setup, unit, missing) if missing > 0 else 0
        return Task(id_, center, times(professional, Factors(*factors).mean(self.years)), professional)


def load_page(db: Session, *, template: str = "", quantity: int = 0) -> LoadPage:
    """The load of the coming weeks, and with a routing and a quantity a date for it; at most eight statements."""
    shop = _workshop(db)
    weeks = weeks_from(today(), WEEKS_SHOWN)
    full, used = shop.openings(), shop.openings()
    laid = lay_all(used, shop.chains())
    stations = [_station(row, weeks, full, used, laid) for row in shop.centers]
    everybody = _by_week(weeks, full.pupils)
    left = _by_week(weeks, used.pupils)
    taken = tuple(can - rest for can, rest in zip(everybody, left, strict=True))
    guessed = min((day.on for day in shop.days if not day.planned), default=None)
    promised = _promised(db, shop, used, template, quantity) if template else None
    return LoadPage(weeks, stations, everybody, taken, _late(shop, laid), shop.share, guessed, promised)


def template_options(db: Session) -> list[tuple[str, str]]:
    """(code, label) of the routings that may be promised."""
    return [(code, f"{label} ({code})") for code, label in run(db, _TEMPLATES).all()]


def _workshop(db: Session) -> _Workshop:
    day = today()
    members = run(db, _MEMBERS, {"day": day}).all()
    school = run(db, _SCHOOL).one_or_none()
    years = Counter({row[1]: training_year(row[2], day) for row in members}.values())
    days = _open_days(db, day, Counter(row[0] for row in members), school[0] if school else "")
    share = Decimal(school[1]) if school else DEFAULT_SHARE
    return _Workshop(days, years, share, list(run(db, _CENTERS).all()), list(run(db, _LEFT).all()))


def _open_days(db: Session, day: date, members: Mapping[int, int], breaks: str) -> list[SchoolDay]:
    """Practice from now on: the timetable, and beyond it the latest known week, without holidays and closures."""
    last = day + timedelta(weeks=WEEKS_LOOKED_AT)
    rows = run(db, _SESSIONS, {"first": day - LOOK_BACK, "last": last}).all()
    closures = run(db, _CLOSURES, {"day": day}).all()
    slots: dict[date, dict[int, list[tuple[int, int]]]] = {}
    for on, group, start, end in rows:
        slots.setdefault(on, {}).setdefault(group, []).append((start, end))
    pauses = daily_breaks(breaks or "")
    known = {on: _open_day(on, groups, members, pauses) for on, groups in slots.items()}
    ahead = [day + timedelta(days=n) for n in range((last - day).days + 1)]
    future = {on: found for on, found in known.items() if on >= day}
    school_days = [one for one in ahead if is_school_day(one, closures)]
    found = fill_ahead(future, school_days, weekday_pattern(known.values()))
    return [_from_now(one, slots, members, pauses) if one.on == day and one.planned else one for one in found]


def _open_day(
    on: date, groups: Mapping[int, Sequence[tuple[int, int]]], members: Mapping[int, int],
    pauses: Sequence[tuple[int, int]], since: int = 0,
) -> SchoolDay:  # fmt: skip
    past = [(0, since), *pauses] if since else list(pauses)
    everybody = merged([slot for slots in groups.values() for slot in slots])
    pupils = sum(_length(without(slots, past)) * members.get(group, 0) for group, slots in groups.items())
    return SchoolDay(on, _length(without(everybody, past)) * 60, pupils * 60)


def _from_now(one: SchoolDay, slots: Any, members: Mapping[int, int], pauses: Sequence[tuple[int, int]]) -> SchoolDay:
    """Of today only what is still to come."""
    return _open_day(one.on, slots[one.on], members, pauses, since=local_minute(now()))


def _length(slots: Sequence[tuple[int, int]]) -> int:
    return sum(end - start for start, end in slots)


def _station(
    row: Any, weeks: list[date], full: Openings, used: Openings, laid: Mapping[str, list[Laid]]
) -> StationLoad:
    mine = [one for chain in laid.values() for one in chain if one.task.station_id == row.id]
    return StationLoad(
        row.code, row.label, row.capacity, row.state, sum(one.task.professional for one in mine),
        sum(one.task.learning for one in mine), _by_week(weeks, full.free[row.id]),
        _by_week(weeks, used.taken.get(row.id, {})), sum(one.left for one in mine),
    )  # fmt: skip


def _by_week(weeks: list[date], seconds: Mapping[date, int]) -> tuple[int, ...]:
    found = dict.fromkeys(weeks, 0)
    for day, part in seconds.items():
        if (monday := monday_of(day)) in found:
            found[monday] += part
    return tuple(found.values())


def _late(shop: _Workshop, laid: Mapping[str, list[Laid]]) -> list[JobEnd]:
    heads = {row[0]: row for row in shop.rows}
    found = []
    for number, steps in laid.items():
        if not any(step.task.learning for step in steps):
            continue
        ends, head = finished_on(steps), heads[number]
        if ends is None or ends > head[1]:
            found.append(JobEnd(number, head[2], head[3], head[1], ends))
    return sorted(found, key=lambda job: (job.due_on, job.number))


def _promised(db: Session, shop: _Workshop, used: Openings, code: str, quantity: int) -> Promised:
    rows = run(db, _TEMPLATE, {"code": code}).all()
    if not rows:
        raise Refused("Choisissez une gamme dans la liste.", field="gamme")
    tasks = [_new_task(row, quantity, shop.years) for row in rows]
    found = promise(used, Chain(code, date.max, tuple(tasks)))
    labels = {row.id: row.label for row in shop.centers}
    steps = [
        Step(row[2], labels[row[3]], one.task.learning, one.first, one.last)
        for row, one in zip(rows, found.steps, strict=True)
    ]
    professional, learning = sum(task.professional for task in tasks), sum(task.learning for task in tasks)
    return Promised(code, rows[0][1], quantity, professional, learning, steps, found)


def _new_task(row: Any, quantity: int, years: Mapping[int, int]) -> Task:
    professional = planned_seconds(row[4], row[5], quantity)
    return Task(0, row[3], times(professional, Factors(*row[6:9]).mean(years)), professional)
