"""Time on tickets: clocks started and stopped, time entered by hand, corrections by reversing entry."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
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
from app.workshop.rules import EndCause, JobState, Presence, SessionWork, TicketState
from app.workshop.service.gate import require_startable
from app.workshop.service.ledger import (
    add_report,
    hand,
    holder,
    open_sessions,
    present_moment,
    require_action,
    require_in_service,
    require_seen,
    require_workable,
    stop,
    take_back_report,
    working,
    write,
)
from app.workshop.service.quantities import require_pieces
from app.workshop.service.sums import refresh, refresh_time, settle_job


class Span(NamedTuple):
    """Time entered by hand: from one instant to another, and on what it was spent."""

    start: datetime
    end: datetime
    kind: SessionWork = SessionWork.RUN


def start_ticket(
    db: Session, ticket: Ticket, *, pupil_id: int | None = None, kind: SessionWork = SessionWork.RUN,
    seen_version: int | None = None, ticked: bool | None = None, by: Actor,
) -> WorkSession:  # fmt: skip
    """A holder starts to work. A pupil does one thing at a time; of a pair each has a clock of their own.

    An operation that still waits for pieces may be started: setting up comes before the first piece. `ticked`: on a
    tablet, whether the pupil has confirmed the protections.
    """
    require_seen(db, ticket, seen_version)
    pupil = holder(ticket, pupil_id)
    if kind == SessionWork.HELP:
        raise Refused(f"{pupil.first_name} a ce bon : ce n’est pas de l’aide.", field="kind")
    require_idle(db, pupil, ticket)
    require_startable(db, ticket, pupil, ticked=ticked, by=by)
    session = begin(db, ticket, pupil, Clock(kind), by=by)
    db.flush()  # the clock, so that whoever looks next sees it run
    return session


@dataclass(frozen=True, slots=True)
class Clock:
    """What a clock that starts counts: which work, which share of the pupil's time, in which batch."""

    kind: SessionWork = SessionWork.RUN
    share: Decimal = rules.WHOLE
    batch: str | None = None


def require_idle(db: Session, pupil: Pupil, ticket: Ticket) -> None:
    """Nobody is on two tickets at once: the other one is named. Several run together only as a batch, said so.

    The pupil is held: two starts on two jobs come one after the other.
    """
    queries.hold_pupil(db, pupil.id)
    if running := queries.open_session(db, pupil.id):
        raise Refused(_already_at_work(pupil, ticket, running))


def begin(db: Session, ticket: Ticket, pupil: Pupil, clock: Clock, *, by: Actor) -> WorkSession:
    """Start one clock of a holder; who starts has made sure that no other one runs."""
    if ticket.state != TicketState.RUNNING:
        require_action(ticket, "start")
    routing = queries.routing_of_operation(db, ticket.operation_id)
    require_workable(routing)
    require_in_service(db, ticket)
    moment = present_moment()
    require_present(db, pupil, moment)
    session = WorkSession(
        ticket_id=ticket.id, pupil_id=pupil.id, started_at=moment, kind=clock.kind, share=clock.share,
        batch=clock.batch, at=moment, by_id=by.staff_id,
    )  # fmt: skip
    db.add(session)
    write(db, ticket, TicketState.RUNNING, "start", f"Démarré par {pupil.full_name}{_kind_words(clock.kind)}", by=by)
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


def require_present(db: Session, pupil: Pupil, moment: datetime) -> None:
    """Nobody who is stated absent works."""
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
    running = working(open_sessions(db, ticket))
    session = running[0] if pupil_id is None and len(running) == 1 else None
    if session is None:
        pupil = holder(ticket, pupil_id)
        session = next((each for each in running if each.pupil_id == pupil.id), None)
    if session is None:
        raise Refused("Ce jeune ne travaille pas sur ce bon en ce moment.", field="pupil")
    stop(db, session, hand(by), by=by)
    target = TicketState.RUNNING if working(running) else TicketState.PAUSED
    write(db, ticket, target, "pause", f"Mis en pause : {_name(db, session.pupil_id)}", by=by)
    refresh_time(db, ticket, by=by)
    return session


def _name(db: Session, pupil_id: int) -> str:
    return db.get_one(Pupil, pupil_id).full_name


def enter_time(
    db: Session, ticket: Ticket, *, pupil_id: int, span: Span, counts: tuple[int, int] = (0, 0),
    reason: str | None = None, by: Actor,
) -> WorkSession:  # fmt: skip
    """A master enters time by hand for somebody who holds or held the ticket, with the pieces made in it if any.

    Help is entered for somebody who never had it; it comes without pieces.
    """
    if ticket.state == TicketState.CANCELLED:
        raise Refused("Ce bon est annulé : aucun temps ne s’y ajoute.")
    pupil = _whose_time(db, ticket, pupil_id, span.kind)
    if span.kind == SessionWork.HELP and any(counts):
        raise Refused("Qui aide ne déclare pas de pièces : elles sont à qui a le bon.", field="good")
    _require_free(db, pupil, span)
    require_present(db, pupil, span.start)
    if any(counts):
        require_pieces(db, ticket, counts)
    session = closed(ticket.id, pupil.id, span, Clock(span.kind), by=by)
    db.add(session)
    ticket.version += 1
    label = f"Temps saisi pour {pupil.full_name} : {_words(span)}{_kind_words(span.kind)}"
    journal.record(db, ticket, "enter_time", label, by=by)
    if any(counts):
        db.flush()  # the session's id, for the pieces made in it
        add_report(db, ticket, pupil.id, counts, reason=reason, by=by, session_id=session.id)
    refresh(db, ticket, by=by)
    return session


