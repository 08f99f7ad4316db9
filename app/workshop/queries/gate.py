"""The gate as the workshop asks it: about tickets and operations, with the vibration of the day from the clocks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from math import ceil

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from app.core.clock import instant, now, today
from app.core.db import run
from app.core.errors import NotFound
from app.machines.models import WorkCenter
from app.machines.queries import NOTHING, Answer, Exposures, Known, facts_for, passed_over
from app.machines.rules import Exposure, Verdict
from app.pedagogy.models import Pupil
from app.workshop.models import Operation, Ticket, WorkSession
from app.workshop.policies import Candidate, Work
from app.workshop.queries.crowds import takers
from app.workshop.queries.routing import Routing, routing_of_operation
from app.workshop.rules import (
    FACTORS,
    HalfDay,
    minutes,
    minutes_of,
    open_pieces,
    planned_seconds,
    times,
    training_year,
)

_REVERSING = aliased(WorkSession)
_VIBRATING = (
    select(
        WorkSession.pupil_id, WorkCenter.vibration, WorkSession.started_at, WorkSession.ended_at, WorkSession.share
    )
    .join(Ticket, Ticket.id == WorkSession.ticket_id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .outerjoin(_REVERSING, _REVERSING.reverses_id == WorkSession.id)
    .where(
        WorkSession.pupil_id.in_(bindparam("pupils", expanding=True)), WorkSession.started_at >= bindparam("start"),
        WorkSession.started_at < bindparam("end"), WorkSession.reverses_id.is_(None), _REVERSING.id.is_(None),
        WorkCenter.vibration > 0,
    )
    .order_by(WorkSession.id)
)  # fmt: skip


def vibrations(db: Session, pupil_ids: Collection[int], day: date) -> Exposures:
    """Minutes that pupils have spent on vibrating tools that day, a running clock up to now; one statement."""
    asked = {"pupils": sorted(pupil_ids), "start": instant(day, 0), "end": instant(day + timedelta(days=1), 0)}
    found: dict[tuple[int, date], tuple[Exposure, ...]] = {}
    for pupil_id, level, started_at, ended_at, share in run(db, _VIBRATING, asked).all():
        seconds = max(0.0, ((ended_at or now()) - started_at).total_seconds()) * float(share) / 100
        key = (pupil_id, day)
        found[key] = (*found.get(key, ()), Exposure(level, ceil(seconds / 60)))
    return found


def gate_known(db: Session, pupil_ids: Collection[int], center_ids: Collection[int], day: date) -> Known:
    """All that the gate needs about these pupils and work centres on a day, in a constant number of statements."""
    known = facts_for(db, pupil_ids, center_ids, day)
    if not any(machine.vibration for machine in known.machines.values()):
        return known
    return known.exposed(vibrations(db, pupil_ids, day))


def gate_answers(
    db: Session, pupil_ids: Collection[int], work: Work, *, minute: int | None = None, ppe: tuple[str, ...] = (),
    ppe_confirmed: bool = False, beside: tuple[Exposure, ...] = (),
) -> dict[int, Answer]:  # fmt: skip
    """May these pupils do this work? The same number of statements for one as for sixty. `beside`: what each of them is
    to do on vibrating tools with other tickets in the same time.
    """
    if work.center_id is None or not pupil_ids:
        return {}
    known = gate_known(db, pupil_ids, [work.center_id], work.day)
    known = known.during(minutes_of(work.half)) if work.half else known
    if beside:
        days = {(pupil_id, work.day) for pupil_id in pupil_ids}
        known = known.exposed({day: (*known.exposures.get(day, ()), *beside) for day in days})
    factors = _factors(db, known, work)
    return {
        pupil_id: known.ask(
            pupil_id, work.center_id, work.day, minute=minute, planned=_own_minutes(known, pupil_id, work, factors),
            ppe=ppe, ppe_confirmed=ppe_confirmed,
        )
        for pupil_id in pupil_ids
    }  # fmt: skip


def half_answers(db: Session, pupil_ids: Collection[int], work: Work) -> dict[tuple[int, HalfDay | None], Answer]:
    """The same for the whole day and for each half-day of it; no statement more."""
    if work.center_id is None or not pupil_ids:
        return {}
    known = gate_known(db, pupil_ids, [work.center_id], work.day)
    halves, factors = {half: known.during(minutes_of(half)) for half in HalfDay}, _factors(db, known, work)
    found: dict[tuple[int, HalfDay | None], Answer] = {}
    for pupil_id in pupil_ids:
        planned = _own_minutes(known, pupil_id, work, factors)
        whole = found[pupil_id, None] = known.ask(pupil_id, work.center_id, work.day, planned=planned)
        alike = _led_alike(whole)
        for half, then in halves.items():
            found[pupil_id, half] = whole if alike else then.ask(pupil_id, work.center_id, work.day, planned=planned)
    return found


def _led_alike(answer: Answer) -> bool:
    """One person leads the pupil's class all day, and is there: half-days need no answer of their own."""
    leaders = answer.facts.supervisions
    return len({one.name for one in leaders}) < 2 and not any(one.absent for one in leaders)


