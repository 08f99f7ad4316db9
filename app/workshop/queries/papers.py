"""What the papers of the workshop tell: a job's traveller, the slips of tickets.

An allow list by its columns: no client, no price, and of a pupil the first name with an initial. What is not read here
cannot get onto a paper that lies about in the workshop.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.core.errors import NotFound
from app.machines.models import WorkCenter
from app.orders.models import CustomerOrder, OrderLine
from app.pedagogy.models import Pupil
from app.workshop.models import Assignment, CheckPoint, Drawing, Job, Operation, Ticket
from app.workshop.queries.dayplan import by_pupil, held_tickets
from app.workshop.queries.material_uses import material_of_jobs
from app.workshop.queries.people import people_of, practice_slots, presences
from app.workshop.rules import HalfDay, JobState, Presence, Spec, TicketKind, TicketState


@dataclass(frozen=True, slots=True)
class PointFacts:
    """A check point, and the operation it belongs to."""

    operation_id: int
    seq: int
    spec: Spec


@dataclass(frozen=True, slots=True)
class DrawingFacts:
    """A drawing at the index that holds."""

    id: int
    line_id: int
    name: str
    index: str


@dataclass(frozen=True, slots=True)
class StepFacts:
    """An operation as the traveller shows it."""

    seq: int
    label: str
    center: str
    setup_seconds: int
    unit_seconds: int
    first_article: bool


@dataclass(frozen=True, slots=True)
class LotFacts:
    """Material set aside for a job, what is cut of it included. `owned`: the client’s, who is not named."""

    code: str
    label: str
    unit: str
    certificate: str | None
    certificate_kind: str
    heat: str | None
    owned: bool
    allotted: Decimal


@dataclass(frozen=True, slots=True)
class TravellerFacts:
    """A job as it goes through the workshop with its pieces."""

    id: int
    number: str
    state: JobState
    quantity: int
    due_on: date
    line_id: int
    line_no: int
    article: str
    order_number: str
    steps: list[StepFacts]
    points: list[PointFacts]
    drawings: list[DrawingFacts]
    lots: list[LotFacts]


@dataclass(frozen=True, slots=True)
class SlipTicket:
    """A ticket's own columns, and those of its operation, machine and article."""

    id: int
    number: str
    state: TicketState
    kind: TicketKind
    quantity: int
    good: int
    scrap: int
    aside: int
    for_day: date | None
    for_half: HalfDay | None
    note: str | None
    blocked_reason: str | None
    drawing_id: int | None
    operation_id: int
    seq: int
    operation: str
    instruction: str
    ppe: str
    center: str
    center_label: str
    center_ppe: str
    job: str
    line_id: int
    article: str


@dataclass(frozen=True, slots=True)
class SlipFacts:
    """A ticket as its paper shows it; `holders` are « Tom A. »."""

    ticket: SlipTicket
    holders: list[str]
    points: list[PointFacts]
    drawings: list[DrawingFacts]


_JOB = (
    select(
        Job.id, Job.number, Job.state, Job.quantity, Job.due_on, OrderLine.id, OrderLine.line_no, OrderLine.label,
        CustomerOrder.number,
    )
    .join(OrderLine, OrderLine.id == Job.line_id)
    .join(CustomerOrder, CustomerOrder.id == Job.order_id)
    .where(Job.number == bindparam("number"))
)  # fmt: skip
_STEPS = (
    select(
        Operation.id, Operation.seq, Operation.label, WorkCenter.code, Operation.setup_seconds, Operation.unit_seconds,
        Operation.first_article,
    )
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .where(Operation.job_id == bindparam("job"))
    .order_by(Operation.seq)
)  # fmt: skip
_POINTS = (
    select(
        CheckPoint.operation_id, Operation.seq, CheckPoint.id, CheckPoint.label, CheckPoint.kind, CheckPoint.nominal,
        CheckPoint.lower, CheckPoint.upper, CheckPoint.unit, CheckPoint.every, CheckPoint.is_key, CheckPoint.gauge,
    )
    .join(Operation, Operation.id == CheckPoint.operation_id)
    .where(CheckPoint.operation_id.in_(bindparam("operations", expanding=True)), CheckPoint.retired_at.is_(None))
    .order_by(Operation.seq, CheckPoint.seq)
)  # fmt: skip
_DRAWINGS = (
    select(Drawing.id, Drawing.line_id, Drawing.name, Drawing.index_letter, Drawing.withdrawn_at, Drawing.confirmed_at)
    .where(Drawing.line_id.in_(bindparam("lines", expanding=True)))
    .order_by(Drawing.name, Drawing.id)
)
_TICKETS = (
    select(
        Ticket.id, Ticket.number, Ticket.state, Ticket.kind, Ticket.quantity, Ticket.good, Ticket.scrap,
        Ticket.aside, Ticket.for_day, Ticket.for_half, Ticket.note, Ticket.blocked_reason, Ticket.drawing_id,
        Operation.id, Operation.seq, Operation.label, Operation.instruction, Operation.ppe, WorkCenter.code,
        WorkCenter.label, WorkCenter.ppe, Job.number, OrderLine.id, OrderLine.label,
    )
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .join(Job, Job.id == Operation.job_id)
    .join(OrderLine, OrderLine.id == Job.line_id)
)  # fmt: skip
_BY_NUMBER = _TICKETS.where(Ticket.number.in_(bindparam("numbers", expanding=True)))
_HOLDERS = (
    select(Assignment.ticket_id, Pupil.first_name, func.substr(Pupil.last_name, 1, 1))
    .join(Pupil, Pupil.id == Assignment.pupil_id)
    .where(Assignment.ticket_id.in_(bindparam("tickets", expanding=True)), Assignment.ended_at.is_(None))
    .order_by(Assignment.id)
)


