"""Fixtures of every test: a frozen clock, an empty database, the application, people signed in to it.

The engine is that of `COMPAGNON_TEST_ENGINE` (sqlite, postgresql). Each test runs inside one transaction that is rolled
back: commits of the application become savepoints. Tests of the commit itself ask for `own_database` instead.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from sqlalchemy import Connection
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from app.accounts.models import Staff
from app.core import clock as core_clock
from app.core.clock import PARIS
from app.core.db import Database
from app.core.permissions import Role
from app.settings import Settings
from tests.factories import make_school, make_staff
from tests.support import databases as support
from tests.support import people
from tests.support.network import forbid_network
from tests.support.postgres import Missing

# A slow machine is no failure. The build tries the same examples each time; a developer's machine tries new ones.
hypothesis_settings.register_profile(
    "house",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("house")
TUESDAY_MORNING = datetime(2026, 11, 24, 9, 30, tzinfo=PARIS)


class Clock:
    """The application's clock, held at half past nine on a Tuesday in November until a test moves it."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack
        self.set(TUESDAY_MORNING)

    def set(self, moment: datetime) -> None:
        """Hold it at another moment; a naive one is local time."""
        moment = moment if moment.tzinfo else moment.replace(tzinfo=PARIS)
        self._stack.enter_context(core_clock.freeze(moment))

    def advance(self, **duration: float) -> None:
        """Let time pass: `advance(minutes=31)`."""
        self.set(core_clock.now() + timedelta(**duration))


@pytest.fixture(scope="session", autouse=True)
def _alone() -> Iterator[None]:
    """No network, and no settings from the environment of whoever runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        forbid_network(patch)
        for name in list(os.environ):
            if name.removeprefix("COMPAGNON_") in {field.upper() for field in Settings.model_fields}:
                patch.delenv(name)
        yield


@pytest.fixture(autouse=True)
def clock(request: pytest.FixtureRequest) -> Iterator[Clock | None]:
    """The frozen clock; tests marked `browser` see real time, as their server does."""
    if request.node.get_closest_marker("browser"):
        yield None
        return
    with contextlib.ExitStack() as stack:
        yield Clock(stack)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[support.Databases]:
    """Maker of databases on the engine under test."""
    with contextlib.ExitStack() as stack:
        try:
            made = stack.enter_context(support.databases(tmp_path_factory.mktemp("databases")))
        except Missing as reason:
            pytest.skip(f"PostgreSQL: {reason}")
        yield made


@pytest.fixture(scope="session")
def _shared(databases: support.Databases) -> Iterator[tuple[Database, support.Recorder]]:
    database = Database(databases.clone())
    yield database, support.Recorder(database)
    database.dispose()


@pytest.fixture
def connection(_shared: tuple[Database, support.Recorder]) -> Iterator[Connection]:
    """The test's one connection, inside a transaction that ends with the test."""
    connection = _shared[0].engine.connect().execution_options(compagnon_write=True)
    transaction = connection.begin()
    yield connection
    transaction.rollback()
    connection.close()


@pytest.fixture
def database(_shared: tuple[Database, support.Recorder], connection: Connection) -> support.OneConnection:
    """The application's database, bound to the test's transaction."""
    return support.OneConnection(_shared[0], connection)


@pytest.fixture
def db(database: support.OneConnection) -> Iterator[Session]:
    """A writing session for arranging and asserting; after a request, `db.expire_all()` shows what it stored."""
    session = database.session(write=True)
    yield session
    session.close()


@pytest.fixture
def own_database(databases: support.Databases) -> Iterator[Database]:
    """A database of this test's own, with real commits, for sockets, commands and threads."""
    database = Database(databases.clone())
    yield database
    database.dispose()


@pytest.fixture
def record_queries(_shared: tuple[Database, support.Recorder]) -> Callable:
    """`with record_queries() as statements:` lists the SQL of the block."""
    return _shared[1].recording


@pytest.fixture
def query_budget(record_queries: Callable) -> Callable:
    """`with query_budget(7):` fails when the block needs more statements, and prints them."""

    @contextlib.contextmanager
    def budget(allowed: int) -> Iterator[list[str]]:
        with record_queries() as statements:
            yield statements
        listed = "\n".join(f"{n}. {statement}" for n, statement in enumerate(statements, 1))
        assert len(statements) <= allowed, f"{len(statements)} statements, {allowed} allowed:\n{listed}"

    return budget


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """A data folder of this test's own."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def settings(data_dir: Path) -> Settings:
    """Settings of a server on the loopback."""
    return Settings(data_dir=data_dir, base_url=people.BASE_URL)


@pytest.fixture(scope="session")
def _assembled() -> FastAPI:
    from app.main import create_app

    # The routes are put together once; `app` hands each test's database and settings to them.
    return create_app(Settings(base_url=people.BASE_URL), database=support.Nowhere())


@pytest.fixture
def app(_assembled: FastAPI, settings: Settings, database: support.OneConnection) -> FastAPI:
    """The application on the test's database."""
    _assembled.state.settings, _assembled.state.database = settings, database
    return _assembled


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    """A browser that nobody has signed in on; it does not follow redirects."""
    with people.browser(app) as client:
        yield client


@pytest.fixture
def login_as(db: Session, client: TestClient) -> Callable[..., Staff]:
    """`login_as(Role.MASTER)` signs a new member of staff in on the client; `login_as(staff)` somebody who exists."""

    def sign_in(who: Role | Staff) -> Staff:
        make_school(db)
        staff = make_staff(db, who) if isinstance(who, Role) else who
        people.sign_in(db, client, staff)
        return staff

    return sign_in


@pytest.fixture
def bearer(db: Session) -> Callable[..., dict[str, str]]:
    """`bearer(Role.OFFICE)` gives the headers of a program that acts for a member of staff."""

    def headers(who: Role | Staff) -> dict[str, str]:
        make_school(db)
        return people.bearer(db, make_staff(db, who) if isinstance(who, Role) else who)

    return headers


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say which engine ran, and loudly what did not."""
    terminalreporter.section("what ran")
    elsewhere = {"sqlite": "SQLite (make test)", "postgresql": "PostgreSQL (make test-pg)"}
    here = elsewhere.pop(support.ENGINE, support.ENGINE)
    missing = list(elsewhere.values())
    if terminalreporter.config.option.markexpr == "not browser":
        missing.append("Chromium (make test-browser)")
    terminalreporter.line(f"ran on {here}; not run here: {', '.join(missing)}")
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        terminalreporter.line(f"!!! SKIPPED {report.nodeid}: {reason}", red=True)
