"""Several at once, with real commits: what must happen once happens once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.accounts import queries, service
from app.accounts.models import LoginAttempt, Staff
from app.accounts.passwords import hash_password
from app.core.actor import SYSTEM
from app.core.errors import AppError
from app.core.permissions import Role
from tests.factories import actor_of, make_school, make_staff

PHRASE = "la lime et le marbre"


def at_once(count, work):
    """Run it in so many threads; whatever is refused comes back as the refusal."""

    def guarded(number):
        try:
            return work(number)
        except AppError as refusal:
            return refusal

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(guarded, range(count)))


@pytest.fixture
def people(own_database):
    with own_database.writing() as db:
        make_school(db)
        stored = hash_password(PHRASE)
        for code in ("D1", "D2"):
            make_staff(db, Role.DIRECTOR, code=code, email=f"{code}@ecole.example".lower(), password_hash=stored)
    return own_database


def test_guesses_sent_together_do_not_slip_past_the_limit(people):
    def guess(number):
        return service.check_password(people, email="d1@ecole.example", password=f"essai {number}", address="10.0.0.9")

    checks = at_once(16, guess)
    assert sum(not check.wait for check in checks) == 5
    with people.reading() as db:
        assert db.query(LoginAttempt).count() == 5


def test_two_directors_cannot_remove_each_other(people):
    def remove(number):
        mine, theirs = ("D1", "D2") if number else ("D2", "D1")
        with people.writing() as db:
            by = actor_of(queries.get_staff_by_code(db, mine))
            service.disable_staff(db, queries.get_staff_by_code(db, theirs, lock=True), by=by)

    done = at_once(2, remove)
    assert sum(result is None for result in done) == 1
    with people.reading() as db:
        assert len(queries.lock_signing_directors(db)) == 1


def test_one_code_makes_one_director(own_database):
    with own_database.writing() as db:
        code = service.new_setup_code(db)
    hashed = hash_password(PHRASE)

    def create(number):
        asked = service.FirstDirector(
            code=code, staff_code=f"D{number}", last_name="Morel", first_name="Hélène",
            email=f"d{number}@ecole.example", password_hash=hashed, school_name="École du Val",
        )  # fmt: skip
        with own_database.writing() as db:
            service.create_director(db, asked)

    assert sum(result is None for result in at_once(4, create)) == 1
    with own_database.reading() as db:
        assert db.query(Staff).count() == 1


def test_one_link_chooses_one_password(people):
    with people.writing() as db:
        token = service.invite_staff(db, queries.get_staff_by_code(db, "D2"), by=SYSTEM)
    hashes = [hash_password(f"{PHRASE} {number}") for number in range(4)]

    def accept(number):
        with people.writing() as db:
            service.accept_invitation(db, token, password_hash=hashes[number])

    done = at_once(4, accept)
    assert sum(result is None for result in done) == 1
    with people.reading() as db:
        assert queries.get_staff_by_code(db, "D2").password_hash == hashes[done.index(None)]
