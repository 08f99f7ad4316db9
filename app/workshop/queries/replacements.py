"""Somebody is absent: new homes for the tickets in his hands, with those who may have them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.clock import today
from app.core.errors import NotFound
from app.workshop.models import Ticket
from app.workshop.queries.dayfacts import read_day
from app.workshop.queries.dayplan import Slip, slip_of
from app.workshop.queries.handing import Item, Queue, item_of, read_queue
from app.workshop.queries.judging import Choice, Judge, choices, place, read_judge, there
from app.workshop.queries.people import Person
from app.workshop.rules import HalfDay, TicketState


@dataclass(frozen=True, slots=True)
class Move:
    """A ticket of somebody absent: where it could go and why, or why nowhere; and everybody who may have it."""

    slip: Slip
    half: HalfDay
    proposed: str
    reason: str
    choices: tuple[Choice, ...]


CHECK = "La commande de ce bon n’est plus à l’atelier"
_TICKETS = select(Ticket).where(Ticket.number.in_(bindparam("numbers", expanding=True)))


def replacement(db: Session, code: str) -> tuple[Person, list[Move]]:
    """An absent pupil's tickets of today, each with a qualified pupil who could take it."""
    day = today()
    facts, queue = read_day(db, day), read_queue(db, day)
    person = next((one for one in facts.people.values() if one.code == code), None)
    if person is None:
        raise NotFound(f"Aucun élève du jour n’a le code « {code} ».")
    # What was handed in waits for a master, and for nobody else.
    held = {each.number: each for each in facts.held.get(person.id, ()) if each.state != TicketState.TO_RELEASE}
    items = _items(db, list(held), queue)
    moves: list[Move] = []
    for half, laid in facts.laid[person.id].items():
        mine = [items[slip.number] for slip in laid.slips if slip.number in items]
        if not mine:
            continue
        judge = read_judge(db, facts, half, mine)
        people = there(facts, half, but=person.id)
        moves += _moves(judge, mine, people, queue)
    apart = [
        Move(slip_of(held[n], day), HalfDay.MORNING, "", "Commande à vérifier", ()) for n in held if n not in items
    ]
    return person, [*moves, *apart]


def _moves(judge: Judge, items: Sequence[Item], people: Sequence[Person], queue: Queue) -> list[Move]:
    found = place(judge, items, people, queue)
    codes = {one.id: one.code for one in people}
    placed = {one.chore.key: (codes[one.pupil_id], one.reason) for one in found.suggestions}
    placed |= {left.chore.key: ("", left.cause) for left in found.leftovers}
    slips = {
        slip.number: slip for halves in judge.facts.laid.values() for half in halves.values() for slip in half.slips
    }
    return [
        Move(slips[item.ticket], judge.half, *placed[item.ticket], choices(judge, item, people)) for item in items
    ]  # fmt: skip


def _items(db: Session, numbers: Sequence[str], queue: Queue) -> dict[str, Item]:
    """Tickets in somebody's hands as work to give; what nobody may work on any more is left out."""
    places = {each.id: (routing, place) for routing in queue.routings for place, each in enumerate(routing.operations)}
    tickets = db.execute(_TICKETS, {"numbers": list(numbers)}).scalars().all()
    found = {}
    for ticket in tickets:
        if ticket.operation_id in places:
            routing, place = places[ticket.operation_id]
            found[ticket.number] = item_of(routing, place, ticket, queue.centers, queue.day)
    return found
