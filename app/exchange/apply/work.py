"""Tickets, booked time and pieces taken over. Facts are added or reversed, never edited."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from app.core import journal
from app.core.actor import Actor
from app.core.clock import instant, now, today
from app.core.numbering import take_numbers
from app.exchange.apply.diff import Change, Diff, differences
from app.exchange.apply.writing import batches, insert_rows, last_id, update_rows
from app.exchange.checks import MergedTable
from app.exchange.stored import Database
from app.workshop.models import Assignment, Operation, QuantityReport, Ticket, WorkSession
from app.workshop.rules import TICKET_SERIES, EndCause, TicketState, ticket_number
from app.workshop.service import recompute_sums

Place = tuple[int, int]  # operation id, pupil id
UNKNOWN = 0  # pieces of a ticket that was taken over: the recount shares what is left
OF_A_TIME = ("ticket_id", "pupil_id", "started_at", "ended_at", "end_cause", "kind", "share", "batch")
CORRECTED = "Pointage corrigé par la reprise de fichiers"


class TicketBook:
    """The ticket a pupil has on an operation; made where there is none."""

    def __init__(self, db: Session, known: Database, booked: MergedTable) -> None:
        self._db = db
        self._known = known
        self._tickets = _tickets(db)
        self.first = _first_work(booked)
        self.touched: set[int] = set()

    def place(self, cells: Any) -> Place:
        """Operation and pupil of a row of `affectations` or `pointages`."""
        operation = self._known.ids("operations")[cells.commande, cells.ligne, cells.operation]
        return operation, self._known.ids("eleves")[cells.eleve]

    def ticket(self, cells: Any) -> int:
        """Its id; the sums of a ticket that is asked for are counted again at the end."""
        found = self._tickets[self.place(cells)]
        self.touched.add(found)
        return found

    def make(self, rows: Iterable[Any]) -> None:
        """A ticket for each row that has none yet, for the day of its first booked time."""
        missing = {place: cells for cells in rows if (place := self.place(cells)) not in self._tickets}
        if not missing:
            return
        before = last_id(self._db, Ticket)
        year = today().year
        serial = take_numbers(self._db, TICKET_SERIES, year, len(missing))
        places: dict[str, Place] = {}
        tickets = []
        for shift, (place, cells) in enumerate(missing.items()):
            name = ticket_number(year, serial + shift)
            places[name] = place
            first = self.first.get((*place_key(cells), cells.eleve))
            tickets.append({
                "number": name, "operation_id": place[0], "quantity": UNKNOWN,
                "state": TicketState.ASSIGNED, "for_day": first[0] if first else None, "created_at": now(),
            })  # fmt: skip
        insert_rows(self._db, Ticket, tickets)
        for name, row_id in self._db.execute(select(Ticket.number, Ticket.id).where(Ticket.id > before)):
            if name in places:
                self._tickets[places[name]] = row_id


def place_key(cells: Any) -> tuple[str, int, int]:
    """Key of the operation of a row."""
    return cells.commande, cells.ligne, cells.operation


def _first_work(booked: MergedTable) -> dict[Any, Any]:
    """Date and start of the first booked time of each pupil on each operation."""
    found: dict[Any, Any] = {}
    for row in booked.rows:
        cells = row.cells
        key = (*place_key(cells), cells.eleve)
        found[key] = min(found.get(key, (cells.date, cells.debut)), (cells.date, cells.debut))
    return found


def _tickets(db: Session) -> dict[Place, int]:
    """What comes later wins: an assignment says more than booked time, one still held more than one ended."""
    booked = select(Ticket.operation_id, WorkSession.pupil_id, Ticket.id).join(
        Ticket, Ticket.id == WorkSession.ticket_id
    )
    given = select(Ticket.operation_id, Assignment.pupil_id, Ticket.id).join(Ticket, Ticket.id == Assignment.ticket_id)
    found: dict[Place, int] = {}
    for statement in (booked.distinct(), given, given.where(Assignment.ended_at.is_(None))):
        for operation, pupil, ticket in db.execute(statement.order_by(Ticket.id)):
            found[operation, pupil] = ticket
    return found


def write_work(db: Session, known: Database, works: "Works", by: Actor) -> set[int]:
    """Tickets and assignments of `affectations`, time and pieces of `pointages`. The tickets to be counted again."""
    if not works.any:
        return set()
    book = TicketBook(db, known, works.pointages)
    book.make([*works.assigned.touched, *works.booked.touched])
    _assign(db, known, book, works.assigned)
    _reverse(db, book, works.booked.updated, by)
    _add(db, book, [*works.booked.touched], by)
    journal.record_many(db, [_correction(book, change, by) for change in works.booked.updated])
    known.forget("affectations", "pointages")
    return book.touched


def recount_work(db: Session, tickets: Collection[int], jobs: Collection[int]) -> None:
    """Sums and states of the operations of these tickets and jobs, by the workshop's own count."""
    operations: set[int] = set()
    for batch in batches(sorted(tickets)):
        operations.update(db.scalars(select(Ticket.operation_id).where(Ticket.id.in_(batch))))
    for batch in batches(sorted(jobs)):
        operations.update(db.scalars(select(Operation.id).where(Operation.job_id.in_(batch))))
    if operations:
        recompute_sums(db, sorted(operations))


