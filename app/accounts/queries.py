"""Reads about staff, sessions and the school."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import ApiToken, AuthSession, School, Staff
from app.accounts.rules import CurrentUser, session_alive
from app.core.actor import Actor, actor
from app.core.clock import now
from app.core.errors import NotFound
from app.core.permissions import GRANTS


def token_hash(token: str) -> str:
    """What is stored of a token: its SHA-256 (it is random enough to need no salt)."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_by_session(db: Session, token: str) -> tuple[CurrentUser, datetime] | None:
    """The person behind a session cookie and when they were last seen; one statement."""
    found = db.execute(
        select(
            AuthSession.id, AuthSession.created_at, AuthSession.last_seen_at, Staff.id, Staff.code, Staff.first_name,
            Staff.last_name, Staff.role, Staff.theme, School.name, School.is_demo,
        )
        .join(Staff, Staff.id == AuthSession.staff_id)
        .outerjoin(School, School.id == 1)
        .where(
            AuthSession.token_hash == token_hash(token), AuthSession.ended_at.is_(None), Staff.disabled_at.is_(None)
        )
    ).one_or_none()  # fmt: skip
    if found is None or not session_alive(found[1], found[2], now()):
        return None
    return _user(found[3:], session_id=found[0]), found[2]


def find_by_token(db: Session, token: str) -> CurrentUser | None:
    """The person a bearer token acts for."""
    found = db.execute(
        select(
            Staff.id, Staff.code, Staff.first_name, Staff.last_name, Staff.role, Staff.theme, School.name,
            School.is_demo,
        )
        .join(ApiToken, ApiToken.staff_id == Staff.id)
        .outerjoin(School, School.id == 1)
        .where(ApiToken.token_hash == token_hash(token), ApiToken.revoked_at.is_(None), Staff.disabled_at.is_(None))
    ).one_or_none()  # fmt: skip
    return None if found is None else _user(found, session_id=None)


def _user(row: Any, session_id: int | None) -> CurrentUser:
    staff_id, code, first_name, last_name, role, theme, school_name, is_demo = row
    return CurrentUser(
        staff_id, f"{first_name} {last_name}", role, GRANTS[role], code, theme, school_name or "Compagnon",
        bool(is_demo), session_id,
    )  # fmt: skip


def find_school(db: Session) -> School | None:
    """The school, once it is known."""
    return db.get(School, 1)


def get_staff(db: Session, staff_id: int, *, lock: bool = False) -> Staff:
    """A member of staff."""
    found = db.get(Staff, staff_id, with_for_update=True if lock else None)
    if found is None:
        raise NotFound("Cette personne n’existe pas.")
    return found


def get_staff_by_code(db: Session, code: str) -> Staff:
    """A member of staff by the school's own key."""
    found = db.execute(select(Staff).where(Staff.code == code)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Personne n’a le code « {code} ».")
    return found


def staff_actor(staff: Staff) -> Actor:
    """The member of staff as an actor."""
    return actor(staff.id, staff.full_name, staff.role)


def anybody_can_sign_in(db: Session) -> bool:
    """Whether the first run is over: some active member of staff has a password."""
    query = select(Staff.id).where(Staff.password_hash.is_not(None), Staff.disabled_at.is_(None)).limit(1)
    return db.execute(query).first() is not None
