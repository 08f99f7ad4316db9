"""Whatever is planned, called, corrected, cancelled and moved: the ledger equals a recount by hand from the facts."""

from collections import defaultdict
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from app.core.clock import PARIS, instant, local
from app.core.errors import Refused
from app.core.permissions import Role
from app.ledger import queries
from app.ledger.rules.periods import Grain
from app.pedagogy.models import (
    AttendanceDay,
    AttendanceRecord,
    Membership,
    RollCallEvent,
    TimetableSession,
)
from app.pedagogy.queries import get_session, practice_share, roll_sheet
from app.pedagogy.rules import Attendance, Minutes, Period, Said, SessionKind, SessionState
from app.pedagogy.service import call_roll, move_pupil
from app.timetable.service import cancel_session
from app.workshop.models import WorkSession
from tests.factories import actor_of, make_diploma, make_group, make_pupil, make_staff, make_subject, make_ticket

FIRST = date(2026, 10, 20)  # the night of 24 to 25 October has 25 hours
DAYS, GROUPS, PUPILS = 14, 2, 3
LAST = FIRST + timedelta(days=DAYS)
STARTS = (120, 480, 780)

stays_plan = st.lists(st.tuples(st.integers(0, 1), st.integers(1, 8), st.integers(0, 2)), min_size=1, max_size=3)
sessions_plan = st.lists(
    st.tuples(
        st.integers(0, GROUPS - 1), st.integers(0, DAYS - 1), st.sampled_from(STARTS),
        st.sampled_from([60, 115]), st.sampled_from(list(SessionKind)),
    ),
    min_size=1, max_size=10, unique_by=lambda plan: plan[:3],
)  # fmt: skip
said = st.tuples(
    st.integers(0, PUPILS - 1), st.sampled_from(list(Attendance)), st.integers(0, 60), st.integers(0, 60)
)  # fmt: skip
calls_plan = st.lists(st.tuples(st.integers(0, 9), st.booleans(), st.lists(said, min_size=1, max_size=3)), max_size=12)
cancelled_plan = st.sets(st.integers(0, 9), max_size=3)
work_plan = st.lists(
    st.tuples(st.integers(0, PUPILS - 1), st.integers(0, DAYS - 1), st.integers(0, 1380), st.integers(1, 300),
              st.booleans()),
    max_size=8,
)  # fmt: skip


@pytest.fixture
def world(db, clock):
    clock.set(datetime(2026, 11, 10, 9, 0, tzinfo=PARIS))
    diploma = make_diploma(db)
    groups = [make_group(db, diploma) for _ in range(GROUPS)]
    pupils = [make_pupil(db, groups[0]) for _ in range(PUPILS)]
    teacher, office = make_staff(db, Role.TEACHER), make_staff(db, Role.OFFICE)
    subjects = {kind: make_subject(db, diploma, kind).id for kind in SessionKind}
    return {
        "groups": groups, "pupils": pupils, "by": (actor_of(teacher), actor_of(office)), "staff": teacher.id,
        "subjects": subjects, "ticket": make_ticket(db).id,
    }  # fmt: skip


def plant(db, world, stays, sessions, work):
    for model in (AttendanceDay, AttendanceRecord, RollCallEvent, TimetableSession, Membership, WorkSession):
        db.execute(delete(model))
    db.expunge_all()
    for pupil, plan in zip(world["pupils"], stays, strict=True):
        here = FIRST
        for group, length, gap in plan:
            start, end = here + timedelta(days=gap), here + timedelta(days=gap + length)
            stay = {"pupil_id": pupil.id, "group_id": world["groups"][group].id, "starts_on": start, "ends_on": end}
            db.execute(insert(Membership), [stay])
            here = end + timedelta(days=1)
    for group, day, start, length, kind in sessions:
        db.add(
            TimetableSession(
                group_id=world["groups"][group].id, on_date=FIRST + timedelta(days=day), start_minute=start,
                end_minute=start + length, kind=kind, subject_id=world["subjects"][kind], staff_id=world["staff"],
            )
        )  # fmt: skip
    for pupil, day, start, length, reversed_ in work:
        began = instant(FIRST + timedelta(days=day), start)
        row = {"ticket_id": world["ticket"], "pupil_id": world["pupils"][pupil].id, "started_at": began,
               "ended_at": began + timedelta(minutes=length), "at": began}  # fmt: skip
        made = WorkSession(**row)
        db.add(made)
        db.flush()
        if reversed_:
            db.add(WorkSession(**row, reverses_id=made.id))
    db.flush()
    return db.scalars(select(TimetableSession.id).order_by(TimetableSession.id)).all()


def say(db, world, session_id, by_office, statements):
    session = get_session(db, session_id, lock=True)
    words = {}
    for pupil, status, late, early in statements:
        here = status in (Attendance.PRESENT, Attendance.LATE)
        words[pupil] = Said(
            world["pupils"][pupil].id, status, late if status == Attendance.LATE else 0, early if here else 0
        )
    try:
        call_roll(
            db, session, statements=list(words.values()), seen_version=roll_sheet(db, session).version,
            by=world["by"][by_office],
        )  # fmt: skip
    except Refused:
        return
    db.flush()


