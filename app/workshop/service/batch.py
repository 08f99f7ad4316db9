"""Several tickets run together by one pupil: one clock, a share of its time for each, started and stopped as one."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.errors import Refused
from app.machines.rules import Exposure
from app.workshop import queries, rules
from app.workshop.models import Ticket, WorkSession
from app.workshop.rules import SessionWork, TicketState
from app.workshop.service.gate import require_startable
from app.workshop.service.ledger import hand, holder, open_sessions, stop, working, write
from app.workshop.service.quantities import Counts
from app.workshop.service.releases import finish_ticket, submit
from app.workshop.service.sums import refresh_time
from app.workshop.service.time import Clock, begin, require_idle

NOT_TOGETHER = "Ce jeune ne mène pas plusieurs bons ensemble en ce moment."


@dataclass(frozen=True, slots=True)
class Done:
    """What was made on one ticket of a batch that ends."""

    number: str
    counts: Counts
    reason: str | None = None


def start_batch(
    db: Session, tickets: Sequence[Ticket], *, pupil_id: int, shares: Sequence[Decimal] | None = None,
    kind: SessionWork = SessionWork.RUN, ticked: bool | None = None, by: Actor,
) -> str:  # fmt: skip
    """One pupil runs several tickets at once. Without shares they follow the planned time of what is left.

    The gate is asked for every one of them, as when each is started alone; what vibrates is added up.
    """
    if len({ticket.id for ticket in tickets}) < len(tickets):
        raise Refused("Un bon figure deux fois dans la liste.", field="tickets")
    parts = list(shares) if shares is not None else rules.default_shares([_left(db, each) for each in tickets])
    if len(parts) != len(tickets):
        raise Refused("Donnez une part pour chaque bon.", field="tickets")
    if sentence := rules.why_not_shares(parts):
        raise Refused(sentence, field="tickets")
    if kind == SessionWork.HELP:
        raise Refused("On n’aide pas sur plusieurs bons à la fois.", field="kind")
    pupils = [holder(ticket, pupil_id) for ticket in tickets]
    require_idle(db, pupils[0], tickets[0])
    beside: tuple[Exposure, ...] = ()
    for ticket, pupil in zip(tickets, pupils, strict=True):
        beside = require_startable(db, ticket, pupil, ticked=ticked, beside=beside, by=by)
    batch = str(uuid4())
    for ticket, share in zip(tickets, parts, strict=True):
        begin(db, ticket, pupils[0], Clock(kind, share, batch), by=by)
    db.flush()  # the clocks, so that whoever looks next sees them run
    return batch


def _left(db: Session, ticket: Ticket) -> int:
    operation = queries.routing_of_operation(db, ticket.operation_id).operation(ticket.operation_id)
    rest = rules.open_pieces(ticket.quantity, ticket.good, ticket.scrap, ticket.aside)
    return rules.planned_seconds(operation.setup_seconds, operation.unit_seconds, rest)


def pause_batch(db: Session, pupil_id: int, *, by: Actor) -> list[Ticket]:
    """Stop what a pupil runs together; each ticket is paused once nobody works on it."""
    sessions, tickets = _held(db, pupil_id)
    stop(db, sessions[0], hand(by), by=by)
    first = tickets[0]
    target = TicketState.RUNNING if working(open_sessions(db, first)) else TicketState.PAUSED
    write(db, first, target, "pause", "Mis en pause avec les bons menés ensemble", by=by)
    refresh_time(db, first, by=by)
    return tickets


def finish_batch(db: Session, pupil_id: int, *, done: Sequence[Done], by: Actor) -> list[Ticket]:
    """End what a pupil runs together: every ticket of the batch is told what was made on it, all or none.

    By a master's hand the tickets are finished; by the pupil's own, at a tablet, they are handed in to be checked.
    """
    _, held = _held(db, pupil_id)
    running = {ticket.number for ticket in held}
    if {each.number for each in done} != running or len(done) != len(running):
        raise Refused(f"Donnez les pièces de chaque bon mené ensemble : {', '.join(sorted(running))}.", field="done")
    tickets = []
    with db.begin_nested():
        for place, each in enumerate(done):
            ticket = queries.get_ticket(db, each.number, lock=True)
            try:
                end = submit if by.staff_id is None else finish_ticket
                end(db, ticket, counts=each.counts, reason=each.reason, pupil_id=pupil_id, by=by)
            except Refused as refused:
                raise Refused(refused.sentence, field=f"done-{place}-{refused.field or 'good'}") from refused
            tickets.append(ticket)
    return tickets


def _held(db: Session, pupil_id: int) -> tuple[list[WorkSession], list[Ticket]]:
    """What runs together, with its tickets, read again now that nobody else can stop it."""
    numbers = {number for _, number in _running(db, pupil_id)}
    tickets = {number: queries.get_ticket(db, number, lock=True) for number in sorted(numbers)}
    found = _running(db, pupil_id)
    if {number for _, number in found} != numbers:
        raise Refused(NOT_TOGETHER)
    return [session for session, _ in found], [tickets[number] for _, number in found]


def _running(db: Session, pupil_id: int) -> list[tuple[WorkSession, str]]:
    query = (
        select(WorkSession, Ticket.number)
        .join(Ticket, Ticket.id == WorkSession.ticket_id)
        .where(WorkSession.pupil_id == pupil_id, WorkSession.ended_at.is_(None), WorkSession.batch.is_not(None))
        .order_by(WorkSession.id)
    )
    found = [(row[0], row[1]) for row in db.execute(query)]
    if not found:
        raise Refused(NOT_TOGETHER)
    return found
