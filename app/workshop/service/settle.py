"""What becomes of a non-conformance when the ticket that puts its pieces right, or makes them again, is over."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.workshop import queries, rules
from app.workshop.models import Defect, Ticket
from app.workshop.rules import LIVE_STATES, DefectState, TicketKind, TicketState
from app.workshop.service.sums import refresh


def settle_defects(db: Session, ticket: Ticket, *, by: Actor) -> None:
    """Close the sheets a finished ticket was made for. Cancelled, its pieces are to be decided on anew.

    Not where the order is cancelled, nor where the pieces went back to an earlier operation: there they are to be made
    again like any others.
    """
    if ticket.kind not in {TicketKind.REWORK, TicketKind.REMAKE} or ticket.state in LIVE_STATES:
        return
    db.flush()  # what was just written, so that sheets and tickets are found as they are
    for defect in _waiting_for(db, ticket):
        own = ticket.id in {defect.rework_ticket_id, defect.remake_ticket_id}
        left = rules.open_pieces(ticket.quantity, ticket.good, ticket.scrap, ticket.aside)
        if own and ticket.state == TicketState.CANCELLED and left and _may_reopen(db, defect, ticket):
            _reopen(db, defect, left, by=by)
        elif not _still_live(db, defect, ticket.kind):
            label = "Close" if ticket.state == TicketState.DONE else f"Close : le {ticket.number} est annulé"
            close(db, defect, label, by=by)


def _waiting_for(db: Session, ticket: Ticket) -> list[Defect]:
    """Sheets decided on the ticket the pieces come from, that have a ticket of that kind."""
    made = Defect.rework_ticket_id if ticket.kind == TicketKind.REWORK else Defect.remake_ticket_id
    query = (
        select(Defect)
        .where(Defect.ticket_id == ticket.parent_id, Defect.state == DefectState.DECIDED, made.is_not(None))
        .options(joinedload(Defect.ticket))
        .order_by(Defect.id)
    )
    return list(db.execute(query).scalars())


def _may_reopen(db: Session, defect: Defect, ticket: Ticket) -> bool:
    if ticket.kind != TicketKind.REWORK or ticket.operation_id != defect.ticket.operation_id:
        return False
    return not queries.routing_of_operation(db, ticket.operation_id).cancelled


def _reopen(db: Session, defect: Defect, left: int, *, by: Actor) -> None:
    """Only the pieces that were not put right are decided on again."""
    before, defect.state = defect.state, rules.DEFECT.require("reopen", defect.state)
    changes = {"Pièces": (defect.pieces, left)}
    defect.pieces, defect.decision, defect.rework_ticket_id = left, None, None
    defect.taken_good = min(defect.taken_good, left)
    defect.version += 1
    move = journal.Move("reopen", before, defect.state)
    journal.record(db, defect, move, "Retouche annulée : à décider de nouveau", by=by, changes=changes)
    refresh(db, queries.get_ticket(db, defect.ticket.number), by=by)


def _still_live(db: Session, defect: Defect, kind: TicketKind) -> bool:
    """Its own ticket is under way, or one that part of the work was put on: of no other sheet, made after it."""
    made = Defect.rework_ticket_id if kind == TicketKind.REWORK else Defect.remake_ticket_id
    first = defect.rework_ticket_id if kind == TicketKind.REWORK else defect.remake_ticket_id
    others = select(made).where(Defect.id != defect.id, made.is_not(None))
    query = select(Ticket.id).where(
        Ticket.parent_id == defect.ticket_id, Ticket.kind == kind, Ticket.state.in_(LIVE_STATES), Ticket.id >= first,
        Ticket.id.not_in(others),
    )  # fmt: skip
    return db.execute(query.limit(1)).first() is not None


def close(db: Session, defect: Defect, label: str, *, note: str | None = None, by: Actor) -> None:
    """The sheet is closed: every piece of it is settled."""
    before, defect.state = defect.state, rules.DEFECT.require("close", defect.state)
    defect.closed_at = now()
    defect.version += 1
    journal.record(db, defect, journal.Move("close", before, defect.state), label, by=by, note=note)


def follow_merge(db: Session, into: Ticket, others: list[Ticket], *, by: Actor) -> None:
    """The sheets that waited for a ticket wait for the one it went into."""
    gone = {other.id for other in others}
    if into.kind not in {TicketKind.REWORK, TicketKind.REMAKE}:
        return
    db.flush()  # sheets as they are, before they are looked for
    query = select(Defect).where(or_(Defect.rework_ticket_id.in_(gone), Defect.remake_ticket_id.in_(gone)))
    for defect in db.execute(query).scalars():
        if defect.rework_ticket_id in gone:
            defect.rework_ticket_id = into.id
        if defect.remake_ticket_id in gone:
            defect.remake_ticket_id = into.id
        defect.version += 1
        journal.record(db, defect, "merge", f"Son bon est réuni avec le {into.number}", by=by)
