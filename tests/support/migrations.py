"""Alembic from a test: the project's own environment, on a database of the test."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from alembic import command
from alembic.config import Config

from app.core.db import Database

ROOT = Path(__file__).resolve().parents[2]


@contextlib.contextmanager
def prepared(database: Database) -> Iterator[Config]:
    """Configuration on a connection of the database; committed at the end, foreign keys checked as in production."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    with database.engine.connect() as connection:
        if database.is_sqlite:
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        config.attributes["connection"] = connection
        yield config
        connection.commit()
        if database.is_sqlite:
            assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    database.engine.dispose()


def run(database: Database, step: Callable[..., object], *arguments: object) -> None:
    """One Alembic command on the database."""
    with prepared(database) as config:
        step(config, *arguments)


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to a revision."""
    run(database, command.upgrade, revision)


def downgrade(database: Database, revision: str = "base") -> None:
    """Take the database back to a revision."""
    run(database, command.downgrade, revision)
