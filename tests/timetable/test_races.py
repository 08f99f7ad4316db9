"""Several people at one timetable, with real commits: each is done or told, never sent away by the database."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from app.core.clock import PARIS
from app.core.errors import AppError, NotFound, Refused, Stale
from app.core.permissions import Role
from app.pedagogy import queries as pedagogy
from app.pedagogy.models import Closure, PupilGroup, TimetableSession
from app.pedagogy.rules import Attendance, Said, SessionState
from app.pedagogy.service import call_roll
from app.timetable import queries, service
from app.timetable.models import TimetableRule
from tests.factories import actor_of, make_group, make_pupil, make_session, make_staff
from tests.factories.timetable import make_pattern
from tests.support.together import at_once

MONDAY = date(2026, 11, 30)
TUESDAY = MONDAY + timedelta(days=1)


class School:
    """A rule of a group with three sessions, and somebody of the office."""

    def __init__(self, database):
        self.database = database
        with database.writing() as db:
            self.office = actor_of(make_staff(db, Role.OFFICE))
            self.group = make_group(db)
            self.pupil = make_pupil(db, self.group).id
            self.teachers = [make_staff(db, Role.TEACHER) for _ in range(2)]
            self.pattern = make_pattern(db, self.group, staff=self.teachers[0])
            self.change = service.add_rule(db, self.pattern, by=self.office).id
            self.rule = db.scalars(select(TimetableRule.id)).one()
            first = select(TimetableSession.id).order_by(TimetableSession.on_date)
            self.session = db.scalars(first.limit(1)).one()

    def change_rule(self, version=1, **other):
        with self.database.writing() as db:
            rule = queries.get_rule(db, self.rule, lock=True)
            new = replace(self.pattern, model=replace(self.pattern.model, **other))
            service.change_rule(db, rule, new, seen_version=version, by=self.office)

    def move(self, session_id, on_date, start, version=1):
        with self.database.writing() as db:
            session = pedagogy.get_session(db, session_id)
            service.move_session(db, session, on_date=on_date, start=start, seen_version=version, by=self.office)

    def add(self, on_date, start=480, **other):
        with self.database.writing() as db:
            group = other.pop("group", None) or self.group
            return make_session(db, group, on_date=on_date, start_minute=start, end_minute=start + 120, **other).id

    def standing(self):
        with self.database.reading() as db:
            query = select(TimetableSession).where(TimetableSession.state == SessionState.PLANNED)
            ordered = query.order_by(TimetableSession.on_date, TimetableSession.start_minute, TimetableSession.id)
            return list(db.scalars(ordered))


@pytest.fixture
def school(own_database):
    return School(own_database)


def kinds(outcomes):
    return sorted("done" if one is None else type(one).__name__ for one in outcomes)


def test_of_two_who_change_one_rule_the_second_is_told(school):
    def change(room):
        return lambda: school.change_rule(room=room)

    outcomes = at_once(change("Salle 7"), change("Salle 8"))
    assert kinds(outcomes) == ["Stale", "done"]
    won = ("Salle 7", "Salle 8")[outcomes.index(None)]
    assert [one.room for one in school.standing()] == [won] * 3


@pytest.mark.parametrize("other", [{"room": "Salle 7"}, {"start_minute": 600, "end_minute": 720}])
def test_a_rule_changed_while_one_of_its_sessions_is_moved(school, other):
    """Who comes second sees what the first did: a moved session is kept, a changed one is not moved blindly."""
    mover, changer = at_once(
        lambda: school.move(school.session, TUESDAY, 780), lambda: school.change_rule(**other)
    )  # fmt: skip
    assert changer is None
    assert mover is None or isinstance(mover, Stale | Refused)
    days = [one.on_date for one in school.standing()]
    assert days == [TUESDAY if mover is None else MONDAY, date(2026, 12, 7), date(2026, 12, 14)]


def test_two_rules_that_change_their_people_crosswise(school):
    """Each takes the other's teacher at another hour: people are held in the order of their numbers."""
    with school.database.writing() as db:
        pattern = make_pattern(db, make_group(db), staff=school.teachers[1], start=780, end=900, room="Salle 5")
        service.add_rule(db, pattern, by=school.office)
        other = db.scalars(select(TimetableRule.id).order_by(TimetableRule.id.desc())).first()

    def give(rule_id, pattern, staff):
        def work():
            with school.database.writing() as db:
                new = replace(pattern, model=replace(pattern.model, staff_id=staff.id, staff=staff.full_name))
                rule = queries.get_rule(db, rule_id, lock=True)
                service.change_rule(db, rule, new, seen_version=1, by=school.office)

        return work

    first, second = school.teachers
    outcomes = at_once(give(school.rule, school.pattern, second), give(other, pattern, first))
    assert kinds(outcomes) == ["done", "done"]
    assert {one.staff_id for one in school.standing() if one.start_minute == 480} == {second.id}


