"""What was attended stays: whatever becomes of rules, pupils and sessions, on both clock-change nights too."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core.clock import PARIS, instant
from app.core.errors import AppError
from app.core.permissions import Role
from app.ledger import queries
from app.ledger.rules.periods import Grain
from app.pedagogy.models import AttendanceDay, AttendanceRecord, RollCallEvent, TimetableSession
from app.pedagogy.queries import get_session, roll_sheet
from app.pedagogy.rules import Attendance, Said, SessionKind
from app.pedagogy.service import call_roll, move_pupil
from app.timetable import service
from app.timetable.models import TimetableRule
from app.timetable.queries import pattern_of
from app.timetable.rules.replacements import Span
from tests.factories import (
    actor_of,
    make_group,
    make_pupil,
    make_session,
    make_staff,
    make_subject,
    make_ticket,
    make_work_session,
)
from tests.factories.timetable import make_pattern

FIRST, LAST = date(2026, 11, 2), date(2026, 12, 18)
DAYS = st.integers(0, 46).map(lambda number: FIRST + timedelta(days=number))
HELD = 5 * 110  # three Mondays, two Wednesdays: the 11th is a holiday
STARTS = st.sampled_from([480, 600, 780, 900])
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("change_rule"), st.integers(0, 1), DAYS, STARTS),
        st.tuples(st.just("end_rule"), st.integers(0, 1), DAYS),
        st.tuples(st.just("move_pupil"), st.integers(0, 1), DAYS),
        st.tuples(st.just("move_session"), st.integers(0, 13), DAYS, STARTS),
        st.tuples(st.just("replace_person"), st.booleans(), DAYS),
        st.tuples(st.just("cancel"), st.integers(0, 13)),
        st.tuples(st.just("close"), DAYS, st.integers(0, 4)),
        st.tuples(st.just("copy_week"), DAYS, DAYS),
        st.tuples(st.just("undo")),
    ),
    min_size=3, max_size=5,
)  # fmt: skip


class World:
    """A class with a workshop and a lesson every week; three weeks of them are called, four are to come."""

    def __init__(self, db, clock):
        clock.set(datetime(2026, 11, 1, 9, 0, tzinfo=PARIS))
        self.db, self.changes = db, []
        self.group = make_group(db, label="CAP1")
        self.other = make_group(db, self.group.diploma, label="CAP2")
        self.pupils = [make_pupil(db, self.group) for _ in range(2)]
        self.teachers = [make_staff(db, Role.TEACHER) for _ in range(2)]
        self.office = actor_of(make_staff(db, Role.OFFICE))
        for weekday, start, kind in ((0, 480, SessionKind.PRACTICE), (2, 780, SessionKind.THEORY)):
            pattern = make_pattern(
                db, self.group, kind, staff=self.teachers[0], weekday=weekday, start=start, end=start + 110, room=None,
                starts_on=FIRST, ends_on=LAST, subject=make_subject(db, self.group.diploma, kind),
            )  # fmt: skip
            service.add_rule(db, pattern, by=self.office)
        db.flush()
        clock.set(datetime(2026, 11, 24, 9, 30, tzinfo=PARIS))
        said = [(Attendance.LATE, 15, 20), (Attendance.PRESENT, 0, 0)]
        for session_id in self.sessions(before=date(2026, 11, 20)):
            session = get_session(db, session_id, lock=True)
            words = [Said(pupil.id, *one) for pupil, one in zip(self.pupils, said, strict=True)]
            call_roll(
                db, session, statements=words, seen_version=roll_sheet(db, session).version,
                by=actor_of(self.teachers[0]),
            )  # fmt: skip
        db.flush()

    def sessions(self, before=date(2027, 1, 1)):
        query = select(TimetableSession.id).where(TimetableSession.on_date < before)
        return list(self.db.scalars(query.order_by(TimetableSession.on_date, TimetableSession.start_minute)))

    def rule(self, number):
        return self.db.scalars(select(TimetableRule).order_by(TimetableRule.id)).all()[number]

    def session(self, number):
        ids = self.sessions()
        return get_session(self.db, ids[number % len(ids)], lock=True)

    def act(self, name, *how):
        """One act through its own service; what it refuses is refused."""
        with self.db.begin_nested() as point:
            try:
                made = getattr(self, f"_{name}")(*how)
                self.db.flush()
            except AppError:
                point.rollback()
                return
        if name in ("change_rule", "end_rule", "replace_person", "copy_week"):
            self.changes.append(made)

    def _change_rule(self, number, day, start):
        rule = self.rule(number)
        pattern = pattern_of(rule)
        model = replace(pattern.model, start_minute=start, end_minute=start + 60, on_date=day)
        return service.change_rule(
            self.db, rule, replace(pattern, model=model, starts_on=day), seen_version=None, by=self.office
        )

    def _end_rule(self, number, day):
        return service.end_rule(self.db, self.rule(number), last_day=day, seen_version=None, by=self.office)

    def _move_pupil(self, number, day):
        pupil = self.pupils[number]
        move_pupil(self.db, pupil, group=self.other.code, on=day, seen_version=pupil.version, by=self.office)

    def _move_session(self, number, day, start):
        service.move_session(self.db, self.session(number), on_date=day, start=start, seen_version=None, by=self.office)

    def _replace_person(self, by_somebody, day):
        return service.replace_person(
            self.db, self.teachers[0], span=Span(day, day + timedelta(days=1)), reason="Absent",
            substitute=self.teachers[1].code if by_somebody else None, by=self.office,
        )  # fmt: skip

    def _cancel(self, number):
        service.cancel_session(self.db, self.session(number), reason="Sortie", seen_version=None, by=self.office)

    def _close(self, day, length):
        service.add_closure(
            self.db, starts_on=day, ends_on=day + timedelta(days=length), label="Fermeture", by=self.office
        )

    def _copy_week(self, source, day):
        return service.copy_week(self.db, self.group, source=source, first=day, last=day, by=self.office)

    def _undo(self):
        if self.changes:
            service.undo(self.db, self.changes.pop(), by=self.office)

    def facts(self):
        """Everything that an hour attended is made of, and what the ledger shows of it."""
        self.db.flush()
        self.db.expire_all()
        tables = (AttendanceRecord, AttendanceDay, RollCallEvent)
        rows = [sorted(map(tuple, self.db.execute(select(*table.__table__.columns)))) for table in tables]
        called = select(*TimetableSession.__table__.columns).where(TimetableSession.called_at.is_not(None))
        shown = [
            {line.start: (line.figures.held, line.figures.attended) for line in ledger.lines if line.figures.held.total}
            for ledger in (queries.pupil_ledger(self.db, one.code, FIRST, LAST, Grain.DAY) for one in self.pupils)
        ]
        return rows, sorted(map(tuple, self.db.execute(called))), shown


@given(ACTS)
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_act_on_rules_pupils_or_sessions_changes_an_hour_attended(db, clock, acts):
    point = db.begin_nested()
    try:
        world = World(db, clock)
        before = world.facts()
        assert [sum(held.total for held, _ in days.values()) for days in before[2]] == [HELD, HELD]
        for act in acts:
            world.act(*act)
        assert world.facts() == before
    finally:
        point.rollback()
        db.expunge_all()


class TestClockChanges:
    """The night of 28 to 29 March has 23 hours, the one of 24 to 25 October 25: an hour is what the wall clock says."""

    @pytest.mark.parametrize(("night", "worked"), [(date(2026, 3, 29), 4 * 60), (date(2026, 10, 25), 6 * 60)])
    def test_a_session_keeps_its_length_and_a_ticket_counts_what_passed(self, db, night, worked):
        group = make_group(db)
        pupil, by = make_pupil(db, group, entered_on=date(2025, 9, 1)), actor_of(make_staff(db, Role.OFFICE))
        session = make_session(db, group, on_date=night, start_minute=60, end_minute=360)
        call_roll(
            db, session, statements=[Said(pupil.id, Attendance.LATE, 30, 15)], by=by,
            seen_version=roll_sheet(db, session).version,
        )  # fmt: skip
        started = instant(night, 60)
        make_work_session(db, make_ticket(db, pupil=pupil), pupil, minutes=worked, started_at=started)
        assert started + timedelta(minutes=worked) == instant(night, 360)
        db.flush()
        day = queries.day_of_pupil(db, pupil.code, night).figures
        assert (day.planned.practice, day.held.practice, day.attended.practice, day.worked) == (300, 300, 255, worked)
        for grain in Grain:
            lines = queries.pupil_ledger(db, pupil.code, night - timedelta(days=9), night + timedelta(days=9), grain)
            assert (lines.total.attended.practice, lines.total.worked) == (255, worked)
