"""Rules of the timetable, rooms, school years, activities."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.core.permissions import Role
from app.pedagogy.models import Closure, PupilGroup
from app.pedagogy.rules import SessionKind
from app.timetable.models import ActivityPeriod, Room, SchoolYear, TimetableRule
from app.timetable.rules import ActivityKind, WeekKind
from app.timetable.rules.patterns import Pattern
from app.timetable.rules.placed import Placed
from tests.factories.accounts import make_staff
from tests.factories.numbers import serial
from tests.factories.pedagogy import make_subject


def make_room(db: Session, **other: Any) -> Room:
    """A room of twelve places."""
    room = Room(**({"name": f"Salle {serial()}", "capacity": 12} | other))
    db.add(room)
    db.flush()
    return room


def make_school_year(db: Session, **other: Any) -> SchoolYear:
    """2026-2027, without A and B weeks."""
    values = {"label": "2026-2027", "starts_on": date(2026, 9, 1), "ends_on": date(2027, 7, 16)} | other
    year = SchoolYear(**values)
    db.add(year)
    db.flush()
    return year


def make_activity(db: Session, **other: Any) -> ActivityPeriod:
    """A placement of a week, seven hours a day; hand in `group_id` or `pupil_id`."""
    values = {
        "kind": ActivityKind.PLACEMENT, "starts_on": date(2026, 12, 7), "ends_on": date(2026, 12, 11),
        "minutes_per_day": 420, "label": "Stage en entreprise",
    } | other  # fmt: skip
    period = ActivityPeriod(**values)
    db.add(period)
    db.flush()
    return period


def make_pattern(db: Session, group: PupilGroup, kind: SessionKind = SessionKind.THEORY, **other: Any) -> Pattern:
    """French every Monday from 8 to 10, from 30 November to 20 December, not yet stored."""
    staff = other.pop("staff", None) or make_staff(db, Role.TEACHER)
    subject = other.pop("subject", None) or make_subject(db, group.diploma, kind, label="Français")
    weekday, weeks = other.pop("weekday", 0), other.pop("weeks", WeekKind.EVERY)
    starts_on, ends_on = other.pop("starts_on", date(2026, 11, 30)), other.pop("ends_on", date(2026, 12, 20))
    model = Placed(
        group.id, group.label, staff.id, staff.full_name, subject.id, subject.label,
        other.pop("room", "Salle 2"), kind, starts_on, other.pop("start", 480), other.pop("end", 600),
    )  # fmt: skip
    return Pattern(model, weekday, weeks, starts_on, ends_on)


def make_rule(db: Session, group: PupilGroup, **other: Any) -> TimetableRule:
    """The pattern above as a stored line that has made nothing yet."""
    pattern = make_pattern(db, group, **other)
    model = pattern.model
    rule = TimetableRule(
        group_id=model.group_id, weekday=pattern.weekday, start_minute=model.start_minute, end_minute=model.end_minute,
        subject_id=model.subject_id, staff_id=model.staff_id, room=model.room, kind=model.kind, weeks=pattern.weeks,
        starts_on=pattern.starts_on, ends_on=pattern.ends_on,
    )  # fmt: skip
    db.add(rule)
    db.flush()
    return rule


@dataclass(frozen=True)
class Planning:
    """One of each thing of the calendar."""

    rule: TimetableRule
    activity: ActivityPeriod
    closure: Closure
    room: Room


def make_planning(db: Session, group: PupilGroup) -> Planning:
    """A line of the pattern, a placement to come, a day closed years from now, a room."""
    day = date(2028, 1, 3) + timedelta(days=serial())
    closure = Closure(starts_on=day, ends_on=day, label="Pont")
    db.add(closure)
    db.flush()
    return Planning(make_rule(db, group), make_activity(db, group_id=group.id), closure, make_room(db))
