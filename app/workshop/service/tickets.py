"""Giving work: tickets made, given to a pupil or a pair, moved, taken back, shared, cancelled, opened again."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import local, now, today
from app.core.errors import Refused
from app.core.numbering import next_number
from app.machines.queries import Answer
from app.pedagogy.models import Pupil
from app.workshop import policies, queries, rules
from app.workshop.models import Assignment, Ticket
from app.workshop.rules import TICKET, EndCause, HalfDay, TicketKind, TicketState
from app.workshop.service.gate import keep_given, may_have_again, pass_over, require_assignable, work_of, work_on
from app.workshop.service.ledger import (
    assign,
    end_assignments,
    held,
    holder,
    move,
    open_sessions,
    require_action,
    require_confirmed,
    require_seen,
    require_workable,
    stop,
    working,
    write,
)
from app.workshop.service.settle import settle_defects
from app.workshop.service.sums import recount, refresh, settle_job


def create_ticket(
    db: Session, operation_id: int, *, quantity: int | None = None, for_day: date | None = None,
    note: str | None = None, by: Actor,
) -> Ticket:  # fmt: skip
    """A ticket on an operation, in nobody's hands yet. Without a quantity it takes all that is left to give."""
    queries.lock_operations(db, [operation_id])
    routing = queries.routing_of_operation(db, operation_id)
    require_workable(routing)
    require_confirmed(routing)
    left = routing.left_at(routing.index(operation_id))
    if sentence := rules.why_not_new_quantity(left if quantity is None else quantity, left):
        raise Refused(sentence + _who_has_it(db, operation_id) if not left else sentence, field="quantity")
    ticket = add_ticket(db, operation_id, left if quantity is None else quantity, for_day=for_day, note=note)
    journal.record(db, ticket, "create", f"Bon préparé : {rules.pieces(ticket.quantity)}", by=by)
    settle_job(db, operation_id, by=by)
    return ticket


def add_ticket(db: Session, operation_id: int, quantity: int, **other: Any) -> Ticket:
    """One more ticket with the next number, in nobody's hands."""
    year = today().year
    ticket = Ticket(
        number=rules.ticket_number(year, next_number(db, rules.TICKET_SERIES, year)), operation_id=operation_id,
        quantity=quantity, state=TicketState.OPEN, good=0, scrap=0, booked_seconds=0, version=1, created_at=now(),
        assignments=[], **other,
    )  # fmt: skip
    db.add(ticket)
    db.flush()  # its id, for the journal and the assignments
    return ticket


def _who_has_it(db: Session, operation_id: int) -> str:
    """Somebody was faster: say who has the work and since when."""
    query = (
        select(Ticket.number, Pupil.first_name, Assignment.given_at)
        .join(Assignment, Assignment.ticket_id == Ticket.id)
        .join(Pupil, Pupil.id == Assignment.pupil_id)
        .where(Ticket.operation_id == operation_id, Assignment.ended_at.is_(None))
        .order_by(Assignment.id.desc())
        .limit(1)
    )
    found = db.execute(query).one_or_none()
    if found is None:
        return ""
    return f" {found.first_name} a le {found.number} depuis {local(found.given_at):%H:%M}."


def give_ticket(
    db: Session, ticket: Ticket, *, pupil_ids: Sequence[int], day: date | None = None, half: HalfDay | None = None,
    seen_version: int | None = None, by: Actor,
) -> Ticket:  # fmt: skip
    """Put a ticket into the hands of one pupil or a pair, for a day and a half-day; who is not named holds it no more.

    It may be given before its pieces are ready: that is planning. It may not while somebody's clock runs on it. In the
    same hands for another half-day it only moves.
    """
    wanted = list(dict.fromkeys(pupil_ids))
    if sentence := policies.why_not_holders(len(wanted)):
        raise Refused(sentence, field="pupils")
    names = _names(db, wanted)
    before = [assignment.pupil.full_name for assignment in held(ticket)]
    meant = " et ".join(names.values())
    require_seen(db, ticket, seen_version, (("Donné à", meant, " et ".join(before) or "–"),))
    require_action(ticket, "give")
    day = _day_to_come(day)
    work = replace(work_of(db, ticket), day=day, half=half)
    holders = {assignment.pupil_id for assignment in held(ticket)}
    elsewhere = (day, half) != (ticket.for_day, ticket.for_half)
    moved = holders == set(wanted) and elsewhere
    answers = _judged(db, ticket, work, wanted, elsewhere=elsewhere, by=by)
    hand_over(db, ticket, wanted, holders, by=by)
    keep_given(db, ticket, answers, by=by)
    ticket.for_day, ticket.for_half = day, half
    if moved:
        write(db, ticket, ticket.state, "move", f"Prévu {rules.when(day, half)}", by=by)
    else:
        label = f"Donné à {meant}" if not before else f"Passé de {' et '.join(before)} à {meant}"
        move(db, ticket, "give", label, by=by)
    settle_job(db, ticket.operation_id, by=by)
    return ticket


