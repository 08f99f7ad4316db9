"""Pieces stated on tickets: good and scrapped, corrections by reversing entry."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.errors import Refused
from app.workshop import queries, rules
from app.workshop.models import QuantityReport, Ticket, WorkSession
from app.workshop.rules import HELD_STATES, Step, TicketKind
from app.workshop.service.ledger import (
    add_report,
    counted,
    hand,
    holder,
    open_sessions,
    stop,
    take_back_report,
)
from app.workshop.service.sums import refresh

Counts = tuple[int, int]


def require_pieces(db: Session, ticket: Ticket, counts: Counts, taken: Counts = (0, 0)) -> None:
    """No more pieces go through an operation than came good out of the one before it, nor fewer than the next one used;
    a rework ticket has its own pieces only, a series goes on once its first article is released.

    `taken` are pieces that a correction takes back in the same gesture. The caller holds the routing.
    """
    require_own_pieces(db, ticket, counts, taken)
    routing = queries.routing_of_operation(db, ticket.operation_id)
    place = routing.index(ticket.operation_id)
    steps = _without(routing.steps, place, taken)
    if any(counts) and (sentence := rules.why_not_quantity(*counts, steps, place)):
        raise Refused(sentence, field="good")
    if sentence := rules.why_not_taken_back(taken[0] - counts[0], routing.steps, place):
        raise Refused(sentence, field="good")


def require_own_pieces(db: Session, ticket: Ticket, counts: Counts, taken: Counts) -> None:
    """What the ticket itself says: pieces to rework are counted, the first piece comes before the others."""
    used = ticket.good + ticket.scrap + ticket.aside - sum(taken)
    if ticket.kind == TicketKind.REWORK and (sentence := rules.why_not_rework(sum(counts), ticket.quantity - used)):
        raise Refused(sentence, field="good")
    if counts[0] > max(taken[0], 0) and queries.asks_first_article(db, ticket.operation_id):
        sheet = queries.check_sheet(db, ticket)
        before = ticket.good - taken[0]
        if sentence := rules.why_not_beyond_first(
            before, counts[0], asked=sheet.first_asked, released=sheet.first_released
        ):
            raise Refused(sentence, field="good")


def _without(steps: Sequence[Step], place: int, taken: Counts) -> list[Step]:
    found = list(steps)
    found[place] = replace(found[place], good=found[place].good - taken[0], scrap=found[place].scrap - taken[1])
    return found


def report_quantity(
    db: Session, ticket: Ticket, *, counts: Counts, reason: str | None = None, pupil_id: int | None = None, by: Actor
) -> QuantityReport:
    """State pieces good and scrapped while the work goes on. Of a pair each piece is counted once, for one of them."""
    if ticket.state not in HELD_STATES:
        raise Refused(f"Ce bon est « {ticket.state.label.lower()} » : aucune pièce ne s’y ajoute.")
    if not any(counts):
        raise Refused("Indiquez au moins une pièce bonne ou un rebut.", field="good")
    pupil = holder(ticket, pupil_id)
    require_pieces(db, ticket, counts)
    session = next((each for each in open_sessions(db, ticket) if each.pupil_id == pupil.id), None)
    report = add_report(
        db, ticket, pupil.id, counts, reason=reason, by=by, session_id=session.id if session else None
    )  # fmt: skip
    ticket.version += 1
    journal.record(db, ticket, "report", f"{pupil.full_name} : {counted(*counts)}", by=by, note=reason)
    refresh(db, ticket, by=by)
    return report


def hand_in(
    db: Session, ticket: Ticket, counts: Counts, *, reason: str | None, pupil_id: int | None, by: Actor
) -> None:
    """Stop the clocks, and state the last pieces beside the time they were made in."""
    pupil = None
    if any(counts):
        pupil = holder(ticket, pupil_id)
        require_pieces(db, ticket, counts)
    stopped = {each.pupil_id: stop(db, each, hand(by), by=by) for each in open_sessions(db, ticket)}
    if pupil is None:
        return
    db.flush()  # the last piece of the time, which the pieces belong to
    session = stopped.get(pupil.id) or _last_time(db, ticket, pupil.id)
    session_id = session.id if session else None
    add_report(db, ticket, pupil.id, counts, reason=reason, by=by, session_id=session_id)


def _last_time(db: Session, ticket: Ticket, pupil_id: int) -> WorkSession | None:
    """The pupil's latest time on the ticket that counts."""
    reversed_ = select(WorkSession.reverses_id).where(
        WorkSession.ticket_id == ticket.id, WorkSession.reverses_id.is_not(None)
    )
    query = (
        select(WorkSession)
        .where(
            WorkSession.ticket_id == ticket.id, WorkSession.pupil_id == pupil_id, WorkSession.reverses_id.is_(None),
            WorkSession.id.not_in(reversed_),
        )
        .order_by(WorkSession.id.desc())
        .limit(1)
    )  # fmt: skip
    return db.execute(query).scalar_one_or_none()


def reverse_report(db: Session, report: QuantityReport, *, note: str, by: Actor) -> Ticket:
    """Take back stated pieces by an entry with the negative figures, unless the next operation already used them."""
    ticket = _require_reversible(db, report)
    require_pieces(db, ticket, (0, 0), (report.good, report.scrap))
    take_back_report(db, report, reason=note, by=by)
    ticket.version += 1
    label = f"Quantité annulée : {counted(report.good, report.scrap)}"
    journal.record(db, ticket, "reverse_report", label, by=by, note=note)
    refresh(db, ticket, by=by)
    return ticket


def correct_report(
    db: Session, report: QuantityReport, *, counts: Counts, reason: str | None = None, note: str, by: Actor
) -> Ticket:
    """Put stated pieces right: the wrong entry is taken back, the right one is stated, both stay readable."""
    if not any(counts):
        return reverse_report(db, report, note=note, by=by)
    ticket = _require_reversible(db, report)
    require_pieces(db, ticket, counts, (report.good, report.scrap))
    take_back_report(db, report, reason=note, by=by)
    add_report(db, ticket, report.pupil_id, counts, reason=reason, by=by, session_id=report.work_session_id)
    ticket.version += 1
    changes = {"Bonnes": (report.good, counts[0]), "Rebuts": (report.scrap, counts[1])}
    journal.record(db, ticket, "correct_report", "Quantité corrigée", by=by, note=note, changes=changes)
    refresh(db, ticket, by=by)
    return ticket


def _require_reversible(db: Session, report: QuantityReport) -> Ticket:
    """Locks the routing first: two corrections of one entry cannot both succeed."""
    ticket = queries.get_ticket(db, report.ticket.number, lock=True)
    if report.reverses_id is not None:
        raise Refused("Cette ligne est déjà une correction.")
    if db.execute(select(QuantityReport.id).where(QuantityReport.reverses_id == report.id)).first():
        raise Refused("Cette quantité a déjà été corrigée.")
    return ticket