def traveller(db: Session, number: str) -> TravellerFacts:
    """A job for its traveller; five statements."""
    job = run(db, _JOB, {"number": number}).one_or_none()
    if job is None:
        raise NotFound(f"Aucun ordre de fabrication n’a le numéro « {number} ».")
    steps = run(db, _STEPS, {"job": job[0]}).all()
    lots = [
        LotFacts(
            use.code, use.label, use.unit, use.certificate, use.certificate_kind, use.heat, use.owned, use.allotted
        )
        for use in material_of_jobs(db, [job[0]])
    ]
    points, drawings = _points(db, [row[0] for row in steps]), _in_force(_drawings(db, [job[5]]))
    return TravellerFacts(*(*job, [StepFacts(*row[1:]) for row in steps], points, drawings, lots))


def slip(db: Session, number: str) -> SlipFacts:
    """One ticket for its paper."""
    found = _slips(db, [number])
    if not found:
        raise NotFound(f"Aucun bon n’a le numéro « {number} ».")
    return found[0]


def slips_of_day(db: Session, day: date, *, staff_id: int | None, mine: bool | None) -> list[SlipFacts]:
    """What those at practice hold, as the board shows it and in its order: pupil by pupil, the absent left out.

    `mine`: of this master's sessions only; None: of them if there are any that day, else of everybody's.
    """
    every = practice_slots(db, day)
    own = [slot for slot in every if slot.staff_id == staff_id] if mine is not False else []
    slots = own if own or mine else every
    people = [person.id for person in people_of(db, [slot.group_id for slot in slots], day)]
    here, held = presences(db, people, day), by_pupil(held_tickets(db, day))
    numbers = [
        each.number for person in people if here[person] != Presence.ABSENT for each in held.get(person, [])
    ]  # fmt: skip
    return _slips(db, list(dict.fromkeys(numbers)))


def _slips(db: Session, numbers: Sequence[str]) -> list[SlipFacts]:
    """The tickets in the order asked for: the same four statements for one and for a day of them."""
    tickets = [SlipTicket(*row) for row in run(db, _BY_NUMBER, {"numbers": list(numbers)}).all()]
    points = _points(db, {each.operation_id for each in tickets})
    drawings = _drawings(db, {each.line_id for each in tickets})
    holders: dict[int, list[str]] = {}
    for ticket_id, first_name, initial in run(db, _HOLDERS, {"tickets": [each.id for each in tickets]}).all():
        holders.setdefault(ticket_id, []).append(f"{first_name} {initial}.")
    return [
        SlipFacts(
            each, holders.get(each.id, []), [point for point in points if point.operation_id == each.operation_id],
            _drawings_of(each, drawings),
        )
        for each in sorted(tickets, key=lambda ticket: numbers.index(ticket.number))
    ]  # fmt: skip


def _points(db: Session, operations: Iterable[int]) -> list[PointFacts]:
    rows = run(db, _POINTS, {"operations": sorted(operations)}).all()
    return [PointFacts(row[0], row[1], Spec(*row[2:])) for row in rows]


def _drawings(db: Session, lines: Iterable[int]) -> list[Any]:
    return list(run(db, _DRAWINGS, {"lines": sorted(lines)}).all())


def _in_force(rows: Iterable[Any]) -> list[DrawingFacts]:
    """Of each drawing the latest index that a master has confirmed and nobody withdrew."""
    latest = {
        (row.line_id, row.name): DrawingFacts(*row[:4])
        for row in rows
        if row.withdrawn_at is None and row.confirmed_at is not None
    }
    return list(latest.values())


def _drawings_of(ticket: SlipTicket, rows: list[Any]) -> list[DrawingFacts]:
    """The index the ticket was given with, even where a later one has come since."""
    given = [DrawingFacts(*row[:4]) for row in rows if row.id == ticket.drawing_id]
    return given or _in_force(row for row in rows if row.line_id == ticket.line_id)
