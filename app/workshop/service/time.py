"""Time on tickets: clocks started and stopped, time entered by hand, corrections by reversing entry."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import local
from app.core.errors import Refused
from app.orders.rules import OrderState
from app.pedagogy.models import Pupil
from app.workshop import queries, rules
from app.workshop.models import QuantityReport, Ticket, WorkSession
from app.workshop.rules import EndCause, JobState, Presence, TicketState
from app.workshop.service.ledger import (
    add_report,
    holder,
    open_sessions,
    present_moment,
    require_action,
    require_seen,
    require_workable,
    stop,
    take_back_report,
    write,
)
from app.workshop.service.quantities import require_pieces
from app.workshop.service.sums import refresh, refresh_time, settle_job


class Span(NamedTuple):
    """From one instant to another."""

    start: datetime
    end: datetime


def start_ticket(
    db: Session, ticket: Ticket, *, pupil_id: int | None = None, seen_version: int | None = None, by: Actor
) -> WorkSession:
    """A holder starts to work. A pupil does one thing at a time; of a pair each has a clock of their own.

    An operation that still waits for pieces may be started: setting up comes before the first piece.
    """
    require_seen(db, ticket, seen_version)
    pupil = holder(ticket, pupil_id)
    if running := queries.open_session(db, pupil.id):
        raise Refused(_already_at_work(pupil, ticket, running))
    if ticket.state != TicketState.RUNNING:
        require_action(ticket, "start")
    routing = queries.routing_of_operation(db, ticket.operation_id)
    require_workable(routing)
    moment = present_moment()
    _require_present(db, pupil, moment)
    session = WorkSession(ticket_id=ticket.id, pupil_id=pupil.id, started_at=moment, at=moment, by_id=by.staff_id)
    db.add(session)
    write(db, ticket, TicketState.RUNNING, "start", f"Démarré par {pupil.full_name}", by=by)
    db.flush()  # the clock, so that whoever looks next sees it run
    if routing.state != JobState.RUNNING or routing.order_state == OrderState.CONFIRMED:
        settle_job(db, ticket.operation_id, by=by)
    return session


def _already_at_work(pupil: Pupil, ticket: Ticket, running: tuple[WorkSession, str, str]) -> str:
    session, number, label = running
    if number == ticket.number:
        return f"{pupil.first_name} travaille déjà sur ce bon."
    return (
        f"{pupil.first_name} est sur le {number} ({label}) depuis {local(session.started_at):%H:%M}."
        f" Mettez d’abord ce bon en pause."
    )


def _require_present(db: Session, pupil: Pupil, moment: datetime) -> None:
    day = local(moment).date()
    if queries.presences(db, [pupil.id], day)[pupil.id] == Presence.ABSENT:
        raise Refused(
            f"{pupil.first_name} est noté absent à l’appel du {day:%d/%m/%Y}. Corrigez d’abord l’appel.", field="pupil"
        )


def pause_ticket(
    db: Session, ticket: Ticket, *, pupil_id: int | None = None, seen_version: int | None = None, by: Actor
) -> WorkSession:
    """Stop a holder's clock. The ticket is paused once nobody works on it any more."""
    require_seen(db, ticket, seen_version)
    require_action(ticket, "pause")
    running = open_sessions(db, ticket)
    session = running[0] if pupil_id is None and len(running) == 1 else None
    if session is None:
        pupil = holder(ticket, pupil_id)
        session = next((each for each in running if each.pupil_id == pupil.id), None)
    if session is None:
        raise Refused("Ce jeune ne travaille pas sur ce bon en ce moment.", field="pupil")
    stop(db, session, EndCause.MASTER)
    target = TicketState.RUNNING if len(running) > 1 else TicketState.PAUSED
    write(db, ticket, target, "pause", f"Mis en pause : {_name(db, session.pupil_id)}", by=by)
    refresh_time(db, ticket, by=by)
    return session


def _name(db: Session, pupil_id: int) -> str:
    return db.get_one(Pupil, pupil_id).full_name


def enter_time(
    db: Session, ticket: Ticket, *, pupil_id: int, span: Span, counts: tuple[int, int] = (0, 0),
    reason: str | None = None, by: Actor,
) -> WorkSession:  # fmt: skip
    """A master enters time by hand for somebody who holds or held the ticket, with the pieces made in it if any."""
    if ticket.state == TicketState.CANCELLED:
        raise Refused("Ce bon est annulé : aucun temps ne s’y ajoute.")
    pupil = next((a.pupil for a in ticket.assignments if a.pupil_id == pupil_id), None)
    if pupil is None:
        raise Refused("Ce jeune n’a jamais eu ce bon.", field="pupil")
    _require_free(db, pupil, span)
    _require_present(db, pupil, span.start)
    if any(counts):
        require_pieces(db, ticket, counts)
    session = _closed(ticket.id, pupil.id, span, by)
    db.add(session)
    ticket.version += 1
    label = f"Temps saisi pour {pupil.full_name} : {_words(span)}"
    journal.record(db, ticket, "enter_time", label, by=by)
    if any(counts):
        db.flush()  # the session's id, for the pieces made in it
        add_report(db, ticket, pupil.id, counts, reason=reason, by=by, session_id=session.id)
    refresh(db, ticket, by=by)
    return session


