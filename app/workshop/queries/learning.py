"""What is left of jobs at the pace of the pupils and when each would end; five statements, however many they are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Integer, bindparam, case, func, select, type_coerce
from sqlalchemy.orm import Session

from app.core.clock import local_minute, now, today
from app.core.db import run
from app.machines.models import WorkCenter
from app.machines.rules import CenterState
from app.orders.models import CustomerOrder
from app.pedagogy.models import Membership, TimetableSession
from app.workshop.models import Job, Operation
from app.workshop.queries.people import PRACTICE, on_day
from app.workshop.queries.routing import IN_WORKSHOP, Routing
from app.workshop.queries.twoclocks import years_of_training
from app.workshop.rules import Factors, Need, OpenDay, Outlook, covered_seconds, outlook, remaining_seconds, times

AHEAD = timedelta(days=90)


_HEADS = select(Membership.group_id, func.count()).where(on_day(bindparam("day"))).group_by(Membership.group_id)
_DAYS = (
    select(TimetableSession.on_date, TimetableSession.start_minute, TimetableSession.end_minute,
           TimetableSession.group_id)
    .where(TimetableSession.on_date.between(bindparam("first"), bindparam("last")), *PRACTICE)
    .order_by(TimetableSession.on_date)
)  # fmt: skip
_FACTORS = (
    select(Operation.id, Operation.factor_1, Operation.factor_2, Operation.factor_3, WorkCenter.capacity,
           WorkCenter.state)
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .where(Operation.job_id.in_(bindparam("jobs", expanding=True)))
)  # fmt: skip
_MISSING = Job.quantity + Operation.extra - Operation.good
_BEGUN = (Operation.good + Operation.scrap + Operation.booked_seconds) > 0
_LEFT = case(
    (_MISSING <= 0, 0),
    (_BEGUN, _MISSING * Operation.unit_seconds),
    else_=_MISSING * Operation.unit_seconds + Operation.setup_seconds,
)


def _weighted(factor: Any) -> Any:
    """Hundredths of seconds: factors are kept as whole hundredths."""
    return func.sum(_LEFT * type_coerce(factor, Integer))


_LOAD = (
    select(Job.id, Job.due_on, WorkCenter.code, _weighted(Operation.factor_1), _weighted(Operation.factor_2),
           _weighted(Operation.factor_3))
    .join(Operation, Operation.job_id == Job.id)
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .join(CustomerOrder, CustomerOrder.id == Job.order_id)
    .where(*IN_WORKSHOP)
    .group_by(Job.id, Job.due_on, WorkCenter.code)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _School:
    """How many pupils of each year are here, and the days of practice to come."""

    years: Mapping[int, int]
    days: list[OpenDay]


def outlooks(db: Session, routings: Sequence[Routing]) -> dict[int, Outlook]:
    """What is left of jobs, by id, and when each would end; those that are over are left out."""
    open_ = [routing for routing in routings if not routing.cancelled and not routing.delivered]
    if not open_:
        return {}
    day = today()
    school = _school(db, day, max([day, *(routing.due_on for routing in open_)]) + AHEAD)
    known = {row[0]: row[1:] for row in run(db, _FACTORS, {"jobs": [r.job_id for r in open_]}).all()}
    load = _load(db, school.years)
    return {routing.job_id: _outlook(routing, known, school, load, day) for routing in open_}


def _outlook(
    routing: Routing, known: Mapping[int, Any], school: _School, load: Sequence[tuple[date, int, str, int]], day: date
) -> Outlook:
    needs = []
    for operation in routing.operations:
        *factors, capacity, state = known[operation.id]
        step = operation.step
        rest = remaining_seconds(
            operation.setup_seconds, operation.unit_seconds, step.wanted, step.good, begun=step.begun
        )  # fmt: skip
        places = capacity if state == CenterState.IN_SERVICE else 0
        seconds = times(rest, Factors(*factors).mean(school.years))
        if seconds:
            needs.append(Need(operation.center, operation.center_label, seconds, places))
    before: Counter[str] = Counter()
    for due_on, job_id, center, seconds in load:
        if (due_on, job_id) < (routing.due_on, routing.job_id):
            before[center] += seconds
    return outlook(needs, school.days, before, routing.due_on, day)


def _load(db: Session, years: Mapping[int, int]) -> list[tuple[date, int, str, int]]:
    """Learning seconds still to be made per job and machine."""
    found = []
    for job_id, due_on, center, *sums in run(db, _LOAD).all():
        hundredths = Factors(*(Decimal(int(each)) for each in sums)).mean(years)
        found.append((due_on, job_id, center, times(1, hundredths / 100)))
    return found


def _school(db: Session, day: date, last: date) -> _School:
    heads = {row[0]: int(row[1]) for row in run(db, _HEADS, {"day": day}).all()}
    minute = local_minute(now())
    spans: dict[date, list[tuple[int, int]]] = {}
    present: dict[date, int] = {}
    for on_date, start, end, group_id in run(db, _DAYS, {"first": day, "last": last}).all():
        spans.setdefault(on_date, []).append((max(start, minute) if on_date == day else start, end))
        present[on_date] = max(present.get(on_date, 0), heads.get(group_id, 0))
    days = [OpenDay(each, covered_seconds(spans[each]), present[each]) for each in sorted(spans)]
    return _School(years_of_training(db, day), days)
