"""Getting in: tries are counted before they are checked, hashes are computed before the write lock."""

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.accounts import queries, rules
from app.accounts.models import AuthSession, Invitation, LoginAttempt, Staff
from app.accounts.passwords import hash_password, is_outdated, is_right
from app.core import idempotency, journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import Database
from app.core.errors import Refused

KEEP_ATTEMPTS = timedelta(days=30)
KEEP_SESSIONS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Check:
    """What a try came to. `wait` is not zero when it was not even looked at; `staff_id` is None when it failed."""

    wait: timedelta = timedelta(0)
    staff_id: int | None = None
    stored: str = ""
    renewed: str | None = None
    attempt_id: int | None = None

    @property
    def sentence(self) -> str:
        """What the person is told when it failed; the same for a name nobody has (V08)."""
        if self.wait:
            return f"Trop d’essais : réessayez dans {rules.wait_in_words(self.wait)}."
        return rules.WRONG_SIGN_IN


def check_password(database: Database, *, email: str, password: str, address: str) -> Check:
    """Try an e-mail and a password. The try is counted first, in a transaction of its own, so that many sent at once do
    not slip past the limit; the hash is computed with nothing locked.
    """
    with database.writing() as db:
        attempt_id, wait = _count_attempt(db, email=email, address=address)
    if wait:
        return Check(wait=wait)
    with database.reading() as db:
        staff_id, stored = queries.find_credentials(db, email)
    if not is_right(password, stored) or stored is None:
        return Check(attempt_id=attempt_id)
    renewed = hash_password(password) if is_outdated(stored) else None
    return Check(staff_id=staff_id, stored=stored, renewed=renewed, attempt_id=attempt_id)


def _count_attempt(db: Session, *, email: str, address: str) -> tuple[int | None, timedelta]:
    queries.lock_email(db, email)
    wait = rules.delay_after(queries.failures_of(db, email), now())
    if not wait and queries.count_address_failures(db, address) >= rules.ADDRESS_TRIES_PER_HOUR:
        wait = rules.LOCK
    if wait:
        return None, wait
    attempt = LoginAttempt(email=email, address=address, at=now())
    db.add(attempt)
    db.flush()  # its id, to take the try back when it proves right
    return attempt.id, wait


def settle(db: Session, check: Check) -> Staff | None:
    """Inside the transaction of the deed: the person whose password was right, unless it changed meanwhile.

    The try is not counted any more; a hash with old parameters is replaced.
    """
    if check.staff_id is None:
        return None
    staff = queries.get_staff(db, check.staff_id, lock=True)
    if staff.disabled_at is not None or staff.password_hash != check.stored:
        return None
    _take_back(db, check)
    if check.renewed:
        staff.password_hash = check.renewed
    return staff


def open_session(db: Session, staff: Staff, *, user_agent: str, replaces: str = "") -> str:
    """A new session and the value of its cookie; a session that the browser still had is ended (V15)."""
    if replaces:
        end_session(db, replaces)
    token = secrets.token_urlsafe(32)
    db.add(
        AuthSession(
            token_hash=queries.token_hash(token), staff_id=staff.id, created_at=now(), last_seen_at=now(),
            user_agent=user_agent[:200],
        )
    )  # fmt: skip
    _clean_up(db)
    return token


def end_session(db: Session, token: str) -> None:
    """Sign out: the cookie's value is worth nothing any more."""
    _end(db, AuthSession.token_hash == queries.token_hash(token))


def end_session_of(db: Session, staff: Staff, session_id: int) -> None:
    """End one of a person's sessions, from the list of them."""
    _end(db, AuthSession.staff_id == staff.id, AuthSession.id == session_id)


def end_all_sessions(db: Session, staff: Staff, *, but: int | None = None) -> None:
    """End every session of a person, at a change of password or role, or when they are disabled (V04, V18)."""
    _end(db, AuthSession.staff_id == staff.id, AuthSession.id != (but or 0))


def _end(db: Session, *which: object) -> None:
    query = update(AuthSession).where(AuthSession.ended_at.is_(None), *which)  # type: ignore[arg-type]
    db.execute(query.values(ended_at=now()).execution_options(synchronize_session=False))


def _clean_up(db: Session) -> None:
    """What is no longer of use goes, at a sign-in: it happens every day and nobody waits for it."""
    db.execute(delete(LoginAttempt).where(LoginAttempt.at < now() - KEEP_ATTEMPTS))
    db.execute(delete(AuthSession).where(AuthSession.last_seen_at < now() - KEEP_SESSIONS))
    idempotency.forget_old(db)


def new_password_hash(password: str, *, names: tuple[str, ...]) -> str:
    """The hash of a password that is good enough; refused at its field otherwise. Call it before the lock."""
    if why := rules.why_weak(password, names=names):
        raise Refused(why, field="password")
    return hash_password(password)


def set_password(db: Session, staff: Staff, password_hash: str, *, keep_session: int | None = None) -> None:
    """Store a new password: every other session ends, open links are used up, counted failures are forgotten."""
    staff.password_hash = password_hash
    staff.password_changed_at = now()
    end_all_sessions(db, staff, but=keep_session)
    use_up_invitations(db, staff)
    if staff.email:
        db.execute(delete(LoginAttempt).where(LoginAttempt.email == staff.email))


def use_up_invitations(db: Session, staff: Staff) -> None:
    """Links handed over before no longer open anything."""
    query = update(Invitation).where(Invitation.staff_id == staff.id, Invitation.used_at.is_(None))
    db.execute(query.values(used_at=now()).execution_options(synchronize_session=False))


def change_password(
    db: Session, staff: Staff, *, check: Check | None, password_hash: str, keep_session: int | None
) -> None:
    """Change one's own password: the old one is needed, and every other session ends (V04)."""
    require_own_password(db, staff, check, field="current_password")
    set_password(db, staff, password_hash, keep_session=keep_session)
    journal.record(db, staff, "password", "Mot de passe changé", by=queries.staff_actor(staff))


def require_own_password(db: Session, staff: Staff, check: Check | None, *, field: str) -> None:
    """A deed that asks for one's own password again: it must have been right, and still be (V21)."""
    if check is None:
        raise Refused("Tapez votre mot de passe pour confirmer.", field=field)
    if check.staff_id != staff.id or settle(db, check) is None:
        raise Refused(check.sentence if check.wait else "Ce n’est pas votre mot de passe actuel.", field=field)


def confirm_password(database: Database, by: Actor, password: str | None, *, address: str) -> Check | None:
    """One's own password, typed again for a deed that needs it, checked before the lock; nothing typed, no check."""
    if password is None or by.staff_id is None:
        return None
    with database.reading() as db:
        email = queries.get_staff(db, by.staff_id).email or ""
    check = check_password(database, email=email, password=password, address=address)
    if check.staff_id is not None:
        # Taken back here and not with the deed: a deed refused for another reason is no failed try.
        with database.writing() as db:
            _take_back(db, check)
    return check


def _take_back(db: Session, check: Check) -> None:
    db.execute(delete(LoginAttempt).where(LoginAttempt.id == check.attempt_id))


def set_theme(staff: Staff, theme: str) -> None:
    """How the pages look for this person: light, dark, or as the device."""
    if theme in rules.THEMES:
        staff.theme = theme
