"""Whatever the hour and the day, the demonstration has a workshop at work."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app.accounts.models import School
from app.accounts.queries import get_staff_by_code
from app.core import clock as core_clock
from app.core.clock import PARIS
from app.core.db import Database
from app.demo.install import install_demo
from app.pedagogy import queries as pedagogy
from app.pedagogy.models import Closure, Pupil, TimetableSession
from app.workshop.models import Assignment, Drawing, Job, Ticket, WorkSession
from app.workshop.queries import Asked, today_board
from app.workshop.rules import HELD_STATES, LIVE_STATES, EndCause, Presence, TicketKind, TicketState

MOMENTS = {
    "a school afternoon": datetime(2026, 11, 26, 15, 10, tzinfo=PARIS),
    "before school on the first day": datetime(2026, 9, 1, 6, 50, tzinfo=PARIS),
    "Christmas night": datetime(2026, 12, 25, 0, 20, tzinfo=PARIS),
    "a Sunday evening in the summer": datetime(2027, 8, 22, 21, 0, tzinfo=PARIS),
}


@pytest.fixture(scope="module", params=MOMENTS)
def installed(request, databases, tmp_path_factory):
    database = Database(databases.clone())
    with core_clock.freeze(MOMENTS[request.param]):
        install_demo(database, tmp_path_factory.mktemp("demo"))
    yield database, MOMENTS[request.param]
    database.dispose()


@pytest.fixture
def demo(installed, clock):
    database, moment = installed
    clock.set(moment)
    with database.reading() as db:
        yield db


def boards(db):
    found = {code: today_board(db, Asked(get_staff_by_code(db, code).id)) for code in ("M1", "M2", "M3")}
    return [board for board in found.values() if board.mine]


def test_masters_find_work_given_running_and_on_pause_pupils_free_and_one_absent(demo):
    states = Counter(demo.scalars(select(Ticket.state)))
    assert states[TicketState.RUNNING] >= 2
    assert states[TicketState.PAUSED] >= 1
    assert states[TicketState.ASSIGNED] >= 1
    rows = [row for board in boards(demo) for row in board.rows]
    assert any(row.presence == Presence.HERE and not row.held for row in rows)
    assert any(row.presence == Presence.ABSENT for row in rows)
    assert sum(row.presence == Presence.HERE for row in rows) >= 9
    for board in boards(demo):
        assert len(board.of("prets")) >= 5
        assert len(board.of("bloques")) >= 5
        assert len(board.late_jobs) >= 3


def test_the_past_left_no_loose_ends(demo):
    now = core_clock.now()
    running = demo.scalars(select(WorkSession).where(WorkSession.ended_at.is_(None))).all()
    assert all(now - timedelta(hours=18) < session.started_at <= now for session in running)
    # Retouches stand beside the ticket whose pieces they put right.
    ordinary = Ticket.kind == TicketKind.NORMAL
    live = select(Ticket.operation_id).where(Ticket.state.in_(LIVE_STATES), ordinary).group_by(Ticket.operation_id)
    assert demo.scalars(live.having(func.count() > 2)).all() == []
    held = select(Assignment.id).join(Assignment.ticket).join(Assignment.pupil).where(Assignment.ended_at.is_(None))
    by_leavers = held.where(Ticket.state.in_(HELD_STATES), Pupil.left_on < core_clock.today())
    assert demo.scalars(by_leavers).all() == []


def test_the_school_has_its_breaks_and_the_last_day_waits_to_be_gone_over(demo):
    assert demo.get(School, 1).daily_breaks == "10:00-10:10 ; 15:00-15:10"
    waiting = demo.scalars(
        select(WorkSession.end_cause).where(WorkSession.end_cause != EndCause.IMPORT, WorkSession.ended_at.is_not(None))
    ).all()
    if core_clock.today().month == 11:
        assert EndCause.END_OF_HALF_DAY in waiting


def test_the_school_is_open_today_and_its_holidays_are_known(demo):
    closures = demo.scalars(select(Closure)).all()
    assert not any(closure.starts_on <= core_clock.today() <= closure.ends_on for closure in closures)
    assert {"Vacances de Noël", "Vacances d’été"} <= {closure.label for closure in closures}


def test_teachers_set_homework_and_have_something_left_to_log(demo):
    with_homework = select(func.count()).where(TimetableSession.homework.is_not(None))
    assert demo.scalar(with_homework) == 8
    to_do = [pedagogy.logs_to_do(demo, get_staff_by_code(demo, f"F{n}").id) for n in range(1, 5)]
    if core_clock.today() > date(2026, 9, 1):
        assert any(to_do)


def test_every_job_was_copied_from_a_template_and_one_index_waits_for_a_master(demo):
    assert demo.scalar(select(func.count()).where(Job.template_id.is_(None))) == 0
    assert demo.scalar(select(func.count()).select_from(Drawing)) > 5
    waiting = demo.execute(select(Drawing).where(Drawing.confirmed_at.is_(None))).scalars().all()
    assert len(waiting) <= 1
    frozen = demo.execute(select(Ticket).where(Ticket.blocked_reason.is_not(None))).scalars().all()
    assert {ticket.blocked_reason for ticket in frozen} == {
        f"Indice {drawing.index_letter} reçu : à confirmer" for drawing in waiting
    }  # fmt: skip
