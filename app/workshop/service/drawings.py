"""Drawings of an order line: an index comes, holds up what is under way, and is confirmed by a master."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.documents import Kept, store
from app.core.errors import Refused
from app.core.text import fold
from app.orders.models import CustomerOrder, OrderLine
from app.workshop import queries, rules
from app.workshop.models import Drawing, Ticket
from app.workshop.rules import DrawingState, TicketState
from app.workshop.service.blocks import block_ticket
from app.workshop.service.jobs import PLANNABLE
from app.workshop.service.ledger import held, write
from app.workshop.service.tickets import cancel_ticket

FREEZABLE = rules.TICKET.action("block").sources
CONTINUE, CANCEL = "continue", "cancel"


def add_drawing(db: Session, line: OrderLine, *, name: str, index: str, file: Kept, by: Actor) -> Drawing:
    """A drawing at one index. The first index of a drawing is in force at once; a new one holds up every ticket of
    the line that is not finished, until a master confirms it. Without such a ticket it is in force at once.
    """
    order = db.get_one(CustomerOrder, line.order_id)
    if order.state not in PLANNABLE:
        raise Refused(f"La commande {order.number} est « {order.state.label.lower()} » : elle ne change plus.")
    sets = queries.drawing_sets(db, [line.id]).get(line.id, [])
    known = next((each for each in sets if fold(each.name) == fold(name)), None)
    letter = rules.clean_index(index)
    if sentence := rules.why_not_index(letter, known.latest if known else None):
        raise Refused(sentence, field="index")
    name = known.name if known else name
    _overtake(db, line, name)
    drawing = Drawing(
        line_id=line.id, name=name, index_letter=letter, file_id=store(db, file).id, at=now(), by_id=by.staff_id
    )
    db.add(drawing)
    db.flush()  # its id, and the index that is waiting, before tickets are held up
    count = _freeze(db, drawing, by=by) if known and known.latest else 0
    if not count:
        drawing.confirmed_at = drawing.at
    words = f"Dessin « {name} », indice {letter} reçu"
    held_up = f" : {count} {'bons bloqués' if count > 1 else 'bon bloqué'} jusqu’à confirmation" if count else ""
    db.flush()  # in force, so that whoever gives work next is let through
    journal.record(db, order, "drawing", f"{words}, ligne {line.line_no}{held_up}", by=by)
    return drawing


def _overtake(db: Session, line: OrderLine, name: str) -> None:
    """An index nobody confirmed in time is overtaken: only the latest one is asked about."""
    for earlier in queries.pending_drawings(db, line.id):
        if earlier.name == name:
            earlier.withdrawn_at = now()
    db.flush()  # before tickets are held up for the new one


def _freeze(db: Session, drawing: Drawing, *, by: Actor) -> int:
    """Hold up what is under way; how many tickets wait now, those that waited for an overtaken index among them."""
    reason, count = rules.frozen_reason(drawing.index_letter), 0
    for number in queries.live_ticket_numbers(db, drawing.line_id):
        ticket = queries.get_ticket(db, number, lock=True)
        if ticket.state in FREEZABLE:
            block_ticket(db, ticket, note=reason, by=by)
        elif ticket.state == TicketState.BLOCKED and rules.is_frozen_reason(ticket.blocked_reason):
            ticket.blocked_reason = reason
            ticket.version += 1
        else:
            continue
        count += 1
    return count


def confirm_drawing(db: Session, drawing: Drawing, *, decisions: Mapping[str, str], by: Actor) -> Drawing:
    """A master's word on a new index: each ticket it holds up goes on with it, or is cancelled. All of them at once."""
    _require_pending(drawing)
    reason = rules.frozen_reason(drawing.index_letter)
    numbers = queries.frozen_tickets(db, drawing.line_id, reason)
    for place, number in enumerate(numbers):
        if decisions.get(number) not in {CONTINUE, CANCEL}:
            raise Refused(f"Dites ce que devient le {number}.", field=f"tickets-{place}-decision")
    if strangers := sorted(decisions.keys() - set(numbers)):
        raise Refused(f"Le {strangers[0]} n’attend plus cet indice : rouvrez la page.", field="tickets")
    drawing.confirmed_at, drawing.confirmed_by_id = now(), by.staff_id
    db.flush()  # in force, before tickets go on with it
    others = queries.pending_drawings(db, drawing.line_id)
    rest = rules.frozen_reason(others[0].index_letter) if others else None
    for number in numbers:
        ticket = queries.get_ticket(db, number, lock=True)
        if decisions[number] == CANCEL:
            cancel_ticket(db, ticket, note=f"Dessin « {drawing.name} », indice {drawing.index_letter}", by=by)
        else:
            _go_on(db, ticket, drawing, rest, by=by)
    words = f"Dessin « {drawing.name} », indice {drawing.index_letter} confirmé"
    journal.record(db, _order_of(db, drawing), "drawing", words, by=by)
    return drawing


