"""The workbook form: one sheet per table. Looked at as a package first, then read by calamine."""

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

from python_calamine import CalamineSheet, CalamineWorkbook

from app.exchange.cells import SHEET_ERROR
from app.exchange.reading.package import open_package, read_entry
from app.exchange.sheets import MAX_COLUMNS, MAX_ROWS, SheetBuilder, Unreadable

MAX_AREA = 3_000_000
MAX_TEXT = 60_000_000
_CELL = re.compile(rb"<(?:\w+:)?c\b([^<>]*)>")
_PLACE = re.compile(rb"\br\s*=\s*[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
_STRING = re.compile(rb"<(?:\w+:)?v\b[^<>]*>\s*([0-9]{1,9})\s*<")
_ITEM = re.compile(rb"<(?:\w+:)?si\b")
_ERROR = re.compile(rb"\bt\s*=\s*[\"']e[\"']")
_EPOCHS = (date(1899, 12, 30), date(1899, 12, 31), date(1904, 1, 1))
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_WHY_DAMAGED = "Le classeur est abîmé ou n'en est pas un : enregistrez-le à nouveau au format .xlsx."
Errors = dict[tuple[int, int], str]


class Workbook:
    """An opened workbook: names of its sheets and their lines as text."""

    def __init__(self, data: bytes) -> None:
        parts = _parts(data)
        self._errors = {sheet: _error_cells(parts[part]) for part, sheet in _sheet_parts(parts).items()}
        self._book = _guarded(lambda: CalamineWorkbook.from_filelike(io.BytesIO(_repacked(parts))))
        self.names: list[str] = list(self._book.sheet_names)

    def feed(self, name: str, builder: SheetBuilder) -> None:
        """Give one sheet to the builder."""
        try:
            sheet = _guarded(lambda: self._book.get_sheet_by_name(name))
            lines = self._lines(sheet, self._errors.get(name, {}))
            builder.header(next(lines, []))
            for line, texts in enumerate(lines, start=2):
                builder.row(line, texts)
        except Unreadable as problem:
            builder.refuse(problem)

    @staticmethod
    def _lines(sheet: CalamineSheet, errors: Errors) -> Iterator[list[str]]:
        marked = {line for line, _ in errors}
        for line, values in enumerate(_guarded(sheet.iter_rows), start=1):
            texts = [as_text(value) for value in values]
            if line in marked:
                texts = [errors.get((line, column), text) for column, text in enumerate(texts, start=1)]
            yield texts


def as_text(value: Any) -> str:
    """A cell of a sheet as it would stand in the CSV file: 1.0 is « 1 », a time of day « 08:00 »."""
    for kind, write in WRITERS:
        if isinstance(value, kind):
            return write(value)
    return ""


def _logical_text(value: bool) -> str:  # noqa: FBT001
    return "VRAI" if value else "FAUX"


def _number_text(value: float) -> str:
    """Fifteen digits, as the spreadsheet shows: 0.1 + 0.2 is 0.3 there."""
    return format(Decimal(f"{value:.15g}"), "f") if abs(value) < 1e15 else str(value)


def _moment_text(value: datetime) -> str:
    if value.date() in _EPOCHS:
        return _time_text(value.time())
    if value.time() == time(0):
        return value.date().isoformat()
    return value.isoformat(" ")


def _time_text(value: time) -> str:
    return _clock_text(datetime.combine(date.min, value) - datetime.combine(date.min, time.min))


def _clock_text(value: timedelta) -> str:
    """Spreadsheets keep times as fractions of a day, so 08:20 may come as 08:19:59.99."""
    seconds = round(value.total_seconds())
    hours, rest = divmod(seconds, 3600)
    tail = f":{rest % 60:02d}" if rest % 60 else ""
    return f"{hours:02d}:{rest // 60:02d}{tail}"


# The first that fits: a truth value is also a number, a moment is also a date.
WRITERS: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (str, str), (bool, _logical_text), ((int, float), _number_text), (datetime, _moment_text), (date, date.isoformat),
    (time, _time_text), (timedelta, _clock_text),
)  # fmt: skip


