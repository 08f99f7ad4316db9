"""What the two papers for the labour inspector are filled from."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import School, Staff
from app.accounts.queries import find_school
from app.core.db import run
from app.machines.models import Clearance, SupervisorQuality, WorkCenter
from app.machines.queries.declarations import Declared, Names, declared, get_declaration, names_of
from app.machines.rules import ClearanceKind
from app.machines.rules.case import ADULT
from app.machines.rules.spans import birthday
from app.pedagogy.models import Diploma, Membership, Pupil, PupilGroup, TimetableSession
from app.pedagogy.queries.pupils import belongs_on
from app.pedagogy.rules import SessionKind, SessionState, school_year_label

_BENCHES = select(WorkCenter.code, WorkCenter.label, WorkCenter.regulated_articles)
_YOUNG = (
    select(
        Pupil.id, Pupil.last_name, Pupil.first_name, Pupil.born_on, Pupil.entered_on, Diploma.label,
        PupilGroup.id.label("group_id"), Pupil.sort_key,
    )
    .join(Membership, Membership.pupil_id == Pupil.id)
    .join(PupilGroup, PupilGroup.id == Membership.group_id)
    .join(Diploma, Diploma.id == PupilGroup.diploma_id)
    .where(belongs_on(bindparam("day")))
    .order_by(Pupil.sort_key, Pupil.id)
)  # fmt: skip
_PAPERS = (
    select(
        Clearance.pupil_id, Clearance.kind, Clearance.result, Clearance.on_date, Clearance.restriction,
        WorkCenter.label,
    )
    .outerjoin(WorkCenter, WorkCenter.id == Clearance.work_center_id)
    .where(
        Clearance.pupil_id.in_(bindparam("pupils", expanding=True)), Clearance.voided_at.is_(None),
        Clearance.on_date <= bindparam("day"),
        Clearance.kind.in_((ClearanceKind.MEDICAL.value, ClearanceKind.SAFETY.value)),
    )
    .order_by(Clearance.on_date, Clearance.id)
)  # fmt: skip
_MASTERS = (
    select(TimetableSession.group_id, Staff.id, Staff.first_name, Staff.last_name)
    .join(Staff, Staff.id == TimetableSession.staff_id)
    .where(
        TimetableSession.kind == SessionKind.PRACTICE, TimetableSession.state == SessionState.PLANNED,
        TimetableSession.on_date >= bindparam("since"), TimetableSession.on_date <= bindparam("day"),
    )
    .distinct()
    .order_by(Staff.last_name)
)  # fmt: skip


_QUALITIES = (
    select(SupervisorQuality.staff_id, SupervisorQuality.quality)
    .where(
        SupervisorQuality.starts_on <= bindparam("day"),
        or_(SupervisorQuality.ends_on.is_(None), SupervisorQuality.ends_on >= bindparam("day")),
    )
    .order_by(SupervisorQuality.staff_id, SupervisorQuality.id)
)


@dataclass(frozen=True, slots=True)
class DeclarationFacts:
    """A declaration, the school that sends it, and the machines by their code: (label, articles)."""

    declared: Declared
    names: Names
    benches: dict[str, tuple[str, str]]
    school: School | None


@dataclass(frozen=True, slots=True)
class YoungFacts:
    """One young person: identity, the latest opinion, the latest training on each machine, the class's masters."""

    last_name: str
    first_name: str
    born_on: date
    entered_on: date
    diploma: str
    opinion: Any = None
    trainings: dict[str, Any] = field(default_factory=dict)
    masters: list[str] = field(default_factory=list)


def declaration_facts(db: Session, code: str, day: date) -> DeclarationFacts:
    """A declaration with its changes."""
    found = declared(db, get_declaration(db, code), day)
    benches = {row.code: (row.label, row.regulated_articles) for row in run(db, _BENCHES).all()}
    return DeclarationFacts(found, names_of(db), benches, find_school(db))


def young_facts(db: Session, day: date) -> list[YoungFacts]:
    """Those under 18 of that day, as R4153-45 lists them; four statements whatever their number."""
    pupils = [row for row in run(db, _YOUNG, {"day": day}).all() if birthday(row.born_on, ADULT) > day]
    papers: dict[int, list[Any]] = {}
    for row in run(db, _PAPERS, {"pupils": [one.id for one in pupils], "day": day}).all():
        papers.setdefault(row.pupil_id, []).append(row)
    masters = _masters(db, day)
    return [_young(one, papers.get(one.id, []), masters.get(one.group_id, [])) for one in pupils]


def _masters(db: Session, day: date) -> dict[int, list[str]]:
    """Who led each class in the workshop this school year, and what they are that day (R4153-45)."""
    qualities: dict[int, list[str]] = {}
    for staff_id, quality in run(db, _QUALITIES, {"day": day}).all():
        qualities.setdefault(staff_id, []).append(quality)
    masters: dict[int, list[str]] = {}
    since = date(int(school_year_label(day)[:4]), 9, 1)
    for group_id, staff_id, first, last in run(db, _MASTERS, {"day": day, "since": since}).all():
        words = ", ".join([f"{first} {last}", *qualities.get(staff_id, [])])
        masters.setdefault(group_id, []).append(words)
    return masters


def _young(row: Any, papers: list[Any], masters: list[str]) -> YoungFacts:
    opinions = [one for one in papers if one.kind == ClearanceKind.MEDICAL]
    trainings = {one.label: one for one in papers if one.kind == ClearanceKind.SAFETY and one.label}
    return YoungFacts(
        row.last_name,
        row.first_name,
        row.born_on,
        row.entered_on,
        row.label,
        opinions[-1] if opinions else None,
        trainings,
        masters,
    )
