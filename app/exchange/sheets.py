"""A file of the school once read: typed rows, each with its line and the columns that could not be read."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from app.exchange.cells import CellReader
from app.exchange.problems import Problem, quoted, shown
from app.exchange.tables import RANK, TABLES, Column, Table

MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_PROBLEMS = 200_000
NO_COLUMN = "-"
STEP = 2_000
IGNORED = (".", "~$")  # how names begin that the contract sets aside, of files as of columns
Progress = Callable[[str, int], None]


class Unreadable(Exception):
    """A file, or the rest of it, cannot be read. `line` is where."""

    def __init__(self, why: str, line: int = 1) -> None:
        super().__init__(why)
        self.why = why
        self.line = line


@dataclass(slots=True)
class Row:
    """One row. `line` is where it starts in the file, 0 for a row of the database; `bad` names unusable columns."""

    line: int
    cells: Any
    bad: frozenset[str] = frozenset()

    def mark(self, column: str) -> None:
        """Say that this cell is wrong, so that later checks do not judge by it."""
        self.bad |= {column}


@dataclass(slots=True)
class Sheet:
    """One table as the school gave it. When not `complete`, a missing key may stand in a part that was not read."""

    table: Table
    file: str
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    complete: bool = True

    def blame(self, line: int, column: str, why: str, value: object = "") -> None:
        """Add a mistake."""
        self.problems.append(Problem(self.table.name, self.file, line, column, why, shown(value)))


@dataclass(slots=True)
class Source:
    """All that was read: one sheet per known file, and the mistakes that belong to no known file."""

    name: str
    sha256: str
    sheets: dict[str, Sheet] = field(default_factory=dict)
    strays: list[Problem] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many rows there are in all."""
        return sum(len(sheet.rows) for sheet in self.sheets.values())

    def add(self, sheet: Sheet) -> None:
        """Keep a sheet, in the order of the contract."""
        self.sheets[sheet.table.name] = sheet
        self.sheets = dict(sorted(self.sheets.items(), key=lambda item: RANK[item[0]]))

    def stray(self, file: str, why: str) -> None:
        """A file that is none of the twenty-three."""
        name = shown(file)
        self.strays.append(Problem(name, name, 1, NO_COLUMN, why))


def suggestion(name: str, known: Sequence[str]) -> str:
    """« Vouliez-vous dire … ? » when a known name is close."""
    close = get_close_matches(name.strip().lower(), known, n=1, cutoff=0.6)
    return f" Vouliez-vous dire {quoted(close[0])} ?" if close else ""


def table_suggestion(name: str, ending: str = "") -> str:
    """The nearest file or sheet name."""
    return suggestion(name, [f"{known}{ending}" for known in TABLES])


class SheetBuilder:
    """Turns lines of text into a sheet: the header first, then row by row."""

    def __init__(self, table: Table, file: str, progress: Progress | None = None) -> None:
        self.sheet = Sheet(table, file)
        self._progress = progress
        self._plan: list[tuple[int, CellReader]] = []
        self._missing: frozenset[str] = frozenset()
        self._width = 0
        self._unnamed: list[int] = []

    def header(self, names: Sequence[str]) -> None:
        """Find out where each column stands; every bad name is a mistake on line 1."""
        names = [name.strip() for name in names]
        if len(names) > MAX_COLUMNS:
            raise Unreadable(f"La première ligne a {len(names)} colonnes : {MAX_COLUMNS} au plus.")
        if not any(names):
            raise Unreadable("La première ligne est vide : elle doit porter les noms des colonnes.")
        places: dict[str, int] = {}
        for place, name in enumerate(names):
            self._place(places, place, name)
        self._width = len(names)
        columns = self.sheet.table.columns
        self._plan = [(places.get(column.name, -1), CellReader(column)) for column in columns]
        self._missing = frozenset(column.name for column in columns if self._lacks(places, column))
        if self._missing & set(self.sheet.table.key):
            self.sheet.complete = False

    def _place(self, places: dict[str, int], place: int, name: str) -> None:
        if name.startswith(IGNORED):
            return
        if not name:
            self._unnamed.append(place)
        elif name in places:
            self.sheet.blame(1, name, "Cette colonne est donnée deux fois : n'en gardez qu'une.")
        elif name not in self.sheet.table.by_name:
            known = [column.name for column in self.sheet.table.columns]
            why = f"Colonne inconnue : attendu {', '.join(known)}.{suggestion(name, known)}"
            self.sheet.blame(1, shown(name), why)
        else:
            places[name] = place

    def _lacks(self, places: dict[str, int], column: Column) -> bool:
        if column.optional or column.name in places:
            return False
        self.sheet.blame(1, column.name, "Colonne manquante : ajoutez-la à la première ligne et remplissez-la.")
        return True

    def row(self, line: int, texts: Sequence[str]) -> None:
        """Read one row; an empty one is passed over."""
        if not any(map(str.strip, texts)):
            return
        rows = self.sheet.rows
        if len(rows) >= MAX_ROWS:
            raise Unreadable(f"Le fichier a plus de {MAX_ROWS} lignes : partagez la reprise en plusieurs fois.", line)
        if len(self.sheet.problems) >= MAX_PROBLEMS:
            raise Unreadable(f"Plus de {MAX_PROBLEMS} erreurs : la suite de ce fichier n'a pas été lue.", line)
        rows.append(self._typed(line, texts))
        if self._progress and len(rows) % STEP == 0:
            self._progress(self.sheet.table.name, len(rows))

    def _typed(self, line: int, texts: Sequence[str]) -> Row:
        values: list[Any] = []
        bad = self._missing
        width = len(texts)
        for place, reader in self._plan:
            name = reader.column.name
            if name in self._missing:
                values.append(None)
                continue
            raw = texts[place] if 0 <= place < width else ""
            value, why = reader.read(raw)
            if why:
                bad |= {name}
                self.sheet.blame(line, name, why, raw)
            values.append(value)
        self._refuse_extra(line, texts)
        return Row(line, self.sheet.table.record(*values), bad)

    def _refuse_extra(self, line: int, texts: Sequence[str]) -> None:
        extra = [*texts[self._width :], *(texts[place] for place in self._unnamed if place < len(texts))]
        if found := next((text for text in extra if text.strip()), None):
            self.sheet.blame(line, NO_COLUMN, "Cette ligne a une valeur sans colonne : il y a trop de cases.", found)

    def refuse(self, problem: Unreadable) -> None:
        """A part of the file could not be read: what it held is not known."""
        self.sheet.complete = False
        self.sheet.blame(problem.line, NO_COLUMN, problem.why)
