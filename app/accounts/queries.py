"""Reads about staff, sessions and the school."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import ApiToken, AuthSession, Invitation, LoginAttempt, School, SetupCode, Staff
from app.accounts.rules import (
    ABSOLUTE,
    IDLE,
    SETUP_LIFE,
    CurrentUser,
    StaffState,
    device_name,
    session_alive,
    staff_state,
)
from app.core.actor import Actor, actor
from app.core.clock import now
from app.core.db import run
from app.core.errors import NotFound
from app.core.journal import Deed, history
from app.core.paging import ListRequest, Page, fetch_page
from app.core.permissions import GRANTS, Role
from app.core.text import fold, like_pattern


def token_hash(token: str) -> str:
    """What is stored of a token: its SHA-256 (it is random enough to need no salt)."""
    return hashlib.sha256(token.encode()).hexdigest()


_SIGNING_DIRECTOR = and_(Staff.role == Role.DIRECTOR, Staff.disabled_at.is_(None), Staff.password_hash.is_not(None))
_PERSON = (
    Staff.id, Staff.code, Staff.first_name, Staff.last_name, Staff.role, Staff.theme, School.name, School.is_demo,
)  # fmt: skip
# Asked on every request: put together once, so that only the parameter changes.
_BY_SESSION = (
    select(AuthSession.id, AuthSession.created_at, AuthSession.last_seen_at, *_PERSON)
    .join(Staff, Staff.id == AuthSession.staff_id)
    .outerjoin(School, School.id == 1)
    .where(
        AuthSession.token_hash == bindparam("hash"), AuthSession.ended_at.is_(None), Staff.disabled_at.is_(None)
    )
)  # fmt: skip
_BY_TOKEN = (
    select(*_PERSON)
    .join(ApiToken, ApiToken.staff_id == Staff.id)
    .outerjoin(School, School.id == 1)
    .where(ApiToken.token_hash == bindparam("hash"), ApiToken.revoked_at.is_(None), Staff.disabled_at.is_(None))
)


def find_by_session(db: Session, token: str) -> tuple[CurrentUser, datetime] | None:
    """The person behind a session cookie and when they were last seen; one statement."""
    found = run(db, _BY_SESSION, {"hash": token_hash(token)}).one_or_none()
    if found is None or not session_alive(found[1], found[2], now()):
        return None
    return _user(found[3:], session_id=found[0]), found[2]


def find_by_token(db: Session, token: str) -> CurrentUser | None:
    """The person a bearer token acts for."""
    found = run(db, _BY_TOKEN, {"hash": token_hash(token)}).one_or_none()
    return None if found is None else _user(found, session_id=None)


def _user(row: Any, session_id: int | None) -> CurrentUser:
    staff_id, code, first_name, last_name, role, theme, school_name, is_demo = row
    return CurrentUser(
        staff_id, f"{first_name} {last_name}", role, GRANTS[role], code, theme, school_name or "Compagnon",
        bool(is_demo), session_id,
    )  # fmt: skip


def find_school(db: Session, *, lock: bool = False) -> School | None:
    """The school, once it is known; `lock` holds it for the change that follows."""
    return db.get(School, 1, with_for_update=True if lock else None, populate_existing=lock)


_BAND = select(School.share_low, School.share_high).where(School.id == 1)


def find_band(db: Session) -> tuple[Decimal, Decimal] | None:
    """The practice shares the school aims at, in percent, once it is known."""
    found = run(db, _BAND).one_or_none()
    return (found[0], found[1]) if found else None


def get_staff(db: Session, staff_id: int, *, lock: bool = False) -> Staff:
    """A member of staff."""
    found = db.get(Staff, staff_id, with_for_update=True if lock else None)
    if found is None:
        raise NotFound("Cette personne n’existe pas.")
    return found


def get_staff_by_code(db: Session, code: str, *, lock: bool = False) -> Staff:
    """A member of staff by the school's own key."""
    found = find_staff_by_code(db, code, lock=lock)
    if found is None:
        raise NotFound(f"Personne n’a le code « {code} ».")
    return found


def find_staff_by_code(db: Session, code: str, *, lock: bool = False) -> Staff | None:
    """The member of staff of that code, if there is one.

    `lock` holds the directors who can sign in as well, in one order for everybody: two of them who remove each other
    at once would else each hold the other and wait (one of them must be told that the school keeps a director).
    """
    if not lock:
        return db.execute(select(Staff).where(Staff.code == code)).scalar_one_or_none()
    query = select(Staff).where(or_(Staff.code == code, _SIGNING_DIRECTOR)).order_by(Staff.id)
    # Not against the rows that merely point to these people: the other's request wrote some before it came here.
    held = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return next((staff for staff in db.execute(held).scalars().all() if staff.code == code), None)


