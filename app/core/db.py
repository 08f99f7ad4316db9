"""Engine, sessions and the two ways to open one: to read, or to write with the lock taken first."""

import fcntl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from sqlalchemy import (
    ClauseElement,
    Connection,
    CursorResult,
    Engine,
    Executable,
    FromClause,
    MetaData,
    create_engine,
    event,
    text,
)
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.sql.compiler import SQLCompiler

from app.core.errors import Busy

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
PLACES = 20
LOCK_WAIT_SECONDS = 10.0
NOTE_WAIT_SECONDS = 0.2
NO_WRITING = "La base de données n’accepte plus d’écriture (disque plein ou protégé). Rien n’a été enregistré."
SQLITE_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=10000", "trusted_schema=OFF",
    "secure_delete=ON", "cell_size_check=ON", "wal_autocheckpoint=1000",
)  # fmt: skip
POSTGRES_OPTIONS = (
    "-c timezone=UTC -c statement_timeout=15000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=60000"
)


class Base(DeclarativeBase):
    """Every table of every domain."""

    metadata = MetaData(naming_convention=NAMING)


def run(db: Session, statement: Executable, values: Any = None) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement of columns, not of entities: straight on the connection it costs a third of `db.execute`."""
    return db.connection().execute(statement, values)


def note_bulk(db: Session, *models: type[Base]) -> None:
    """Many rows of these tables were just written: count them for PostgreSQL, before the next statement reads them.

    It plans by counts taken now and then in the background. Taken while a table held but the traces of undone work,
    they say "one row per table", and a join of ten thousand rows loops over the other ten thousand.
    """
    if db.get_bind().dialect.name == "postgresql":
        for model in models:
            db.execute(_Count(model.__table__))


class _Count(Executable, ClauseElement):
    inherit_cache = False

    def __init__(self, table: FromClause) -> None:
        self.table = table


@compiles(_Count)
def _count(element: _Count, compiler: SQLCompiler, **_: Any) -> str:
    return "ANALYZE " + compiler.process(element.table, asfrom=True)


class WriteGate:
    """One writer at a time on SQLite: threads of this process queue on a lock, other commands on a file (S3)."""

    def __init__(self, path: Path | None) -> None:
        self._lock = threading.Lock()
        self._path = path
        self._file: IO[str] | None = None

    def acquire(self, patience: float = LOCK_WAIT_SECONDS) -> None:
        """Wait for the turn; past the limit the person is told to send again."""
        deadline = time.monotonic() + patience
        if not self._lock.acquire(timeout=patience):
            raise Busy()
        try:
            self._hold_file(deadline)
        except OSError:
            self._lock.release()
            raise Busy(NO_WRITING) from None
        except Busy:
            self._lock.release()
            raise

    def _hold_file(self, deadline: float) -> None:
        if self._path and self._file is None:
            self._file = self._path.open("a")
        while self._file is not None:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise Busy() from None
                # Another command holds the file; there is no blocking call with a limit.
                time.sleep(0.005)

    def release(self) -> None:
        """Let the next writer in."""
        if self._file is not None:
            fcntl.flock(self._file, fcntl.LOCK_UN)
        self._lock.release()

    def close(self) -> None:
        """Let go of the file; the next writer opens it again."""
        if self._file is not None:
            self._file.close()
            self._file = None


class UnitSession(Session):
    """A session that knows whether it was opened to write."""


@event.listens_for(UnitSession, "before_flush")
def _refuse_flush_when_reading(session: Session, *_: Any) -> None:
    if not session.info.get("write") and (session.new or session.dirty or session.deleted):
        raise RuntimeError("a GET never writes: this session was opened to read")


class Database:
    """The school's one database, SQLite or PostgreSQL."""

    def __init__(self, url: str | URL) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(self.url) if self.is_sqlite else _postgres_engine(self.url)
        self._writer = self.engine.execution_options(compagnon_write=True)

    def session(self, *, write: bool) -> Session:
        """A new session. Nothing is locked before its first statement; then a writer holds the lock."""
        session = UnitSession(self._writer if write else self.engine, autoflush=False, expire_on_commit=False)
        session.info["write"] = write
        return session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A short read-only session."""
        session = self.session(write=False)
        try:
            yield session
        finally:
            session.close()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One unit of work outside a request: committed at the end, rolled back on any failure."""
        session = self.session(write=True)
        try:
            yield session
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()

    @contextmanager
    def noting(self) -> Iterator[Session]:
        """The one write that a GET may cause (when somebody was last seen): a short transaction that hardly waits.

        Busy when it could not be written, for whatever reason; the caller does without.
        """
        session = self.session(write=True)
        try:
            session.connection(execution_options={"compagnon_write": "note"})
            if not self.is_sqlite:
                session.execute(text("SET LOCAL lock_timeout = '200ms'"))
            yield session
            session.commit()
        except (DBAPIError, PoolTimeout):
            session.rollback()
            raise Busy() from None
        finally:
            session.close()

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _sqlite_engine(url: URL) -> Engine:
    path = Path(url.database).with_suffix(".lock") if url.database and url.database != ":memory:" else None
    engine = create_engine(url, pool_size=PLACES, max_overflow=5, pool_timeout=5)
    gate = WriteGate(path)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # The driver's own BEGIN is switched off (trap X3): transactions start where we say so.
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if mode := connection.get_execution_options().get("compagnon_write"):
            patience = NOTE_WAIT_SECONDS if mode == "note" else LOCK_WAIT_SECONDS
            gate.acquire(patience)
            connection.info["gate"] = True
            if connection.info.get("patience", LOCK_WAIT_SECONDS) != patience:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={int(patience * 1000)}")
                connection.info["patience"] = patience
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            # Every page pays for it, and it takes no lock that could be refused: straight to the driver.
            driver: Any = connection.connection.driver_connection
            driver.execute("BEGIN")

    @event.listens_for(engine, "checkin")
    def _checkin(_connection: Any, record: Any) -> None:
        if record.info.pop("gate", False):
            gate.release()

    @event.listens_for(engine, "engine_disposed")
    def _disposed(_engine: Engine) -> None:
        gate.close()

    return engine


def _postgres_engine(url: URL) -> Engine:
    return create_engine(
        url, pool_size=PLACES, max_overflow=5, pool_timeout=5, pool_pre_ping=True,
        connect_args={"options": POSTGRES_OPTIONS},
    )  # fmt: skip


def is_busy(error: Exception) -> bool:
    """Whether the database refused because somebody else holds it, so that the same request may be sent again."""
    return _says(error, "database is locked", "lock timeout", "deadlock")


def cannot_write(error: Exception) -> bool:
    """Whether nothing can be written at all: no space left, or files that are only to be read (T13, T14)."""
    return _says(error, "disk is full", "no space left", "readonly database", "read-only", "disk i/o error")


def _says(error: Exception, *signs: str) -> bool:
    return isinstance(error, DBAPIError) and any(sign in str(error.orig).lower() for sign in signs)
