"""What must hold of tickets, pieces, clocks and sheets at any moment, counted again from the facts."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.journal import JournalEntry
from app.workshop import queries
from app.workshop.models import Assignment, Defect, Operation, QuantityReport, Ticket, WorkSession
from app.workshop.rules import (
    HELD_STATES,
    LIVE_STATES,
    ON_THE_MACHINE,
    DefectDecision,
    DefectState,
    SessionWork,
    TicketKind,
    TicketState,
    Timed,
    job_state,
    machine_seconds,
    person_seconds,
)
from tests.workshop.scene import Scene


class Books:
    """Every fact of the database, read afresh."""

    def __init__(self, db: Session) -> None:
        db.flush()
        db.expire_all()
        self.db = db
        self.tickets = list(db.execute(select(Ticket).order_by(Ticket.id)).scalars())
        self.reports = list(db.execute(select(QuantityReport)).scalars())
        self.sessions = list(db.execute(select(WorkSession)).scalars())
        self.defects = list(db.execute(select(Defect).order_by(Defect.id)).scalars())
        reversing = [each for each in self.sessions if each.reverses_id]
        self.void = {each.reverses_id for each in reversing} | {each.id for each in reversing}

    def aside(self, ticket: Ticket) -> int:
        """Pieces that a ticket no longer asks for: of undecided sheets, and taken over by rework on the same spot."""
        held = sum(d.pieces for d in self.defects if d.ticket_id == ticket.id and d.state == DefectState.OPEN)
        children = [
            t for t in self.tickets
            if t.parent_id == ticket.id and t.kind == TicketKind.REWORK and t.operation_id == ticket.operation_id
        ]  # fmt: skip
        return held + sum(
            t.good + t.scrap + t.aside if t.state == TicketState.CANCELLED else t.quantity for t in children
        )

    def made_again(self, operations: list[Operation], place: int) -> int:
        """Pieces made again for what was scrapped further down."""
        further = {each.id for each in operations[place + 1 :]}
        lost = {t.id for t in self.tickets if t.operation_id in further}
        again = [t for t in self.tickets if t.kind == TicketKind.REMAKE and t.parent_id in lost]
        return sum(t.good if t.state == TicketState.CANCELLED else t.quantity for t in again)


def check_books(scene: Scene) -> None:
    """Everything at once."""
    books = Books(scene.db)
    for ticket in books.tickets:
        _check_sums(books, ticket)
        _check_hands(books, ticket)
        replay(scene.db, "ticket", ticket.id, TicketState.OPEN, ticket.state)
    _check_people(books)
    _check_flow(scene, books)
    _check_defects(books)


def _check_sums(books: Books, ticket: Ticket) -> None:
    mine = [each for each in books.reports if each.ticket_id == ticket.id]
    assert ticket.good == sum(each.good for each in mine) >= 0
    assert ticket.scrap == sum(each.scrap for each in mine) >= 0
    assert ticket.aside == books.aside(ticket) >= 0
    time = [s for s in books.sessions if s.ticket_id == ticket.id and s.ended_at and s.id not in books.void]
    assert ticket.booked_seconds == person_seconds([Timed(s.started_at, s.ended_at, s.share) for s in time])
    on_it = [Timed(s.started_at, s.ended_at, s.share) for s in time if s.kind in ON_THE_MACHINE]
    assert ticket.machine_seconds == machine_seconds(on_it)
    if ticket.kind == TicketKind.REWORK:
        assert ticket.good + ticket.scrap + ticket.aside <= ticket.quantity, (
            "a rework stated pieces it was not made for"
        )


def _check_hands(books: Books, ticket: Ticket) -> None:
    """Who holds it, whose clock runs; over or handed in, none does."""
    query = select(Assignment.pupil_id).where(Assignment.ticket_id == ticket.id, Assignment.ended_at.is_(None))
    held = list(books.db.execute(query).scalars())
    assert len(held) == len(set(held)) <= 2
    if ticket.state != TicketState.BLOCKED:
        assert (ticket.state in HELD_STATES) == bool(held)
    running = {
        s.pupil_id for s in books.sessions
        if s.ticket_id == ticket.id and s.ended_at is None and s.kind != SessionWork.HELP
    }  # fmt: skip
    assert running <= set(held)
    assert bool(running) == (ticket.state == TicketState.RUNNING)


def replay(db: Session, kind: str, id_: int, first: str, last: str) -> None:
    """The journal's moves lead from the first state to the stored one, without a jump."""
    moves = db.execute(
        select(JournalEntry.from_state, JournalEntry.to_state)
        .where(
            JournalEntry.subject_type == kind, JournalEntry.subject_id == id_, JournalEntry.to_state.is_not(None)
        )
        .order_by(JournalEntry.id)
    )  # fmt: skip
    state = str(first)
    for before, after in moves:
        assert before == state
        state = after
    assert state == last


def _check_people(books: Books) -> None:
    """At most one clock a pupil, unless several tickets run as one batch."""
    clocks: dict[int, set[object]] = {}
    for session in books.sessions:
        if session.ended_at is None:
            clocks.setdefault(session.pupil_id, set()).add(session.batch or session.id)
    assert all(len(mine) == 1 for mine in clocks.values())


def _check_flow(scene: Scene, books: Books) -> None:
    """Pieces flow down: what went through an operation came good out of the one before."""
    operations = scene.operations
    for place, operation in enumerate(operations):
        mine = [ticket for ticket in books.tickets if ticket.operation_id == operation.id]
        ids = {ticket.id for ticket in mine}
        assert operation.good == sum(ticket.good for ticket in mine)
        assert operation.scrap == sum(ticket.scrap for ticket in mine)
        assert operation.booked_seconds == sum(ticket.booked_seconds for ticket in mine)
        held = [d for d in books.defects if d.ticket_id in ids and d.state == DefectState.OPEN]
        assert operation.isolated == sum(defect.pieces for defect in held)
        assert operation.extra == books.made_again(operations, place)
        if place:
            assert operation.good + operation.scrap + operation.isolated <= operations[place - 1].good
    assert scene.line().good == operations[-1].good
    routing = queries.routing_of_job(scene.db, scene.job.id)
    live = any(each.tickets for each in routing.operations)
    assert scene.job.state == job_state(routing.order_state, routing.steps, tickets=live)


def _check_defects(books: Books) -> None:
    """A sheet says what its state promises, and its numbers have no hole."""
    tickets = {ticket.id: ticket for ticket in books.tickets}
    serials = [int(defect.number.rpartition("-")[2]) for defect in books.defects]
    assert serials == list(range(1, len(serials) + 1))
    for defect in books.defects:
        assert defect.pieces >= 1
        replay(books.db, "defect", defect.id, DefectState.OPEN, defect.state)
        assert (defect.decision is None) == (defect.state == DefectState.OPEN)
        assert (defect.closed_at is not None) == (defect.state == DefectState.CLOSED)
        if defect.decision == DefectDecision.ACCEPT:
            assert defect.agreed_by
            assert defect.agreed_on
        for id_, kind in ((defect.rework_ticket_id, TicketKind.REWORK), (defect.remake_ticket_id, TicketKind.REMAKE)):
            if id_ is not None:
                assert tickets[id_].kind == kind
        if defect.state == DefectState.DECIDED:
            waited = [tickets[id_] for id_ in (defect.rework_ticket_id, defect.remake_ticket_id) if id_ is not None]
            family = [
                t for t in books.tickets
                if t.parent_id == defect.ticket_id and t.kind in {each.kind for each in waited}
            ]  # fmt: skip
            assert any(t.state in LIVE_STATES for t in family), f"{defect.number} waits for nobody"
