"""What ends in the next sixty days: papers of those who are here, declarations, changes still to be sent."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Integer, Select, String, bindparam, case, cast, literal, null, or_, select, union_all
from sqlalchemy.orm import Session

from app.core.db import run
from app.machines.models import Clearance, Declaration, DeclarationChange, GateSetting, WorkCenter
from app.machines.rules import CenterState, ClearanceKind, ClearanceResult
from app.machines.rules.case import ADULT
from app.machines.rules.deadlines import DECLARATION_AHEAD, HORIZON, Deadline, Matter, told_by
from app.machines.rules.settings import CEILING
from app.machines.rules.spans import ATTESTATION_YEARS, DECLARATION_YEARS, OPINION_YEARS, birthday, last_day
from app.pedagogy.models import Pupil, PupilGroup

K, R = ClearanceKind, ClearanceResult
_HERE = or_(Pupil.left_on.is_(None), Pupil.left_on >= bindparam("day"))
_NO_TEXT, _NO_DAY, _NO_NUMBER = cast(null(), String), cast(null(), Date), cast(null(), Integer)
_PAPERS = (
    select(
        literal("paper").label("source"), Clearance.id, Clearance.kind, Clearance.result, Clearance.on_date,
        Clearance.ends_on, Clearance.detail, Pupil.id.label("pupil_id"), Pupil.code, Pupil.first_name,
        Pupil.last_name, Pupil.born_on, PupilGroup.code.label("group"), WorkCenter.code.label("center"),
        WorkCenter.label.label("center_label"),
    )
    .join(Pupil, Pupil.id == Clearance.pupil_id)
    .join(PupilGroup, PupilGroup.id == Pupil.group_id)
    .outerjoin(WorkCenter, WorkCenter.id == Clearance.work_center_id)
    .where(Clearance.voided_at.is_(None), Clearance.on_date <= bindparam("day"), _HERE)
)  # fmt: skip


def _other(source: str, number: Any, on: Any, code: Any, *words: Any) -> Select[Any]:
    """A row of another kind in the same columns: its day, its code, and up to three words."""
    kind, detail, label = (*words, _NO_TEXT, _NO_TEXT, _NO_TEXT)[:3]
    return select(
        literal(source), number, kind, _NO_TEXT, on, _NO_DAY, detail, _NO_NUMBER, code, _NO_TEXT, _NO_TEXT, _NO_DAY,
        _NO_TEXT, _NO_TEXT, label,
    )  # fmt: skip


_DECLARATIONS = _other("declaration", Declaration.id, Declaration.sent_on, Declaration.code).where(
    Declaration.sent_on.is_not(None), Declaration.withdrawn_on.is_(None)
)
_CHANGES = (
    _other("change", DeclarationChange.id, DeclarationChange.changed_on, Declaration.code)
    .join(Declaration, Declaration.id == DeclarationChange.declaration_id)
    .where(DeclarationChange.sent_on.is_(None), Declaration.withdrawn_on.is_(None))
)
_OUT = _other(
    "machine", WorkCenter.id, _NO_DAY, WorkCenter.code, cast(WorkCenter.state, String), WorkCenter.state_note,
    WorkCenter.label,
).where(WorkCenter.state != CenterState.IN_SERVICE)  # fmt: skip
_CEILING = _other(
    "ceiling", GateSetting.id, GateSetting.starts_on, _NO_TEXT, case((GateSetting.blocks, "blocks"), else_="warns")
).where(GateSetting.check == CEILING, GateSetting.starts_on <= bindparam("day"))
_ENDING: Any = union_all(_PAPERS, _DECLARATIONS, _CHANGES)
_WATCHED: Any = union_all(_PAPERS, _DECLARATIONS, _CHANGES, _OUT, _CEILING)
MATTER_OF = {
    K.MEDICAL: Matter.OPINION, K.HANDLING: Matter.OPINION, K.SAFETY: Matter.TRAINING, K.PERMIT: Matter.PERMIT,
    K.DRIVING_AUTHORISATION: Matter.DRIVING, K.DRIVING_MEDICAL: Matter.DRIVING, K.ELECTRICAL: Matter.ELECTRICAL,
}  # fmt: skip
YEARS = {K.MEDICAL: OPINION_YEARS, K.HANDLING: OPINION_YEARS, K.DRIVING_MEDICAL: ATTESTATION_YEARS}


@dataclass(frozen=True, slots=True)
class MachineOut:
    """A machine that nothing starts on, and why."""

    code: str
    label: str
    state: CenterState
    note: str | None


def deadlines(db: Session, day: date) -> list[Deadline]:
    """Everything that is over or ends within the horizon; one statement."""
    return _deadlines(run(db, _ENDING, {"day": day}).all(), day)


@dataclass(frozen=True, slots=True)
class Watched:
    """What ends, the machines that are out of service, and whether too many pupils for a master only warn."""

    ending: list[Deadline]
    out: list[MachineOut]
    ceiling_warns: bool

    def over(self, day: date) -> int:
        """How many have ended."""
        return sum(1 for one in self.ending if one.is_over(day))


def watched(db: Session, day: date) -> Watched:
    """For a page that shows what must be looked after; one statement."""
    rows = run(db, _WATCHED, {"day": day}).all()
    said = max((row for row in rows if row.source == "ceiling"), key=lambda one: (one.on_date, one.id), default=None)
    out = [
        MachineOut(row.code, row.center_label, CenterState(row.kind), row.detail)
        for row in rows if row.source == "machine"
    ]  # fmt: skip
    warns = said is not None and said.kind == "warns"
    return Watched(_deadlines(rows, day), sorted(out, key=lambda one: one.label), warns)


def _deadlines(rows: Sequence[Any], day: date) -> list[Deadline]:
    of = {source: [row for row in rows if row.source == source] for source in ("paper", "declaration", "change")}
    found = [*_papers(of["paper"], day), *_declarations(of["declaration"], day), *_changes(of["change"])]
    return sorted(found, key=lambda one: (one.due, one.matter.value, one.who))


def _papers(rows: Sequence[Any], day: date) -> Iterator[Deadline]:
    latest: dict[tuple[Any, ...], Any] = {}
    for row in sorted(rows, key=lambda one: (one.on_date, one.id)):
        symbol = row.detail if row.kind == K.ELECTRICAL else ""
        latest[row.pupil_id, row.kind, row.center, symbol] = row
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


def _declarations(rows: Sequence[Any], day: date) -> Iterator[Deadline]:
    """The last declaration sent; those before it were renewed by it."""
    last = max(rows, key=lambda row: (row.on_date, row.id), default=None)
    if last is not None and (due := last_day(last.on_date, DECLARATION_YEARS)) <= day + DECLARATION_AHEAD:
        yield Deadline(due, Matter.DECLARATION, f"Déclaration {last.code}", last.code)


def _changes(rows: Sequence[Any]) -> Iterator[Deadline]:
    for row in rows:
        detail = f"Changée le {row.on_date:%d/%m/%Y}, à dire sous huit jours"
        yield Deadline(told_by(row.on_date), Matter.CHANGE, f"Déclaration {row.code}", row.code, detail=detail)
