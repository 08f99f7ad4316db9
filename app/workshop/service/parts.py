"""Work divided and put together again: a ticket split, shared out alike, several tickets merged into one."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import Refused
from app.workshop import queries, rules
from app.workshop.models import Ticket
from app.workshop.service.ledger import end_assignments, move, require_seen, require_workable
from app.workshop.service.settle import follow_merge
from app.workshop.service.sums import recount, settle_job
from app.workshop.service.tickets import add_ticket, create_ticket, give_ticket


def split_ticket(db: Session, ticket: Ticket, *, quantity: int, seen_version: int | None = None, by: Actor) -> Ticket:
    """Put some of a ticket's open pieces on a second ticket; the two together ask for what the one asked for.

    What was done stays on the first: facts are never divided.
    """
    require_seen(db, ticket, seen_version, (("Pièces sur l’autre bon", str(quantity), "–"),))
    _require_live(ticket)
    if sentence := rules.why_not_split(ticket.quantity - ticket.aside, ticket.good, ticket.scrap, quantity):
        raise Refused(sentence, field="quantity")
    other = _split_off(db, ticket, quantity, by=by)
    settle_job(db, ticket.operation_id, by=by)
    return other


def share_ticket(
    db: Session, ticket: Ticket, *, parts: int, seen_version: int | None = None, by: Actor
) -> list[Ticket]:  # fmt: skip
    """Share a ticket's open pieces alike on so many tickets, itself the first: a long series for several pupils."""
    require_seen(db, ticket, seen_version, (("Bons", str(parts), "–"),))
    _require_live(ticket)
    open_ = queries.part_of(ticket).open
    if sentence := rules.why_not_parts(open_, parts):
        raise Refused(sentence, field="parts")
    others = [_split_off(db, ticket, size, by=by) for size in rules.equal_parts(open_, parts)[1:]]
    settle_job(db, ticket.operation_id, by=by)
    return [ticket, *others]


def share_operation(db: Session, operation_id: int, *, parts: int, by: Actor) -> list[Ticket]:
    """Make so many tickets at once of what is left of an operation, alike."""
    queries.lock_operations(db, [operation_id])
    routing = queries.routing_of_operation(db, operation_id)
    require_workable(routing)
    left = routing.left_at(routing.index(operation_id))
    if sentence := rules.why_not_parts(left, parts):
        raise Refused(sentence, field="parts")
    return [create_ticket(db, operation_id, quantity=size, by=by) for size in rules.equal_parts(left, parts)]


def _require_live(ticket: Ticket) -> None:
    if ticket.state not in rules.LIVE_STATES:
        raise Refused(f"Ce bon est « {ticket.state.label.lower()} » : il ne se partage plus.")


def _split_off(db: Session, ticket: Ticket, quantity: int, *, by: Actor) -> Ticket:
    before = ticket.quantity
    ticket.quantity -= quantity
    ticket.version += 1
    other = add_ticket(
        db, ticket.operation_id, quantity, for_day=ticket.for_day, for_half=ticket.for_half, note=ticket.note,
        kind=ticket.kind, parent_id=ticket.parent_id, drawing_id=ticket.drawing_id,
    )  # fmt: skip
    changes = {"Pièces": (before, ticket.quantity)}
    journal.record(db, ticket, "split", f"Partagé avec le {other.number}", by=by, changes=changes)
    journal.record(db, other, "create", f"Pris sur le {ticket.number} : {rules.pieces(quantity)}", by=by)
    return other


def merge_tickets(
    db: Session, into: Ticket, others: Sequence[Ticket], *, seen_version: int | None = None, by: Actor
) -> Ticket:
    """Put the open pieces of other tickets of the same operation on one; they are over, what was done on them stays.

    All or none: one that may not go refuses the whole.
    """
    require_seen(db, into, seen_version)
    if not others:
        raise Refused("Choisissez au moins un bon à réunir.", field="others")
    parts = [queries.part_of(other) for other in others]
    for part in parts:
        if sentence := rules.why_not_merge(queries.part_of(into), part):
            raise Refused(sentence, field="others")
    before, into.quantity = into.quantity, rules.merged_quantity(queries.part_of(into), parts)
    into.version += 1
    for other in others:
        end_assignments(other)
        move(db, other, "merge", f"Réuni avec le {into.number}", by=by)
    follow_merge(db, into, list(others), by=by)
    numbers = ", ".join(other.number for other in others)
    changes = {"Pièces": (before, into.quantity)}
    journal.record(db, into, "merge", f"Réuni avec {numbers}", by=by, changes=changes)
    recount(db, into)
    settle_job(db, into.operation_id, by=by)
    return into


def undo_merge(
    db: Session, into: Ticket, *, quantity: int, pupil_ids: Sequence[int], seen_version: int, by: Actor
) -> Ticket:
    """Take merged pieces off again, on a ticket of their own, given to who had them.

    Only as long as nothing has happened to the merged ticket since: the version says so.
    """
    require_seen(db, into, seen_version)
    other = split_ticket(db, into, quantity=quantity, by=by)
    if pupil_ids:
        day = other.for_day if other.for_day and other.for_day >= today() else None
        give_ticket(db, other, pupil_ids=pupil_ids, day=day, half=other.for_half, by=by)
    return other
