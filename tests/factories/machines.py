"""Who is away, who holds which quality, what was added to a declaration, what the school made blocking."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.clock import now, today
from app.machines.models import Declaration, DeclarationChange, GateSetting, StaffAbsence, SupervisorQuality, WorkCenter
from app.machines.rules import Check
from app.pedagogy.models import Diploma, Pupil, PupilGroup
from tests.factories.workshop import make_clearance, make_declaration


def make_declaration_change(db: Session, declaration: Declaration, **other: Any) -> DeclarationChange:
    """Something added to a declaration, told the same day."""
    values = {"changed_on": today(), "sent_on": today(), "at": now()} | other
    change = DeclarationChange(declaration_id=declaration.id, **values)
    db.add(change)
    db.flush()
    return change


def make_quality(db: Session, staff: Staff, quality: str = "Maître professionnel", **other: Any) -> SupervisorQuality:
    """A quality held since last year."""
    held = SupervisorQuality(
        staff_id=staff.id, quality=quality, **({"starts_on": today() - timedelta(days=365)} | other)
    )  # fmt: skip
    db.add(held)
    db.flush()
    return held


def make_absence(db: Session, staff: Staff, *, substitute: Staff | None = None, **other: Any) -> StaffAbsence:
    """Away today."""
    values = {"starts_on": today(), "ends_on": today()} | other
    absence = StaffAbsence(staff_id=staff.id, substitute_id=substitute.id if substitute else None, **values)
    db.add(absence)
    db.flush()
    return absence


def make_setting(db: Session, check: Check, *, blocks: bool = True, starts_on: date | None = None) -> GateSetting:
    """From a day on a check of the school's own blocks, or only warns again."""
    setting = GateSetting(check=check.value, blocks=blocks, starts_on=starts_on or today(), at=now())
    db.add(setting)
    db.flush()
    return setting


def open_machine(db: Session, group: PupilGroup, center: WorkCenter, *pupils: Pupil) -> Declaration:
    """Everything a dangerous machine asks for: assessed, declared for the class, the pupils trained and fit.

    A practice session of the class with its master is the caller's.
    """
    center.regulated_articles, center.risk_assessed_on = "D4153-28", today() - timedelta(days=90)
    for pupil in pupils:
        make_clearance(db, pupil)
        make_clearance(db, pupil, work_center=center)
    db.flush()
    diploma = db.get_one(Diploma, group.diploma_id).code
    return make_declaration(db, work_centers=center.code, diplomas=diploma)