@dataclass(frozen=True, slots=True)
class Works:
    """What the folder says of tickets: rows of `affectations` and `pointages`, and all booked time after it."""

    assigned: Diff
    booked: Diff
    pointages: MergedTable

    @property
    def any(self) -> bool:
        """Whether anything changes."""
        return any((self.assigned.created, self.assigned.updated, self.booked.created, self.booked.updated))


def _assign(db: Session, known: Database, book: TicketBook, diff: Diff) -> None:
    """A new master is a new assignment; the one before ends."""
    masters, moment = known.ids("personnel"), now()
    live = [
        row_id
        for batch in batches([change.row_id for change in diff.updated])
        for row_id in db.scalars(select(Assignment.id).where(Assignment.id.in_(batch), Assignment.ended_at.is_(None)))
    ]
    update_rows(db, Assignment, [{"id": row_id, "ended_at": moment} for row_id in live])
    rows = []
    for cells in diff.touched:
        first = book.first.get((*place_key(cells), cells.eleve))
        rows.append({
            "ticket_id": book.ticket(cells), "pupil_id": book.place(cells)[1], "master_id": masters[cells.maitre],
            "given_at": min(moment, instant(*first)) if first else moment,
        })  # fmt: skip
    insert_rows(db, Assignment, rows)


def _reverse(db: Session, book: TicketBook, changes: list[Change], by: Actor) -> None:
    """Take back the time and the pieces of changed rows: copies that point to what they take back."""
    facts = {"at": now(), "by_id": by.staff_id}
    for batch in batches([change.row_id for change in changes]):
        sessions = db.execute(select(WorkSession.__table__).where(WorkSession.id.in_(batch))).mappings().all()
        book.touched.update(row["ticket_id"] for row in sessions)
        insert_rows(db, WorkSession, [
            _copied(row, *OF_A_TIME) | facts for row in sessions
        ])  # fmt: skip
        insert_rows(db, QuantityReport, [
            _copied(row, "ticket_id", "pupil_id", "work_session_id") | facts
            | {"good": -row["good"], "scrap": -row["scrap"], "reason": None}
            for row in _standing_reports(db, batch)
        ])  # fmt: skip


def _copied(row: Any, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names} | {"reverses_id": row["id"]}


def _standing_reports(db: Session, sessions: Collection[int]) -> list[Any]:
    """Statements of these sessions that are neither reversed nor reversing."""
    report, reversal = QuantityReport.__table__, aliased(QuantityReport.__table__)
    statement = (
        select(report)
        .outerjoin(reversal, reversal.c.reverses_id == report.c.id)
        .where(report.c.work_session_id.in_(sessions), report.c.reverses_id.is_(None), reversal.c.id.is_(None))
    )
    return [*db.execute(statement).mappings()]


def _add(db: Session, book: TicketBook, rows: list[Any], by: Actor) -> None:
    """One work session for each row, and a statement of its pieces."""
    before, moment = last_id(db, WorkSession), now()
    sessions: list[dict[str, Any]] = []
    pieces: dict[tuple[int, datetime], Any] = {}
    for cells in rows:
        pupil, start = book.place(cells)[1], instant(cells.date, cells.debut)
        pieces[pupil, start] = cells
        sessions.append({
            "ticket_id": book.ticket(cells), "pupil_id": pupil, "started_at": start,
            "ended_at": instant(cells.date, cells.fin), "end_cause": EndCause.IMPORT, "at": moment,
            "by_id": by.staff_id,
        })  # fmt: skip
    insert_rows(db, WorkSession, sessions)
    added = db.execute(
        select(WorkSession.id, WorkSession.pupil_id, WorkSession.started_at, WorkSession.ticket_id).where(
            WorkSession.id > before, WorkSession.end_cause == EndCause.IMPORT, WorkSession.at == moment
        )
    )
    reports = []
    for row_id, pupil, start, ticket in added:
        cells = pieces[pupil, start]
        reports.append({
            "ticket_id": ticket, "pupil_id": pupil, "work_session_id": row_id, "good": cells.bonnes,
            "scrap": cells.rebuts, "at": moment, "by_id": by.staff_id,
        })  # fmt: skip
    insert_rows(db, QuantityReport, reports)


def _correction(book: TicketBook, change: Change, by: Actor) -> dict[str, Any]:
    ticket = book.ticket(change.after)
    return journal.entry_row("ticket", ticket, "import", CORRECTED, by=by, changes=differences("pointages", change))
