"""What an import did, or would do: one line per file, and every mistake."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.exchange.apply.diff import Diff
from app.exchange.doubts import Doubt
from app.exchange.problems import Problem
from app.exchange.sheets import Source
from app.exchange.tables import TABLES

HEADS = ("fichier", "lues", "créées", "modifiées", "inchangées")


@dataclass(frozen=True, slots=True)
class Line:
    """One file: rows read, and of these created, updated, unchanged."""

    name: str
    read: int
    created: int
    updated: int
    unchanged: int
    errors: int = 0

    @property
    def title(self) -> str:
        """What the file is about."""
        return TABLES[self.name].title


@dataclass(frozen=True, slots=True)
class Report:
    """The whole import. With problems nothing was stored. `doubts`: what was stored although the gate would refuse."""

    source: str
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...] = ()
    missing: tuple[str, ...] = ()
    run_id: int | None = None
    doubts: tuple[Doubt, ...] = ()
    total: Line = field(init=False)

    def __post_init__(self) -> None:
        """Sum the lines."""
        rows = self.lines
        read, created = sum(row.read for row in rows), sum(row.created for row in rows)
        updated, unchanged = sum(row.updated for row in rows), sum(row.unchanged for row in rows)
        object.__setattr__(self, "total", Line("total", read, created, updated, unchanged, len(self.problems)))

    @property
    def ok(self) -> bool:
        """No mistake at all."""
        return not self.problems

    @property
    def bad_rows(self) -> int:
        """How many rows (or heads of files) have a mistake."""
        return len({(problem.file, problem.line) for problem in self.problems})

    @property
    def by_file(self) -> dict[str, list[Problem]]:
        """Mistakes grouped by file, in the order of the files."""
        found: dict[str, list[Problem]] = {}
        for problem in self.problems:
            found.setdefault(problem.file, []).append(problem)
        return found


def make_report(source: Source, diffs: Mapping[str, Diff], problems: Iterable[Problem]) -> Report:
    """Put the counts and mistakes together; a file that was not given has no line."""
    listed = tuple(problems)
    errors = Counter(problem.table for problem in listed)
    lines = tuple(
        Line(name, diff.read, len(diff.created), len(diff.updated), diff.unchanged, errors[name])
        for name, diff in diffs.items()
        if name in source.sheets
    )
    return Report(source.name, lines, listed, tuple(name for name in TABLES if name not in source.sheets))


def as_table(report: Report) -> str:
    """The table that the command ends with: plain numbers in columns."""
    rows = [HEADS, *((line.name, *map(str, _counts(line))) for line in report.lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADS))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )


def doubt_lines(report: Report) -> list[str]:
    """The section « affectations à vérifier » of the command's report; nothing when no assignment was read."""
    if not any(line.name == "affectations" for line in report.lines):
        return []
    if not report.doubts:
        return ["À relire, affectations à vérifier\u00a0: aucune."]
    return [
        f"À relire, affectations à vérifier\u00a0: {len(report.doubts)}",
        *(f"- {doubt}" for doubt in report.doubts),
    ]  # fmt: skip


def _counts(line: Line) -> tuple[int, int, int, int]:
    return line.read, line.created, line.updated, line.unchanged
