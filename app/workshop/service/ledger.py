"""What every verb of a ticket shares: who holds it, who was faster, how a clock is stopped, what is written down."""

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
from app.workshop.rules import TICKET, EndCause, TicketState


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


def open_sessions(db: Session, ticket: Ticket) -> list[WorkSession]:
    """The clocks that run on a ticket, one per pupil at most."""
    return list(db.execute(_OPEN_SESSIONS, {"ticket": ticket.id}).scalars())


def stop(db: Session, session: WorkSession, cause: EndCause) -> None:
    """Stop a clock: now, or at the end of the practice session it was started in when that is past."""
    end_of_slot = queries.slot_end(db, session.pupil_id, session.started_at)
    session.ended_at, cut = rules.closing(session.started_at, present_moment(), end_of_slot)
    session.end_cause = EndCause.END_OF_HALF_DAY if cut and cause != EndCause.CANCEL else cause


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


def take_back_report(db: Session, report: QuantityReport, *, reason: str | None, by: Actor) -> None:
    """The entry with the negative figures, beside the same time, that points to the one it takes back."""
    db.add(
        QuantityReport(
            ticket_id=report.ticket_id, pupil_id=report.pupil_id, good=-report.good, scrap=-report.scrap,
            reason=reason or None, at=now(), by_id=by.staff_id, work_session_id=report.work_session_id,
            reverses_id=report.id,
        )
    )  # fmt: skip


def counted(good: int, scrap: int) -> str:
    """« 12 bonnes, 1 rebut »"""
    goods = f"{good} {'bonne' if abs(good) < 2 else 'bonnes'}"
    return f"{goods}, {scrap} {'rebut' if abs(scrap) < 2 else 'rebuts'}" if scrap else goods
