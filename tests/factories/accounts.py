"""The school and its staff."""

from typing import Any

from sqlalchemy.orm import Session

from app.accounts.models import School, Staff
from app.core.actor import Actor, actor
from app.core.permissions import Role
from app.core.text import fold
from tests.factories.numbers import serial


def make_school(db: Session, **other: Any) -> School:
    """The one school; the second call returns the first one's row."""
    school = db.get(School, 1)
    if school is None:
        school = School(id=1, **({"name": "École de production du Test", "siret": "99980000600018"} | other))
        db.add(school)
        db.flush()
    return school


def make_staff(db: Session, role: Role = Role.MASTER, **other: Any) -> Staff:
    """A member of staff without a password; `login_as` signs in without one."""
    n = serial()
    values = {
        "code": f"P{n:04}", "first_name": "Camille", "last_name": f"Durand{n}", "role": role,
        "email": f"personne{n}@ecole.example",
    } | other  # fmt: skip
    values.setdefault("sort_key", fold(f"{values['last_name']} {values['first_name']}"))
    staff = Staff(**values)
    db.add(staff)
    db.flush()
    return staff


def actor_of(staff: Staff) -> Actor:
    """The same person as services know them."""
    return actor(staff.id, staff.full_name, Role(staff.role))


def make_actor(db: Session, role: Role = Role.MASTER) -> Actor:
    """Somebody of that role, for tests that call a service and do not care who."""
    return actor_of(make_staff(db, role))
