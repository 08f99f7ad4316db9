"""Two people at once on what the school decides, on real commits: nothing is overwritten, on either engine."""

from concurrent.futures import ThreadPoolExecutor

from app.accounts.models import School
from app.core.clock import today
from app.core.errors import Stale
from app.core.permissions import Role
from app.machines import service
from app.machines.rules.settings import AT_FIRST
from tests.factories import make_actor, make_school


def test_two_who_decide_at_once_are_not_lost(own_database):
    with own_database.writing() as db:
        make_school(db)
        by = make_actor(db, Role.DIRECTOR)

    def decide(most):
        try:
            with own_database.writing() as db:
                service.change_settings(
                    db, AT_FIRST, starts_on=today(), pupils_per_master=most, seen_version=1, by=by
                )  # fmt: skip
        except Stale:
            return None
        return most

    with ThreadPoolExecutor(4) as pool:
        kept = [most for most in pool.map(decide, (8, 9, 10, 11)) if most]
    assert len(kept) == 1
    with own_database.reading() as db:
        school = db.get_one(School, 1)
        assert (school.pupils_per_master, school.version) == (kept[0], 2)
