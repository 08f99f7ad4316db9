"""What is kept of a refusal, with real commits: the rest is rolled back, this is not, and it harms nobody."""

import logging

import httpx
import pytest
from fastapi import APIRouter
from sqlalchemy import func, select

from app.accounts.deps import allow
from app.clients.models import Company
from app.core.after_refusal import after_refusal, run_after_refusal
from app.core.errors import Refused
from app.core.permissions import Permission, Role
from app.main import create_app
from app.settings import Settings
from app.web.deps import Db
from app.web.routing import UnitOfWorkRoute
from tests.factories import make_company, make_school, make_staff
from tests.support import people
from tests.support.server import on_a_socket

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute)
MAY = [allow(Permission.CLIENT_EDIT)]


@router.post("/try/{what}", dependencies=MAY)
def attempt(db: Db, what: str) -> dict[str, str]:
    make_company(db, name="Fait")
    after_refusal(db, lambda other: make_company(other, name="Gardé"))
    if what == "refused":
        raise Refused("Non.")
    if what == "broken":
        raise ZeroDivisionError
    return {}


@pytest.fixture
def served(own_database, data_dir):
    with own_database.writing() as db:
        make_school(db)
        headers = people.bearer(db, make_staff(db, Role.OFFICE))
    application = create_app(Settings(data_dir=data_dir), database=own_database)
    application.include_router(router)
    with on_a_socket(application) as address, httpx.Client(base_url=address, headers=headers, timeout=60) as http:
        yield http


def names(database):
    with database.reading() as db:
        return list(db.scalars(select(Company.name)))


def test_a_refusal_keeps_its_note_and_nothing_else(served, own_database):
    assert served.post("/api/v1/try/refused").status_code == 409
    assert names(own_database) == ["Gardé"]


def test_a_success_needs_no_note(served, own_database):
    assert served.post("/api/v1/try/done").status_code == 200
    assert names(own_database) == ["Fait"]


def test_a_breakdown_keeps_what_had_been_answered(served, own_database):
    assert served.post("/api/v1/try/broken").status_code == 500
    assert names(own_database) == ["Gardé"]


def test_a_database_that_cannot_take_the_note_is_no_second_failure(own_database, caplog):
    db = own_database.session(write=True)
    after_refusal(db, lambda other: other.add(Company()))
    db.close()
    with caplog.at_level(logging.WARNING, "compagnon"):
        run_after_refusal(db, own_database)
    assert "could not be written down" in caplog.text
    with own_database.reading() as other:
        assert other.scalar(select(func.count()).select_from(Company)) == 0
    run_after_refusal(db, own_database)  # the queue is empty: it is tried once
