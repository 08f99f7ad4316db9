"""The pattern of the week over random years: from rules to dated sessions and back, against what must always hold."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from app.core.clock import PARIS, instant, now
from app.core.errors import Refused
from app.core.permissions import Role
from app.pedagogy.models import Closure, TimetableSession
from app.pedagogy.queries import closed_days
from app.pedagogy.rules import SessionState
from app.timetable import queries, service
from app.timetable.models import (
    SchoolYear,
    SessionOrigin,
    TimetableChange,
    TimetableChangeLine,
    TimetableRule,
)
from app.timetable.rules import WeekKind
from tests.factories import actor_of, make_group, make_staff
from tests.factories.timetable import make_pattern, make_school_year

GONE = (
    SessionOrigin, TimetableChangeLine, TimetableChange, TimetableRule, TimetableSession, Closure, SchoolYear
)  # fmt: skip
BY_HAND = "Gymnase"  # what somebody has changed stays where its rule ends
DAY, WEEK = timedelta(days=1), timedelta(days=7)
# The weeks around both changes of clock, the autumn holiday, Christmas, Easter.
SPANS = (date(2026, 10, 5), date(2026, 11, 30), date(2027, 3, 8))
EXAMPLES = settings(
    max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)  # fmt: skip


@dataclass(frozen=True)
class Year:
    """What a year is made of: the first day of the rule, its length, today within, A/B weeks, closures."""

    first: date
    days: int
    today: int
    weekday: int
    weeks: WeekKind
    skips_closed: bool
    closures: tuple[tuple[int, int], ...]

    @property
    def last(self):
        return self.first + timedelta(days=self.days)


years = st.builds(
    Year, first=st.sampled_from(SPANS), days=st.integers(0, 75), today=st.integers(-10, 60),
    weekday=st.integers(0, 6), weeks=st.sampled_from(WeekKind), skips_closed=st.booleans(),
    closures=st.lists(st.tuples(st.integers(-5, 80), st.integers(0, 16)), max_size=3).map(tuple),
)  # fmt: skip
steps = st.lists(
    st.tuples(
        st.sampled_from(("change", "end", "close", "again", "call", "hand", "undo")), st.integers(0, 75),
        st.integers(0, 6), st.sampled_from((480, 600, 780)), st.sampled_from(WeekKind),
    ),
    max_size=6,
)  # fmt: skip


class School:
    """One rule in a year of its own, in the test's transaction."""

    def __init__(self, db, clock, office, group):
        self.db, self.clock, self.office, self.group = db, clock, office, group

    def begin(self, year):
        """Everything of the example before is gone."""
        for one in [one for one in self.db if isinstance(one, GONE)]:
            self.db.expunge(one)
        self.db.execute(update(TimetableRule).values(follows_id=None))
        for table in GONE:
            self.db.execute(delete(table))
        moment = datetime.combine(year.first + timedelta(days=year.today), datetime.min.time(), PARIS)
        self.clock.set(moment.replace(hour=9, minute=30))
        make_school_year(self.db, week_a_on=year.first, skips_closed=year.skips_closed)
        taken = set()
        for start, length in year.closures:
            days = {year.first + timedelta(days=start + n) for n in range(length + 1)}
            if not days & taken:
                taken |= days
                self.db.add(Closure(starts_on=min(days), ends_on=max(days), label="Fermé"))
        self.db.flush()
        pattern = make_pattern(self.db, self.group, starts_on=year.first, ends_on=year.last, weekday=year.weekday,
                               weeks=year.weeks)  # fmt: skip
        return service.add_rule(self.db, pattern, by=self.office)

    def sessions(self):
        self.db.flush()
        self.db.expire_all()
        order = select(TimetableSession).order_by(TimetableSession.on_date, TimetableSession.start_minute)
        return list(self.db.scalars(order))

    def planned(self):
        return [
            (one.on_date, one.start_minute, one.end_minute, one.subject_id, one.staff_id, one.room, one.kind)
            for one in self.sessions() if one.state == SessionState.PLANNED
        ]  # fmt: skip

    def rules(self):
        self.db.flush()
        rule = TimetableRule
        rows = self.db.execute(
            select(rule.id, rule.weekday, rule.start_minute, rule.weeks, rule.starts_on, rule.ends_on)
            .where(rule.ends_on >= rule.starts_on).order_by(rule.id)
        )  # fmt: skip
        return [tuple(row) for row in rows]

    def begun(self, one):
        return instant(one.on_date, one.start_minute) <= now()

    def past(self):
        """The rows, to the last column, of what has begun or was called."""
        columns = TimetableSession.__table__.columns.keys()
        return {one.id: [getattr(one, name) for name in columns] for one in self.sessions()
                if self.begun(one) or one.called_at}  # fmt: skip

    def check(self):
        """No session to come outside its rule, none on closed days, none twice."""
        found = [one for one in self.sessions() if one.state == SessionState.PLANNED]
        origins = {row.session_id: row for row in self.db.scalars(select(SessionOrigin))}
        rules = {rule.id: rule for rule in self.db.scalars(select(TimetableRule))}
        ends = [one.on_date for one in found] or [date(2026, 12, 1)]
        closed = closed_days(self.db, min(ends), max(ends))
        for one in found:
            assert origins[one.id].on_date == one.on_date
            if self.begun(one) or one.called_at:
                continue  # it stays, whatever becomes of its rule or of its day
            assert one.on_date not in closed
            rule = rules[origins[one.id].rule_id]
            assert one.room == BY_HAND or rule.starts_on <= one.on_date <= rule.ends_on
        weeks = [one.on_date.isocalendar()[:2] for one in found]
        assert len(weeks) == len(set(weeks))


