"""What every verb of a ticket shares: who holds it, who was faster, how a clock is stopped, what is written down."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import local, now
from app.core.errors import Refused, Stale
from app.pedagogy.models import Pupil
from app.workshop import policies, queries, rules
from app.workshop.models import Assignment, QuantityReport, Ticket, WorkSession
from app.workshop.queries import Routing
from app.workshop.queries.alerts import machine_out
from app.workshop.rules import TICKET, EndCause, SessionWork, TicketState
from app.workshop.service.sums import refresh_time


def present_moment() -> datetime:
    """Now, in whole seconds: sums of seconds are then exact on both engines."""
    return now().replace(microsecond=0)


def held(ticket: Ticket) -> list[Assignment]:
    """The assignments in force."""
    return [assignment for assignment in ticket.assignments if assignment.ended_at is None]


def holder(ticket: Ticket, pupil_id: int | None) -> Pupil:
    """The pupil meant: the one named, who must hold the ticket, or the only one who does."""
    holders = [assignment.pupil for assignment in held(ticket)]
    if pupil_id is None and len(holders) == 1:
        return holders[0]
    if not holders:
        raise Refused("Personne n’a ce bon : donnez-le d’abord.")
    if pupil_id is None:
        raise Refused("Ce bon est à un binôme : dites qui.", field="pupil")
    found = next((pupil for pupil in holders if pupil.id == pupil_id), None)
    if found is None:
        raise Refused("Ce bon n’est pas entre ses mains.", field="pupil")
    return found


def require_seen(
    db: Session, ticket: Ticket, seen_version: int | None, typed: tuple[tuple[str, str, str], ...] = ()
) -> None:
    """Refuse to act on what is no longer there: say who did what meanwhile, and keep what was typed."""
    if seen_version is None or seen_version == ticket.version:
        return
    last = journal.history(db, "ticket", ticket.id, limit=1)
    deed = (
        f" : {last[0].label[:1].lower()}{last[0].label[1:]}, par {last[0].who} à {local(last[0].at):%H:%M}"
        if last
        else ""
    )
    state = ("État", "–", ticket.state.label)
    raise Stale(
        f"Le {ticket.number} a changé entre-temps{deed}. Rien n’a été écrasé.", (*typed, state), version=ticket.version
    )


def require_workable(routing: Routing) -> policies.Work:
    """The order must be confirmed and not delivered yet."""
    work = policies.Work(routing.number, routing.order_number, routing.order_state, local(now()).date())
    if sentence := policies.why_not_workable(work):
        raise Refused(sentence)
    return work


def require_in_service(db: Session, ticket: Ticket) -> None:
    """Nothing starts on a machine that is down or under maintenance."""
    if out := machine_out(db, ticket.operation_id):
        note = f"\u00a0: {out.note.rstrip('.')}" if out.note else ""
        sentence = f"{out.label}, {out.state.label.lower()}{note}. Aucun bon n’y démarre."
        raise Refused(sentence, told="Cette machine est arrêtée. Demande à ton maître.")


def require_confirmed(routing: Routing) -> None:
    """No work is handed out, started or freed while a new index of the drawing waits for a master."""
    if routing.frozen:
        raise Refused(f"{rules.frozen_reason(routing.frozen)}. Un maître le confirme d’abord sur la page des dessins.")


def require_action(ticket: Ticket, name: str) -> TicketState:
    """The state that an action leads to. A blocked ticket that refuses says why it is blocked."""
    action = TICKET.action(name)
    if ticket.state == TicketState.BLOCKED and TicketState.BLOCKED not in action.sources:
        reason = (ticket.blocked_reason or "").rstrip(" .") or "raison non dite"
        raise Refused(f"Le {ticket.number} est bloqué : {reason}. Débloquez-le d’abord.")
    return TICKET.require(name, ticket.state)


def move(db: Session, ticket: Ticket, name: str, label: str, *, by: Actor, note: str | None = None) -> None:
    """Carry out an action of the workflow and write it down."""
    write(db, ticket, require_action(ticket, name), name, label, by=by, note=note)


def write(
    db: Session, ticket: Ticket, target: TicketState, name: str, label: str, *, by: Actor, note: str | None = None
) -> None:
    """Give the ticket a state, raise its version, write the deed down."""
    before, ticket.state = ticket.state, target
    if before == TicketState.BLOCKED != target:
        ticket.blocked_reason = ticket.blocked_from = None
    ticket.version += 1
    journal.record(db, ticket, journal.Move(name, before, target), label, by=by, note=note)


_OPEN_SESSIONS = (
    select(WorkSession)
    .where(WorkSession.ticket_id == bindparam("ticket"), WorkSession.ended_at.is_(None))
    .order_by(WorkSession.id)
)
_BATCH = (
    select(WorkSession, Ticket.number)
    .join(Ticket, Ticket.id == WorkSession.ticket_id)
    .where(WorkSession.batch == bindparam("batch"), WorkSession.ended_at.is_(None))
    .order_by(WorkSession.id)
)


def open_sessions(db: Session, ticket: Ticket) -> list[WorkSession]:
    """The clocks that run on a ticket, one per pupil at most; those of pupils who help are among them."""
    return list(db.execute(_OPEN_SESSIONS, {"ticket": ticket.id}).scalars())


def hand(by: Actor) -> EndCause:
    """Whose hand stopped a clock: a master's, or at a tablet the pupil's own."""
    return EndCause.SELF if by.staff_id is None else EndCause.MASTER


def working(sessions: Iterable[WorkSession]) -> list[WorkSession]:
    """Those that still run and keep their ticket running; somebody who only helps does not."""
    return [each for each in sessions if each.ended_at is None and each.kind != SessionWork.HELP]


def stop(
    db: Session, session: WorkSession, cause: EndCause, *, by: Actor, moment: datetime | None = None
) -> WorkSession:
    """Stop a clock now (or at `moment`), or at the end of its half-day when that is past; cut it at breaks.

    What runs together stops together: with one ticket of a batch the others stop too, and are paused. Returns the last
    piece of the time.
    """
    end = moment or present_moment()
    last = _close(db, session, cause, end, by)
    if session.batch is not None:
        _stop_batch(db, session, cause, end, by)
    return last


def _close(db: Session, session: WorkSession, cause: EndCause, end: datetime, by: Actor) -> WorkSession:
    start = session.started_at
    windows = queries.work_windows(db, [session.pupil_id], local(start).date())[session.pupil_id]
    worked, cut = rules.closing(start, end, windows, queries.day_end(start))
    last = session
    for place, (begin, stopped) in enumerate(worked):
        if place:
            last = _piece(session, begin, by)
            db.add(last)
        last.ended_at, last.end_cause = stopped, EndCause.BREAK
    last.end_cause = cause if cut is None or cause == EndCause.CANCEL else cut
    return last


def _piece(session: WorkSession, begin: datetime, by: Actor) -> WorkSession:
    """What goes on after a break, closed at once."""
    return WorkSession(
        ticket_id=session.ticket_id, pupil_id=session.pupil_id, started_at=begin, kind=session.kind,
        share=session.share, batch=session.batch, at=present_moment(), by_id=by.staff_id,
    )  # fmt: skip


def _stop_batch(db: Session, session: WorkSession, cause: EndCause, end: datetime, by: Actor) -> None:
    """The other tickets of a batch: the shares are those of all of them together, so none goes on alone."""
    db.flush()  # the clock just stopped, so that it is not found again
    for other, number in db.execute(_BATCH, {"batch": session.batch}).all():
        _close(db, other, EndCause.MASTER if cause == EndCause.CANCEL else cause, end, by)
        ticket = queries.get_ticket(db, number, lock=True)
        if not working(open_sessions(db, ticket)) and ticket.state == TicketState.RUNNING:
            write(db, ticket, TicketState.PAUSED, "pause", "Mis en pause avec les bons menés ensemble", by=by)
        refresh_time(db, ticket, by=by)


def end_assignments(ticket: Ticket, *, keep: frozenset[int] = frozenset()) -> None:
    """Nobody but `keep` holds the ticket any more."""
    moment = now()  # one for all: those who end together are found again together
    for assignment in held(ticket):
        if assignment.pupil_id not in keep:
            assignment.ended_at = moment


def assign(db: Session, ticket: Ticket, pupil_id: int, *, by: Actor) -> None:
    """The pupil holds the ticket from now on."""
    if by.staff_id is None:
        raise Refused("Un bon est donné par un maître.")
    db.add(Assignment(ticket_id=ticket.id, pupil_id=pupil_id, master_id=by.staff_id, given_at=now()))


def add_report(
    db: Session, ticket: Ticket, pupil_id: int, counts: tuple[int, int], *, reason: str | None, by: Actor,
    session_id: int | None = None,
) -> QuantityReport:  # fmt: skip
    """State pieces; `counts` are good and scrap."""
    report = QuantityReport(
        ticket_id=ticket.id, pupil_id=pupil_id, good=counts[0], scrap=counts[1], reason=reason or None, at=now(),
        by_id=by.staff_id, work_session_id=session_id,
    )  # fmt: skip
    db.add(report)
    return report


def take_back_report(db: Session, report: QuantityReport, *, reason: str | None, by: Actor) -> QuantityReport:
    """The entry with the negative figures, beside the same time, that points to the one it takes back."""
    reversal = QuantityReport(
        ticket_id=report.ticket_id, pupil_id=report.pupil_id, good=-report.good, scrap=-report.scrap,
        reason=reason or None, at=now(), by_id=by.staff_id, work_session_id=report.work_session_id,
        reverses_id=report.id,
    )  # fmt: skip
    db.add(reversal)
    return reversal


def counted(good: int, scrap: int) -> str:
    """« 12 bonnes, 1 rebut »"""
    goods = f"{good} {'bonne' if abs(good) < 2 else 'bonnes'}"
    return f"{goods}, {scrap} {'rebut' if abs(scrap) < 2 else 'rebuts'}" if scrap else goods
