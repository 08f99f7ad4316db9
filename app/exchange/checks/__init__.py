"""All checks of the import contract, all always made, on the folder together with what is stored."""

from collections.abc import Iterable

from app.exchange.checks.attendance import check_attendance
from app.exchange.checks.merged import EmptyStore, Merged, MergedTable, Stored
from app.exchange.checks.overlaps import check_overlaps
from app.exchange.checks.pieces import check_pieces
from app.exchange.checks.references import check_references
from app.exchange.checks.rows import check_rows
from app.exchange.problems import Problem
from app.exchange.sheets import NO_COLUMN, Sheet, Source
from app.exchange.tables import RANK, TABLES

COLUMNS = {
    name: {column.name: place for place, column in enumerate(table.columns)} | {NO_COLUMN: -1}
    for name, table in TABLES.items()
}

__all__ = ["EmptyStore", "Merged", "MergedTable", "Stored", "check", "in_order"]


def check(source: Source, stored: Stored) -> tuple[Merged, list[Problem]]:
    """The merged rows and every mistake, in the order of the files, then of their lines. Changes nothing."""
    reading = {name: len(sheet.problems) for name, sheet in source.sheets.items()}
    merged = Merged(source, stored)
    for name in source.sheets:
        # Putting a table together finds its double keys.
        _ = merged[name]
    for judge in (check_references, check_rows, check_overlaps, check_attendance, check_pieces):
        judge(merged)
    problems = [problem for sheet in source.sheets.values() for problem in _one_a_cell(sheet)]
    for name, sheet in source.sheets.items():
        # A source may be checked again (preview, then apply): what reading found stays, the rest is found anew.
        del sheet.problems[reading[name] :]
    return merged, in_order(problems + source.strays)


def _one_a_cell(sheet: Sheet) -> Iterable[Problem]:
    """The first mistake found in each cell."""
    cells: dict[tuple[int, str], Problem] = {}
    for problem in sheet.problems:
        cells.setdefault((problem.line, problem.column), problem)
    return cells.values()


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """By file as the contract lists them (strangers last), then by line, then by place of the column."""
    return sorted(problems, key=_place)


def _place(problem: Problem) -> tuple[int, str, int, int]:
    columns = COLUMNS.get(problem.table, {})
    return RANK.get(problem.table, len(RANK)), problem.file, problem.line, columns.get(problem.column, len(columns))
