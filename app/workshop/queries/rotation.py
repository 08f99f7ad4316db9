"""Rotation: how often each pupil ran which machine, shown when a ticket is given."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, case, func, select
from sqlalchemy.orm import Session, aliased

from app.core.clock import local, today
from app.core.db import run
from app.core.errors import NotFound
from app.pedagogy.models import Pupil
from app.workshop.models import Assignment, Operation, Ticket, WorkSession
from app.workshop.rules import Hint, SessionWork, suits, training_year

_reversal = aliased(WorkSession)
# A pupil has run a machine when some time on it counts: not taken back, and not spent helping somebody else.
WORKED = and_(
    WorkSession.ticket_id == Assignment.ticket_id,
    WorkSession.pupil_id == Assignment.pupil_id,
    WorkSession.reverses_id.is_(None),
    WorkSession.kind != SessionWork.HELP,
)
_RUNS = (
    select(
        Assignment.pupil_id,
        func.count(Ticket.id.distinct()),
        func.count(case((Operation.label == bindparam("label"), Ticket.id)).distinct()),
        func.max(WorkSession.started_at),
    )
    .join(Ticket, Ticket.id == Assignment.ticket_id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkSession, WORKED)
    .outerjoin(_reversal, _reversal.reverses_id == WorkSession.id)
    .where(
        Assignment.pupil_id.in_(bindparam("pupils", expanding=True)),
        Operation.work_center_id == bindparam("center"),
        _reversal.id.is_(None),
    )
    .group_by(Assignment.pupil_id)
)
_OPERATION = select(Operation.label, Operation.work_center_id, Operation.difficulty).where(
    Operation.id == bindparam("operation")
)
_ENTERED = select(Pupil.id, Pupil.entered_on).where(Pupil.id.in_(bindparam("pupils", expanding=True)))


def rotation_hints(db: Session, pupil_ids: Sequence[int], operation_id: int) -> dict[int, Hint]:
    """What to know of each pupil before giving this operation; three statements however many they are."""
    work = run(db, _OPERATION, {"operation": operation_id}).one_or_none()
    if work is None:
        raise NotFound("Cette opération n’existe pas.")
    day = today()
    asked = {"pupils": list(pupil_ids), "center": work.work_center_id, "label": work.label}
    runs = {row[0]: (int(row[1]), int(row[2]), local(row[3]).date()) for row in run(db, _RUNS, asked).all()}
    found = {}
    for pupil_id, entered_on in run(db, _ENTERED, {"pupils": list(pupil_ids)}).all():
        times, same, last_on = runs.get(pupil_id, (0, 0, None))
        fit = suits(work.difficulty, training_year(entered_on, day), same)
        found[pupil_id] = Hint(times, same, last_on, fit, day)
    return found


_TABLE = (
    select(
        Assignment.pupil_id,
        Operation.work_center_id,
        Operation.label,
        func.count(Ticket.id.distinct()),
        func.max(WorkSession.started_at),
    )
    .join(Ticket, Ticket.id == Assignment.ticket_id)
    .join(Operation, Operation.id == Ticket.operation_id)
    .join(WorkSession, WORKED)
    .outerjoin(_reversal, _reversal.reverses_id == WorkSession.id)
    .where(
        Assignment.pupil_id.in_(bindparam("pupils", expanding=True)),
        Operation.work_center_id.in_(bindparam("centers", expanding=True)),
        _reversal.id.is_(None),
    )
    .group_by(Assignment.pupil_id, Operation.work_center_id, Operation.label)
)


class Rotation:
    """What pupils have run of some work centres, read once and asked as often as needed."""

    def __init__(self, rows: Iterable[Any], day: date) -> None:
        self._day = day
        self._runs: dict[tuple[int, int], tuple[int, date]] = {}
        self._same: dict[tuple[int, int, str], int] = {}
        for pupil_id, center_id, label, times, started_at in rows:
            last_on = local(started_at).date()
            before, latest = self._runs.get((pupil_id, center_id), (0, last_on))
            self._runs[pupil_id, center_id] = (before + times, max(latest, last_on))
            self._same[pupil_id, center_id, label] = times

    def hint(self, pupil_id: int, year: int, *, center_id: int, label: str, difficulty: int) -> Hint:
        """What to know of a pupil before giving an operation of that name on that work centre."""
        times, last_on = self._runs.get((pupil_id, center_id), (0, None))
        same = self._same.get((pupil_id, center_id, label), 0)
        return Hint(times, same, last_on, suits(difficulty, year, same), self._day)


def rotation_of(db: Session, pupil_ids: Iterable[int], center_ids: Iterable[int]) -> Rotation:
    """The same for many operations at once; one statement."""
    asked = {"pupils": sorted(set(pupil_ids)), "centers": sorted(set(center_ids))}
    return Rotation(run(db, _TABLE, asked).all(), today())