def test_two_moves_that_swap_two_sessions(school):
    """Neither place is free before the other has gone: both are told which session stands there."""
    there = school.add(TUESDAY)
    outcomes = at_once(
        lambda: school.move(school.session, TUESDAY, 480), lambda: school.move(there, MONDAY, 480)
    )  # fmt: skip
    assert kinds(outcomes) == ["Refused", "Refused"]
    assert all("Ce groupe a déjà" in one.sentence for one in outcomes)


def test_two_moves_to_one_free_place(school):
    there = school.add(TUESDAY)
    outcomes = at_once(
        lambda: school.move(school.session, TUESDAY, 780), lambda: school.move(there, TUESDAY, 780)
    )  # fmt: skip
    assert kinds(outcomes) == ["Refused", "done"]
    assert [one.start_minute for one in school.standing() if one.on_date == TUESDAY][-1:] == [780]


def test_a_session_moved_twice_at_once(school):
    outcomes = at_once(
        lambda: school.move(school.session, TUESDAY, 780), lambda: school.move(school.session, TUESDAY, 600)
    )  # fmt: skip
    assert kinds(outcomes)[1:] == ["done"]
    assert kinds(outcomes)[0] in ("Refused", "Stale")
    assert len(school.standing()) == 3


def test_a_closure_and_a_session_of_that_day(school):
    """Whoever comes first: no session stands on a closed day."""
    day = date(2026, 12, 2)

    def close():
        with school.database.writing() as db:
            service.add_closure(db, starts_on=day, ends_on=day, label="Neige", by=school.office)

    def plan():
        with school.database.writing() as db:
            subject = pedagogy.get_subject(db, school.pattern.model.subject_id).code
            values = {"group": school.group.code, "on_date": day, "start": 480, "end": 600, "subject": subject,
                      "kind": None, "staff": school.teachers[0].code, "room": None}  # fmt: skip
            service.create_session(db, plan=service.plan_session(db, values=values), by=school.office)

    closer, planner = at_once(close, plan)
    assert closer is None
    assert planner is None or "Neige" in planner.sentence
    assert day not in [one.on_date for one in school.standing()]


def test_one_closure_withdrawn_twice(school):
    with school.database.writing() as db:
        closure = service.add_closure(db, starts_on=MONDAY, ends_on=MONDAY, label="Neige", by=school.office).id

    def remove():
        with school.database.writing() as db:
            service.remove_closure(db, pedagogy.get_closure(db, closure, lock=True), by=school.office)

    outcomes = at_once(remove, remove)
    assert kinds(outcomes) == ["NotFound", "done"]
    assert isinstance(next(one for one in outcomes if one), NotFound)
    assert len(school.standing()) == 3
    with school.database.reading() as db:
        assert db.scalars(select(Closure)).all() == []


def test_one_change_undone_twice_and_while_its_rule_is_changed(school):
    def undo():
        with school.database.writing() as db:
            service.undo(db, queries.get_change(db, school.change, lock=True), by=school.office)

    outcomes = at_once(undo, undo, lambda: school.change_rule(room="Salle 7"))
    assert sum(one is None for one in outcomes) == 1
    assert all(one is None or isinstance(one, Refused | Stale | NotFound) for one in outcomes)
    assert len(school.standing()) in (0, 3)


def test_a_week_copied_twice(school):
    def copy():
        with school.database.writing() as db:
            group = db.get_one(PupilGroup, school.group.id)
            service.copy_week(
                db, group, source=MONDAY, first=date(2027, 1, 4), last=date(2027, 1, 17), by=school.office
            )

    assert kinds(at_once(copy, copy)) == ["Refused", "done"]
    assert len(school.standing()) == 5


def test_a_roll_call_beside_a_changed_rule(school, clock):
    """What was called stays as it was called, and calling waits for nobody's turnstile for good."""
    clock.set(datetime(2026, 11, 30, 9, tzinfo=PARIS))

    def call():
        with school.database.writing() as db:
            session = pedagogy.get_session(db, school.session, lock=True)
            said = [Said(school.pupil, Attendance.PRESENT)]
            call_roll(db, session, statements=said, seen_version=1, by=school.office)

    outcomes = at_once(call, lambda: school.change_rule(room="Salle 7"))
    assert all(one is None or isinstance(one, AppError) for one in outcomes)
    assert outcomes[0] is None
    called = next(one for one in school.standing() if one.id == school.session)
    assert (called.called_at is not None, called.room) == (True, "Salle 2")
