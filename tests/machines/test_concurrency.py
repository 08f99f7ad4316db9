"""Two people at once on what the school decides, on real commits: nothing is overwritten, on either engine."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from app.accounts.models import School
from app.core.clock import today
from app.core.errors import Refused, Stale
from app.core.permissions import Role
from app.machines import queries, service
from app.machines.models import DeclarationChange
from app.machines.rules.declaring import Content
from app.machines.rules.settings import AT_FIRST
from tests.factories import make_actor, make_declaration, make_school, make_work_center


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


def test_a_change_is_sent_once_and_keeps_its_day(own_database):
    with own_database.writing() as db:
        by, record = make_actor(db, Role.DIRECTOR), make_declaration(db)
        make_work_center(db, code="PRESSE")
        content = Content(machines=("PRESSE",))
        change_id = service.add_change(db, record, content, changed_on=today() - timedelta(days=3), by=by).id

    def send(ago):
        day = today() - timedelta(days=ago)
        try:
            with own_database.writing() as db:
                service.send_change(db, queries.get_change(db, change_id, lock=True), on=day, means="X", by=by)
        except Refused:
            return None
        return day

    with ThreadPoolExecutor(4) as pool:
        kept = [day for day in pool.map(send, range(4)) if day]
    assert len(kept) == 1
    with own_database.reading() as db:
        assert db.get_one(DeclarationChange, change_id).sent_on == kept[0]