def naive(db, world):
    """Plain Python over the facts: (pupil, day) → planned, held, attended per kind, and minutes on tickets."""
    stays = db.execute(select(*Membership.__table__.columns)).all()
    events = defaultdict(list)
    for event in db.execute(select(*RollCallEvent.__table__.columns).order_by(RollCallEvent.id)):
        events[event.session_id, event.pupil_id].append(event)
    called = {session_id for session_id, _ in events}
    found = defaultdict(lambda: {"planned": [0, 0], "held": [0, 0], "attended": [0, 0], "work": set()})
    for session in db.execute(select(*TimetableSession.__table__.columns)):
        length, kind = session.end_minute - session.start_minute, session.kind == "theory"
        for stay in stays:
            inside = stay.group_id == session.group_id and stay.starts_on <= session.on_date <= stay.ends_on
            if session.state == "cancelled" or not inside:
                continue
            day = found[stay.pupil_id, session.on_date]
            day["planned"][kind] += length
            day["held"][kind] += length if session.id in called else 0
            if words := events[session.id, stay.pupil_id]:
                rules = ([one for one in words if one.official] or words)[-1]
                late = rules.minutes_late if rules.status == "late" else 0
                here = rules.status in ("present", "late")
                day["attended"][kind] += max(0, length - late - rules.minutes_early) if here else 0
    rows = db.execute(select(*WorkSession.__table__.columns)).all()
    gone = {row.reverses_id for row in rows}
    for row in rows:
        if row.reverses_id is None and row.id not in gone:
            for minute in range(int((row.ended_at - row.started_at).total_seconds() // 60)):
                moment = row.started_at + timedelta(minutes=minute)
                found[row.pupil_id, local(moment).date()]["work"].add(moment)
    return found


@given(st.lists(stays_plan, min_size=PUPILS, max_size=PUPILS), sessions_plan, calls_plan, cancelled_plan, work_plan)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_ledger_and_share_equal_a_naive_recount(db, world, stays, sessions, calls, cancelled, work):
    ids = plant(db, world, stays, sessions, work)
    for place, by_office, statements in calls:
        if place < len(ids):
            say(db, world, ids[place], by_office, statements)
    for place in cancelled:
        if place < len(ids):
            session = get_session(db, ids[place])
            if session.called_at is None:
                session.state, session.cancel_reason = SessionState.CANCELLED, "Fermé"
    db.flush()
    expected = naive(db, world)
    report = {row.code: row for row in practice_share(db, Period(FIRST, LAST), planned=True).pupils}
    for pupil in world["pupils"]:
        days = {day: one for (who, day), one in expected.items() if who == pupil.id and FIRST <= day <= LAST}
        ledger = queries.pupil_ledger(db, pupil.code, FIRST, LAST, Grain.DAY)
        shown = {line.start: line.figures for line in ledger.lines}
        for day, one in days.items():
            figures = shown.get(day)
            wanted = (Minutes(*one["planned"]), Minutes(*one["held"]), Minutes(*one["attended"]), len(one["work"]))
            if figures is None:
                assert wanted == (Minutes(), Minutes(), Minutes(), 0)
                continue
            assert (figures.planned, figures.held, figures.attended, figures.worked) == wanted
        assert shown.keys() <= days.keys()
        total = ledger.total
        assert total == queries.pupil_ledger(db, pupil.code, FIRST, LAST, Grain.WEEK).total
        row = report[pupil.code]
        assert (row.planned, row.held, row.attended) == (total.planned, total.held, total.attended)
        assert row.attended.share == total.attended.share


class TestWhatWasAttendedStays:
    """Moving a pupil, a session or a rule never changes an hour already attended."""

    def attended(self, db, pupil):
        year = (date(2026, 9, 1), date(2027, 8, 31))
        return {line.start: line.figures.attended for line in queries.pupil_ledger(db, pupil.code, *year).lines}

    @pytest.fixture
    def before(self, db, stage, call):
        call(stage.workshop, stage.master, stage.pupils, "late 15", "present", "absent")
        return self.attended(db, stage.pupils[0])

    def test_a_pupil_moves(self, db, stage, before):
        office, pupil = actor_of(make_staff(db, Role.OFFICE)), stage.pupils[0]
        other = make_group(db, stage.group.diploma)
        with pytest.raises(Refused):
            move_pupil(db, pupil, group=other.code, on=stage.workshop.on_date, seen_version=pupil.version, by=office)
        move_pupil(db, pupil, group=other.code, on=date(2026, 11, 24), seen_version=pupil.version, by=office)
        db.flush()
        assert self.attended(db, pupil) == before

    def test_a_session_is_not_moved_once_it_is_called(self, db, stage, before):
        office = actor_of(make_staff(db, Role.OFFICE))
        with pytest.raises(Refused):
            cancel_session(db, stage.workshop, reason="Erreur", seen_version=stage.workshop.version, by=office)
        assert self.attended(db, stage.pupils[0]) == before
