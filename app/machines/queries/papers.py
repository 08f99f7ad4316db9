"""The facts written down about pupils: opinions, trainings, permits, and those that were voided."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.db import run
from app.core.errors import NotFound
from app.machines.models import Clearance, WorkCenter
from app.machines.rules import ClearanceKind, ClearanceResult, split_codes
from app.machines.rules.entry import Recorded
from app.pedagogy.models import Pupil


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One fact as a list shows it."""

    id: int
    kind: ClearanceKind
    result: ClearanceResult
    on: date
    center: str
    center_label: str
    excluded: tuple[str, ...]
    detail: str
    until: date | None
    given_by: str
    at: datetime | None
    by: str
    voided_at: datetime | None
    void_reason: str


_FACTS = (
    select(
        Clearance.id, Clearance.kind, Clearance.result, Clearance.on_date, WorkCenter.code, WorkCenter.label,
        Clearance.restriction, Clearance.detail, Clearance.ends_on, Clearance.given_by, Clearance.at,
        Staff.first_name + " " + Staff.last_name, Clearance.voided_at, Clearance.void_reason,
    )
    .outerjoin(WorkCenter, WorkCenter.id == Clearance.work_center_id)
    .outerjoin(Staff, Staff.id == Clearance.by_id)
    .where(Clearance.pupil_id == bindparam("pupil"))
    .order_by(Clearance.on_date.desc(), Clearance.id.desc())
)  # fmt: skip
_BESIDE = select(Clearance.result, Clearance.restriction, Clearance.detail).where(
    Clearance.pupil_id == bindparam("pupil"), Clearance.kind == bindparam("kind"),
    Clearance.on_date == bindparam("on"), Clearance.voided_at.is_(None),
)  # fmt: skip
_BESIDE_ON = _BESIDE.where(Clearance.work_center_id == bindparam("center"))
_PUPILS = select(Pupil).where(Pupil.code.in_(bindparam("codes", expanding=True))).order_by(Pupil.id)
_PUPILS_HELD = _PUPILS.with_for_update().execution_options(populate_existing=True)


def papers_of(db: Session, pupil_id: int) -> list[PaperRow]:
    """Every fact about a pupil, the newest first, void ones too; one statement."""
    return [_row(row) for row in run(db, _FACTS, {"pupil": pupil_id}).all()]


def _row(row: Any) -> PaperRow:
    number, kind, result, on, code, label, excluded, detail, until, given_by, at, by, voided_at, reason = row
    return PaperRow(
        number, ClearanceKind(kind), ClearanceResult(result), on, code or "", label or "", split_codes(excluded),
        detail, until, given_by, at, by or "", voided_at, reason or "",
    )  # fmt: skip


def recorded_beside(
    db: Session, pupil_id: int, kind: ClearanceKind, on: date, *, center_id: int | None, level: str = ""
) -> list[Recorded]:
    """What holds of the same pupil, kind, day and machine (or electrical symbol)."""
    asked: dict[str, Any] = {"pupil": pupil_id, "kind": kind.value, "on": on}
    rows = run(db, _BESIDE, asked) if center_id is None else run(db, _BESIDE_ON, asked | {"center": center_id})
    return [
        Recorded(ClearanceResult(result), split_codes(excluded), detail)
        for result, excluded, detail in rows.all()
        if not level or detail == level
    ]


def get_clearance(db: Session, clearance_id: int, *, lock: bool = False) -> Clearance:
    """One fact."""
    found = db.get(Clearance, clearance_id, with_for_update=True if lock else None)
    if found is None:
        raise NotFound("Ce papier n’existe pas.")
    return found


def lock_pupils(db: Session, codes: Sequence[str]) -> dict[str, Pupil]:
    """The pupils of these codes, held until the end so that nobody else writes facts about them meanwhile."""
    return {pupil.code: pupil for pupil in db.execute(_PUPILS_HELD, {"codes": sorted(set(codes))}).scalars()}
