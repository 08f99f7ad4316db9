"""The commit itself, on real sockets with a database of its own: nothing is announced before it is stored.

In every other test a commit of the application is a savepoint; here it is what a school gets.
"""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import func, select

from app.clients.models import Company
from app.core.db import Database
from app.core.journal import JournalEntry
from app.core.permissions import Role
from app.main import create_app
from app.settings import Settings
from tests.factories import make_company, make_school, make_staff
from tests.support import people
from tests.support.server import on_a_socket

BODY = {"name": "Mécanique du Der", "country": "FR", "payment_days": 30}


@pytest.fixture
def served(own_database, data_dir):
    """A browser's way to a server with real commits, signed in as a member of the office."""
    with own_database.writing() as db:
        make_school(db)
        headers = people.bearer(db, make_staff(db, Role.OFFICE))
    application = create_app(Settings(data_dir=data_dir), database=own_database)
    with (
        on_a_socket(application) as address,
        httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=60) as http,
    ):
        yield http


def _companies(database: Database) -> int:
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(Company))


def _create(http, key="", **body):
    return http.post("/clients", json=BODY | body, headers={"Idempotency-Key": key} if key else {})


def test_what_was_confirmed_can_be_read_at_once(served):
    for number in range(40):
        created = _create(served, name=f"Entreprise {number}")
        assert created.status_code == 201
        assert served.get(f"/clients/{created.json()['code']}").status_code == 200


def test_a_refused_demand_stores_nothing(served, own_database):
    assert _create(served, email="personne").status_code == 422
    assert _companies(own_database) == 0
    with own_database.reading() as db:
        assert db.scalar(select(func.count()).select_from(JournalEntry)) == 0


def test_writers_queue_and_none_is_lost(served, own_database):
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda n: _create(served, name=f"Entreprise {n}"), range(100)))
    assert {answer.status_code for answer in answers} == {201}
    codes = {answer.json()["code"] for answer in answers}
    assert len(codes) == 100  # numbers given under the lock are never given twice
    assert _companies(own_database) == 100


def test_one_key_makes_one_company_however_often_it_is_sent_at_once(served, own_database):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: _create(served, "clic"), range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["code"] for answer in answers}) == 1
    assert _companies(own_database) == 1


def test_sixty_readers_at_once_are_all_served(served, own_database):
    """Threads, places and connections do not starve each other (trap X1)."""
    with own_database.writing() as db:
        for _ in range(50):
            make_company(db)
    with ThreadPoolExecutor(60) as pool:
        answers = list(pool.map(lambda _: served.get("/clients"), range(180)))
    assert {answer.status_code for answer in answers} == {200}


def test_readers_do_not_wait_for_a_writer(served, own_database):
    with own_database.writing() as db:
        make_company(db)  # the write lock is held from here to the end of the block
        assert served.get("/clients", timeout=5).json()["total"] == 0
    assert served.get("/clients", timeout=5).json()["total"] == 1


def test_a_writer_waits_for_a_command_beside_the_server(served, own_database):
    """The command has an engine of its own, as another process would: the lock file makes the server queue."""
    beside = Database(own_database.url)
    with ThreadPoolExecutor(1) as pool:
        with beside.writing() as db:
            make_company(db)
            waiting = pool.submit(_create, served)
        assert waiting.result(timeout=30).status_code == 201
    beside.dispose()
    assert _companies(own_database) == 2


def test_of_two_who_change_the_same_company_the_second_is_told(served):
    created = _create(served).json()
    change = BODY | {"version": created["version"]}
    url = f"/clients/{created['code']}"
    with ThreadPoolExecutor(2) as pool:
        names = ["Premier", "Second"]
        answers = list(pool.map(lambda name: served.put(url, json=change | {"name": name}), names))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    kept = served.get(url).json()["name"]
    assert kept == names[[answer.status_code for answer in answers].index(200)]


def test_a_reading_session_refuses_to_write(own_database):
    with own_database.reading() as db, pytest.raises(RuntimeError, match="GET never writes"):
        make_company(db)
    assert _companies(own_database) == 0


def test_a_failure_inside_leaves_nothing_behind(own_database):
    with pytest.raises(ZeroDivisionError), own_database.writing() as db:
        make_company(db)
        db.flush()
        _ = 1 / 0
    assert _companies(own_database) == 0
