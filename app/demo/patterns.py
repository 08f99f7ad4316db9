"""The pattern of the week behind the demonstration's sessions: 24 h of workshop, 11 h of class, to the year's end."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.core.actor import SYSTEM
from app.demo.calendar import DAY, holidays, last_school_day, school_year_label, school_year_of
from app.demo.people import staff_code
from app.demo.timetable import WEEK, Slot
from app.pedagogy.queries import find_subject, get_group
from app.pedagogy.rules import SessionKind
from app.timetable.rules import ActivityKind, WeekKind
from app.timetable.rules.holidays import HolidayLine, HolidayTable
from app.timetable.service import (
    add_activity,
    add_room,
    add_rule,
    import_holidays,
    read_pattern,
    set_school_year,
)

ROOMS = (("Atelier", 30), ("Salle 1", 16), ("Salle 2", 16), ("Gymnase", None))
ZONE = "B"
PLACEMENT = timedelta(days=4)


def plan_year(db: Session, groups: Sequence[str], day: date) -> None:
    """School year, rooms, holidays of the zone, a placement to come, and the rules of the groups of this year.

    `groups` come section by section, first year before second. Rules take over the sessions that are there.
    """
    year = school_year_of(day)
    last = last_school_day(year)
    values = {"starts_on": date(year, 9, 1), "ends_on": last, "week_a_on": None, "skips_closed": False}
    set_school_year(db, school_year_label(year), values=values, seen_version=None, by=SYSTEM)
    for name, capacity in ROOMS:
        add_room(db, name=name, capacity=capacity, by=SYSTEM)
    found = [one for first in (year, year + 1) for one in holidays(first) if one.first < one.last]
    lines = [HolidayLine(ZONE, one.label, one.first, one.last, number) for number, one in enumerate(found, 2)]
    import_holidays(db, HolidayTable(lines), by=SYSTEM)
    if day >= last:
        return
    for place, group in enumerate(groups):
        section, level = divmod(place, 2)
        for weekday, slots in enumerate(WEEK):
            for slot in slots:
                if slot.level == level + 1:
                    _add(db, group, weekday, slot, section=section, days=(day + DAY, last))
    _placement(db, groups[-1], day, last)


def _add(db: Session, group: str, weekday: int, slot: Slot, *, section: int, days: tuple[date, date]) -> None:
    subject = find_subject(db, get_group(db, group).diploma_id, slot.subject)
    kind: SessionKind | None = subject.kind if subject else None
    pattern = read_pattern(db, group, {
        "weekday": weekday, "start": slot.start, "end": slot.end, "subject": slot.subject,
        "staff": staff_code(*slot.staff, section), "kind": kind, "room": slot.room, "weeks": WeekKind.EVERY,
        "starts_on": days[0], "ends_on": days[1],
    })  # fmt: skip
    add_rule(db, pattern, by=SYSTEM)


def _placement(db: Session, group: str, day: date, last: date) -> None:
    """The second year spends a week in a company, some weeks from now."""
    monday = day + timedelta(days=(7 - day.weekday()) % 7 + 42)
    if monday + PLACEMENT < last:
        add_activity(db, values={
            "kind": ActivityKind.PLACEMENT, "group": group, "pupil": None, "starts_on": monday,
            "ends_on": monday + PLACEMENT, "minutes_per_day": 420, "label": "Stage en entreprise",
        }, by=SYSTEM)  # fmt: skip