def _whose_time(db: Session, ticket: Ticket, pupil_id: int, kind: SessionWork) -> Pupil:
    had = next((a.pupil for a in ticket.assignments if a.pupil_id == pupil_id), None)
    if kind == SessionWork.HELP:
        if had is not None:
            raise Refused(f"{had.first_name} a eu ce bon : ce n’est pas de l’aide.", field="kind")
        return db.get_one(Pupil, pupil_id)
    if had is None:
        raise Refused("Ce jeune n’a jamais eu ce bon.", field="pupil")
    return had


def closed(ticket_id: int, pupil_id: int, span: Span, clock: Clock, *, by: Actor) -> WorkSession:
    """Time entered by hand."""
    return WorkSession(
        ticket_id=ticket_id, pupil_id=pupil_id, started_at=span.start, ended_at=span.end, end_cause=EndCause.BY_HAND,
        kind=clock.kind, share=clock.share, batch=clock.batch, at=present_moment(), by_id=by.staff_id,
    )  # fmt: skip


def _kind_words(kind: SessionWork) -> str:
    return "" if kind == SessionWork.RUN else f" ({kind.label.lower()})"


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
    """Take back a booked time: a second row points to it, and both count for nothing. A batch goes as one."""
    ticket = _require_reversible(db, session)
    for each, of in _together(db, session, ticket):
        _reverse(db, each, by)
        of.version += 1
        label = f"Temps annulé pour {_name(db, each.pupil_id)} : {_span_words(each)}"
        journal.record(db, of, "reverse_time", label, by=by, note=note)
        refresh(db, of, by=by)
    return ticket


def _span_words(session: WorkSession) -> str:
    return _words(Span(session.started_at, session.ended_at or session.started_at))


def correct_session(
    db: Session, session: WorkSession, *, span: Span, kind: SessionWork | None = None, note: str, by: Actor
) -> WorkSession:
    """Put a booked time right: it is taken back, and the right one is entered with the pieces that were made in it.

    Tickets that ran together are put right together, each with its share.
    """
    ticket = _require_reversible(db, session)
    pupil = db.get_one(Pupil, session.pupil_id)
    if kind is not None and (kind == SessionWork.HELP) != (session.kind == SessionWork.HELP):
        raise Refused("Aider et travailler sur son bon ne se changent pas l’un en l’autre.", field="kind")
    _require_free(db, pupil, span, but=session)
    right = session
    for each, of in _together(db, session, ticket):
        fresh = _put_right(db, each, of, Clock(kind or each.kind, each.share, each.batch), span=span, by=by)
        changes = {"Temps": (_span_words(each), _words(span))}
        if fresh.kind != each.kind:
            changes["Travail"] = (each.kind.label, fresh.kind.label)
        label = f"Temps corrigé pour {pupil.full_name}"
        journal.record(db, of, "correct_time", label, by=by, note=note, changes=changes)
        refresh(db, of, by=by)
        right = fresh if each is session else right
    return right


def _put_right(db: Session, wrong: WorkSession, ticket: Ticket, clock: Clock, *, span: Span, by: Actor) -> WorkSession:
    _reverse(db, wrong, by)
    right = closed(ticket.id, wrong.pupil_id, span, clock, by=by)
    db.add(right)
    db.flush()  # the new session's id, for the pieces made in it
    _carry_pieces(db, ticket, wrong, right, by=by)
    ticket.version += 1
    return right


def _together(db: Session, session: WorkSession, ticket: Ticket) -> list[tuple[WorkSession, Ticket]]:
    """The session, and those that ran with it in one batch at the same time."""
    if session.batch is None:
        return [(session, ticket)]
    same = (WorkSession.batch == session.batch, WorkSession.started_at == session.started_at)
    mates = select(WorkSession).where(*same, WorkSession.reverses_id.is_(None)).order_by(WorkSession.id)
    found = [each for each in db.execute(mates).scalars() if each is session or not _taken_back(db, each)]
    return [
        (each, ticket if each is session else queries.get_ticket(db, each.ticket.number, lock=True)) for each in found
    ]


def _taken_back(db: Session, session: WorkSession) -> bool:
    return db.execute(select(WorkSession.id).where(WorkSession.reverses_id == session.id)).first() is not None


def _require_reversible(db: Session, session: WorkSession) -> Ticket:
    """Locks the ticket first: two corrections of one time cannot both succeed."""
    ticket = queries.get_ticket(db, session.ticket.number, lock=True)
    if session.ended_at is None:
        raise Refused("Ce pointage est en cours : mettez d’abord le bon en pause.")
    if session.reverses_id is not None or _taken_back(db, session):
        raise Refused("Ce pointage a déjà été corrigé.")
    return ticket


def _reverse(db: Session, session: WorkSession, by: Actor) -> None:
    db.add(
        WorkSession(
            ticket_id=session.ticket_id, pupil_id=session.pupil_id, started_at=session.started_at,
            ended_at=session.ended_at, end_cause=session.end_cause, kind=session.kind, share=session.share,
            batch=session.batch, at=present_moment(), by_id=by.staff_id, reverses_id=session.id,
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
