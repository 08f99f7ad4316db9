"""Clocks that need more than start and pause: help given, work of another kind, forgotten stops."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import local
from app.core.errors import Refused
from app.pedagogy.models import Pupil
from app.workshop import queries
from app.workshop.models import Ticket, WorkSession
from app.workshop.rules import EndCause, SessionWork, TicketState
from app.workshop.service.gate import require_startable
from app.workshop.service.ledger import (
    hand,
    held,
    holder,
    open_sessions,
    present_moment,
    require_workable,
    stop,
    working,
    write,
)
from app.workshop.service.sums import refresh, refresh_time
from app.workshop.service.time import Clock, begin, require_idle, require_present


def start_help(db: Session, ticket: Ticket, *, pupil_id: int, ticked: bool | None = None, by: Actor) -> WorkSession:
    """A pupil helps on somebody else's ticket while work goes on there; it counts as help, and makes no pieces.

    Whoever helps stands at the machine: the gate is asked as for whoever works there.
    """
    pupil = db.get_one(Pupil, pupil_id)
    if any(assignment.pupil_id == pupil_id for assignment in held(ticket)):
        raise Refused(f"{pupil.first_name} a ce bon : ce n’est pas de l’aide.", field="pupil")
    if ticket.state != TicketState.RUNNING:
        raise Refused("Personne ne travaille sur ce bon en ce moment : il n’y a pas d’aide à y donner.")
    require_idle(db, pupil, ticket)
    require_workable(queries.routing_of_operation(db, ticket.operation_id))
    moment = present_moment()
    require_present(db, pupil, moment)
    require_startable(db, ticket, pupil, ticked=ticked, by=by)
    session = WorkSession(
        ticket_id=ticket.id, pupil_id=pupil.id, started_at=moment, kind=SessionWork.HELP, at=moment,
        by_id=by.staff_id,
    )  # fmt: skip
    db.add(session)
    ticket.version += 1
    journal.record(db, ticket, "start_help", f"Aide de {pupil.full_name}", by=by)
    db.flush()  # the clock, so that whoever looks next sees it run
    return session


def stop_help(db: Session, ticket: Ticket, *, pupil_id: int, by: Actor) -> WorkSession:
    """The helper goes; the ticket's own work goes on."""
    found = [each for each in open_sessions(db, ticket) if each.pupil_id == pupil_id]
    session = next((each for each in found if each.kind == SessionWork.HELP), None)
    if session is None:
        raise Refused("Ce jeune n’aide pas sur ce bon en ce moment.", field="pupil")
    stop(db, session, hand(by), by=by)
    ticket.version += 1
    journal.record(db, ticket, "stop_help", f"Fin de l’aide de {_name(db, pupil_id)}", by=by)
    refresh_time(db, ticket, by=by)
    return session


def switch_work(
    db: Session, ticket: Ticket, *, kind: SessionWork, pupil_id: int | None = None, by: Actor
) -> WorkSession:
    """A pupil goes over from setting up to making, or to checking: one clock stops, the next starts at once.

    After a break or a forgotten stop the next one is a start like any other: the gate is asked.
    """
    pupil = holder(ticket, pupil_id)
    running = next((each for each in working(open_sessions(db, ticket)) if each.pupil_id == pupil.id), None)
    if running is None:
        raise Refused("Ce jeune ne travaille pas sur ce bon en ce moment.", field="pupil")
    if kind == SessionWork.HELP:
        raise Refused(f"{pupil.first_name} a ce bon : ce n’est pas de l’aide.", field="kind")
    if running.batch is not None:
        raise Refused("Des bons menés ensemble changent de travail ensemble : arrêtez-les d’abord.")
    if running.kind == kind:
        return running
    last = stop(db, running, hand(by), by=by)
    if (last.ended_at or last.started_at) < present_moment():  # the rule had stopped it: what begins now is a start
        require_startable(db, ticket, pupil, by=by)
    db.flush()  # one clock at a time
    session = begin(db, ticket, pupil, Clock(kind), by=by)
    refresh_time(db, ticket, by=by)
    return session


def stop_forgotten(db: Session, *, pupil_id: int | None = None, by: Actor) -> int:
    """Stop every clock that outlived the half-day it was started in, or one pupil's, at its end; how many."""
    moment = present_moment()
    running = select(WorkSession).where(WorkSession.ended_at.is_(None)).order_by(WorkSession.id)
    if pupil_id is not None:
        running = running.where(WorkSession.pupil_id == pupil_id)
    count = 0
    for session in db.execute(running).scalars().all():
        if session.ended_at is None and queries.slot_end(db, session.pupil_id, session.started_at) < moment:
            count += stop_late(db, session, by=by)
    return count


def stop_late(db: Session, session: WorkSession, *, moment: datetime | None = None, by: Actor) -> int:
    """Stop a forgotten clock where its half-day ended (or at `moment`), and with it those of its batch; how many."""
    ticket = queries.get_ticket(db, db.get_one(Ticket, session.ticket_id).number, lock=True)
    db.refresh(session)  # it may have been stopped before we held the ticket
    if session.ended_at is not None:
        return 0
    together = [session]
    if session.batch is not None:
        same = select(WorkSession).where(WorkSession.batch == session.batch, WorkSession.ended_at.is_(None))
        together = list(db.execute(same.order_by(WorkSession.id)).scalars())
    last = stop(db, session, EndCause.MASTER if moment else EndCause.END_OF_HALF_DAY, moment=moment, by=by)
    stopped = f"{local(last.ended_at or last.started_at):%H:%M} : {_name(db, session.pupil_id)}"
    label = f"Arrêté à {stopped}" if moment else f"Arrêt automatique à {stopped}"
    if ticket.state == TicketState.RUNNING:
        target = TicketState.RUNNING if working(open_sessions(db, ticket)) else TicketState.PAUSED
        write(db, ticket, target, "pause", label, by=by)
    else:
        journal.record(db, ticket, "stop_help", label, by=by)
    refresh(db, ticket, by=by)
    return len(together)


def _name(db: Session, pupil_id: int) -> str:
    return db.get_one(Pupil, pupil_id).full_name