def find_staff_by_email(db: Session, email: str) -> Staff | None:
    """The member of staff of that e-mail, if there is one."""
    return db.execute(select(Staff).where(Staff.email == email)).scalar_one_or_none()


def staff_actor(staff: Staff) -> Actor:
    """The member of staff as an actor."""
    return actor(staff.id, staff.full_name, staff.role)


def anybody_can_sign_in(db: Session) -> bool:
    """Whether the first run is over: some active member of staff has a password."""
    query = select(Staff.id).where(Staff.password_hash.is_not(None), Staff.disabled_at.is_(None)).limit(1)
    return db.execute(query).first() is not None


def find_credentials(db: Session, email: str) -> tuple[int | None, str | None]:
    """The member of staff of an e-mail and the hash to check against; nothing for whoever may not sign in."""
    query = select(Staff.id, Staff.password_hash).where(Staff.email == email, Staff.disabled_at.is_(None))
    found = db.execute(query).one_or_none()
    return (found[0], found[1]) if found else (None, None)


def lock_email(db: Session, email: str) -> None:
    """Hold the row of an e-mail, so that tries sent at once are counted one after the other."""
    db.execute(select(Staff.id).where(Staff.email == email).with_for_update())


def failures_of(db: Session, email: str) -> list[datetime]:
    """When signing in under an e-mail failed in the last 24 hours, since it last succeeded; newest last."""
    latest = db.execute(
        select(func.max(AuthSession.created_at))
        .join(Staff, Staff.id == AuthSession.staff_id)
        .where(Staff.email == email)
    ).scalar_one()
    since = max(latest, now() - timedelta(days=1)) if latest else now() - timedelta(days=1)
    query = select(LoginAttempt.at).where(LoginAttempt.email == email, LoginAttempt.at > since)
    return list(db.execute(query.order_by(LoginAttempt.at)).scalars())


def count_address_failures(db: Session, address: str) -> int:
    """How often signing in failed from an address in the last hour, under any name."""
    since = now() - timedelta(hours=1)
    query = select(func.count()).where(LoginAttempt.address == address, LoginAttempt.at > since)
    return int(db.execute(query).scalar_one())


def find_setup_code(db: Session, code: str) -> SetupCode | None:
    """The code of the first run, when it is this one and not older than 72 hours."""
    bare = "".join(char for char in code.upper() if char.isalnum())
    query = select(SetupCode).where(SetupCode.code_hash == token_hash(bare), SetupCode.created_at > now() - SETUP_LIFE)
    return db.execute(query.with_for_update()).scalar_one_or_none()


def find_invitation(db: Session, token: str, *, lock: bool = False) -> tuple[Invitation, Staff] | None:
    """An open invitation and whom it is for; nothing once used, too old, or when the person is disabled."""
    query = (
        select(Invitation, Staff)
        .join(Staff, Staff.id == Invitation.staff_id)
        .where(
            Invitation.token_hash == token_hash(token), Invitation.used_at.is_(None), Invitation.expires_at > now(),
            Staff.disabled_at.is_(None),
        )
    )  # fmt: skip
    found = db.execute(query.with_for_update() if lock else query).one_or_none()
    return (found[0], found[1]) if found else None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A live session in a list. `current` is the one that asks."""

    id: int
    device: str
    created_at: datetime
    last_seen_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class AccountPage:
    """« Mon compte »."""

    staff: Staff
    sessions: list[SessionRow]
    tokens: list[tuple[int, datetime]]


def account_page(db: Session, me: CurrentUser) -> AccountPage:
    """One's own account: three statements."""
    staff = get_staff(db, me.staff_id or 0)
    return AccountPage(staff, live_sessions(db, staff.id, current=me.session_id), live_tokens(db, staff.id))


def live_sessions(db: Session, staff_id: int, *, current: int | None = None) -> list[SessionRow]:
    """A person's sessions that are still honoured, the latest first."""
    query = select(
        AuthSession.id, AuthSession.user_agent, AuthSession.created_at, AuthSession.last_seen_at
    ).where(
        AuthSession.staff_id == staff_id, AuthSession.ended_at.is_(None), AuthSession.last_seen_at > now() - IDLE,
        AuthSession.created_at > now() - ABSOLUTE,
    )  # fmt: skip
    rows = db.execute(query.order_by(AuthSession.last_seen_at.desc(), AuthSession.id.desc()).limit(50))
    return [SessionRow(n, device_name(agent), opened, seen, n == current) for n, agent, opened, seen in rows]