_FACTORS = select(Operation.factor_1, Operation.factor_2, Operation.factor_3).where(
    Operation.id == bindparam("operation")
)


def _factors(db: Session, known: Known, work: Work) -> Sequence[Decimal]:
    """How much longer the work takes a pupil of each year. Only a tool that vibrates is asked about its minutes."""
    if work.operation_id is None or not any(machine.vibration for machine in known.machines.values()):
        return FACTORS
    return run(db, _FACTORS, {"operation": work.operation_id}).one()


def _own_minutes(known: Known, pupil_id: int, work: Work, factors: Sequence[Decimal]) -> int:
    """How long the pupil will hold the tool: the planned time at the pace of their year of training."""
    factor = factors[training_year(known.pupils[pupil_id].entered_on, work.day) - 1]
    return minutes(times(work.minutes * 60, factor))


def with_verdicts(
    db: Session, candidates: Mapping[int, Candidate], answers: Mapping[int, Answer], work: Work, *, subject: str
) -> dict[int, Candidate]:
    """The candidates with what the gate says of them, and what a master went past for that piece of work."""
    passed = passed_over(db, subject, list(candidates), work.day)
    return {
        pupil_id: replace(
            candidate, gate=answers[pupil_id].verdict if pupil_id in answers else None,
            passed=passed.get(pupil_id, NOTHING).codes,
        )
        for pupil_id, candidate in candidates.items()
    }  # fmt: skip


_PUPIL = select(Pupil.id).where(Pupil.code == bindparam("code"))
_CENTER = select(WorkCenter.id).where(WorkCenter.code == bindparam("code"))


def planned_work(db: Session, ticket: Ticket) -> Work:
    """What is left to do on a ticket, on the day it is for, today at the earliest."""
    rest = open_pieces(ticket.quantity, ticket.good, ticket.scrap, ticket.aside)
    work = work_on(routing_of_operation(db, ticket.operation_id), ticket.operation_id, rest)
    return replace(work, name=ticket.number, day=max(ticket.for_day or today(), today()), half=ticket.for_half)


def work_on(routing: Routing, operation_id: int, pieces: int) -> Work:
    """Work of today on an operation: on which work centre, and the planned minutes of so many pieces."""
    operation = routing.operation(operation_id)
    seconds = planned_seconds(operation.setup_seconds, operation.unit_seconds, pieces)
    return Work(
        routing.number, routing.order_number, routing.order_state, today(), center_id=operation.center_id,
        minutes=minutes(seconds), operation_id=operation_id,
    )  # fmt: skip


def judge(db: Session, work: Work, pupil_id: int, *, ticket: Ticket | None) -> tuple[Candidate, Answer]:
    """One pupil for one piece of work; a ticket that is already in their hands does not stand in its own way."""
    held = {one.pupil_id for one in ticket.assignments if one.ended_at is None} if ticket else set()
    ticket_id = ticket.id if ticket and pupil_id not in held else None
    known = takers(db, [pupil_id], work.day, work.half, ticket_id=ticket_id)
    answers = gate_answers(db, [pupil_id], work)
    subject = ticket.number if ticket else ""
    return with_verdicts(db, known, answers, work, subject=subject)[pupil_id], answers[pupil_id]


def ask_gate(db: Session, pupil: str, center: str, day: date) -> Verdict:
    """The gate's answer for any day, from the records alone."""
    pupil_id = run(db, _PUPIL, {"code": pupil}).scalar_one_or_none()
    if pupil_id is None:
        raise NotFound(f"Aucun élève n’a le code «\u00a0{pupil}\u00a0».")
    center_id = run(db, _CENTER, {"code": center}).scalar_one_or_none()
    if center_id is None:
        raise NotFound(f"Aucun poste n’a le code «\u00a0{center}\u00a0».")
    return gate_known(db, [pupil_id], [center_id], day).ask(pupil_id, center_id, day).verdict
