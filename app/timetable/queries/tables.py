"""The small tables of the calendar: school years, holidays of the zones, rooms, settings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.accounts.queries import find_school
from app.core.errors import NotFound
from app.core.paging import ListRequest
from app.pedagogy.models import Closure
from app.pedagogy.queries import holidays_of_year
from app.pedagogy.rules import SCHOOL_YEAR_STARTS
from app.timetable.models import Room, SchoolHoliday, SchoolYear, TimetableSetting

T = TypeVar("T")
CLOSURE_SORTS = {"debut": Closure.starts_on, "fin": Closure.ends_on, "motif": Closure.label}


def ordered(query: Select[T], request: ListRequest | None, sorts: Mapping[str, Any], last: Any) -> Select[T]:
    """A short list in the order that is asked for, empty cells at the end; without one by its last resort."""
    if request is None:
        return query.order_by(last)
    column = sorts[request.sort]
    return query.order_by(column.is_(None), column.desc() if request.descending else column, last)


def closures_listed(db: Session, request: ListRequest, label: str) -> list[Closure]:
    """The closures that touch a school year (`2026-2027`), as asked for."""
    first, last = _days(label)
    query = select(Closure).where(Closure.starts_on <= last, Closure.ends_on >= first)
    return list(db.execute(ordered(query, request, CLOSURE_SORTS, Closure.id)).scalars())


def _days(label: str) -> tuple[date, date]:
    """The first and the last day of a school year."""
    first = date(int(label[:4]), SCHOOL_YEAR_STARTS, 1)
    return first, first.replace(year=first.year + 1) - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class CalendarPage:
    """The school's calendar in one school year: its bounds, closures, public holidays and the zone's holidays."""

    year: SchoolYear | None
    label: str
    closures: list[Closure]
    holidays: list[tuple[date, str]]
    zone: str
    of_zone: list[SchoolHoliday]


def calendar_page(db: Session, request: ListRequest, label: str) -> CalendarPage:
    """The calendar of a school year (`2026-2027`), its closures in the order asked for."""
    zone, (first, last) = school_zone(db), _days(label)
    of_zone = list_school_holidays(db, zone) if zone else []
    return CalendarPage(
        find_school_year(db, label), label, closures_listed(db, request, label),
        holidays_of_year(db, first.year), zone, [one for one in of_zone if first <= one.starts_on <= last],
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


ROOM_SORTS = {"nom": Room.name, "places": Room.capacity}


def list_rooms(db: Session, request: ListRequest | None = None) -> list[Room]:
    """The rooms that are counted, by name or as asked for."""
    return list(db.execute(ordered(select(Room), request, ROOM_SORTS, Room.name)).scalars())


def get_room(db: Session, room_id: int, *, lock: bool = False) -> Room:
    """A room."""
    found = db.get(Room, room_id, with_for_update=lock)
    if found is None:
        raise NotFound("Cette salle n’existe pas.")
    return found


def find_room(db: Session, name: str) -> Room | None:
    """A room by its name."""
    return db.execute(select(Room).where(Room.name == name)).scalar_one_or_none()
