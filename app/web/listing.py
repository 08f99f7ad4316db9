"""Lists: the query string in, table files out. One way for every list."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import xlsxwriter
from fastapi import Request
from starlette.responses import Response

from app.core.errors import Refused
from app.core.paging import MAX_SIZE, SCREEN_SIZE, ListRequest
from app.core.text import fold

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\x00")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class ListQuery:
    """The query string of a list, kept as given so that links can change one thing of it."""

    path: str
    values: dict[str, str]

    def request(
        self, *, sorts: Iterable[str], default: str, filters: Iterable[str] = (), size: int = SCREEN_SIZE
    ) -> ListRequest:
        """What the list is asked for. Sort keys and filters outside the declared ones are left out (V34)."""
        key = self.values.get("tri", default)
        descending = key.startswith("-")
        if key.lstrip("-") not in set(sorts):
            key, descending = default, default.startswith("-")
        kept = {name: self.values[name] for name in filters if self.values.get(name)}
        return ListRequest(
            q=self.values.get("q", "")[:200].strip(), sort=key.lstrip("-"), descending=descending,
            page=_whole(self.values.get("page", "1"), MAX_PAGE), size=size, filters=kept,
        )  # fmt: skip

    def link(self, **changes: Any) -> str:
        """The same list with some values changed (None takes one away); the page starts over unless given."""
        values = {k: v for k, v in self.values.items() if k != "page"}
        values.update({key: str(value) for key, value in changes.items() if value not in (None, "")})
        for key, value in changes.items():
            if value in (None, ""):
                values.pop(key, None)
        return f"{self.path}?{urlencode(values)}" if values else self.path

    def sort_link(self, key: str) -> str:
        """The list sorted by a column; sorted by it already, the other way round."""
        return self.link(tri=f"-{key}" if self.values.get("tri") == key else key)

    def aria_sort(self, key: str, request: ListRequest) -> str:
        """The column's `aria-sort`, or nothing."""
        if request.sort != key:
            return ""
        return "descending" if request.descending else "ascending"


async def read_list_query(request: Request) -> ListQuery:
    """The query string as text."""
    return ListQuery(request.url.path, {k: v for k, v in request.query_params.items() if len(v) <= 200})


def _whole(text: str, limit: int) -> int:
    try:
        value = int(text)
    except ValueError:
        return 1
    if not 1 <= value <= limit:
        raise Refused("Cette page de la liste n’existe pas.")
    return value


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an exported list: its French head and how to read it from a row."""

    label: str
    value: Callable[[Any], Any]


def export(name: str, kind: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response:
    """The rows as `csv` (French Excel: « ; », BOM) or `xlsx`, as a download."""
    head = [column.label for column in columns]
    table = ([column.value(row) for column in columns] for row in rows)
    body = _xlsx(head, table) if kind == "xlsx" else _csv(head, table)
    media = XLSX if kind == "xlsx" else "text/csv; charset=utf-8"
    extension = "xlsx" if kind == "xlsx" else "csv"
    return Response(
        body, media_type=media, headers={"Content-Disposition": f'attachment; filename="{fold(name)}.{extension}"'}
    )


def _csv(head: list[str], rows: Iterable[list[Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_csv_cell(value) for value in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _csv_cell(value: Any) -> str:
    """Numbers with a comma; text that a spreadsheet would run as a formula is disarmed (V37)."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | Decimal):
        return str(value).replace(".", ",")
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _xlsx(head: list[str], rows: Iterable[list[Any]]) -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    book = xlsxwriter.Workbook(out, options)
    sheet = book.add_worksheet()
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, head, bold)
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, bool):
                sheet.write_string(number, place, "oui" if value else "non")
            elif isinstance(value, date):
                sheet.write_datetime(number, place, value, day)
            elif isinstance(value, int | Decimal):
                sheet.write_number(number, place, float(value))
            elif value is not None:
                sheet.write_string(number, place, str(value))
    sheet.autofit()
    book.close()
    return out.getvalue()


def api_page(page: int, size: int) -> ListRequest:
    """The paging of the API: `page` from 1, `size` up to 200."""
    return ListRequest(page=page, size=min(size, MAX_SIZE))
