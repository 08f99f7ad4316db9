"""A table that somebody hands in: CSV (« ; » or « , », UTF-8 or Windows-1252) or the first sheet of a workbook."""

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from app.core.errors import Refused

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 60 * 1024 * 1024
MAX_ROWS = 20_000
NOT_A_TABLE = "Ce fichier n’est pas un tableau lisible : enregistrez-le en CSV UTF-8 ou en .xlsx."


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table: where it starts in the file (the head is line 1), and its cells by column."""

    number: int
    cells: dict[str, str]

    def get(self, column: str) -> str:
        """The cell, without the blanks around it; nothing where the column is not there."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Table:
    """The names in the head, and the rows that hold anything."""

    columns: tuple[str, ...]
    lines: tuple[Line, ...]

    def as_text(self) -> str:
        """The table as CSV, each row on the line it came from, so that it can be handed in again."""
        out = io.StringIO()
        writer = csv.writer(out, delimiter=";", lineterminator="\n")
        writer.writerow(self.columns)
        at = 1
        for line in self.lines:
            out.write("\n" * (line.number - at - 1))
            writer.writerow([" ".join(line.get(column).split()) for column in self.columns])
            at = line.number
        return out.getvalue()


def read_table(data: bytes, *, field: str = "file") -> Table:
    """The table in these bytes; refused at `field` when they hold none."""
    if not data.strip():
        raise Refused("Ce fichier est vide.", field=field)
    if len(data) > MAX_BYTES:
        raise Refused("Ce fichier dépasse 5 Mo.", field=field)
    rows = _workbook(data, field) if data[:2] == b"PK" else _csv(data, field)
    if len(rows) > MAX_ROWS:
        raise Refused(f"Ce fichier a plus de {MAX_ROWS} lignes.", field=field)
    head = tuple(cell.strip().lower() for cell in rows[0][1]) if rows else ()
    if not any(head):
        raise Refused("La première ligne doit porter les noms des colonnes.", field=field)
    lines = [
        Line(number, dict(zip(head, (cell.strip() for cell in cells), strict=False)))
        for number, cells in rows[1:]
        if any(cell.strip() for cell in cells)
    ]
    return Table(tuple(name for name in head if name), tuple(lines))


def _csv(data: bytes, field: str) -> list[tuple[int, list[str]]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise Refused(NOT_A_TABLE, field=field)
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ",", strict=True)
    rows, start = [], 1
    try:
        for cells in reader:
            rows.append((start, cells))
            start = reader.line_num + 1
    except csv.Error:
        raise Refused(f"Un guillemet est mal fermé à la ligne {start}.", field=field) from None
    return rows


def _workbook(data: bytes, field: str) -> list[tuple[int, list[str]]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(entry.file_size for entry in package.infolist()) > MAX_UNPACKED:
                raise Refused("Ce classeur est trop grand une fois ouvert.", field=field)
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
        return [(number, [_text(cell) for cell in cells]) for number, cells in enumerate(sheet.to_python(
            skip_empty_area=False), 1)]  # fmt: skip
    except (CalamineError, zipfile.BadZipFile, IndexError, ValueError, OSError):
        raise Refused(NOT_A_TABLE, field=field) from None


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime | date):
        return f"{cell:%Y-%m-%d}"
    return str(cell)