def _closed(ticket_id: int, pupil_id: int, span: Span, by: Actor) -> WorkSession:
    return WorkSession(
        ticket_id=ticket_id, pupil_id=pupil_id, started_at=span.start, ended_at=span.end, end_cause=EndCause.BY_HAND,
        at=present_moment(), by_id=by.staff_id,
    )  # fmt: skip


def _words(span: Span) -> str:
    start, end = local(span.start), local(span.end)
    return f"{start:%d/%m/%Y}, {start:%H:%M} à {end:%H:%M}"


def _require_free(db: Session, pupil: Pupil, span: Span, *, but: WorkSession | None = None) -> None:
    """Time runs forward, is past, and nobody does two things at once."""
    if sentence := rules.why_not_time(span.start, span.end, present_moment()):
        raise Refused(sentence, field="end")
    others = [
        other for other in queries.time_of(db, pupil.id, span.start, span.end)
        if but is None or (other.start, other.end) != (but.started_at, but.ended_at)
    ]  # fmt: skip
    if found := rules.why_overlap(span.start, span.end, others):
        until = f"à {local(found.end):%H:%M}" if found.end else "et y est encore"
        raise Refused(
            f"{pupil.first_name} était sur le {found.number} de {local(found.start):%H:%M} {until}.", field="start"
        )


def reverse_session(db: Session, session: WorkSession, *, note: str, by: Actor) -> Ticket:
    """Take back a booked time: a second row points to it, and both count for nothing."""
    ticket = _require_reversible(db, session)
    _reverse(db, session, by)
    ticket.version += 1
    label = f"Temps annulé pour {_name(db, session.pupil_id)} : {_span_words(session)}"
    journal.record(db, ticket, "reverse_time", label, by=by, note=note)
    refresh(db, ticket, by=by)
    return ticket


def _span_words(session: WorkSession) -> str:
    return _words(Span(session.started_at, session.ended_at or session.started_at))


def correct_session(db: Session, session: WorkSession, *, span: Span, note: str, by: Actor) -> WorkSession:
    """Put a booked time right: it is taken back, and the right one is entered with the pieces that were made in it."""
    ticket = _require_reversible(db, session)
    pupil = db.get_one(Pupil, session.pupil_id)
    _require_free(db, pupil, span, but=session)
    _reverse(db, session, by)
    right = _closed(ticket.id, pupil.id, span, by)
    db.add(right)
    db.flush()  # the new session's id, for the pieces made in it
    _carry_pieces(db, ticket, session, right, by=by)
    ticket.version += 1
    changes = {"Temps": (_span_words(session), _words(span))}
    label = f"Temps corrigé pour {pupil.full_name}"
    journal.record(db, ticket, "correct_time", label, by=by, note=note, changes=changes)
    refresh(db, ticket, by=by)
    return right


def _require_reversible(db: Session, session: WorkSession) -> Ticket:
    """Locks the ticket first: two corrections of one time cannot both succeed."""
    ticket = queries.get_ticket(db, session.ticket.number, lock=True)
    if session.ended_at is None:
        raise Refused("Ce pointage est en cours : mettez d’abord le bon en pause.")
    taken = db.execute(select(WorkSession.id).where(WorkSession.reverses_id == session.id)).first()
    if session.reverses_id is not None or taken is not None:
        raise Refused("Ce pointage a déjà été corrigé.")
    return ticket


def _reverse(db: Session, session: WorkSession, by: Actor) -> None:
    db.add(
        WorkSession(
            ticket_id=session.ticket_id, pupil_id=session.pupil_id, started_at=session.started_at,
            ended_at=session.ended_at, end_cause=session.end_cause, at=present_moment(), by_id=by.staff_id,
            reverses_id=session.id,
        )
    )  # fmt: skip


def _carry_pieces(db: Session, ticket: Ticket, wrong: WorkSession, right: WorkSession, *, by: Actor) -> None:
    """Pieces stated with the wrong time belong to the right one: taken back there, stated here, the sum unchanged."""
    taken = select(QuantityReport.reverses_id).where(
        QuantityReport.ticket_id == ticket.id, QuantityReport.reverses_id.is_not(None)
    )
    reports = db.execute(
        select(QuantityReport).where(
            QuantityReport.work_session_id == wrong.id, QuantityReport.reverses_id.is_(None),
            QuantityReport.id.not_in(taken),
        )
    ).scalars().all()  # fmt: skip
    for report in reports:
        take_back_report(db, report, reason=None, by=by)
        counts = (report.good, report.scrap)
        add_report(db, ticket, report.pupil_id, counts, reason=report.reason, by=by, session_id=right.id)


def stop_forgotten(db: Session, *, by: Actor) -> int:
    """Stop every clock that outlived the practice session it was started in, at that session's end; how many."""
    count = 0
    moment = present_moment()
    running = db.execute(select(WorkSession).where(WorkSession.ended_at.is_(None)).order_by(WorkSession.id)).scalars()
    for session in running.all():
        if queries.slot_end(db, session.pupil_id, session.started_at) >= moment:
            continue
        ticket = queries.get_ticket(db, db.get_one(Ticket, session.ticket_id).number, lock=True)
        others = [each for each in open_sessions(db, ticket) if each.id != session.id]
        stop(db, session, EndCause.MASTER)
        label = f"Arrêt automatique à {local(session.ended_at or moment):%H:%M} : {_name(db, session.pupil_id)}"
        write(db, ticket, TicketState.RUNNING if others else TicketState.PAUSED, "pause", label, by=by)
        refresh(db, ticket, by=by)
        count += 1
    return count
