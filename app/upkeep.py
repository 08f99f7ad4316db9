"""Looking after the database: schema, backup, health. What `compagnon migrate`, `backup` and `doctor` do."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.core.db import Database
from app.core.errors import Refused
from app.settings import Settings

MIGRATIONS = Path(__file__).resolve().parents[1] / "migrations"


def prepare_data_dir(settings: Settings) -> None:
    """The data folder, for this user alone (S15)."""
    os.umask(0o077)
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
            command.upgrade(_config(), "head")
        return True
    finally:
        database.dispose()


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