def live_tokens(db: Session, staff_id: int) -> list[tuple[int, datetime]]:
    """The bearer tokens that act for a person: number and day of making."""
    query = select(ApiToken.id, ApiToken.created_at).where(ApiToken.staff_id == staff_id, ApiToken.revoked_at.is_(None))
    return [(n, made) for n, made in db.execute(query.order_by(ApiToken.id))]


def lock_signing_directors(db: Session) -> set[int]:
    """The directors who can sign in, held so that two of them cannot remove each other at once."""
    query = select(Staff.id).where(_SIGNING_DIRECTOR).order_by(Staff.id)
    return set(db.execute(query.with_for_update(key_share=True)).scalars())


SORTS = ("nom", "code", "role")
_ORDER = {"nom": (Staff.sort_key,), "code": (Staff.code,), "role": (Staff.role, Staff.sort_key)}


@dataclass(frozen=True, slots=True)
class StaffRow:
    """A member of staff in a list. `failures` counts sign-ins that failed in the last 24 hours (T27)."""

    id: int
    code: str
    last_name: str
    first_name: str
    role: Role
    email: str | None
    state: StaffState
    failures: int
    version: int

    @property
    def full_name(self) -> str:
        """First name then last name."""
        return f"{self.first_name} {self.last_name}"


def _staff_rows() -> Select[Any]:
    invited = select(Invitation.id).where(
        Invitation.staff_id == Staff.id, Invitation.used_at.is_(None), Invitation.expires_at > now()
    )  # fmt: skip
    failures = select(func.count()).where(
        LoginAttempt.email == Staff.email, LoginAttempt.at > now() - timedelta(days=1)
    )  # fmt: skip
    return select(
        Staff.id, Staff.code, Staff.last_name, Staff.first_name, Staff.role, Staff.email,
        Staff.disabled_at.is_not(None), Staff.password_hash.is_not(None), invited.exists(),
        failures.scalar_subquery(), Staff.version,
    )  # fmt: skip


def _staff_row(row: Any) -> StaffRow:
    staff_id, code, last_name, first_name, role, email, disabled, has_password, invited, failures, version = row
    state = staff_state(disabled=disabled, has_password=has_password, invited=invited)
    return StaffRow(staff_id, code, last_name, first_name, role, email, state, failures, version)


def list_staff(db: Session, asked: ListRequest, *, exact: bool = False) -> Page[StaffRow]:
    """The staff; without a filter those who still work here. Two statements."""
    query = _staff_rows()
    if asked.q:
        for word in fold(asked.q).split():
            query = query.where(Staff.sort_key.like(like_pattern(word), escape="\\") | (Staff.code == asked.q.strip()))
    shown = asked.filters.get("etat", "")
    if shown != "tous":
        query = query.where(Staff.disabled_at.is_not(None) if shown == "desactives" else Staff.disabled_at.is_(None))
    if asked.filters.get("role") in set(Role):
        query = query.where(Staff.role == asked.filters["role"])
    order = [column.desc() if asked.descending else column for column in _ORDER.get(asked.sort, _ORDER["nom"])]
    found = fetch_page(db, query.order_by(*order, Staff.id), asked, exact=exact)
    return Page([_staff_row(row) for row in found.items], found.total, found.page, found.size, found.capped)


def staff_row(db: Session, code: str) -> StaffRow:
    """One member of staff as a list shows them."""
    row = db.execute(_staff_rows().where(Staff.code == code)).one_or_none()
    if row is None:
        raise NotFound(f"Personne n’a le code « {code} ».")
    return _staff_row(row)


@dataclass(frozen=True, slots=True)
class StaffPage:
    """One member of staff, with what lets them in and what happened to their account."""

    staff: StaffRow
    sessions: list[SessionRow]
    tokens: list[tuple[int, datetime]]
    journal: list[Deed]


def staff_page(db: Session, code: str) -> StaffPage:
    """The page of a member of staff: four statements."""
    row = staff_row(db, code)
    return StaffPage(row, live_sessions(db, row.id), live_tokens(db, row.id), history(db, "staff", row.id))
