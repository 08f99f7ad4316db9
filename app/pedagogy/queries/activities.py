"""Minutes of exams, placements and visits, as far as they count: nothing does until the direction decides it.

Planned on every school day of the activity; held and attended once the day has come.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.pedagogy.models import Membership
from app.pedagogy.models.activities import ActivityPeriod, CountingRule
from app.pedagogy.queries.calendar import closed_days
from app.pedagogy.rules import Minutes, Period
from app.pedagogy.rules.activities import CountsAs, counts_on, minutes_as

KNOWN = "counting_rules"
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Counted:
    """Minutes of one pupil on one day, in the group they belong to that day (0: in none)."""

    pupil_id: int
    group_id: int
    day: date
    minutes: Minutes
    activity_id: int


_RULES = select(CountingRule).order_by(CountingRule.id)
_ACTIVITIES = select(ActivityPeriod).where(
    ActivityPeriod.starts_on <= bindparam("end"), ActivityPeriod.ends_on >= bindparam("start")
)
_STAYS = select(
    Membership.pupil_id, Membership.group_id, Membership.starts_on, Membership.ends_on
).where(
    Membership.starts_on <= bindparam("end"),
    or_(Membership.ends_on.is_(None), Membership.ends_on >= bindparam("start")),
)  # fmt: skip


def list_rules(db: Session) -> Sequence[CountingRule]:
    """What was decided, in order; asked once in a unit of work."""
    known: Sequence[CountingRule] | None = db.info.get(KNOWN)
    if known is None:
        known = db.info[KNOWN] = db.scalars(_RULES).all()
    return known


def counted(db: Session, values: Mapping[str, Any], of: str) -> list[Counted]:
    """The minutes that count between `start` and `end`, of everybody, of a group or of a pupil (`of` in `values`).

    One statement while nothing counts, at most five.
    """
    rules = list_rules(db)
    if all(rule.counts_as == CountsAs.NOTHING for rule in rules):
        return []
    activities = db.scalars(_ACTIVITIES, {"start": values["start"], "end": values["end"]}).all()
    if not activities:
        return []
    start = max(values["start"], min(one.starts_on for one in activities))
    end = min(values["end"], max(one.ends_on for one in activities))
    closed = closed_days(db, start, end)
    days = [day for n in range((end - start).days + 1) if (day := start + n * DAY) not in closed and day.weekday() < 5]
    stays = run(db, _STAYS, {"start": start, "end": end}).all()
    found = [one for activity in activities for one in _of_activity(activity, days, stays, rules)]
    wanted = {"pupil": lambda one: one.pupil_id, "group": lambda one: one.group_id}.get(of)
    return [one for one in found if wanted is None or wanted(one) == values["of"]]


def _of_activity(
    activity: ActivityPeriod, days: Sequence[date], stays: Sequence[Any], rules: Sequence[CountingRule]
) -> list[Counted]:
    found = []
    for day in days:
        minutes = minutes_as(counts_on(activity.kind, day, rules), activity.minutes_per_day)
        if not minutes.total or not activity.starts_on <= day <= activity.ends_on:
            continue
        for stay in stays:
            whose = stay.pupil_id == activity.pupil_id or stay.group_id == activity.group_id
            if whose and Period(stay.starts_on, stay.ends_on).holds(day):
                found.append(Counted(stay.pupil_id, stay.group_id, day, minutes, activity.id))
    return found