def _go_on(db: Session, ticket: Ticket, drawing: Drawing, rest: str | None, *, by: Actor) -> None:
    """With the new index from now on; another one that is still waiting keeps it held up."""
    words = f"Continue avec l’indice {drawing.index_letter} du dessin « {drawing.name} »"
    if held(ticket):
        ticket.drawing_id = queries.main_drawing(db, ticket.operation_id)
    if rest is None:
        back = ticket.blocked_from or (TicketState.PAUSED if held(ticket) else TicketState.OPEN)
        write(db, ticket, back, "unblock", words, by=by)
    else:
        write(db, ticket, TicketState.BLOCKED, "drawing", words, by=by)
        ticket.blocked_reason = rest


def withdraw_drawing(db: Session, drawing: Drawing, *, note: str, by: Actor) -> Drawing:
    """An index that came by mistake: what it held up goes on as before. Once work was given with it, it stays."""
    if drawing.withdrawn_at is not None:
        raise Refused("Cet indice est déjà retiré.")
    row = queries.drawing_row(db, drawing.id)
    if row.state == DrawingState.REPLACED:
        raise Refused(f"L’indice {row.index} a été remplacé : il reste dans l’historique.")
    if number := queries.ticket_given_with(db, drawing.id):
        raise Refused(f"Le {number} a été donné avec l’indice {row.index} : il ne se retire plus.")
    waited = drawing.confirmed_at is None
    drawing.withdrawn_at = now()
    db.flush()  # gone, before tickets go on without it
    if waited:
        _thaw(db, drawing, by=by)
    words = f"Dessin « {drawing.name} », indice {drawing.index_letter} retiré"
    journal.record(db, _order_of(db, drawing), "drawing", words, by=by, note=note)
    return drawing


def _thaw(db: Session, drawing: Drawing, *, by: Actor) -> None:
    others = queries.pending_drawings(db, drawing.line_id)
    for number in queries.frozen_tickets(db, drawing.line_id, rules.frozen_reason(drawing.index_letter)):
        ticket = queries.get_ticket(db, number, lock=True)
        if others:
            ticket.blocked_reason = rules.frozen_reason(others[0].index_letter)
            ticket.version += 1
        else:
            back = ticket.blocked_from or (TicketState.PAUSED if held(ticket) else TicketState.OPEN)
            write(db, ticket, back, "unblock", f"Indice {drawing.index_letter} retiré", by=by)


def _require_pending(drawing: Drawing) -> None:
    if drawing.withdrawn_at is not None:
        raise Refused(f"L’indice {drawing.index_letter} est retiré : il ne se confirme plus.")
    if drawing.confirmed_at is not None:
        raise Refused(f"L’indice {drawing.index_letter} est déjà confirmé.")


def _order_of(db: Session, drawing: Drawing) -> CustomerOrder:
    return db.get_one(CustomerOrder, db.get_one(OrderLine, drawing.line_id).order_id)
