"""What may not happen at the same time: a pupil's booked time, a group's or a person's sessions, memberships."""

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator
from datetime import date
from typing import Any

from app.exchange.checks.merged import Merged, MergedTable
from app.exchange.checks.rows import clock
from app.exchange.sheets import Row
from app.exchange.tables import TABLES

FOREVER = date.max.toordinal() + 1
Span = tuple[int, int, Row]


def check_overlaps(merged: Merged) -> None:
    """Blame the one that starts later, at the same time the later one in the file; touching is no overlap."""
    if merged.gives("pointages"):
        _check_table(merged["pointages"], "debut", _of_day("eleve"), _minutes, "Ce pointage chevauche")
    if merged.gives("seances"):
        sessions, cancelled = merged["seances"], merged.stored.cancelled()
        _check_table(sessions, "debut", _held("groupe", cancelled), _minutes, "Cette séance du groupe chevauche")
        _check_table(
            sessions, "debut", _held("intervenant", cancelled), _minutes, "Pour l'intervenant, cette séance chevauche"
        )
    if merged.gives("inscriptions"):
        _check_table(merged["inscriptions"], "date_debut", _of_pupil, _days, "Cette inscription chevauche")


def _of_day(column: str) -> Callable[[Row], Any]:
    needed = frozenset({column, "date", "debut"})

    def whose(row: Row) -> Any:
        cells = row.cells
        # An unknown pupil or group is still one and the same: only a cell without value cannot be compared.
        value = getattr(cells, column)
        return None if row.bad & needed and None in (value, cells.date, cells.debut) else (value, cells.date)

    return whose


def _held(column: str, cancelled: Collection[Any]) -> Callable[[Row], Any]:
    """Sessions that were cancelled in the product are passed over."""
    whose = _of_day(column)
    key_of = TABLES["seances"].key_of
    return lambda row: None if cancelled and key_of(row.cells) in cancelled else whose(row)


def _of_pupil(row: Row) -> Any:
    return None if row.cells.eleve is None or row.cells.date_debut is None else row.cells.eleve


def _minutes(row: Row) -> Span:
    """An end that cannot be used still lies after the start."""
    start, end = row.cells.debut, row.cells.fin
    return start, max(start + 1, end or 0), row


def _days(row: Row) -> Span:
    start, end = row.cells.date_debut, row.cells.date_fin
    after = end.toordinal() + 1 if end else FOREVER
    if "date_fin" in row.bad:
        after = 0
    return start.toordinal(), max(start.toordinal() + 1, after), row


def _check_table(
    table: MergedTable, column: str, whose: Callable[[Row], Any], span: Callable[[Row], Span], what: str
) -> None:
    spans: dict[Any, list[Span]] = {}
    for row in table.rows:
        if (owner := whose(row)) is not None:
            spans.setdefault(owner, []).append(span(row))
    for listed in spans.values():
        for later, earlier in overlapping(listed) if len(listed) > 1 else ():
            table.blame(later, column, f"{what} {_described(earlier)}.", _start(later))


def overlapping(spans: list[Span]) -> Iterator[tuple[Row, Row]]:
    """(row of the file to blame, other row) for each row that overlaps an earlier one; half-open spans.

    When the one that starts later is stored, the row of the file is the one to blame.
    """
    spans.sort(key=lambda span: (span[0], span[2].line))
    furthest = spans[0]
    for span in spans[1:]:
        if span[0] < furthest[1] and span[2].line:
            yield span[2], furthest[2]
        if span[1] > furthest[1]:
            furthest = span
    stored = [span for span in spans if not span[2].line]
    starts = [span[0] for span in stored]
    for start, end, row in spans if stored else ():
        place = bisect_right(starts, start)
        if row.line and place < len(starts) and starts[place] < end:
            yield row, stored[place][2]


def _described(row: Row) -> str:
    cells = row.cells
    where = f"la ligne {row.line}" if row.line else "ce qui est enregistré"
    if hasattr(cells, "date_debut"):
        until = f" au {cells.date_fin:%d/%m/%Y}" if cells.date_fin else ""
        return f"{where} (du {cells.date_debut:%d/%m/%Y}{until})"
    until = f" à {clock(cells.fin)}" if cells.fin is not None else ""
    return f"{where} (de {clock(cells.debut)}{until})"


def _start(row: Row) -> str:
    cells = row.cells
    return f"{cells.date_debut:%d/%m/%Y}" if hasattr(cells, "date_debut") else clock(cells.debut)
