"""What the API says of tickets and machines. Times are instants in UTC, lengths whole minutes, keys the school's."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel

from app.workshop.queries import SessionRow, TicketPage, TicketRow
from app.workshop.rules import EndCause, SessionWork, TicketState, minutes


class TicketLine(BaseModel):
    """A ticket in a list."""

    number: str
    order: str
    line: int
    operation: int
    work_center: str
    quantity: int
    good: int
    scrap: int
    booked_minutes: int
    state: TicketState
    for_day: date | None
    pupils: list[str]
    version: int


class TicketList(BaseModel):
    """One page of tickets."""

    items: list[TicketLine]
    total: int
    page: int
    size: int


class SessionOut(BaseModel):
    """Time booked on a ticket. `reversed`: it counts for nothing. `share` percent of it when it ran in a `batch`.

    `validated`: a master confirmed it when going over the day.
    """

    id: int
    pupil: str
    started_at: datetime
    ended_at: datetime | None
    minutes: int
    kind: SessionWork
    share: Decimal
    batch: str | None
    end_cause: EndCause | None
    validated: bool
    reversed: bool


class ReportOut(BaseModel):
    """Pieces stated; a correction has negative figures and names the entry it `reverses`."""

    id: int
    pupil: str
    good: int
    scrap: int
    reason: str | None
    at: datetime
    reverses: int | None
    reversed: bool


class TicketOut(TicketLine):
    """A ticket with all that was booked on it. `waiting`: what its operation waits for, in words.

    `blocked`: why it is held up.
    """

    job: str
    label: str
    waiting: str | None
    blocked: str | None
    note: str | None
    machine_minutes: int
    work_sessions: list[SessionOut]
    quantity_reports: list[ReportOut]


class CenterLine(BaseModel):
    """A machine in a list, with its load in professional minutes still to be done."""

    code: str
    label: str
    capacity: int
    working: int
    tickets: int
    load_minutes: int


class CenterList(BaseModel):
    """Every machine."""

    items: list[CenterLine]


def line_out(row: TicketRow) -> TicketLine:
    """A ticket of a list."""
    return TicketLine(
        number=row.number, order=row.order_number, line=row.line_no, operation=row.seq, work_center=row.center,
        quantity=row.quantity, good=row.good, scrap=row.scrap, booked_minutes=minutes(row.booked_seconds),
        state=row.state, for_day=row.for_day, pupils=[h.code for h in row.holders if h.ended_at is None],
        version=row.version,
    )  # fmt: skip


def session_out(row: SessionRow) -> SessionOut:
    """One booked time."""
    return SessionOut(
        id=row.id, pupil=row.pupil_code, started_at=row.started_at, ended_at=row.ended_at,
        minutes=minutes(row.seconds), kind=row.kind, share=row.share, batch=row.batch, end_cause=row.cause,
        validated=row.validation_id is not None, reversed=row.void,
    )  # fmt: skip


def ticket_out(found: TicketPage) -> TicketOut:
    """The document of one ticket."""
    ticket, routing, operation = found.ticket, found.routing, found.operation
    return TicketOut(
        number=ticket.number, order=routing.order_number, line=routing.line_no, operation=operation.step.seq,
        work_center=operation.center, quantity=ticket.quantity, good=ticket.good, scrap=ticket.scrap,
        booked_minutes=minutes(ticket.booked_seconds), state=ticket.state, for_day=ticket.for_day,
        pupils=[h.code for h in found.holders if h.ended_at is None], version=ticket.version, job=routing.number,
        label=operation.step.label, waiting=found.waiting, blocked=ticket.blocked_reason, note=ticket.note,
        machine_minutes=minutes(ticket.machine_seconds),
        work_sessions=[session_out(row) for row in found.sessions],
        quantity_reports=[
            ReportOut(
                id=r.id, pupil=r.pupil_code, good=r.good, scrap=r.scrap, reason=r.reason or None, at=r.at,
                reverses=r.reverses_id, reversed=r.void,
            )
            for r in found.reports
        ],
    )  # fmt: skip
