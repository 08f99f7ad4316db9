"""`compagnon import FOLDER|FILE [--dry-run]`: mistakes one a line, or the table of what was done."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from app.core.actor import SYSTEM
from app.core.db import Database
from app.core.errors import AppError
from app.exchange.problems import typeset
from app.exchange.report import Report, as_table, doubt_lines
from app.exchange.service import apply_import, preview, read_source
from app.exchange.sheets import Source
from app.exchange.tables import TABLES

BAD, GOOD = 1, 0


def run_import(database: Database, path: Path, *, dry_run: bool = False, console: Console | None = None) -> int:
    """Read, check and store; exit status 1 when anything is wrong, and then nothing is stored."""
    console = console or Console()
    notes = Console(stderr=True)
    if not path.exists():
        notes.print(typeset(f"« {path} » n'existe pas : donnez un dossier, un .zip ou un .xlsx."), markup=False)
        return BAD
    try:
        with _progress(notes) as bars:
            source = _read(path, bars)
            report = _look(database, source) if dry_run else _store(database, source, bars)
    except AppError as refused:
        notes.print(refused.sentence, markup=False, highlight=False, soft_wrap=True)
        return BAD
    _tell(console, notes, report, dry_run=dry_run)
    return GOOD if report.ok else BAD


@contextmanager
def _progress(notes: Console) -> Iterator[Progress]:
    """Bars on the error stream of a terminal, so that the output stays a list of mistakes or a table."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=notes, transient=True, disable=not notes.is_terminal) as bars:
        yield bars


def _read(path: Path, bars: Progress) -> Source:
    tasks: dict[str, TaskID] = {}

    def advance(table: str, rows: int) -> None:
        if table not in tasks:
            tasks[table] = bars.add_task(f"Lecture de {table}", total=None)
        bars.update(tasks[table], completed=rows)

    return read_source(path, advance)


def _look(database: Database, source: Source) -> Report:
    with database.reading() as db:
        return preview(db, source, by=SYSTEM)


def _store(database: Database, source: Source, bars: Progress) -> Report:
    """One transaction; with a mistake it ends before anything was written."""
    task = bars.add_task("Enregistrement", total=len(TABLES))
    with database.writing() as db:
        return apply_import(db, source, by=SYSTEM, step=lambda _: bars.advance(task))


def _tell(console: Console, notes: Console, report: Report, *, dry_run: bool) -> None:
    if report.ok:
        for line in [] if dry_run else doubt_lines(report):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
        console.print(as_table(report), markup=False, highlight=False, soft_wrap=True)
        if dry_run:
            notes.print(typeset("Essai seulement : rien n'a été enregistré."), markup=False, highlight=False)
        return
    for problem in report.problems:
        console.print(str(problem), markup=False, highlight=False, soft_wrap=True)
    rows = "ligne est" if report.bad_rows == 1 else "lignes sont"
    why = f"Rien n'a été enregistré : {report.bad_rows} {rows} à corriger sur {report.total.read}."
    notes.print(typeset(why), markup=False, highlight=False, soft_wrap=True)
