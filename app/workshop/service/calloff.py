"""Work that will not be made: its tickets are cancelled, and the material set aside for it is free again."""

from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.workshop import queries
from app.workshop.rules import MoveKind
from app.workshop.service.material import move_material
from app.workshop.service.tickets import cancel_live_tickets


def call_off(db: Session, number: str, *, note: str, by: Actor) -> tuple[int, int]:
    """Cancel what is still alive of an order and free its material: how many tickets, how many lots."""
    live = queries.order_jobs(db, number).live
    tickets = [queries.get_ticket(db, row.number, lock=True) for row in live]
    return cancel_live_tickets(db, tickets, note=note, by=by), free_material(db, number, note=note, by=by)


def free_material(db: Session, number: str, *, note: str | None = None, by: Actor) -> int:
    """Free what is reserved and not consumed for an order; how many lots."""
    lots = {lot.id: lot for lot in queries.lots_by_id(db, {use.lot_id for use in _reserved(db, number)})}
    uses = _reserved(db, number)  # read again, now that the lots are held
    for use in uses:
        if lot := lots.get(use.lot_id):
            move_material(db, lot, MoveKind.FREE, use.reserved, job_id=use.job_id, note=note, by=by)
    return len({use.lot_id for use in uses})


def _reserved(db: Session, number: str) -> list[queries.Use]:
    db.flush()  # moves just made, so that they count
    trace = queries.trace_of_order(db, number)
    return [use for line in trace.lines for use in line.lots if use.reserved > 0]