def _guarded(read: Callable[[], Any]) -> Any:
    """Any failure of the reader library, panics included, means that the file is damaged."""
    try:
        return read()
    except BaseException as error:
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise Unreadable(_WHY_DAMAGED) from None
        raise


def _parts(data: bytes) -> dict[str, bytes]:
    """The XML parts, each within its declared size, none with a document type (entity bombs)."""
    package = open_package(data)
    parts = {
        entry.filename: read_entry(package, entry)
        for entry in package.infolist()
        if entry.filename.endswith((".xml", ".rels"))
    }
    if any(b"<!DOCTYPE" in part or b"<!ENTITY" in part for part in parts.values()):
        raise Unreadable("Le classeur contient une définition XML qui n'est pas acceptée : enregistrez-le à nouveau.")
    lengths = _string_lengths(parts.get("xl/sharedStrings.xml", b""))
    for name, part in parts.items():
        if name != "xl/sharedStrings.xml":
            _measure(part, lengths)
    return parts


def _string_lengths(part: bytes) -> list[int]:
    starts = [found.start() for found in _ITEM.finditer(part)]
    return [after - before for before, after in pairwise([*starts, len(part)])]


def _measure(part: bytes, lengths: list[int]) -> None:
    """Refuse what would need far more memory than the file is long: far-away cells, one long text used everywhere."""
    rows = columns = 0
    for found in _CELL.finditer(part):
        place = None if found[1].endswith(b"/") else _PLACE.search(found[1])
        if place:
            rows, columns = max(rows, int(place[2])), max(columns, _column_number(place[1]))
    if rows > MAX_ROWS + 1 or columns > MAX_COLUMNS or rows * columns > MAX_AREA:
        raise Unreadable(
            f"Une feuille va jusqu'à la ligne {rows}, colonne {columns} : {MAX_ROWS} lignes et {MAX_COLUMNS} colonnes "
            "au plus. Effacez les cases éloignées."
        )
    size = len(lengths)
    if sum(lengths[index] for found in _STRING.finditer(part) if (index := int(found[1])) < size) > MAX_TEXT:
        raise Unreadable("Une feuille contient trop de texte : partagez la reprise en plusieurs fois.")


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _error_cells(part: bytes) -> Errors:
    """Cells that hold a calculation error, which the reader library gives as empty."""
    found: Errors = {}
    for cell in _CELL.finditer(part):
        if _ERROR.search(cell[1]) and (place := _PLACE.search(cell[1])):
            found[int(place[2]), _column_number(place[1])] = SHEET_ERROR
    return found


def _sheet_parts(parts: dict[str, bytes]) -> dict[str, str]:
    """The sheet's name of each part, as the workbook's relations tell."""
    try:
        # No document type has come this far, so there is no entity to expand.
        book = ET.fromstring(parts["xl/workbook.xml"])  # noqa: S314
        relations = ET.fromstring(parts["xl/_rels/workbook.xml.rels"])  # noqa: S314
    except (KeyError, ET.ParseError, ValueError):
        raise Unreadable(_WHY_DAMAGED) from None
    targets = {relation.get("Id", ""): relation.get("Target", "") for relation in relations}
    names = {
        _part_name(targets.get(element.get(_RELATION, ""), "")): element.get("name", "")
        for element in book.iter()
        if element.tag.rpartition("}")[2] == "sheet"
    }
    return {part: name for part, name in names.items() if part in parts}


def _part_name(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _repacked(parts: dict[str, bytes]) -> bytes:
    """The checked parts alone: what the reader library sees is exactly what was looked at."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as package:
        for name, part in parts.items():
            package.writestr(name, part)
    return buffer.getvalue()
