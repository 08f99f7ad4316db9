"""The papers of the demonstration: enough in order to work by, enough amiss to have something to do."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from app.core import clock as core_clock
from app.core.clock import PARIS
from app.core.db import Database
from app.demo.install import install_demo
from app.machines.models import Clearance, DeclarationChange, GateDecision, WorkCenter
from app.machines.queries import facts_for
from app.machines.rules import replay
from app.pedagogy.models import Pupil, TimetableSession
from app.workshop.queries import coming_refusals

MOMENT = datetime(2026, 11, 24, 15, 10, tzinfo=PARIS)


@pytest.fixture(scope="module")
def installed(databases, tmp_path_factory):
    database = Database(databases.clone())
    with core_clock.freeze(MOMENT):
        install_demo(database, tmp_path_factory.mktemp("demo"))
    yield database
    database.dispose()


@pytest.fixture
def demo(installed, clock):
    clock.set(MOMENT)
    with installed.reading() as db:
        yield db


@pytest.fixture
def answers(demo):
    day = MOMENT.date()
    pupils = demo.scalars(select(Pupil.id).where(Pupil.left_on.is_(None))).all()
    known = facts_for(demo, pupils, demo.scalars(select(WorkCenter.id)).all(), day)
    return [answer for answer in known.every([day]) if known.works_on(answer.pupil_id, day)]


def test_most_may_work_and_each_kind_of_paper_stops_somebody(demo, answers):
    codes = {code for answer in answers for code in answer.verdict.codes}
    assert {"G06_EVALUATION", "G07_FORMATION", "G08_EVALUATION_FORMATION", "G09_AVIS_MEDICAL"} <= codes
    allowed = [answer for answer in answers if answer.verdict.allowed]
    assert len(allowed) > len(answers) / 2


def test_permits_are_given_step_by_step(demo, answers):
    allowed = [answer.verdict for answer in answers if answer.verdict.allowed]
    assert any(verdict.supervised for verdict in allowed)
    assert any(not verdict.supervised and not verdict.warnings for verdict in allowed) or any(
        {finding.check.order for finding in verdict.warnings} == {17} for verdict in allowed
    )
    late = [verdict for verdict in allowed if any(finding.check.order == 16 for finding in verdict.warnings)]
    assert 0 < len(late) < len(allowed) / 3


def test_nothing_is_dated_ahead_and_no_permit_before_its_training(demo):
    today = core_clock.today()
    rows = demo.execute(select(Clearance).where(Clearance.kind.in_(("permit", "safety")))).scalars().all()
    assert all(row.on_date <= today for row in rows)
    trained = {(row.pupil_id, row.work_center_id): row.on_date for row in rows if row.result == "passed"}
    permits = [row for row in rows if row.kind == "permit"]
    assert permits
    assert all(trained[row.pupil_id, row.work_center_id] < row.on_date for row in permits)


def test_a_change_waits_to_be_sent_and_a_ticket_to_be_looked_at_again(demo):
    (change,) = demo.scalars(select(DeclarationChange)).all()
    assert change.sent_on is None
    assert change.changed_on > core_clock.today() - timedelta(days=8)
    assert len(coming_refusals(demo, core_clock.today())) >= 1


def test_what_was_handed_out_today_left_its_answers(demo):
    given = demo.scalars(select(GateDecision)).all()
    assert {row.asked_for for row in given} == {"assign", "start"}
    assert all(row.allowed and replay(row.facts).allowed for row in given)


def test_every_master_of_today_may_supervise(demo, answers):
    assert demo.scalar(select(TimetableSession.id).where(TimetableSession.on_date == MOMENT.date()).limit(1))
    assert not any("G10_ENCADRANT" in answer.verdict.codes for answer in answers)
