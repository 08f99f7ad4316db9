"""What an import would do to each table: rows to create, rows to update by key, rows that change nothing."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.exchange.checks import MergedTable
from app.exchange.checks.rows import clock
from app.exchange.tables import TABLES, Column, Kind


@dataclass(frozen=True, slots=True)
class Change:
    """A stored row that the folder tells differently."""

    row_id: int
    before: Any
    after: Any


@dataclass(slots=True)
class Diff:
    """One file against its table."""

    name: str
    read: int = 0
    created: list[Any] = field(default_factory=list)
    updated: list[Change] = field(default_factory=list)
    unchanged: int = 0

    @property
    def touched(self) -> Iterator[Any]:
        """New cells of every row that is created or updated."""
        yield from self.created
        for change in self.updated:
            yield change.after


def compare(table: MergedTable, ids: Mapping[Any, int]) -> Diff:
    """Sort the rows of a file by what they would do. Rows that vanished from the file are not spoken of."""
    diff = Diff(table.table.name, len(table.from_folder))
    for key, row in table.by_key.items():
        if not row.line:
            continue
        before = table.stored_for(key)
        if before is None:
            diff.created.append(row.cells)
        elif before == row.cells:
            diff.unchanged += 1
        else:
            diff.updated.append(Change(ids[table.table.key_of(before)], before, row.cells))
    return diff


def differences(name: str, change: Change) -> dict[str, tuple[str, str]]:
    """Column → (before, after), in the words of the files, for the journal."""
    return {
        column.name: (as_written(column, old), as_written(column, new))
        for column, old, new in zip(TABLES[name].columns, change.before, change.after, strict=True)
        if old != new
    }


def as_written(column: Column, value: Any) -> str:
    """A stored value as the file would write it."""
    if value is None:
        return ""
    write = WRITERS.get(column.kind)
    return write(column, value) if write else str(value)


def _word(column: Column, value: Any) -> str:
    return next((word for word, meaning in column.words.items() if meaning == value), str(value))


def _number(_column: Column, value: Any) -> str:
    return f"{value:f}".replace(".", ",")


def _minutes(_column: Column, value: int) -> str:
    return f"{value / 60:.4f}".rstrip("0").rstrip(".").replace(".", ",")


WRITERS: Mapping[Kind, Callable[[Column, Any], str]] = {
    Kind.WORD: _word, Kind.NUMBER: _number, Kind.MINUTES: _minutes,
    Kind.DATE: lambda _, value: f"{value:%d/%m/%Y}", Kind.TIME: lambda _, value: clock(value),
    Kind.CODES: lambda _, value: "+".join(value),
}  # fmt: skip
