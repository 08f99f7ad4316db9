"""What ends in the next sixty days: papers of those who are here, declarations, changes still to be sent."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.machines.models import Clearance, Declaration, DeclarationChange, WorkCenter
from app.machines.rules import ClearanceKind, ClearanceResult
from app.machines.rules.case import ADULT
from app.machines.rules.deadlines import DECLARATION_AHEAD, HORIZON, Deadline, Matter, told_by
from app.machines.rules.spans import ATTESTATION_YEARS, DECLARATION_YEARS, OPINION_YEARS, birthday, last_day
from app.pedagogy.models import Pupil, PupilGroup

K, R = ClearanceKind, ClearanceResult
_HERE = or_(Pupil.left_on.is_(None), Pupil.left_on >= bindparam("day"))
_PAPERS = (
    select(
        Clearance.kind, Clearance.result, Clearance.on_date, Clearance.ends_on, Clearance.detail, Pupil.id,
        Pupil.code, Pupil.first_name, Pupil.last_name, Pupil.born_on, PupilGroup.code.label("group"),
        WorkCenter.code.label("center"), WorkCenter.label.label("center_label"),
    )
    .join(Pupil, Pupil.id == Clearance.pupil_id)
    .join(PupilGroup, PupilGroup.id == Pupil.group_id)
    .outerjoin(WorkCenter, WorkCenter.id == Clearance.work_center_id)
    .where(Clearance.voided_at.is_(None), Clearance.on_date <= bindparam("day"), _HERE)
    .order_by(Clearance.on_date, Clearance.id)
)  # fmt: skip
_DECLARATIONS = (
    select(Declaration.code, Declaration.sent_on)
    .where(Declaration.sent_on.is_not(None), Declaration.withdrawn_on.is_(None))
    .order_by(Declaration.sent_on)
)
_CHANGES = (
    select(Declaration.code, DeclarationChange.changed_on)
    .join(Declaration, Declaration.id == DeclarationChange.declaration_id)
    .where(DeclarationChange.sent_on.is_(None), Declaration.withdrawn_on.is_(None))
)
MATTER_OF = {
    K.MEDICAL: Matter.OPINION, K.HANDLING: Matter.OPINION, K.SAFETY: Matter.TRAINING, K.PERMIT: Matter.PERMIT,
    K.DRIVING_AUTHORISATION: Matter.DRIVING, K.DRIVING_MEDICAL: Matter.DRIVING, K.ELECTRICAL: Matter.ELECTRICAL,
}  # fmt: skip
YEARS = {K.MEDICAL: OPINION_YEARS, K.HANDLING: OPINION_YEARS, K.DRIVING_MEDICAL: ATTESTATION_YEARS}


def deadlines(db: Session, day: date) -> list[Deadline]:
    """Everything that is over or ends within the horizon; three statements."""
    found = [*_papers(db, day), *_declarations(db, day), *_changes(db)]
    return sorted(found, key=lambda one: (one.due, one.matter.value, one.who))


def _papers(db: Session, day: date) -> Iterator[Deadline]:
    latest: dict[tuple[Any, ...], Any] = {}
    for row in run(db, _PAPERS, {"day": day}).all():
        symbol = row.detail if row.kind == K.ELECTRICAL else ""
        latest[row.id, row.kind, row.center, symbol] = row
    for row in latest.values():
        due = _due(row)
        if due is not None and due <= day + HORIZON and not _grown_up(row, due):
            yield Deadline(
                due, MATTER_OF[ClearanceKind(row.kind)], f"{row.first_name} {row.last_name}", row.code, row.group,
                _detail(row), row.center or "",
            )  # fmt: skip


def _due(row: Any) -> date | None:
    """The last day of a paper; a training waits for its assessment from its own day on."""
    if row.kind == K.SAFETY:
        given: date = row.on_date
        return given if row.result == R.NOT_ASSESSED else None
    if row.result in {R.WITHDRAWN, R.UNFIT}:
        return None
    if row.ends_on is not None:
        end: date = row.ends_on
        return end
    years = YEARS.get(row.kind)
    return last_day(row.on_date, years) if years else None


def _grown_up(row: Any, due: date) -> bool:
    """Opinions for regulated work and heavy loads are asked of minors alone."""
    return row.kind in {K.MEDICAL, K.HANDLING} and birthday(row.born_on, ADULT) <= due


def _detail(row: Any) -> str:
    if row.center_label:
        return str(row.center_label)
    if row.kind == K.HANDLING:
        return "Manutention"
    return str(row.detail) if row.kind == K.ELECTRICAL else ""


def _declarations(db: Session, day: date) -> Iterator[Deadline]:
    """The last declaration sent; those before it were renewed by it."""
    rows = run(db, _DECLARATIONS).all()
    if rows:
        code, sent_on = rows[-1]
        due = last_day(sent_on, DECLARATION_YEARS)
        if due <= day + DECLARATION_AHEAD:
            yield Deadline(due, Matter.DECLARATION, f"Déclaration {code}", code)


def _changes(db: Session) -> Iterator[Deadline]:
    for code, changed_on in run(db, _CHANGES).all():
        detail = f"Changée le {changed_on:%d/%m/%Y}, à dire sous huit jours"
        yield Deadline(told_by(changed_on), Matter.CHANGE, f"Déclaration {code}", code, detail=detail)