def _judged(
    db: Session, ticket: Ticket, work: policies.Work, wanted: Sequence[int], *, elsewhere: bool, by: Actor
) -> dict[int, Answer]:
    """Who comes new passes the gate; on another day or half-day (`elsewhere`) so does who keeps the ticket."""
    holders = {assignment.pupil_id for assignment in held(ticket)}
    staying = [id_ for id_ in wanted if id_ in holders]
    fresh = [id_ for id_ in wanted if id_ not in holders] or ([] if elsewhere else wanted[:1])
    answers = require_assignable(db, ticket, work, fresh, staying=staying, by=by)
    if elsewhere:
        answers |= require_assignable(db, None, work, staying, staying=staying, by=by)
    return answers


def _day_to_come(day: date | None) -> date:
    """Work is given for today or for a day to come."""
    if day is not None and day < today():
        raise Refused(f"Le {day:%d/%m/%Y} est passé.", field="for_day")
    return day or today()


def hand_over(db: Session, ticket: Ticket, wanted: Sequence[int], holders: set[int], *, by: Actor) -> None:
    """Into these hands and no others; who gets it works by the drawing that is in force now."""
    if not set(wanted) <= holders:
        ticket.drawing_id = queries.main_drawing(db, ticket.operation_id)
    end_assignments(ticket, keep=frozenset(wanted))
    for pupil_id in wanted:
        if pupil_id not in holders:
            assign(db, ticket, pupil_id, by=by)
    db.flush()  # the new assignments, so that the ticket read again shows them
    db.refresh(ticket, ["assignments"])


def _names(db: Session, pupil_ids: Sequence[int]) -> dict[int, str]:
    rows = db.execute(select(Pupil.id, Pupil.first_name, Pupil.last_name).where(Pupil.id.in_(pupil_ids)))
    found = {id_: f"{first} {last}" for id_, first, last in rows}
    return {id_: found[id_] for id_ in pupil_ids}


def give_operation(
    db: Session, operation_id: int, *, pupil_ids: Sequence[int], quantity: int | None = None,
    day: date | None = None, half: HalfDay | None = None, by: Actor,
) -> Ticket:  # fmt: skip
    """Give in two gestures: make the ticket for all that is left of an operation and hand it over at once.

    Nothing is made when the pupil may not have it.
    """
    wanted = list(dict.fromkeys(pupil_ids))
    if sentence := policies.why_not_holders(len(wanted)):
        raise Refused(sentence, field="pupils")
    routing = queries.routing_of_operation(db, operation_id)
    seq, day = routing.operation(operation_id).step.seq, _day_to_come(day)
    name = f"bon de l’opération {seq} ({routing.number})"
    left = routing.left_at(routing.index(operation_id))
    work = replace(work_on(routing, operation_id, quantity or left), name=name, day=day, half=half)
    require_assignable(db, None, work, wanted, by=by)
    ticket = create_ticket(db, operation_id, quantity=quantity, for_day=day, by=by)
    return give_ticket(db, ticket, pupil_ids=wanted, day=day, half=half, by=by)


def give_past(
    db: Session, ticket: Ticket, *, pupil_id: int, reason: str, slot: tuple[date, HalfDay | None] | None = None,
    seen_version: int | None = None, by: Actor,
) -> bool:  # fmt: skip
    """Go past the school's own rules and give; whether the pupil held the ticket already, and may only start now."""
    holds = any(assignment.pupil_id == pupil_id for assignment in held(ticket))
    pass_over(db, ticket, pupil_id=pupil_id, reason=reason, slot=slot, seen_version=seen_version, by=by)
    if not holds:
        day, half = slot or (max(ticket.for_day or today(), today()), ticket.for_half)
        give_ticket(db, ticket, pupil_ids=[pupil_id], day=day, half=half, by=by)
    return holds


def take_back(db: Session, ticket: Ticket, *, seen_version: int | None = None, by: Actor) -> Ticket:
    """Take a ticket back unfinished: what was done on it stays, somebody else may have it."""
    names = " et ".join(assignment.pupil.full_name for assignment in held(ticket))
    require_seen(db, ticket, seen_version)
    move(db, ticket, "take_back", f"Repris à {names}" if names else "Repris", by=by)
    end_assignments(ticket)
    settle_job(db, ticket.operation_id, by=by)
    return ticket


