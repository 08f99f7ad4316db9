"""The small tables of the calendar: school years, holidays of the zones, activities, rooms, settings."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from app.accounts.queries import find_school
from app.core.clock import today
from app.core.errors import NotFound
from app.pedagogy.models import Closure
from app.pedagogy.queries import holidays_of_year, list_closures
from app.pedagogy.rules import school_year_label, school_year_number, school_year_of
from app.timetable.models import ActivityPeriod, Room, SchoolHoliday, SchoolYear, TimetableSetting


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """The school's calendar: its year, closures, public holidays, and the zone's holidays of this year and the next."""

    year: SchoolYear | None
    label: str
    closures: list[Closure]
    holidays: list[tuple[date, str]]
    zone: str
    of_zone: list[SchoolHoliday]


def calendar_page(db: Session) -> CalendarPage:
    """The calendar of the school year of today."""
    first = school_year_number(today())
    zone = school_zone(db)
    of_zone = list_school_holidays(db, zone) if zone else []
    start = school_year_of(today()).start or date.min
    return CalendarPage(
        find_school_year(db, school_year_label(today())), school_year_label(today()), list_closures(db),
        holidays_of_year(db, first), zone, [one for one in of_zone if one.ends_on >= start],
    )  # fmt: skip


def find_school_year(db: Session, label: str, *, lock: bool = False) -> SchoolYear | None:
    """The bounds of a school year, if somebody has set them."""
    query = select(SchoolYear).where(SchoolYear.label == label)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.execute(query).scalar_one_or_none()


def list_school_years(db: Session) -> list[SchoolYear]:
    """Those that are set, the latest first."""
    return list(db.execute(select(SchoolYear).order_by(SchoolYear.starts_on.desc())).scalars())


def school_zone(db: Session) -> str:
    """The zone of the school's settings; nothing before there is a school."""
    school = find_school(db)
    return school.zone if school else ""


def find_setting(db: Session, *, lock: bool = False) -> TimetableSetting | None:
    """What passing the hours of minors does."""
    query = select(TimetableSetting).where(TimetableSetting.id == 1)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.execute(query).scalar_one_or_none()


def list_school_holidays(db: Session, zone: str | None = None) -> list[SchoolHoliday]:
    """Holidays of a zone (of all), in order."""
    query = select(SchoolHoliday).order_by(SchoolHoliday.starts_on, SchoolHoliday.zone)
    return list(db.execute(query.where(SchoolHoliday.zone == zone) if zone else query).scalars())


def get_school_holiday(db: Session, holiday_id: int) -> SchoolHoliday:
    """A holiday of a zone."""
    found = db.get(SchoolHoliday, holiday_id)
    if found is None:
        raise NotFound("Ces vacances ne sont pas dans le tableau.")
    return found


def list_activities(db: Session) -> list[ActivityPeriod]:
    """Exam, placement and visit periods, the latest first."""
    loaded = (joinedload(ActivityPeriod.group), joinedload(ActivityPeriod.pupil))
    query = select(ActivityPeriod).options(*loaded).order_by(ActivityPeriod.starts_on.desc(), ActivityPeriod.id)
    return list(db.execute(query).scalars())


def get_activity(db: Session, activity_id: int) -> ActivityPeriod:
    """A period."""
    found = db.get(ActivityPeriod, activity_id)
    if found is None:
        raise NotFound("Cette période n’existe pas.")
    return found


def activities_at(
    db: Session, *, group_id: int | None, pupil_id: int | None, start: date, end: date
) -> list[ActivityPeriod]:
    """Periods of the same group or pupil that share a day."""
    period = ActivityPeriod
    same = period.group_id == group_id if group_id is not None else period.pupil_id == pupil_id
    query = select(period).where(same, period.starts_on <= end, period.ends_on >= start).order_by(period.starts_on)
    return list(db.execute(query).scalars())


def list_rooms(db: Session) -> list[Room]:
    """The rooms that are counted, by name."""
    return list(db.execute(select(Room).order_by(Room.name)).scalars())


def get_room(db: Session, room_id: int, *, lock: bool = False) -> Room:
    """A room."""
    found = db.get(Room, room_id, with_for_update=lock)
    if found is None:
        raise NotFound("Cette salle n’existe pas.")
    return found


def find_room(db: Session, name: str) -> Room | None:
    """A room by its name."""
    return db.execute(select(Room).where(Room.name == name)).scalar_one_or_none()
