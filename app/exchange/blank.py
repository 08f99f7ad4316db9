"""The empty workbook a school fills in: one sheet per file, headers only, a note on each header."""

import io
from functools import lru_cache
from typing import Any

import xlsxwriter

from app.exchange.hints import hint
from app.exchange.tables import TABLES, Column, Kind, Table

LAST_ROW = 1_048_575
LISTED_ROWS = 5_000
WIDTHS = {Kind.DATE: 12, Kind.TIME: 8, Kind.WHOLE: 10, Kind.NUMBER: 12, Kind.MINUTES: 12}
NUMBER_FORMATS = {Kind.DATE: "dd/mm/yyyy", Kind.TIME: "hh:mm", Kind.WHOLE: "0", Kind.NUMBER: "General",
                  Kind.MINUTES: "General"}  # fmt: skip


@lru_cache(maxsize=1)
def blank_workbook() -> bytes:
    """The file. It holds no row, so it can be given back as it is."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": "Reprise de données", "author": "Compagnon"})
    formats = {kind: book.add_format({"num_format": NUMBER_FORMATS.get(kind, "@")}) for kind in Kind}
    heads = {
        True: book.add_format({"bottom": 1, "font_color": "#555555"}),
        False: book.add_format({"bottom": 1, "font_color": "#111111", "bold": True}),
    }
    for table in TABLES.values():
        _add_sheet(book, table, formats, heads)
    book.close()
    return out.getvalue()


def _add_sheet(book: Any, table: Table, formats: dict[Kind, Any], heads: dict[bool, Any]) -> None:
    sheet = book.add_worksheet(table.name)
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(table.columns):
        width = max(WIDTHS.get(column.kind, 18), len(column.name) + 2)
        # Codes and postal codes stay text: « 01000 » keeps its zero.
        sheet.set_column(place, place, width, formats[column.kind])
        sheet.write_string(0, place, column.name, heads[column.optional])
        sheet.write_comment(0, place, hint(table, column), {"x_scale": 2, "y_scale": 0.6})
        _offer_words(sheet, place, column)


def _offer_words(sheet: Any, place: int, column: Column) -> None:
    if column.words:
        sheet.data_validation(1, place, LISTED_ROWS, place, {"validate": "list", "source": list(column.words)})
