"""Tickets held up: blocked with the reason, opened again where they stood."""

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.workshop import queries
from app.workshop.models import Ticket
from app.workshop.rules import EndCause, TicketState
from app.workshop.service.ledger import (
    held,
    move,
    open_sessions,
    require_action,
    require_confirmed,
    require_seen,
    stop,
    write,
)
from app.workshop.service.sums import refresh


def block_ticket(db: Session, ticket: Ticket, *, note: str, seen_version: int | None = None, by: Actor) -> Ticket:
    """Hold a ticket up: clocks stop, whoever has it keeps it, nobody gives or starts it before it is freed."""
    require_seen(db, ticket, seen_version)
    before = ticket.state
    move(db, ticket, "block", "Bloqué", by=by, note=note)
    ticket.blocked_reason = note
    ticket.blocked_from = TicketState.PAUSED if before == TicketState.RUNNING else before
    running = open_sessions(db, ticket)
    for session in running:
        stop(db, session, EndCause.MASTER, by=by)
    if running:
        refresh(db, ticket, by=by)
    return ticket


def unblock_ticket(
    db: Session, ticket: Ticket, *, note: str | None = None, seen_version: int | None = None, by: Actor
) -> Ticket:
    """The reason is gone: the ticket stands where it stood; work that ran then is paused."""
    require_seen(db, ticket, seen_version)
    require_action(ticket, "unblock")
    require_confirmed(queries.routing_of_operation(db, ticket.operation_id))
    back = ticket.blocked_from or (TicketState.PAUSED if held(ticket) else TicketState.OPEN)
    write(db, ticket, back, "unblock", "Débloqué", by=by, note=note)
    return ticket
