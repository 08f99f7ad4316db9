"""Whatever is said, corrected and moved about: what is stored equals what the events say, recounted by hand."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from app.core.clock import PARIS
from app.core.errors import Refused
from app.core.money import ratio
from app.core.permissions import Role
from app.pedagogy import queries, service
from app.pedagogy.models import (
    AttendanceDay,
    AttendanceRecord,
    Membership,
    PupilGroup,
    RollCallEvent,
    TimetableSession,
)
from app.pedagogy.rules import HERE, Attendance, Period, Said, SessionKind, SessionState
from tests.factories import actor_of, make_diploma, make_group, make_pupil, make_staff, make_subject

FIRST = date(2026, 10, 20)  # the night of 24 to 25 October has 25 hours
DAYS = 12
PUPILS, GROUPS = 4, 2
day_numbers = st.integers(0, DAYS - 1)

stay_plan = st.lists(
    st.tuples(st.integers(0, GROUPS - 1), st.integers(1, 5), st.integers(0, 2)), min_size=1, max_size=3
)
sessions_plan = st.lists(
    st.tuples(
        st.integers(0, GROUPS - 1), day_numbers, st.sampled_from([480, 600, 780]), st.sampled_from([30, 60, 115]),
        st.sampled_from(list(SessionKind)), st.sampled_from([False, False, False, True]),
    ),
    min_size=1, max_size=10, unique_by=lambda plan: plan[:3],
)  # fmt: skip
statement = st.tuples(
    st.integers(0, PUPILS - 1),
    st.sampled_from(list(Attendance)),
    st.integers(0, 115),
    st.sampled_from([0, 0, 0, 15, 60]),
)
calls_plan = st.lists(
    st.tuples(st.integers(0, 9), st.booleans(), st.lists(statement, min_size=1, max_size=4)), max_size=14
)
bounds = st.one_of(st.none(), day_numbers)


@dataclass
class World:
    """Two groups, four pupils, a teacher and the office, without a session."""

    groups: list
    pupils: list
    teacher: object
    office: object
    subjects: dict
    staff_id: int
    stays: list = field(default_factory=list)


@pytest.fixture
def world(db, clock):
    clock.set(datetime(2026, 11, 10, 9, 0, tzinfo=PARIS))
    diploma = make_diploma(db)
    groups = [make_group(db, diploma) for _ in range(GROUPS)]
    pupils = [make_pupil(db, groups[0]) for _ in range(PUPILS)]
    teacher = make_staff(db, Role.TEACHER)
    subjects = {kind: make_subject(db, diploma, kind).id for kind in SessionKind}
    return World(groups, pupils, actor_of(teacher), actor_of(make_staff(db, Role.OFFICE)), subjects, teacher.id)


def _empty(db):
    for model in (AttendanceDay, AttendanceRecord, RollCallEvent, TimetableSession, Membership):
        db.execute(delete(model))
    db.expunge_all()


def _plant_stays(db, world, plans):
    """Stays one after the other, with gaps; the last one stays open."""
    world.stays = []
    for pupil, plan in zip(world.pupils, plans, strict=True):
        here = FIRST
        for rank, (group, length, gap) in enumerate(plan):
            start, end = here + timedelta(days=gap), here + timedelta(days=gap + length)
            last = rank == len(plan) - 1
            world.stays.append((pupil.id, world.groups[group].id, start, None if last else end))
            here = end + timedelta(days=1)
    names = ("pupil_id", "group_id", "starts_on", "ends_on")
    db.execute(insert(Membership), [dict(zip(names, stay, strict=True)) for stay in world.stays])


def _plant_sessions(db, world, plans):
    for group, day, start, length, kind, cancelled in plans:
        db.add(
            TimetableSession(
                group_id=world.groups[group].id, on_date=FIRST + timedelta(days=day), start_minute=start,
                end_minute=start + length, kind=kind, subject_id=world.subjects[kind], staff_id=world.staff_id,
                state=SessionState.CANCELLED if cancelled else SessionState.PLANNED,
            )
        )  # fmt: skip
    db.flush()
    return db.scalars(select(TimetableSession.id).order_by(TimetableSession.id)).all()


def _call(db, world, session_id, by_office, statements):
    session = queries.get_session(db, session_id, lock=True)
    said = {
        pupil: Said(
            world.pupils[pupil].id, status, late if status == Attendance.LATE else 0, early if status in HERE else 0
        )
        for pupil, status, late, early in statements
    }  # fmt: skip
    try:
        service.call_roll(
            db, session, statements=list(said.values()), seen_version=queries.roll_sheet(db, session).version,
            by=world.office if by_office else world.teacher,
        )  # fmt: skip
    except Refused:
        return
    db.flush()


def _members(world, group_id, day):
    return {p for p, g, start, end in world.stays if g == group_id and start <= day and (end is None or day <= end)}


def _naive(db, world):
    """Minutes per (pupil, group, day), from the events alone."""
    sessions = {row.id: row for row in db.execute(select(*TimetableSession.__table__.columns))}
    said = defaultdict(list)
    for row in db.execute(select(*RollCallEvent.__table__.columns).order_by(RollCallEvent.id)):
        said[row.session_id, row.pupil_id].append(row)
    days = defaultdict(lambda: [0, 0])
    for (session_id, pupil_id), events in said.items():
        session = sessions[session_id]
        held = ([event for event in events if event.official] or events)[-1]
        length = session.end_minute - session.start_minute
        left = max(0, length - held.minutes_late - held.minutes_early)
        minutes = left if held.status in {"present", "late"} else 0
        if session.state == "cancelled" or pupil_id not in _members(world, session.group_id, session.on_date):
            continue
        days[pupil_id, session.group_id, session.on_date][session.kind == "theory"] += minutes
    return {key: tuple(value) for key, value in days.items()}, sessions, said


def _stored(db):
    found = db.execute(select(*AttendanceDay.__table__.columns))
    return {(r.pupil_id, r.group_id, r.on_date): (r.practice_minutes, r.theory_minutes) for r in found}


def _inside(period, day):
    return (period.start is None or day >= period.start) and (period.end is None or day <= period.end)


def _check_report(db, world, period, group):
    naive, sessions, said = _naive(db, world)
    wanted = {key: sums for key, sums in naive.items() if _inside(period, key[2]) and group in (None, key[1])}
    document = db.get(PupilGroup, group) if group else None
    report = queries.practice_share(db, period, document, planned=True)
    in_period = [s for s in sessions.values() if _inside(period, s.on_date) and group in (None, s.group_id)]
    planned = [s for s in in_period if s.state == "planned"]
    assert report.sessions_without_call == sum(not any(key[0] == s.id for key in said) for s in planned)
    code_of = {pupil.id: pupil.code for pupil in world.pupils}
    belonged = {pupil for pupil, g, *stay in world.stays if g == group and period.meets(*stay)}
    listed = {row.code: row for row in report.pupils}
    assert set(listed) == {code_of[p] for p in (belonged if group else code_of)}
    for pupil_id, code in code_of.items():
        if code in listed:
            own = [sums for key, sums in wanted.items() if key[0] == pupil_id]
            _same(listed[code], own, [s for s in planned if pupil_id in _members(world, s.group_id, s.on_date)], said)
    for row, one in zip(report.groups, _groups(world, group), strict=True):
        own = [sums for key, sums in wanted.items() if key[1] == one.id]
        there = [s for s in planned if s.group_id == one.id for _ in _members(world, one.id, s.on_date)]
        _same(row, own, there, said)


def _groups(world, group):
    return sorted([g for g in world.groups if group in (None, g.id)], key=lambda g: g.code)


def _same(row, attended, planned, said):
    practice, theory = sum(a for a, _ in attended), sum(b for _, b in attended)
    assert (row.attended.practice, row.attended.theory) == (practice, theory)
    assert row.attended.share == ratio(practice, practice + theory)
    lengths = [(s.kind, s.end_minute - s.start_minute, any(key[0] == s.id for key in said)) for s in planned]
    assert row.planned.practice == sum(n for kind, n, _ in lengths if kind == "practice")
    assert row.planned.theory == sum(n for kind, n, _ in lengths if kind == "theory")
    assert row.held.total == sum(n for _, n, called in lengths if called)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    stays=st.lists(stay_plan, min_size=PUPILS, max_size=PUPILS), sessions=sessions_plan, calls=calls_plan,
    start=bounds, end=bounds, of_group=st.sampled_from([None, 0, 1]), shorten=st.booleans(),
)  # fmt: skip
def test_days_and_shares_equal_a_recount_of_the_events(
    db, world, stays, sessions, calls, start, end, of_group, shorten
):
    _empty(db)
    _plant_stays(db, world, stays)
    ids = _plant_sessions(db, world, sessions)
    for which, by_office, statements in calls:
        _call(db, world, ids[which % len(ids)], by_office, statements)
    assert _stored(db) == _naive(db, world)[0]
    if shorten:
        _shorten_a_stay(db, world)
    days = sorted(number for number in (start, end) if number is not None)
    limits = [FIRST + timedelta(days=number) for number in days]
    period = Period(*limits) if len(limits) == 2 else Period(*(limits if start is not None else [None, *limits]))
    _check_report(db, world, period, None if of_group is None else world.groups[of_group].id)


def _shorten_a_stay(db, world):
    """What an import of memberships may do: the first stay ends on its first day."""
    pupil_id, group_id, start, _ = world.stays[0]
    world.stays[0] = (pupil_id, group_id, start, start)
    stay = db.scalars(select(Membership).where(Membership.pupil_id == pupil_id, Membership.starts_on == start)).one()
    stay.ends_on = start
    db.flush()
    service.refresh_attendance(db)
    assert _stored(db) == _naive(db, world)[0]
