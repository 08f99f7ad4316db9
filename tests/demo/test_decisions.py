"""The demonstration's answers of the gate: some refused, one gone past, each judged again to the same."""

from datetime import date

from sqlalchemy import func, select

from app.machines import queries
from app.machines.models import GateDecision
from app.machines.queries.settings import setting_decisions
from app.machines.rules import Check
from app.machines.rules.settings import in_force
from app.workshop.models import Ticket
from tests.demo.conftest import MOMENT


def decisions(db, *conditions):
    return db.scalars(select(GateDecision).where(*conditions).order_by(GateDecision.id)).all()


def test_work_was_refused_for_a_missing_paper_and_changed_nothing(demo):
    refused = decisions(demo, GateDecision.allowed.is_(False))
    assert {Check.OPINION.value, Check.TRAINING.value} <= {one.codes.split("+")[0] for one in refused}
    assert len(refused) <= 4
    held = select(func.count()).select_from(Ticket).where(Ticket.number.in_([one.subject for one in refused]))
    given = held.where(Ticket.assignments.any())
    assert demo.scalar(given) == 0


def test_a_master_went_past_the_machine_permit_once_with_a_reason(demo):
    (passed,) = decisions(demo, GateDecision.override_reason.is_not(None))
    assert passed.codes == Check.PERMIT.value
    assert passed.allowed
    assert passed.on_date < MOMENT.date()
    settings = setting_decisions(demo)
    assert in_force(settings, passed.on_date)[Check.PERMIT.value]
    assert not in_force(settings, MOMENT.date())[Check.PERMIT.value]


def test_every_kept_answer_is_given_again(demo):
    assert all(queries.answer_given(demo, one.id).same for one in decisions(demo))


def test_answers_lie_in_the_order_they_were_given(demo):
    days = [one.at.date() for one in decisions(demo)]
    assert days == sorted(days)
    assert days[-1] <= date(2026, 11, 26)
