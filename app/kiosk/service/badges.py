"""Badges: their secrets exist at the moment of issue only, on paper; the database keeps hashes."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.accounts.passwords import hash_password
from app.accounts.queries import token_hash
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Refused
from app.kiosk import queries, rules
from app.kiosk.models import Badge
from app.kiosk.queries import Named
from app.pedagogy.models import Pupil


@dataclass(frozen=True, slots=True)
class Drawn:
    """A badge that is about to be issued: what its code says, its PIN when one was drawn, and the hash of that."""

    whose: Named
    secret: str
    pin: str = ""
    pin_hash: str | None = None


def new_pin() -> str:
    """Four figures that no comrade tries first."""
    while True:
        pin = f"{secrets.randbelow(10**rules.PIN_LENGTH):0{rules.PIN_LENGTH}d}"
        if rules.why_trivial_pin(pin) is None:
            return pin


def draw_secrets(people: Iterable[Named], *, with_pin: bool) -> list[Drawn]:
    """Secrets for new badges. Without a PIN each chooses one at the first scan. Call it before the lock: it hashes."""
    drawn = []
    for whose in people:
        secret = "".join(secrets.choice(rules.LETTERS) for _ in range(rules.SECRET_LENGTH))
        pin = new_pin() if with_pin else ""
        drawn.append(Drawn(whose, secret, pin, hash_password(pin) if pin else None))
    return drawn


def issue_badges(db: Session, drawn: Sequence[Drawn], *, by: Actor) -> None:
    """Keep what was drawn; a badge that somebody already had is worth nothing from now on."""
    if by.staff_id is None:
        raise Refused("Un badge est remis par un membre de l’équipe.")
    for one in drawn:
        whose = one.whose
        old = queries.badge_of(db, pupil_id=whose.pupil_id, staff_id=whose.staff_id)
        if old is not None:
            old.revoked_at = now()
            db.flush()  # one valid badge each: the old one ends before the new one begins
        badge = Badge(
            pupil_id=whose.pupil_id, staff_id=whose.staff_id, token_hash=token_hash(one.secret), pin_hash=one.pin_hash,
            issued_at=now(), issued_by_id=by.staff_id,
        )  # fmt: skip
        db.add(badge)
        db.flush()  # its id, for the journal
        verb = "refait" if old else "remis"
        journal.record(db, badge, "issue", f"Badge {verb} : {holder_name(db, badge)}", by=by)


def revoke_badge(db: Session, badge: Badge, *, by: Actor) -> None:
    """A lost badge opens nothing any more, and whoever sits at a tablet with it is gone."""
    if badge.revoked_at is not None:
        raise Refused("Ce badge est déjà retiré.")
    badge.revoked_at = now()
    journal.record(db, badge, "revoke", f"Badge retiré : {holder_name(db, badge)}", by=by)


def holder_name(db: Session, badge: Badge) -> str:
    """Whose badge it is, in full, for the journal."""
    if badge.pupil_id is not None:
        return db.get_one(Pupil, badge.pupil_id).full_name
    return db.get_one(Staff, badge.staff_id).full_name
