"""Pieces flow down a routing: an operation never has more good pieces than the one before it."""

from itertools import pairwise
from typing import Any

from app.exchange.checks.merged import Merged, MergedTable
from app.exchange.sheets import Row

INPUTS = ("operations", "pointages")
MOST = 2_000_000_000
LAST = (1,)


def check_pieces(merged: Merged) -> None:
    """Blame the first booking, by date and time, with which an operation overtakes the one before it."""
    if not merged.gives(*INPUTS):
        return
    bookings = _by_operation(merged["pointages"])
    loose = merged.stored.loose_good()
    for steps in _routings(merged["operations"]):
        for before, after in pairwise(steps):
            _check_step(merged, bookings, loose, before, after)
    for listed in bookings.values():
        _check_size(merged["pointages"], listed)


def _by_operation(table: MergedTable) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = {}
    for row in table.rows:
        if not row.bad & {"commande", "ligne", "operation"}:
            found.setdefault((row.cells.commande, row.cells.ligne, row.cells.operation), []).append(row)
    for listed in found.values():
        listed.sort(key=_moment)
    return found


def _moment(row: Row) -> Any:
    """By date and time, then place in the file; a moment that cannot be read comes last."""
    cells = row.cells
    if cells.date is None or cells.debut is None:
        return (*LAST, row.line)
    return (0, cells.date, cells.debut, row.line)


def _routings(operations: MergedTable) -> list[list[Any]]:
    """Keys of the operations of each line, in order of their number."""
    lines: dict[Any, list[Any]] = {}
    for key in operations.by_key:
        lines.setdefault(key[:2], []).append(key)
    return [sorted(keys, key=lambda key: key[2]) for keys in lines.values() if len(keys) > 1]


def _check_step(merged: Merged, bookings: dict[Any, list[Row]], loose: Any, before: Any, after: Any) -> None:
    table = merged["pointages"]
    upstream = bookings.get(before, [])
    if not table.complete or any("bonnes" in row.bad for row in upstream):
        return
    limit = sum(row.cells.bonnes for row in upstream) + loose.get(before, 0)
    total = loose.get(after, 0)
    for place, row in enumerate(bookings.get(after, [])):
        total += 0 if "bonnes" in row.bad else row.cells.bonnes
        if total > limit:
            why = (
                f"L'opération {before[2]} n'a que {limit} pièces bonnes : celle-ci en aurait {total} avec ce pointage."
            )
            _blame(table, row, bookings[after][place:] + upstream[::-1], why)
            return


def _blame(table: MergedTable, first: Row, others: list[Row], why: str) -> None:
    """The row itself, or when it is stored the nearest row of the folder that had a part in it."""
    row: Row | None = first
    if not first.line:
        changed = set(map(id, table.changed()))
        row = next((other for other in others if id(other) in changed), None)
    if row:
        table.blame(row, "bonnes", why, row.cells.bonnes)


def _check_size(table: MergedTable, listed: list[Row]) -> None:
    for column in ("bonnes", "rebuts"):
        total = 0
        for row in listed:
            total += 0 if column in row.bad else getattr(row.cells, column)
            if total > MOST:
                table.blame(
                    row, column, "Le total des pièces de cette opération est trop grand : vérifiez les nombres."
                )
                break