def replace_holder(db: Session, ticket: Ticket, *, pupil_id: int, successor_id: int | None = None, by: Actor) -> Ticket:
    """Find another home for the ticket of somebody who is absent: another pupil, the partner alone, or the queue.

    The absent pupil's clock stops; a partner's goes on. Work that was handed in stays theirs until a master has looked.
    """
    if ticket.state == TicketState.TO_RELEASE:
        raise Refused(f"Le {ticket.number} est à contrôler : validez-le, ou renvoyez-le d’abord.")
    leaver = holder(ticket, pupil_id)
    names = leaver.full_name
    if successor_id is not None:
        work = _work_of_its_slot(db, ticket)
        keep_given(db, ticket, require_assignable(db, ticket, work, [successor_id], by=by), by=by)
        names = f"{names} à {_names(db, [successor_id])[successor_id]}"
    running = open_sessions(db, ticket)
    for session in running:
        if session.pupil_id == pupil_id:
            stop(db, session, EndCause.MASTER, by=by)
    others = {assignment.pupil_id for assignment in held(ticket)}
    wanted = [*sorted(others - {pupil_id}), *([successor_id] if successor_id is not None else [])]
    hand_over(db, ticket, wanted, others, by=by)
    if ticket.state == TicketState.BLOCKED and not wanted:
        ticket.blocked_from = TicketState.OPEN
    still = bool(working(running))
    write(
        db,
        ticket,
        _state_after(ticket, wanted, running=still),
        "replace",
        f"Passé de {names}" if wanted else f"Repris à {names}",
        by=by,
    )
    refresh(db, ticket, by=by)
    return ticket


def _work_of_its_slot(db: Session, ticket: Ticket) -> policies.Work:
    """What is left to do, for the day and half-day it is planned for; for today once that day is past."""
    work = work_of(db, ticket)
    if ticket.for_day is None or ticket.for_day < work.day:
        return work
    return replace(work, day=ticket.for_day, half=ticket.for_half)


def replace_all(db: Session, moves: Sequence[tuple[Ticket, int | None]], *, pupil_id: int, by: Actor) -> None:
    """Find a home for every ticket of somebody absent, all or none."""
    with db.begin_nested():
        for place, (ticket, successor_id) in enumerate(moves):
            try:
                replace_holder(db, ticket, pupil_id=pupil_id, successor_id=successor_id, by=by)
            except Refused as refused:
                raise Refused(refused.sentence, field=f"moves-{place}-pupil") from refused


def _state_after(ticket: Ticket, holders: Sequence[int], *, running: bool) -> TicketState:
    if ticket.state == TicketState.BLOCKED:
        return ticket.state
    if not holders:
        return TicketState.OPEN
    if running:
        return TicketState.RUNNING
    return TicketState.ASSIGNED if ticket.state == TicketState.ASSIGNED else TicketState.PAUSED


def cancel_ticket(db: Session, ticket: Ticket, *, note: str, seen_version: int | None = None, by: Actor) -> Ticket:
    """Cancel a ticket: clocks stop, nobody holds it, its open pieces may be given again; what was booked stays."""
    require_seen(db, ticket, seen_version)
    TICKET.require("cancel", ticket.state)
    for session in open_sessions(db, ticket):
        stop(db, session, EndCause.CANCEL, by=by)
    end_assignments(ticket)
    move(db, ticket, "cancel", "Annulé", by=by, note=note)
    refresh(db, ticket, by=by)
    settle_defects(db, ticket, by=by)
    return ticket


def reopen_ticket(db: Session, ticket: Ticket, *, note: str, seen_version: int | None = None, by: Actor) -> Ticket:
    """Open a finished ticket again, in the same hands, for the pieces that are on no other ticket meanwhile.

    Whom the gate refuses by now does not have it again; with nobody left it waits to be given.
    """
    require_seen(db, ticket, seen_version)
    TICKET.require("reopen", ticket.state)
    routing = queries.routing_of_operation(db, ticket.operation_id)
    require_workable(routing)
    used = ticket.good + ticket.scrap + ticket.aside
    quantity = min(max(ticket.quantity, used), used + routing.left_at(routing.index(ticket.operation_id)))
    if quantity < 1:
        raise Refused("Toutes les pièces de cette opération sont déjà faites ou données.")
    if ticket.kind == TicketKind.REWORK and quantity < ticket.quantity:
        raise Refused("Les pièces de cette retouche ont été données sur un autre bon.")
    ticket.quantity = quantity
    last = max((assignment.ended_at for assignment in ticket.assignments if assignment.ended_at), default=None)
    hands = dict.fromkeys(a.pupil_id for a in ticket.assignments if a.ended_at == last)
    again = may_have_again(db, ticket, list(hands)[-rules.PAIR :], by=by)
    hand_over(db, ticket, again, set(), by=by)
    if again:
        move(db, ticket, "reopen", "Rouvert", by=by, note=note)
    else:
        write(db, ticket, TicketState.OPEN, "reopen", "Rouvert, à donner", by=by, note=note)
    recount(db, ticket)
    settle_job(db, ticket.operation_id, by=by)
    return ticket


def cancel_live_tickets(db: Session, tickets: Sequence[Ticket], *, note: str, by: Actor) -> int:
    """Cancel every ticket still alive of an order that will not be made."""
    live = [ticket for ticket in tickets if ticket.state in rules.LIVE_STATES]
    for ticket in live:
        cancel_ticket(db, ticket, note=note, by=by)
    return len(live)
