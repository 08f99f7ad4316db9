"""The sessions of some weeks as the rules compare them: seven statements at most, whatever is planned."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.clock import local_minute, now, today
from app.core.db import run
from app.pedagogy.models import Membership, Pupil, PupilGroup, Subject, TimetableSession
from app.pedagogy.queries import closed_days
from app.pedagogy.rules import SessionPlan
from app.timetable.models import ActivityPeriod, Room, SchoolYear, TimetableSetting
from app.timetable.rules import WEEK, WeekKind, monday_before, week_letter
from app.timetable.rules.grid import Grid
from app.timetable.rules.patterns import Calendar, Moment
from app.timetable.rules.placed import AwayDay, MemberStay, Placed

_SESSION = TimetableSession
_PLACED = (
    select(
        _SESSION.group_id, PupilGroup.label, _SESSION.staff_id, Staff.first_name, Staff.last_name,
        _SESSION.subject_id, Subject.label.label("subject"), _SESSION.room, _SESSION.kind, _SESSION.on_date,
        _SESSION.start_minute, _SESSION.end_minute, _SESSION.id, _SESSION.state, _SESSION.called_at,
        _SESSION.cancel_reason, _SESSION.version,
    )
    .join(PupilGroup, PupilGroup.id == _SESSION.group_id)
    .join(Subject, Subject.id == _SESSION.subject_id)
    .join(Staff, Staff.id == _SESSION.staff_id)
)  # fmt: skip
_BETWEEN = _PLACED.where(_SESSION.on_date.between(bindparam("start"), bindparam("end")))
_STAYS = (
    select(
        Membership.group_id, Membership.starts_on, Membership.ends_on, Pupil.born_on, Membership.pupil_id,
        Pupil.first_name, Pupil.last_name,
    )
    .join(Pupil, Pupil.id == Membership.pupil_id)
    .where(
        Membership.starts_on <= bindparam("end"),
        or_(Membership.ends_on.is_(None), Membership.ends_on >= bindparam("start")),
    )
)  # fmt: skip
_AWAY = (
    select(
        ActivityPeriod.label, ActivityPeriod.minutes_per_day, ActivityPeriod.group_id, ActivityPeriod.pupil_id,
        ActivityPeriod.starts_on, ActivityPeriod.ends_on,
    )
    .where(ActivityPeriod.starts_on <= bindparam("end"), ActivityPeriod.ends_on >= bindparam("start"))
    .order_by(ActivityPeriod.starts_on, ActivityPeriod.id)
)  # fmt: skip
_ROOMS = select(Room.name, Room.capacity).where(Room.capacity.is_not(None))
_BLOCKS = select(TimetableSetting.hours_block)
_WORDS = select(
    select(PupilGroup.label).where(PupilGroup.id == bindparam("group")).scalar_subquery().label("label"),
    select(Staff.first_name).where(Staff.id == bindparam("staff")).scalar_subquery().label("first_name"),
    select(Staff.last_name).where(Staff.id == bindparam("staff")).scalar_subquery().label("last_name"),
    select(Subject.label).where(Subject.id == bindparam("subject")).scalar_subquery().label("subject"),
)
_YEARS = select(SchoolYear.starts_on, SchoolYear.ends_on, SchoolYear.week_a_on, SchoolYear.skips_closed).where(
    SchoolYear.week_a_on.is_not(None)
)


def load_grid(db: Session, start: date, end: date) -> Grid:
    """The grid of the whole weeks around a period, with the eve of the first and the morrow of the last."""
    bounds = {
        "start": monday_before(start) - timedelta(days=1), "end": monday_before(end) + timedelta(days=7),
    }  # fmt: skip
    db.flush()  # what this request has just planned counts too
    placed = [placed_of(row) for row in run(db, _BETWEEN, bounds).all()]
    stays = [_stay_of(row) for row in run(db, _STAYS, bounds).all()]
    capacities: dict[str, int] = dict(run(db, _ROOMS).all())
    blocks = bool(run(db, _BLOCKS).scalar_one_or_none())
    return Grid(placed, stays, capacities, hours_block=blocks, away=_away(db, bounds["start"], bounds["end"]))


def _stay_of(row: Any) -> MemberStay:
    name = f"{row.first_name} {row.last_name}"
    return MemberStay(row.group_id, row.starts_on, row.ends_on, row.born_on, row.pupil_id, name)


def _away(db: Session, start: date, end: date) -> list[AwayDay]:
    """The school days of exams, placements and visits in a period; three statements at most."""
    rows = run(db, _AWAY, {"start": start, "end": end}).all()
    closed = closed_days(db, start, end) if rows else {}
    days = [start + timedelta(days=step) for step in range((end - start).days + 1)]
    school_days = [day for day in days if day.weekday() < 5 and day not in closed]
    return [
        AwayDay(day, row.label, row.minutes_per_day, row.group_id, row.pupil_id)
        for row in rows for day in school_days if row.starts_on <= day <= row.ends_on
    ]  # fmt: skip


def placed_of(row: Any) -> Placed:
    """A session from the columns."""
    return Placed(
        row.group_id, row.label, row.staff_id, f"{row.first_name} {row.last_name}", row.subject_id, row.subject,
        row.room, row.kind, row.on_date, row.start_minute, row.end_minute, row.id, row.state,
        row.called_at is not None, row.cancel_reason, row.version,
    )  # fmt: skip


def placed_where(db: Session, *conditions: Any) -> list[Placed]:
    """Sessions that meet some conditions, in the order of time."""
    db.flush()  # as above
    query = _PLACED.where(*conditions).order_by(_SESSION.on_date, _SESSION.start_minute, _SESSION.id)
    return [placed_of(row) for row in run(db, query).all()]


def wanted(db: Session, plan: SessionPlan) -> Placed:
    """A session as somebody wants it, with the words to name it by; one statement."""
    row = run(db, _WORDS, {"group": plan.group_id, "staff": plan.staff_id, "subject": plan.subject_id}).one()
    return Placed(
        plan.group_id, row.label, plan.staff_id, f"{row.first_name} {row.last_name}", plan.subject_id, row.subject,
        plan.room, plan.kind, plan.on_date, plan.start_minute, plan.end_minute,
    )  # fmt: skip


def moment() -> Moment:
    """Now, by the school's clock."""
    return Moment(today(), local_minute(now()))


def calendar(db: Session, start: date, end: date) -> Calendar:
    """Closed days and the letters of the weeks of a period."""
    letters = week_letters(db, start, end)
    return Calendar(closed_days(db, start, end), letters, moment())


def week_letters(db: Session, start: date, end: date) -> Mapping[date, WeekKind | None]:
    """A or B of each week that touches a period, by its Monday; three statements at most."""
    years = run(db, _YEARS).all()
    found: dict[date, WeekKind | None] = {}
    for year in years:
        first, last = max(monday_before(start), monday_before(year.starts_on)), min(end, year.ends_on)
        if first > last:
            continue
        skipped = _closed_weeks(db, year.starts_on, year.ends_on) if year.skips_closed else ()
        monday = first
        while monday <= last:
            found[monday] = week_letter(monday, year.week_a_on, skipped)
            monday += WEEK
    return found


def _closed_weeks(db: Session, start: date, end: date) -> Iterable[date]:
    """The Mondays of weeks whose five working days are all closed."""
    closed = closed_days(db, monday_before(start), monday_before(end) + timedelta(days=6))
    monday, found = monday_before(start), set()
    while monday <= end:
        if all(monday + timedelta(days=step) in closed for step in range(5)):
            found.add(monday)
        monday += WEEK
    return found
