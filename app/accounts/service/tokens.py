"""Bearer tokens: a program acts as a member of staff until its token is revoked."""

import secrets

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.models import ApiToken, Staff
from app.accounts.queries import token_hash
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Refused


def create_token(db: Session, staff: Staff, *, by: Actor) -> str:
    """A new token, shown this once; nobody acts through a program who may not sign in themselves."""
    if staff.disabled_at is not None:
        raise Refused(f"{staff.full_name} est désactivé : aucun jeton ne peut agir à sa place.")
    token = secrets.token_urlsafe(32)
    db.add(ApiToken(token_hash=token_hash(token), staff_id=staff.id, created_at=now()))
    journal.record(db, staff, "token", "Jeton d’accès créé", by=by)
    return token


def revoke_token(db: Session, staff: Staff, token_id: int, *, by: Actor) -> None:
    """Take a token back: the program's next request is refused."""
    query = update(ApiToken).where(
        ApiToken.id == token_id, ApiToken.staff_id == staff.id, ApiToken.revoked_at.is_(None)
    )  # fmt: skip
    done = db.execute(
        query.values(revoked_at=now()).returning(ApiToken.id).execution_options(synchronize_session=False)
    )
    if done.first() is None:
        raise Refused("Ce jeton est déjà révoqué.")
    journal.record(db, staff, "revoke_token", "Jeton d’accès révoqué", by=by)
