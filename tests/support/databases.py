"""The databases of a test run: one migrated template, cheap private copies of it, on either engine."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, event
from sqlalchemy.orm import Session

from app import tables
from app.core.db import Database
from tests.support import migrations, postgres

ROOT = Path(__file__).resolve().parents[2]
ENGINE = os.environ.get("COMPAGNON_TEST_ENGINE", "sqlite")


@dataclass
class Databases:
    """Makes databases of the engine under test."""

    folder: Path
    cluster: postgres.Cluster | None
    _clones: int = field(default=0)

    def empty(self) -> str:
        """Address of a new database without any table."""
        self._clones += 1
        name = f"empty_{os.getpid()}_{self._clones}"
        return self.cluster.create(name) if self.cluster else f"sqlite:///{self.folder / name}.db"

    def template(self) -> None:
        """Make the template, once: through the migrations where there are any, else from the models."""
        url = self.cluster.create("template_compagnon") if self.cluster else f"sqlite:///{self.folder / 'template.db'}"
        build(url)

    def clone(self) -> str:
        """Address of a new database with all tables and no row."""
        if self.cluster:
            return self.cluster.clone("template_compagnon")[1]
        self._clones += 1
        copy = self.folder / f"clone-{os.getpid()}-{self._clones}.db"
        shutil.copyfile(self.folder / "template.db", copy)
        return f"sqlite:///{copy}"


def build(url: str) -> None:
    """Create every table in an empty database."""
    database = Database(url)
    if any((ROOT / "migrations" / "versions").glob("*.py")):
        migrations.upgrade(database)
    else:
        tables.metadata.create_all(database.engine)
    database.dispose()


@contextlib.contextmanager
def databases(folder: Path) -> Iterator[Databases]:
    """The databases of a run, with their template ready and, for PostgreSQL, the cluster running."""
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(postgres.cluster()) if ENGINE == "postgresql" else None
        made = Databases(folder, cluster)
        made.template()
        yield made


class OneConnection(Database):
    """The application's database during one test: every session shares the test's connection and transaction.

    A commit of the application becomes a savepoint, so that each test starts from an empty database at no cost. What
    the commit itself does is tested on a real server with a database of its own (tests/web).
    """

    def __init__(self, real: Database, connection: Connection) -> None:
        self.url, self.is_sqlite, self.engine = real.url, real.is_sqlite, real.engine
        self._writer = real.engine
        self._connection = connection

    def session(self, *, write: bool) -> Session:
        """A session inside the test's transaction, with the application's own rule for reading sessions."""
        session = super().session(write=write)
        session.bind = self._connection
        session.join_transaction_mode = "create_savepoint"
        return session

    def dispose(self) -> None:
        """The connection belongs to the test."""


class Nowhere(Database):
    """Stands in while the application is put together, before a test gives it a database."""

    def __init__(self) -> None:
        """Open nothing."""

    def dispose(self) -> None:
        """There is nothing to close."""


class Recorder:
    """Collects the SQL statements of one engine while a block of a test runs."""

    def __init__(self, database: Database) -> None:
        self._open: list[list[str]] = []
        event.listen(database.engine, "before_cursor_execute", self._note)

    def _note(self, _connection, _cursor, statement: str, *_rest) -> None:
        if not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "PRAGMA")):
            for statements in self._open:
                statements.append(statement)

    @contextlib.contextmanager
    def recording(self) -> Iterator[list[str]]:
        """The statements of the block, in order; savepoints and pragmas do not count."""
        statements: list[str] = []
        self._open.append(statements)
        try:
            yield statements
        finally:
            self._open.remove(statements)
