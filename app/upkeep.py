"""Looking after the database: schema, backup, health. What `compagnon migrate`, `backup` and `doctor` do."""

import contextlib
import fcntl
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.exc import DBAPIError

from app.core import documents
from app.core.db import Database
from app.core.errors import Refused
from app.settings import Settings
from app.tables import metadata

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"
NOT_MIGRATED = "La base de données n’est pas à jour : lancez d’abord « compagnon migrate »."


def prepare_data_dir(settings: Settings) -> None:
    """The data folder, for this user alone (S15)."""
    settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def revisions(database: Database) -> tuple[set[str], set[str]]:
    """Where the database stands, and where this version wants it."""
    wanted = set(ScriptDirectory.from_config(_config()).get_heads())
    with database.engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()), wanted


def migrate(settings: Settings) -> bool:
    """Bring the database to the schema of this version. False: it was there already."""
    prepare_data_dir(settings)
    database = Database(settings.url)
    try:
        current, wanted = revisions(database)
        if current == wanted:
            return False
        with alone(database, "Le serveur tourne sur cette base : arrêtez-le, puis relancez « compagnon migrate »."):
            config = _config()
            config.attributes["url"] = settings.url
            command.upgrade(config, "head")
        return True
    finally:
        database.dispose()


def begin(settings: Settings) -> None:
    """Give a database that holds nothing yet its tables, so that the first command of a new school just works.

    One that holds data is never brought forward in passing: that is `migrate`, after a backup.
    """
    prepare_data_dir(settings)
    database = Database(settings.url)
    try:
        empty = not inspect(database.engine).get_table_names()
    except DBAPIError:
        return  # whoever needs it says why it does not answer
    finally:
        database.dispose()
    if empty:
        migrate(settings)


@contextlib.contextmanager
def alone(database: Database, sentence: str) -> Iterator[None]:
    """Hold the SQLite file's serving lock: one server, and no migration beside it (X24). PostgreSQL needs none."""
    if not database.is_sqlite or not database.url.database:
        yield
        return
    path = Path(database.url.database).with_suffix(".serving")
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(sentence) from None
        yield


def backup(settings: Settings, target: Path) -> tuple[Path, int]:
    """A sound copy while the server runs, never a half one: written aside, checked, then put in place (T5, T15).

    The files that people handed in go to a folder beside it, after the rows that name them: the folder, and how many.
    """
    if target.is_dir() or not target.parent.is_dir():
        raise Refused(f"« {target} » n’est pas un fichier que l’on peut créer : donnez un nom de fichier.")
    database = Database(settings.url)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        if database.is_sqlite:
            _copy_sqlite(Path(database.url.database or ""), target, aside)
        else:
            _dump_postgresql(database, aside)
        _settle_on_disk(aside, target)
    finally:
        aside.unlink(missing_ok=True)
        database.dispose()
    folder = target.with_name(f"{target.name}.{documents.FOLDER}")
    return folder, documents.copy_all(settings.data_dir, folder)


def _copy_sqlite(source: Path, target: Path, aside: Path) -> None:
    if not source.is_file():
        raise Refused(f"Il n’y a pas de base de données dans « {source.parent} ».")
    if target.resolve() == source.resolve():
        raise Refused("Ce fichier est la base elle-même : donnez un autre nom à la sauvegarde.")
    aside.unlink(missing_ok=True)
    with contextlib.closing(sqlite3.connect(source)) as connection:
        connection.execute("VACUUM INTO ?", (str(aside),))
    with contextlib.closing(sqlite3.connect(aside)) as copy:
        broken = copy.execute("PRAGMA integrity_check").fetchone()[0] != "ok"
        if broken or copy.execute("PRAGMA foreign_key_check").fetchone():
            raise Refused("La copie n’est pas saine, elle n’est pas gardée. Lancez « compagnon doctor ».")


def _dump_postgresql(database: Database, aside: Path) -> None:
    """The password goes through the environment, where other users of the machine do not see it."""
    url = database.url
    host = url.host or url.query.get("host", "")
    names = {"PGHOST": host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    given = {name: str(value) for name, value in names.items() if value}
    environment = os.environ | given | {"PGDATABASE": url.database or ""}
    for program, arguments in (("pg_dump", ["-Fc", "--file", str(aside)]), ("pg_restore", ["--list", str(aside)])):
        path = shutil.which(program)
        if path is None:
            raise Refused(f"Le programme {program} manque : installez les outils clients de PostgreSQL.")
        # Two programs of PostgreSQL itself, without a shell.
        done = subprocess.run([path, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode:
            reason = done.stderr.strip().splitlines()[-1:] or [""]
            raise Refused(f"La sauvegarde a échoué ({program}) : {reason[0]}")


def _settle_on_disk(aside: Path, target: Path) -> None:
    aside.chmod(0o600)
    with aside.open("rb") as file:
        os.fsync(file.fileno())
    aside.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def require_schema(database: Database) -> None:
    """Refuse to work on a database that is not at this version's schema."""
    try:
        current, wanted = revisions(database)
    except DBAPIError as reason:
        raise Refused(f"La base de données ne répond pas : {first_line(reason)}") from None
    if current != wanted:
        raise Refused(NOT_MIGRATED)


def first_line(reason: DBAPIError) -> str:
    """What the database itself says, without the statement."""
    return (str(reason.orig).strip().splitlines() or [""])[0]


def clear(database: Database) -> None:
    """Empty every table, to put a new demonstration in the place of an old one."""
    with database.writing() as db:
        for table in reversed(metadata.sorted_tables):
            db.execute(table.delete())
