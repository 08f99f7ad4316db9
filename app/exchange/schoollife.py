"""The files of the school-life product: CSV with columns named as the school says, read and written without loss.

Two kinds: pupils (with the first guardian) and absences. A pupil is found by the product's number, else by name and
birth date; where several fit, the person chooses. See docs/school-life-exchange.md.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from app.core.errors import Refused
from app.core.text import fold
from app.exchange.cells import BadCell, parse_date
from app.exchange.reading.csv_text import decode
from app.exchange.sheets import Unreadable
from app.web.listing import FORMULA_STARTS

MAX_ROWS = 5_000
YES = frozenset({"oui", "o", "vrai", "1", "x"})
NO = frozenset({"non", "n", "faux", "0", ""})


class Kind(StrEnum):
    """The two kinds of files."""

    PUPILS = "pupils"
    ABSENCES = "absences"


KIND_LABELS = {Kind.PUPILS: "Élèves", Kind.ABSENCES: "Absences"}
# Field → the column by default; the number is the product's own and may be missing from a file.
NAMES: Mapping[Kind, Mapping[str, str]] = {
    Kind.PUPILS: {
        "last_name": "Nom", "first_name": "Prénom", "born_on": "Né(e) le", "group": "Classe",
        "guardian": "Responsable", "email": "E-mail", "phone": "Téléphone", "number": "Numéro",
    },
    Kind.ABSENCES: {
        "last_name": "Nom", "first_name": "Prénom", "born_on": "Né(e) le", "on_date": "Date",
        "start": "Heure début", "end": "Heure fin", "reason": "Motif", "justified": "Justifiée", "number": "Numéro",
    },
}  # fmt: skip
OPTIONAL = frozenset({"number", "guardian", "email", "phone", "reason"})


@dataclass(frozen=True, slots=True)
class Wrong:
    """A mistake of the file: where, and what, in French."""

    line: int
    column: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file: its line and its typed values by field."""

    number: int
    values: dict[str, Any]

    @property
    def name(self) -> str:
        """Who it is about."""
        return f"{self.values['first_name']} {self.values['last_name']}"


@dataclass(slots=True)
class Read:
    """A file as it was read."""

    lines: list[Line] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)


def write_file(kind: Kind, names: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """The rows as the product reads them: « ; », BOM, French dates and hours."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    fields = list(NAMES[kind])
    writer.writerow([names[one] for one in fields])
    writer.writerows([[_written(row.get(one)) for one in fields] for row in rows])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, int):
        return f"{value // 60:02d}:{value % 60:02d}"
    return f"'{value}" if value.startswith((*FORMULA_STARTS, "'")) else value


def read_file(kind: Kind, names: Mapping[str, str], data: bytes) -> Read:
    """Read a file by its column names; every mistake is told with its line and column."""
    try:
        text = decode(data)
        rows = _rows(text)
    except (ValueError, Unreadable, csv.Error):
        raise Refused("Ce fichier n’est pas un texte CSV.", field="file") from None
    if not rows:
        raise Refused("Ce fichier est vide.", field="file")
    if len(rows) > MAX_ROWS:
        raise Refused(f"Ce fichier a plus de {MAX_ROWS} lignes.", field="file")
    places, read = _places(kind, names, rows[0]), Read()
    if missing := [names[one] for one in NAMES[kind] if one not in places and one not in OPTIONAL]:
        read.wrong = [Wrong(1, column, f"La colonne « {column} » manque.") for column in missing]
        return read
    for number, row in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in row):
            _read_row(read, number, {one: _cell(row, place) for one, place in places.items()}, names)
    return read


def _rows(text: str) -> list[list[str]]:
    first = text.splitlines()[0] if text.strip() else ""
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ","))


def _places(kind: Kind, names: Mapping[str, str], head: Sequence[str]) -> dict[str, int]:
    known = [fold(cell) for cell in head]
    return {one: known.index(fold(names[one])) for one in NAMES[kind] if fold(names[one]) in known}


def _cell(row: Sequence[str], place: int) -> str:
    raw = row[place].strip() if place < len(row) else ""
    return raw.removeprefix("'")


def _read_row(read: Read, number: int, cells: Mapping[str, str], names: Mapping[str, str]) -> None:
    values: dict[str, Any] = {}
    before = len(read.wrong)
    for one, raw in cells.items():
        try:
            values[one] = _typed(one, raw)
        except ValueError as why:
            read.wrong.append(Wrong(number, names[one], str(why)))
    if len(read.wrong) == before and "start" in values and values["end"] <= values["start"]:
        read.wrong.append(Wrong(number, names["end"], "La fin vient avant le début."))
    if len(read.wrong) == before:
        read.lines.append(Line(number, values))


def _typed(one: str, raw: str) -> Any:
    if one in {"born_on", "on_date"}:
        try:
            return parse_date(raw)
        except BadCell:
            raise ValueError(f"« {raw} » n’est pas une date. Exemple : 26/11/2026.") from None
    if one in {"start", "end"}:
        return _minute(raw)
    if one == "justified":
        if fold(raw) not in YES | NO:
            raise ValueError(f"« {raw} » : oui ou non.")
        return fold(raw) in YES
    if one not in OPTIONAL and not raw:
        raise ValueError("Cette case est vide.")
    if len(raw) > 200:
        raise ValueError("Plus de 200 caractères.")
    return raw or None


def _minute(raw: str) -> int:
    hour, _, minute = raw.lower().replace("h", ":").partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and int(hour) < 24 and int(minute) < 60):
        raise ValueError(f"« {raw} » n’est pas une heure. Exemple : 08:30.")
    return int(hour) * 60 + int(minute)


# -------------------------------------------------------------------------------------------- who a line is about
@dataclass(frozen=True, slots=True)
class Known:
    """A pupil as a line may name one."""

    pupil_id: int
    code: str
    last_name: str
    first_name: str
    born_on: date
    number: str | None
    label: str


def candidates(line: Line, known: Sequence[Known]) -> list[Known]:
    """The pupils a line may be about: the one with its number, else those of the name and birth date. Never a guess."""
    number = line.values.get("number")
    if number and (found := [one for one in known if one.number == number]):
        return found
    name = (fold(line.values["last_name"]), fold(line.values["first_name"]))
    return [
        one
        for one in known
        if (fold(one.last_name), fold(one.first_name)) == name and one.born_on == line.values["born_on"]
        and not (number and one.number)
    ]  # fmt: skip
