"""From a folder, an archive, a workbook or uploaded files to typed sheets. Never raises for what a file holds."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from app.exchange.problems import quoted
from app.exchange.reading.csv_text import read_csv
from app.exchange.reading.package import (
    MAX_UNPACKED,
    is_ignored,
    is_workbook,
    named_entries,
    open_package,
    read_entry,
)
from app.exchange.reading.workbook import Workbook
from app.exchange.sheets import Progress, SheetBuilder, Source, Unreadable, table_suggestion
from app.exchange.tables import TABLES

WORKBOOK = "ecole.xlsx"
_ZIP = b"PK"


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file of the folder; `load` gives its content."""

    name: str
    load: Callable[[], bytes]


def read_source(path: Path, progress: Progress | None = None) -> Source:
    """Read a folder, a `.zip`, a `.xlsx` or a single `.csv`."""
    if path.is_dir():
        files = [_disk_file(entry) for entry in sorted(path.iterdir()) if not is_ignored(entry.name)]
        return _read(path.name, files, progress)
    return read_uploads([_disk_file(path)], progress)


def read_uploads(files: Iterable[NamedFile], progress: Progress | None = None) -> Source:
    """Read one archive or workbook, or several CSV files."""
    given = list(files)
    name = ", ".join(file.name for file in given)
    if len(given) != 1:
        return _read(name, given, progress)
    source = Source(name, "")
    only = given[0]
    try:
        data = only.load()
        if not data.startswith(_ZIP):
            return _read(name, [NamedFile(only.name, lambda: data)], progress)
        package = open_package(data)
        if is_workbook(package):
            _read_workbook(source, only.name, data, progress)
            source.sha256 = hashlib.sha256(data).hexdigest()
            return source
        inside = [NamedFile(entry_name, _entry_loader(package, entry)) for entry_name, entry in named_entries(package)]
        return _read(name, inside, progress)
    except Unreadable as problem:
        source.stray(only.name, problem.why)
        return source


def _entry_loader(package: ZipFile, entry: ZipInfo) -> Callable[[], bytes]:
    return lambda: read_entry(package, entry)


def _disk_file(path: Path) -> NamedFile:
    def load() -> bytes:
        if not path.is_file():
            raise Unreadable("Ce n'est pas un fichier : l'import ne lit pas les sous-dossiers.")
        if path.stat().st_size > MAX_UNPACKED:
            raise Unreadable(f"Le fichier dépasse {MAX_UNPACKED // 1_000_000} Mo : partagez la reprise.")
        return path.read_bytes()

    return NamedFile(path.name, load)


def _read(name: str, files: list[NamedFile], progress: Progress | None) -> Source:
    source = Source(name, "")
    digest = hashlib.sha256()
    has_csv = any(file.name.endswith(".csv") for file in files)
    for file, data in _loaded(source, files):
        digest.update(f"{file.name}\n{len(data)}\n".encode("utf-8", "replace") + data)
        if file.name == WORKBOOK and has_csv:
            source.stray(file.name, "Le dossier contient un classeur et des fichiers CSV : gardez l'un ou l'autre.")
        elif file.name == WORKBOOK:
            _read_workbook(source, file.name, data, progress)
        else:
            _read_one_csv(source, file.name, data, progress)
    source.sha256 = digest.hexdigest()
    return source


def _loaded(source: Source, files: list[NamedFile]) -> Iterator[tuple[NamedFile, bytes]]:
    for file in files:
        try:
            yield file, file.load()
        except Unreadable as problem:
            source.stray(file.name, problem.why)
        except OSError:
            source.stray(file.name, "Le fichier ne peut pas être ouvert : vérifiez les droits de lecture.")


def _read_one_csv(source: Source, name: str, data: bytes, progress: Progress | None) -> None:
    stem = name.removesuffix(".csv")
    if stem == name or stem not in TABLES:
        hint = table_suggestion(stem if stem != name else Path(name).stem, ".csv") or " Retirez-le du dossier."
        source.stray(name, f"Fichier inconnu : la reprise ne lit que les fichiers prévus.{hint}")
    elif stem in source.sheets:
        source.stray(name, "Ce fichier est donné deux fois.")
    else:
        builder = SheetBuilder(TABLES[stem], name, progress)
        read_csv(builder, data)
        source.add(builder.sheet)


def _read_workbook(source: Source, file: str, data: bytes, progress: Progress | None) -> None:
    try:
        book = Workbook(data)
    except Unreadable as problem:
        source.stray(file, problem.why)
        return
    for name in book.names:
        if is_ignored(name):
            continue
        if name not in TABLES:
            hint = table_suggestion(name) or f" Retirez-la de {quoted(file)}."
            source.stray(name, f"Feuille inconnue : la reprise ne lit que les feuilles prévues.{hint}")
            continue
        builder = SheetBuilder(TABLES[name], name, progress)
        book.feed(name, builder)
        source.add(builder.sheet)
