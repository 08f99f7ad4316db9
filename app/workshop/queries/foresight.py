"""Tickets already given that the gate will refuse to start: what ends in the next thirty days, before it surprises."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.machines.models import WorkCenter
from app.machines.queries import Known, Span, facts_for
from app.machines.queries.decisions import passed_for_good
from app.machines.rules import Check, Finding
from app.machines.rules.foresight import turning_days
from app.pedagogy.models import Pupil
from app.workshop.models import Assignment, Operation, Ticket
from app.workshop.rules import HELD_STATES, TicketState

AHEAD = timedelta(days=30)
# What belongs to one day alone is not foreseen: it is asked when the clock is to start.
OF_THE_DAY = frozenset({Check.HOURS, Check.VIBRATION, Check.PPE})
Key = tuple[int, int, date | None, frozenset[str]]  # pupil, work centre, day it is planned for, what is passed over
IN_HANDS = sorted(HELD_STATES | {TicketState.BLOCKED})
_HELD = (
    select(
        Assignment.pupil_id, Operation.work_center_id, Ticket.number, Ticket.for_day, Operation.label,
        WorkCenter.label.label("center"), Pupil.code, (Pupil.first_name + " " + Pupil.last_name).label("name"),
    )
    .join(Ticket, Ticket.id == Assignment.ticket_id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkCenter, WorkCenter.id == Operation.work_center_id)
    .join(Pupil, Pupil.id == Assignment.pupil_id)
    .where(Assignment.ended_at.is_(None), Ticket.state.in_(IN_HANDS))
    .order_by(func.coalesce(Ticket.for_day, bindparam("today")), Ticket.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Coming:
    """A ticket in a pupil's hands, and the first day on which the gate refuses it."""

    number: str
    label: str
    center: str
    pupil_code: str
    pupil: str
    day: date
    finding: Finding


def coming_refusals(db: Session, day: date) -> list[Coming]:
    """The tickets in hands that will be refused within thirty days, the soonest first; ten statements at most."""
    rows = run(db, _HELD, {"today": day}).all()
    if not rows:
        return []
    last = day + AHEAD
    known = facts_for(db, {row.pupil_id for row in rows}, {row.work_center_id for row in rows}, Span(day, last))
    blocks = any(blocks for _, _, blocks in known.settings)
    passed = passed_for_good(db, {row.number for row in rows}) if blocks else {}
    judged: dict[Key, tuple[date, Finding] | None] = {}
    found = []
    for row in rows:
        planned = row.for_day if row.for_day and day < row.for_day <= last else None
        key = (row.pupil_id, row.work_center_id, planned, passed.get((row.number, row.pupil_id), frozenset()))
        if key not in judged:
            judged[key] = next(_refusals(known, key, Span(day, last)), None)
        if (refused := judged[key]) is not None:
            found.append(Coming(row.number, row.label, row.center, row.code, row.name, *refused))
    return sorted(found, key=lambda one: (one.day, one.pupil))


def lasting_refusal(known: Known, pupil_id: int, center_id: int, day: date) -> Finding | None:
    """Why a pupil may not work there that day, whoever leads it and whatever its hours; None if nothing says no."""
    refusals = known.ask(pupil_id, center_id, day).verdict.refusals
    return next((one for one in refusals if one.check not in OF_THE_DAY | {Check.SUPERVISOR}), None)


def _refusals(known: Known, key: Key, span: Span) -> Iterator[tuple[date, Finding]]:
    """The days on which it is refused, with the first reason. Work planned for later is judged from that day on."""
    pupil_id, center_id, planned, passed = key
    start = planned or span.first
    facts = known.ask(pupil_id, center_id, start).facts
    decided = {on for on, _, _ in known.settings if start < on <= span.last}
    for day in (start, *sorted({*turning_days(facts, start, span.last), *decided})):
        here = known.works_on(pupil_id, day)
        for finding in known.ask(pupil_id, center_id, day).verdict.refusals:
            if finding.check in OF_THE_DAY | passed:
                continue
            if here or finding.check != Check.SUPERVISOR:
                yield day, finding
                break
