"""Several people at once, on real transactions; and the nights when the clock changes."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.core.clock import PARIS, today
from app.core.permissions import Role
from app.pedagogy import queries, service
from app.pedagogy.models import AttendanceDay, RollCallEvent, TimetableSession
from app.pedagogy.rules import Attendance, Said, SessionKind
from app.timetable import service as timetable
from tests.factories import actor_of, make_group, make_pupil, make_session, make_staff, make_subject
from tests.support.together import at_once

P, A = Attendance.PRESENT, Attendance.ABSENT


class TestAtOnce:
    def test_of_two_roll_calls_at_once_one_is_stored_and_the_other_is_told(self, own_database):
        with own_database.writing() as db:
            group = make_group(db)
            ids = [make_pupil(db, group).id for _ in range(5)]
            session_id = make_session(db, group).id
            people = [actor_of(make_staff(db, Role.TEACHER)) for _ in range(2)]

        def call(who, status):
            with own_database.writing() as db:
                session = queries.get_session(db, session_id, lock=True)
                said = [Said(pupil_id, status) for pupil_id in ids]
                service.call_roll(db, session, statements=said, seen_version=1, by=who)

        outcomes = at_once(lambda: call(people[0], P), lambda: call(people[1], A))
        assert sorted(type(one).__name__ for one in outcomes) == ["NoneType", "Stale"]
        loser = next(one for one in outcomes if one)
        winner = people[outcomes.index(None)]
        assert winner.name in loser.sentence
        assert len(loser.changes) == 5
        with own_database.reading() as db:
            assert db.scalar(select(func.count()).select_from(RollCallEvent)) == 5
            assert db.scalar(select(func.count()).select_from(AttendanceDay)) == 5

    def test_of_two_sessions_at_once_for_one_teacher_one_is_planned(self, own_database):
        with own_database.writing() as db:
            office, teacher = actor_of(make_staff(db, Role.OFFICE)), make_staff(db, Role.TEACHER).code
            wanted = []
            for _ in range(2):
                group = make_group(db)
                subject = make_subject(db, group.diploma, SessionKind.THEORY)
                wanted.append({
                    "group": group.code, "on_date": date(2026, 11, 30), "start": 480, "end": 600,
                    "subject": subject.code, "kind": None, "staff": teacher, "room": None,
                })  # fmt: skip

        def plan(values):
            with own_database.writing() as db:
                timetable.create_session(db, plan=timetable.plan_session(db, values=values), by=office)

        outcomes = at_once(*(lambda values=values: plan(values) for values in wanted))
        assert [one.field for one in outcomes if one] == ["staff"]
        with own_database.reading() as db:
            assert db.scalar(select(func.count()).select_from(TimetableSession)) == 1


class TestClockChanges:
    """A session is a date and two local times: neither clock change alters its length or its day."""

    NIGHTS = (date(2026, 10, 25), date(2027, 3, 28))

    @pytest.mark.parametrize("night", NIGHTS)
    def test_a_session_keeps_its_timetabled_length(self, db, clock, night):
        clock.set(datetime(night.year, night.month, night.day, 12, 0, tzinfo=PARIS))
        group = make_group(db)
        pupil = make_pupil(db, group)
        session = make_session(db, group, on_date=night, start_minute=90, end_minute=270)
        service.call_roll(
            db, session, statements=[Said(pupil.id, Attendance.LATE, 60)], seen_version=1,
            by=actor_of(make_staff(db, Role.MASTER)),
        )  # fmt: skip
        day = db.execute(select(AttendanceDay.on_date, AttendanceDay.practice_minutes)).one()
        assert tuple(day) == (night, 120)

    @pytest.mark.parametrize("night", NIGHTS)
    def test_the_day_is_the_schools_day_from_midnight_on(self, db, clock, night):
        """Half past midnight in Paris is still the day before in UTC."""
        group = make_group(db)
        make_pupil(db, group)
        session = make_session(db, group, on_date=night, start_minute=0, end_minute=60)
        midnight = datetime(night.year, night.month, night.day, tzinfo=PARIS)
        clock.set(midnight - timedelta(minutes=1))
        assert today() == night - timedelta(days=1)
        assert queries.count_calls_to_do(db) == 0
        clock.set(midnight + timedelta(minutes=30))
        assert [row.id for row in queries.calls_to_do(db)] == [session.id]

    @pytest.mark.parametrize("night", NIGHTS)
    def test_eight_in_the_morning_after_the_change_is_eight_on_the_wall(self, db, clock, night):
        group = make_group(db)
        session = make_session(db, group, on_date=night, start_minute=480, end_minute=600)
        clock.set(datetime(night.year, night.month, night.day, 7, 59, tzinfo=PARIS))
        assert queries.calls_to_do(db) == []
        clock.advance(minutes=1)
        assert [row.id for row in queries.calls_to_do(db)] == [session.id]
