"""The rows of the folder laid over those of the database, by key: what every check judges."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Protocol

from app.exchange.sheets import Row, Sheet, Source
from app.exchange.tables import TABLES, Table

NOTHING: Mapping[Any, Any] = {}


class Stored(Protocol):
    """What the database already holds, in the same typed form as the files."""

    def cells(self, table: str) -> Mapping[Any, Any]:
        """The cells of every stored row, by key."""
        ...

    def loose_good(self) -> Mapping[Any, int]:
        """Good pieces of each operation (by key) that stand in no row of `pointages`."""
        ...

    def cancelled(self) -> Collection[Any]:
        """Keys of cancelled sessions: they take nobody's time."""
        ...


class EmptyStore:
    """A database without anything."""

    def cells(self, table: str) -> Mapping[Any, Any]:  # noqa: ARG002
        """No rows."""
        return NOTHING

    def loose_good(self) -> Mapping[Any, int]:
        """No pieces."""
        return NOTHING

    def cancelled(self) -> Collection[Any]:
        """No session."""
        return ()


class MergedTable:
    """One table: the rows of its file that stand, then the stored ones that the file does not speak of (line 0)."""

    def __init__(self, table: Table, sheet: Sheet | None, stored: Mapping[Any, Any]) -> None:
        self.table = table
        self.sheet = sheet
        self.stored = stored
        self.complete = sheet is None or sheet.complete
        self.by_key: dict[Any, Row] = {}
        self._keyless: list[Row] = []
        self._key_columns = frozenset(table.key)
        for row in sheet.rows if sheet else ():
            self._add(row)
        if table.kept and stored:
            self._keep_stored()
        for key, cells in stored.items():
            if key not in self.by_key:
                self.by_key[key] = Row(0, cells)

    def _add(self, row: Row) -> None:
        if row.bad & self._key_columns:
            self._keyless.append(row)
            return
        key = self.table.key_of(row.cells)
        first = self.by_key.setdefault(key, row)
        if first is not row and self.sheet:
            column = self.table.key[-1]
            why = f"Cette clé ({', '.join(self.table.key)}) est déjà à la ligne {first.line} : une ligne par clé."
            self.sheet.blame(row.line, column, why, getattr(row.cells, column))

    def stored_for(self, key: Any) -> Any:
        """The stored cells a row of the file speaks of. There is one school, whatever it is called."""
        known = next(iter(self.stored), None) if self.table.name == "ecole" else key
        return self.stored.get(known)

    def _keep_stored(self) -> None:
        for key, row in self.by_key.items():
            before = self.stored_for(key)
            empty = [name for name in self.table.kept if before is not None and getattr(row.cells, name) is None]
            if empty:
                row.cells = row.cells._replace(**{name: getattr(before, name) for name in empty})

    @property
    def rows(self) -> Iterator[Row]:
        """Every row once; a row whose key cannot be read is there too."""
        yield from self.by_key.values()
        yield from self._keyless

    @property
    def from_folder(self) -> list[Row]:
        """All rows of the file."""
        return self.sheet.rows if self.sheet else []

    def changed(self) -> Iterator[Row]:
        """Rows of the file that are new or differ from what is stored."""
        for key, row in self.by_key.items():
            if row.line and self.stored_for(key) != row.cells:
                yield row

    def blame(self, row: Row, column: str, why: str, value: object = "") -> None:
        """Add a mistake of a row of the file."""
        if self.sheet and row.line:
            self.sheet.blame(row.line, column, why, value)


class Merged:
    """All tables, each put together when a check first asks for it."""

    def __init__(self, source: Source, stored: Stored) -> None:
        self.source = source
        self.stored = stored
        self._tables: dict[str, MergedTable] = {}

    def __getitem__(self, name: str) -> MergedTable:
        """The merged table of that name."""
        if name not in self._tables:
            sheet = self.source.sheets.get(name)
            self._tables[name] = MergedTable(TABLES[name], sheet, self.stored.cells(name))
        return self._tables[name]

    def gives(self, *names: str) -> bool:
        """Whether the folder has rows in any of these tables."""
        return any(name in self.source.sheets for name in names)
