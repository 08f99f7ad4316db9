"""Classes and staff as the forms of papers offer them, with what is already on record."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.db import run
from app.core.permissions import Role
from app.machines.models import Clearance, WorkCenter
from app.machines.rules import ClearanceKind, ClearanceResult, split_codes
from app.machines.rules.spans import OPINION_YEARS, last_day
from app.pedagogy.queries import Member, find_group, members_on

_STAFF = (
    select(Staff.code, Staff.first_name, Staff.last_name)
    .where(Staff.disabled_at.is_(None))
    .order_by(Staff.sort_key, Staff.id)
)
_GIVERS = _STAFF.where(Staff.role.in_((Role.MASTER, Role.DIRECTOR)))
_LATEST = (
    select(Clearance.pupil_id, Clearance.on_date, Clearance.result, Clearance.restriction)
    .where(
        Clearance.pupil_id.in_(bindparam("pupils", expanding=True)), Clearance.kind == bindparam("kind"),
        Clearance.voided_at.is_(None),
    )
    .order_by(Clearance.on_date, Clearance.id)
)  # fmt: skip
_LATEST_ON = _LATEST.join(WorkCenter, WorkCenter.id == Clearance.work_center_id).where(
    WorkCenter.code == bindparam("center")
)


@dataclass(frozen=True, slots=True)
class Class:
    """A group and who belongs to it on a day."""

    id: int
    code: str
    label: str
    members: list[Member]


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest paper of a kind about a pupil."""

    on: date
    result: ClearanceResult
    excluded: tuple[str, ...]

    @property
    def until(self) -> date:
        """The last day of an opinion."""
        return last_day(self.on, OPINION_YEARS)


def class_of(db: Session, code: str, day: date) -> Class | None:
    """A group with its members of a day; None without such a group."""
    group = find_group(db, code) if code else None
    return Class(group.id, group.code, group.label, members_on(db, group.id, day)) if group else None


def opinions_of(db: Session, group: Class | None) -> dict[int, Latest]:
    """The latest medical opinion of each member, by pupil."""
    return _latest(db, group, ClearanceKind.MEDICAL, "")


def trained_on(db: Session, group: Class | None, center: str) -> dict[int, Latest]:
    """The latest safety training of each member on one machine, by pupil."""
    return _latest(db, group, ClearanceKind.SAFETY, center) if center else {}


def _latest(db: Session, group: Class | None, kind: ClearanceKind, center: str) -> dict[int, Latest]:
    if group is None:
        return {}
    asked = {"pupils": [one.pupil_id for one in group.members], "kind": kind.value}
    rows = run(db, _LATEST_ON, asked | {"center": center}) if center else run(db, _LATEST, asked)
    return {pupil: Latest(on, ClearanceResult(result), split_codes(out)) for pupil, on, result, out in rows.all()}


def giver_options(db: Session) -> list[tuple[str, str]]:
    """(code, name) of those who may give the school's own papers."""
    return [(code, f"{first} {last}") for code, first, last in run(db, _GIVERS).all()]


def staff_options(db: Session) -> list[tuple[str, str]]:
    """(code, name) of everybody who works here."""
    return [(code, f"{first} {last}") for code, first, last in run(db, _STAFF).all()]
