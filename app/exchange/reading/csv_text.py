"""CSV files: encoding and separator found, real line numbers, broken quotes survived."""

import csv
import io
from collections.abc import Iterator

from app.exchange.sheets import SheetBuilder, Unreadable

MAX_BROKEN = 50
MAX_LINES = 500_000
MAX_CELL = 131_072
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_BOM = b"\xef\xbb\xbf"


def read_csv(builder: SheetBuilder, data: bytes) -> None:
    """Feed a CSV file to the builder; mistakes of the file itself become mistakes of the sheet."""
    try:
        lines = io.StringIO(decode(data), newline="").readlines()
        first = lines[0] if lines else ""
        records = _records(lines, ";" if ";" in first else ",")
        builder.header(_readable(next(records, (1, []))[1]))
        for line, record in records:
            if isinstance(record, Unreadable):
                builder.refuse(record)
            else:
                builder.row(line, record)
    except Unreadable as problem:
        builder.refuse(problem)


def _readable(record: list[str] | Unreadable) -> list[str]:
    if isinstance(record, Unreadable):
        raise record
    return record


def decode(data: bytes) -> str:
    """UTF-8 with or without BOM, else Windows-1252."""
    if data.startswith(_UTF16):
        raise Unreadable("Le fichier est en UTF-16 : enregistrez-le en « CSV UTF-8 ».")
    if data.count(b"\n") + data.count(b"\r") > 2 * MAX_LINES:
        raise Unreadable(f"Le fichier a plus de {MAX_LINES} lignes, vides comprises : effacez celles de la fin.")
    if (place := data.find(b"\0")) >= 0:
        raise Unreadable("Le fichier contient un octet nul : ce n'est pas du texte.", _line_at(data, place))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if data.startswith(_BOM):
            # The error is counted from after the mark.
            place = error.start + len(_BOM)
            raise Unreadable("Le texte n'est pas de l'UTF-8 correct.", _line_at(data, place)) from None
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError as error:
        why = "Un caractère n'existe ni en UTF-8 ni en Windows-1252 : enregistrez le fichier en « CSV UTF-8 »."
        raise Unreadable(why, _line_at(data, error.start)) from None


def _line_at(data: bytes, place: int) -> int:
    return data.count(b"\n", 0, place) + 1


def _records(lines: list[str], separator: str) -> Iterator[tuple[int, list[str] | Unreadable]]:
    """Each record with the line it starts on. After a broken one reading goes on at the line below its first."""
    csv.field_size_limit(MAX_CELL)
    start = 0
    for _attempt in range(MAX_BROKEN):
        reader = csv.reader((lines[index] for index in range(start, len(lines))), delimiter=separator, strict=True)
        line = start
        try:
            for record in reader:
                yield line + 1, record
                line = start + reader.line_num
        except csv.Error as error:
            yield line + 1, Unreadable(_why_broken(str(error)), line + 1)
            start = line + 1
        else:
            return
    yield start + 1, Unreadable("Trop de lignes cassées : la suite n'a pas été lue.", start + 1)


def _why_broken(error: str) -> str:
    if "field larger" in error:
        return f"Une case a plus de {MAX_CELL} caractères."
    return 'Un guillemet " est mal fermé sur cette ligne : doublez-le ou retirez-le.'
