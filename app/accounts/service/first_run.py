"""The first run: nobody can sign in yet, and whoever reads the server's screen becomes the director."""

import secrets
from dataclasses import dataclass

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from app.accounts import queries
from app.accounts.models import School, SetupCode, Staff
from app.accounts.service.entry import set_password
from app.core import journal
from app.core.actor import SYSTEM
from app.core.clock import now
from app.core.errors import NotFound, Refused
from app.core.permissions import Role
from app.core.text import fold

LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that is read as another
GROUPS, GROUP = 7, 4  # 28 letters of 5 bits: 140 bits (V09)


@dataclass(frozen=True, slots=True)
class FirstDirector:
    """What the first-run page asks for."""

    code: str
    staff_code: str
    last_name: str
    first_name: str
    email: str
    password_hash: str
    school_name: str | None


def new_setup_code(db: Session) -> str | None:
    """A new code, to be printed once by the server; only its hash is kept, for 72 hours. None when the run is over."""
    db.execute(delete(SetupCode))
    if queries.anybody_can_sign_in(db):
        return None
    code = "".join(secrets.choice(LETTERS) for _ in range(GROUPS * GROUP))
    db.execute(insert(SetupCode).values(id=1, code_hash=queries.token_hash(code), created_at=now()))
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def create_director(db: Session, asked: FirstDirector) -> Staff:
    """The first account, with the printed code; somebody already imported as director is attached to, not doubled."""
    if queries.anybody_can_sign_in(db):
        raise NotFound()
    if queries.find_setup_code(db, asked.code) is None:
        raise Refused(
            "Ce code n’est pas celui que le serveur a affiché, ou il a plus de 72 heures : redémarrez le serveur.",
            field="code",
        )
    staff = _attach(db, asked)
    _name_school(db, asked.school_name)
    db.flush()  # the id of a new person, for the journal
    set_password(db, staff, asked.password_hash)
    db.execute(delete(SetupCode))
    journal.record(db, staff, "first_run", "Premier compte de direction créé", by=SYSTEM)
    return staff


def _attach(db: Session, asked: FirstDirector) -> Staff:
    staff = queries.find_staff_by_code(db, asked.staff_code)
    if staff is None:
        staff = Staff(code=asked.staff_code, role=Role.DIRECTOR, sort_key="")
        db.add(staff)
    elif staff.role != Role.DIRECTOR:
        raise Refused(
            f"Le code {staff.code} est celui d’une personne qui n’est pas de la direction.", field="staff_code"
        )
    other = queries.find_staff_by_email(db, asked.email)
    if other is not None and other is not staff:
        raise Refused("Cette adresse est déjà celle d’une autre personne.", field="email")
    staff.last_name, staff.first_name, staff.email = asked.last_name, asked.first_name, asked.email
    staff.sort_key = fold(f"{asked.last_name} {asked.first_name}")
    staff.disabled_at = None
    return staff


def _name_school(db: Session, name: str | None) -> None:
    if queries.find_school(db) is not None:
        return
    if not name:
        raise Refused("Donnez le nom de l’école.", field="school_name")
    db.add(School(id=1, name=name))
