"""The small tables of the calendar, written: years, settings, holidays of the zones, rooms."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.errors import Refused, Stale
from app.timetable import queries
from app.timetable.models import Room, SchoolHoliday, SchoolYear, TimetableSetting
from app.timetable.rules.holidays import HolidayLine, HolidayTable, meets

YEAR_LABELS = {
    "starts_on": "Premier jour de cours", "ends_on": "Dernier jour de cours", "week_a_on": "Un jour d’une semaine A",
    "skips_closed": "Les semaines fermées ne comptent pas",
}  # fmt: skip
CHANGED = "Quelqu’un l’a changé pendant votre saisie. Rien n’a été écrasé."


def set_school_year(
    db: Session, label: str, *, values: Mapping[str, Any], seen_version: int | None, by: Actor
) -> SchoolYear:
    """First and last day of lessons, A and B weeks. Both days lie in the school year of the label."""
    first = int(label[:4])
    for name in ("starts_on", "ends_on"):
        if not date(first, 8, 1) <= values[name] <= date(first + 1, 8, 31):
            raise Refused(f"Ce jour n’est pas dans l’année {label}.", field=name)
    if values["ends_on"] <= values["starts_on"]:
        raise Refused("Le dernier jour vient après le premier.", field="ends_on")
    week_a = values["week_a_on"]
    if week_a is not None and not values["starts_on"] <= week_a <= values["ends_on"]:
        raise Refused("Choisissez un jour entre le premier et le dernier jour de cours.", field="week_a_on")
    year = queries.find_school_year(db, label, lock=True)
    if year is None:
        year = SchoolYear(label=label, version=0, **{name: values[name] for name in YEAR_LABELS})
        db.add(year)
        changes: dict[str, tuple[Any, Any]] = {}
    else:
        _refuse_stale(year, seen_version)
        changes = {words: (getattr(year, name), values[name]) for name, words in YEAR_LABELS.items()}
        for name in YEAR_LABELS:
            setattr(year, name, values[name])
    year.version += 1
    db.flush()  # its number
    journal.record(db, year, "change", f"Année {label} enregistrée", by=by, changes=changes)
    return year


def change_setting(db: Session, *, hours_block: bool, seen_version: int | None, by: Actor) -> TimetableSetting:
    """Whether hours of minors beyond the limits are refused."""
    setting = queries.find_setting(db, lock=True)
    if setting is None:
        setting = TimetableSetting(id=1, version=0)
        db.add(setting)
    else:
        _refuse_stale(setting, seen_version)
    changes = {"Horaires des mineurs": (_blocks(setting.hours_block), _blocks(hours_block))}
    setting.hours_block, setting.version = hours_block, setting.version + 1
    db.flush()  # its number
    journal.record(db, setting, "change", "Réglages de l’emploi du temps", by=by, changes=changes)
    return setting


def _blocks(value: bool | None) -> str:  # noqa: FBT001 - the value of a setting
    return "bloque" if value else "alerte"


def import_holidays(db: Session, table: HolidayTable, *, by: Actor) -> tuple[int, int]:
    """Store a sound table: a line with a known zone and first day changes that one. (new, changed)"""
    known = {(one.zone, one.starts_on): one for one in queries.list_school_holidays(db)}
    _against_stored(table, list(known.values()))
    if table.problems:
        raise Refused("Corrigez les lignes signalées.", field="text")
    added = changed = 0
    for line in table.lines:
        old = known.get((line.zone, line.starts_on))
        if old is None:
            _add_holiday(db, line, by)
            added += 1
        elif (old.label, old.ends_on) != (line.label, line.ends_on):
            changes = {"Libellé": (old.label, line.label), "Dernier jour": (old.ends_on, line.ends_on)}
            old.label, old.ends_on = line.label, line.ends_on
            journal.record(db, old, "change", "Vacances de zone changées", by=by, changes=changes)
            changed += 1
    return added, changed


def _against_stored(table: HolidayTable, stored: list[SchoolHoliday]) -> None:
    """A line may change a stored one by its zone and first day, but not overlap another."""
    for line in table.lines:
        for one in stored:
            here = HolidayLine(one.zone, one.label, one.starts_on, one.ends_on)
            if one.starts_on != line.starts_on and meets(here, line):
                days = f"du {one.starts_on:%d/%m/%Y} au {one.ends_on:%d/%m/%Y}"
                table.problems.append((line.line, f"Ces jours sont déjà dans « {one.label} », {days}."))
    table.problems.sort()


def check_holidays(db: Session, table: HolidayTable) -> HolidayTable:
    """The problems of a table against what is stored, for its preview."""
    _against_stored(table, queries.list_school_holidays(db))
    return table


def _add_holiday(db: Session, line: HolidayLine, by: Actor) -> None:
    holiday = SchoolHoliday(zone=line.zone, label=line.label, starts_on=line.starts_on, ends_on=line.ends_on)
    db.add(holiday)
    db.flush()  # its number, for the journal
    journal.record(db, holiday, "create", f"Vacances de la zone {line.zone} : {line.label}", by=by)


def remove_holiday(db: Session, holiday: SchoolHoliday, *, by: Actor) -> None:
    """A line less in the table of holidays."""
    days = f"du {holiday.starts_on:%d/%m/%Y} au {holiday.ends_on:%d/%m/%Y}"
    journal.record(db, holiday, "remove", f"Zone {holiday.zone}, {holiday.label} retirées, {days}", by=by)
    db.delete(holiday)


def add_room(db: Session, *, name: str, capacity: int | None, by: Actor) -> Room:
    """A room by the name that sessions bear."""
    if queries.find_room(db, name) is not None:
        raise Refused(f"« {name} » est déjà dans la liste.", field="name")
    room = Room(name=name, capacity=capacity, version=1)
    db.add(room)
    db.flush()  # its number
    journal.record(db, room, "create", f"Salle ajoutée : {name}", by=by)
    return room


def change_room(db: Session, room: Room, *, capacity: int | None, seen_version: int | None, by: Actor) -> Room:
    """How many a room holds. Its name stays: sessions bear it."""
    _refuse_stale(room, seen_version)
    journal.record(db, room, "change", "Places changées", by=by, changes={"Places": (room.capacity, capacity)})
    room.capacity, room.version = capacity, room.version + 1
    return room


def remove_room(db: Session, room: Room, *, by: Actor) -> None:
    """A room that is counted no more; sessions keep its name."""
    journal.record(db, room, "remove", f"Salle retirée de la liste : {room.name}", by=by)
    db.delete(room)


def _refuse_stale(row: SchoolYear | TimetableSetting | Room, seen_version: int | None) -> None:
    if seen_version is not None and row.version != seen_version:
        raise Stale(CHANGED, version=row.version)