@pytest.fixture
def school(db, clock):
    return School(db, clock, actor_of(make_staff(db, Role.OFFICE)), make_group(db))


def expected_days(db, year, moment):
    """The days of a rule, told naively: one by one, the letter by counting the weeks since the first A."""
    monday = year.first - timedelta(days=year.first.weekday())
    closed = closed_days(db, monday - WEEK, year.last + WEEK)
    found, turn, week = [], 0, monday
    while week <= year.last:
        days = [week + n * DAY for n in range(7)]
        shut = year.skips_closed and all(day in closed for day in days[:5])
        letter = WeekKind.A if turn % 2 == 0 else WeekKind.B
        day = days[year.weekday]
        if year.weeks in (WeekKind.EVERY, letter) and year.first <= day <= year.last and day not in closed:
            found.append(day)
        turn += not shut
        week += WEEK
    return [day for day in found if instant(day, 480) > moment]


@given(years)
@EXAMPLES
def test_a_rule_makes_the_days_that_a_naive_count_finds(school, year):
    school.begin(year)
    planned = school.planned()
    assert [day for day, *_ in planned] == expected_days(school.db, year, now())
    assert {(start, end) for _, start, end, *_ in planned} <= {(480, 600)}
    school.check()


def carry_out(school, step):
    """One step on the rule that holds last; whether anything was done."""
    kind, offset, weekday, start, weeks = step
    rules = [one for one in school.db.scalars(select(TimetableRule).order_by(TimetableRule.id))
             if one.ends_on >= one.starts_on]  # fmt: skip
    if not rules:
        return None
    rule = queries.get_rule(school.db, rules[-1].id)
    day = rule.starts_on + timedelta(days=offset)
    if kind == "change":
        old = queries.pattern_of(rule)
        model = replace(old.model, start_minute=start, end_minute=start + 120, room="Salle 9")
        new = replace(old, model=model, weekday=weekday, weeks=weeks, starts_on=day)
        service.refuse_outside(rule, day)
        return service.change_rule(school.db, rule, new, seen_version=rule.version, by=school.office)
    if kind == "end":
        return service.end_rule(school.db, rule, last_day=day, seen_version=rule.version, by=school.office)
    if kind == "again":
        return service.generate_again(school.db, rule, by=school.office)
    if kind == "close":
        service.add_closure(school.db, starts_on=day, ends_on=day + 2 * DAY, label="Neige", by=school.office)
        return queries.last_change(school.db)
    return by_hand(school, kind, offset)


def by_hand(school, kind, offset):
    """A roll call of a session that has begun, another room for one to come: what mass changes leave alone."""
    for one in school.sessions():
        ripe = school.begun(one) if kind == "call" else not school.begun(one)
        if ripe and one.state == SessionState.PLANNED and one.called_at is None and one.on_date.day % 2 == offset % 2:
            if kind == "call":
                one.called_at = now()
            else:
                one.room, one.version = BY_HAND, one.version + 1
            school.db.flush()
            break


@given(years, steps)
@EXAMPLES
def test_whatever_is_done_the_past_stays_and_undoing_restores(school, year, plan):
    school.begin(year)
    for step in plan:
        school.clock.advance(days=step[1] % 9)
        past, before = school.past(), (school.planned(), school.rules())
        last = queries.last_change(school.db)
        try:
            done = None if step[0] == "undo" else carry_out(school, step)
        except Refused:
            assert (school.planned(), school.rules()) == before
            continue
        if step[0] != "call":
            after = school.past()
            assert {number: after[number] for number in past} == past
        school.check()
        if done is not None and done != last and step[0] != "close":
            assert service.undo(school.db, done, by=school.office) == []
            assert (school.planned(), school.rules()) == before
            after = school.past()
            assert {number: after[number] for number in past} == past
            school.check()


@given(years, st.integers(0, 75), st.integers(0, 10))
@EXAMPLES
def test_a_closure_withdrawn_gives_back_what_it_took(school, year, offset, length):
    school.begin(year)
    before, past = school.planned(), school.past()
    day = year.first + timedelta(days=offset)
    try:
        closure = service.add_closure(
            school.db, starts_on=day, ends_on=day + length * DAY, label="Neige", by=school.office
        )
    except Refused:
        assert school.planned() == before
        return
    school.check()
    assert {one[0] for one in before} - {one[0] for one in school.planned()} <= {
        day + n * DAY for n in range(length + 1)
    }  # fmt: skip
    assert service.remove_closure(school.db, closure, by=school.office) == []
    assert (school.planned(), school.past()) == (before, past)
