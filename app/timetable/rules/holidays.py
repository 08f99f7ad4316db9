"""School holidays from a table: what a line says, and what is wrong with it."""

import csv
import re
from dataclasses import dataclass, field
from datetime import date, datetime

from app.core.text import fold
from app.timetable.rules import ZONES

MAX_LINES = 500
COLUMNS = {
    "zone": ("zone", "zones"),
    "label": ("libelle", "description", "vacances", "motif", "label"),
    "starts_on": ("debut", "date de debut", "premier jour", "du"),
    "ends_on": ("fin", "date de fin", "dernier jour", "au"),
}
NAMES = {"zone": "zone", "label": "libellé", "starts_on": "début", "ends_on": "fin"}


@dataclass(frozen=True, slots=True)
class HolidayLine:
    """One line of the table, sound: a zone, its holiday, both days included."""

    zone: str
    label: str
    starts_on: date
    ends_on: date
    line: int = 0


@dataclass(slots=True)
class HolidayTable:
    """What was read: sound lines, and (line, sentence) of what is wrong. With a problem nothing is stored."""

    lines: list[HolidayLine] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def read_holidays(text: str) -> HolidayTable:
    """The table « zone ; libellé ; début ; fin », with its head; commas, semicolons or tabs; days ISO or 26/11/2026."""
    table = HolidayTable()
    rows = text.lstrip("\ufeff").splitlines()
    if not rows or not rows[0].strip():
        table.problems.append((1, "Le tableau est vide. Première ligne : zone ; libellé ; début ; fin."))
        return table
    if len(rows) > MAX_LINES:
        table.problems.append((MAX_LINES, f"Plus de {MAX_LINES} lignes : ce n’est pas un tableau de vacances."))
        return table
    separator = max(";,\t", key=rows[0].count)
    places = _places(next(csv.reader([rows[0]], delimiter=separator)))
    if missing := [NAMES[name] for name in COLUMNS if name not in places]:
        table.problems.append((1, f"Il manque la colonne « {missing[0]} ». Attendu : zone ; libellé ; début ; fin."))
        return table
    for number, row in enumerate(rows[1:], 2):
        if row.strip(f" {separator}"):
            _read_line(table, number, next(csv.reader([row], delimiter=separator), []), places)
    if not table.lines and not table.problems:
        table.problems.append((1, "Il n’y a aucune ligne sous l’en-tête."))
    return table


def _places(head: list[str]) -> dict[str, int]:
    named = [fold(cell.strip()) for cell in head]
    return {
        name: place for name, words in COLUMNS.items() for place, cell in enumerate(named) if cell in words
    }  # fmt: skip


def _read_line(table: HolidayTable, number: int, cells: list[str], places: dict[str, int]) -> None:
    said = {name: cells[place].strip() if place < len(cells) else "" for name, place in places.items()}
    zone = re.sub(r"(?i)^zone\s+", "", said["zone"]).upper()
    start, end = _day(said["starts_on"]), _day(said["ends_on"])
    label = said["label"][:200]
    if zone not in ZONES:
        table.problems.append((number, f"« {said['zone']} » n’est pas une zone : A, B ou C."))
    elif not label:
        table.problems.append((number, "Le libellé manque."))
    elif start is None or end is None:
        wrong = said["starts_on"] if start is None else said["ends_on"]
        table.problems.append((number, f"« {wrong} » n’est pas une date. Exemple : 19/12/2026."))
    elif end < start:
        table.problems.append((number, "Le dernier jour vient avant le premier."))
    else:
        line = HolidayLine(zone, label, start, end, number)
        other = next((one for one in table.lines if meets(one, line)), None)
        if other is not None:
            table.problems.append((number, f"Ces jours sont déjà à la ligne {other.line} : {other.label}."))
        else:
            table.lines.append(line)


def meets(one: HolidayLine, other: HolidayLine) -> bool:
    """Whether two holidays of a zone share a day."""
    return one.zone == other.zone and one.starts_on <= other.ends_on and other.starts_on <= one.ends_on


def _day(text: str) -> date | None:
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            found = datetime.strptime(text[:10], pattern).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        return found if 2000 <= found.year <= 2100 else None
    return None
