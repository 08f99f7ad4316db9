"""Answers of the gate to read and to judge again: work refused today, and a rule of the school gone past."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import School, Staff
from app.core import clock, journal
from app.core.actor import Actor
from app.core.paging import ListRequest
from app.demo.calendar import DAY
from app.machines import service
from app.machines.models import WorkCenter
from app.machines.queries import Answer, Span, facts_for
from app.machines.rules import AskedFor, Check, source_line
from app.machines.service import Asked
from app.pedagogy.models import Pupil, TimetableSession
from app.pedagogy.queries import members_on
from app.workshop import queries
from app.workshop.models import Assignment
from app.workshop.queries.past import PastRow, past_answers

REFUSED_FOR = (Check.OPINION, Check.TRAINING)  # one refusal of each, if anybody is in that case
LOOKED_AT, LOOKED_BACK = 30, timedelta(days=60)
MORNING, GIVEN_AT, EVENING = 8 * 60, 8 * 60 + 40, 17 * 60
REASON = "Machine déjà vue, je reste à côté. Je signe le permis demain."


def try_in_vain(db: Session, session: TimetableSession, by: Actor) -> None:
    """The master tried to give work to pupils whose paper is missing: refused, and the answers are kept."""
    wanted = list(REFUSED_FOR)
    for answer, subject in _answers(db, session, by):
        refusal = answer.verdict.refusal
        if refusal is not None and refusal.check in wanted:
            wanted.remove(refusal.check)
            service.keep_answers(db, [answer], Asked(AskedFor.ASSIGN, subject), by=by)
        if not wanted:
            return


def _answers(db: Session, session: TimetableSession, by: Actor) -> Iterator[tuple[Answer, str]]:
    """What the gate says of each pupil of the class on the work that waits."""
    pupils = [one.pupil_id for one in members_on(db, session.group_id, clock.today())]
    for item in queries.today_board(db, queries.Asked(by.staff_id, mine=True)).items[:LOOKED_AT]:
        routing = queries.routing_of_operation(db, item.operation_id)
        work = queries.work_on(routing, item.operation_id, item.pieces)
        for answer in queries.gate_answers(db, pupils, work).values():
            yield answer, item.name


def go_past(db: Session) -> None:
    """One day the head had the machine permit block; a master went past it with a reason, and it warns again since."""
    last = clock.today() - DAY
    asked = ListRequest("", "", size=1000)
    for row in past_answers(db, Span(last - LOOKED_BACK, last), asked).page.items:
        if any(one.check == Check.PERMIT for one in row.verdict.warnings) and not row.refused:
            _have_permits_block(db, row)
            _pass_over(db, row)
            return


def _have_permits_block(db: Session, row: PastRow) -> None:
    head = accounts.staff_actor(accounts.get_staff_by_code(db, "D1"))
    for minute, blocks, first in ((MORNING, True, row.day), (EVENING, False, row.day + DAY)):
        with clock.freeze(clock.instant(row.day, minute)):
            ceiling = db.scalars(select(School.pupils_per_master)).one()
            service.change_settings(
                db, {Check.PERMIT.value: blocks}, starts_on=first, pupils_per_master=ceiling, seen_version=None,
                by=head,
            )  # fmt: skip
            db.flush()  # the gate reads what holds


def _pass_over(db: Session, row: PastRow) -> None:
    ticket = queries.get_ticket(db, row.number, lock=True)
    given = select(Staff).join(Assignment, Assignment.master_id == Staff.id).where(Assignment.ticket_id == ticket.id)
    pupil = db.scalars(select(Pupil).where(Pupil.code == row.pupil)).one()
    center = db.scalars(select(WorkCenter).where(WorkCenter.code == row.center)).one()
    by = accounts.staff_actor(db.scalars(given.order_by(Assignment.id).limit(1)).one())
    answer = facts_for(db, [pupil.id], [center.id], row.day).ask(pupil.id, center.id, row.day)
    codes = list(answer.verdict.codes)
    with clock.freeze(clock.instant(row.day, GIVEN_AT)):
        asked = Asked(AskedFor.ASSIGN, ticket.number)
        service.keep_override(db, answer, asked, codes=codes, reason=REASON, by=by)
        words = " ; ".join(source_line(one.check, one.article) for one in answer.verdict.refusals)
        journal.record(db, ticket, "pass_over", f"Passé outre pour {pupil.first_name} : {words}", by=by, note=REASON)
