"""The demonstration of one moment, made once for the tests that only look at it."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from app.core import clock as core_clock
from app.core.clock import PARIS
from app.core.db import Database
from app.demo.install import install_demo

MOMENT = datetime(2026, 11, 26, 15, 10, tzinfo=PARIS)


@pytest.fixture(scope="package")
def installed(databases, tmp_path_factory) -> Iterator[Database]:
    """A Thursday afternoon of the demonstration school."""
    database = Database(databases.clone())
    with core_clock.freeze(MOMENT):
        install_demo(database, tmp_path_factory.mktemp("demo"))
    yield database
    database.dispose()


@pytest.fixture
def demo(installed, clock) -> Iterator[Session]:
    """That school, read at that moment."""
    clock.set(MOMENT)
    with installed.reading() as db:
        yield db
