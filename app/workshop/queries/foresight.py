"""Tickets already given that the gate will refuse to start: what ends in the next thirty days, before it surprises."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.machines.models import WorkCenter
from app.machines.queries import Known, Span, facts_for
from app.machines.rules import Check, Finding
from app.machines.rules.foresight import turning_days
from app.pedagogy.models import Pupil
from app.workshop.models import Assignment, Operation, Ticket
from app.workshop.rules import HELD_STATES, TicketState

AHEAD = timedelta(days=30)
# What belongs to one day alone is not foreseen: it is asked when the clock is to start.
OF_THE_DAY = frozenset({Check.HOURS, Check.VIBRATION, Check.PPE})
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
    """The tickets in hands that will be refused within thirty days, the soonest first; nine statements."""
    rows = run(db, _HELD, {"today": day}).all()
    if not rows:
        return []
    last = day + AHEAD
    known = facts_for(db, {row.pupil_id for row in rows}, {row.work_center_id for row in rows}, Span(day, last))
    judged: dict[tuple[int, int, date | None], tuple[date, Finding] | None] = {}
    found = []
    for row in rows:
        planned = row.for_day if row.for_day and day < row.for_day <= last else None
        key = (row.pupil_id, row.work_center_id, planned)
        if key not in judged:
            judged[key] = next(_refusals(known, key, Span(day, last)), None)
        if (refused := judged[key]) is not None:
            found.append(Coming(row.number, row.label, row.center, row.code, row.name, *refused))
    return sorted(found, key=lambda one: (one.day, one.pupil))


def _refusals(
    known: Known, key: tuple[int, int, date | None], span: Span
) -> Iterator[tuple[date, Finding]]:  # fmt: skip
    """The days on which it is refused, with the first reason. Work planned for later is judged from that day on."""
    pupil_id, center_id, planned = key
    first = known.ask(pupil_id, center_id, planned or span.first)
    for day in (planned or span.first, *turning_days(first.facts, planned or span.first, span.last)):
        here = known.works_on(pupil_id, day)
        for finding in known.ask(pupil_id, center_id, day).verdict.refusals:
            if finding.check not in OF_THE_DAY and (here or finding.check != Check.SUPERVISOR):
                yield day, finding
                break
