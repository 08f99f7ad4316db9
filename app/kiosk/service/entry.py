"""Sitting down at a tablet: tries are counted before they are checked, hashes are computed before the write lock."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.passwords import hash_password, is_right
from app.accounts.queries import staff_actor, token_hash
from app.core import journal
from app.core.actor import SYSTEM, Actor
from app.core.clock import now
from app.core.db import Database
from app.core.errors import Refused
from app.kiosk import queries, rules
from app.kiosk.models import Badge, Device, KioskSession
from app.kiosk.queries import Seat
from app.pedagogy.models import Pupil
from app.workshop.rules import HelpReason
from app.workshop.service import ask_help

WRONG_PIN = "Ce n’est pas ton code. Essaie encore."
LOCKED = "La tablette est bloquée 5 minutes. Appelle ton maître."
UNREAD_SIGNER = "Ce badge n’est pas celui d’un maître, ou il a été retiré."
WRONG_SIGNER = "Ce n’est pas le bon code."
NO_BADGE = "Tu n’as pas de badge valable. Demande à ton maître."


@dataclass(frozen=True, slots=True)
class PinCheck:
    """What a try came to: right for that badge as it was then, or the sentence for who tried."""

    badge_id: int | None = None
    stored: str = ""
    sentence: str = ""

    @property
    def ok(self) -> bool:
        """Right."""
        return not self.sentence


def pupil_actor(pupil: Pupil | Seat) -> Actor:
    """The pupil as services know whoever acts: no member of staff, no permission, a name for the journal."""
    return Actor(None, f"{pupil.first_name} {pupil.last_name} (tablette)", None, frozenset())


def holder_actor(badge: Badge) -> Actor:
    """Whoever holds the badge."""
    if badge.pupil is not None:
        return pupil_actor(badge.pupil)
    if badge.staff is None:
        raise Refused(NO_BADGE)
    return staff_actor(badge.staff)


def new_pin_hash(pin: str, again: str, *, badge: Badge) -> str:
    """The hash of a PIN that its holder has chosen; refused at its field otherwise. Call it before the lock."""
    born = badge.pupil.born_on if badge.pupil else None
    if why := rules.why_trivial_pin(pin, born):
        raise Refused(why, field="pin")
    if pin != again:
        raise Refused("Les deux codes sont différents. Recommence.", field="again")
    return hash_password(pin)


def choose_pin(db: Session, badge: Badge, pin_hash: str) -> None:
    """Keep the PIN that was chosen at the first scan; one that exists is only changed with a new badge."""
    if badge.pin_hash is not None or badge.revoked_at is not None:
        raise Refused("Ce badge a déjà un code. Demande à ton maître.", field="pin")
    badge.pin_hash = pin_hash
    journal.record(db, badge, "pin", "Code choisi sur la tablette", by=holder_actor(badge))


def check_pin(database: Database, *, device_id: int, badge_id: int | None, pin: str) -> PinCheck:
    """Try the PIN of a badge on a tablet. The try is counted first, in a transaction of its own, so that many sent at
    once do not slip past the limit; the hash is computed with nothing locked.
    """
    with database.writing() as db:
        locked_until = _count_try(db, device_id)
        badge = db.get(Badge, badge_id) if badge_id else None
        stored = badge.pin_hash if badge is not None and badge.revoked_at is None else None
        pupil_id = badge.pupil_id if badge is not None else None
    if locked_until is True:
        return PinCheck(sentence=LOCKED)
    if is_right(pin, stored) and stored is not None:
        return PinCheck(badge_id, stored)
    if locked_until is not None:
        _tell_master(database, device_id, pupil_id)
        return PinCheck(sentence=LOCKED)
    return PinCheck(sentence=WRONG_PIN)


def _count_try(db: Session, device_id: int) -> datetime | bool | None:
    """True: the tablet was closed already. An instant: this try closes it unless it is right."""
    device = queries.get_device(db, device_id, lock=True)
    if device.locked_until is not None and now() < device.locked_until:
        return True
    device.failures, device.locked_until = rules.after_failure(device.failures, now())
    return device.locked_until


def _tell_master(database: Database, device_id: int, pupil_id: int | None) -> None:
    with database.writing() as db:
        device = queries.get_device(db, device_id)
        journal.record(db, device, "lock", f"Tablette « {device.label} » bloquée : cinq codes faux", by=SYSTEM)
        if pupil_id is not None:
            ask_help(db, db.get_one(Pupil, pupil_id), reason=HelpReason.TABLET_LOCKED, by=SYSTEM)


def settle(db: Session, check: PinCheck, *, device_id: int) -> Badge | None:
    """Inside the transaction of the deed: the badge whose PIN was right, unless it changed meanwhile.

    The tries of the tablet start at nought again.
    """
    if check.badge_id is None:
        return None
    badge = queries.get_badge(db, check.badge_id, lock=True)
    if badge.revoked_at is not None or badge.pin_hash != check.stored:
        return None
    device = queries.get_device(db, device_id, lock=True)
    device.failures, device.locked_until = 0, None
    return badge


def open_seat(db: Session, *, device_id: int, pupil_id: int) -> str:
    """The pupil sits at the tablet: a new token for the seat they already have there, or for a new one (V15)."""
    token = secrets.token_urlsafe(32)
    for seat in queries.seats_at(db, device_id):
        if seat.pupil_id == pupil_id:
            row = queries.get_seat(db, seat.id, lock=True)
            row.token_hash, row.last_seen_at = token_hash(token), now()
            return token
    db.add(
        KioskSession(
            device_id=device_id, pupil_id=pupil_id, token_hash=token_hash(token), started_at=now(), last_seen_at=now()
        )
    )
    return token


def lock_seat(db: Session, seat: Seat) -> None:
    """Ask for the PIN again: the cookie is worth nothing any more, the seat is kept and the work clock goes on."""
    row = queries.get_seat(db, seat.id, lock=True)
    row.token_hash = token_hash(secrets.token_urlsafe(32))


def end_seat(db: Session, seat: Seat) -> None:
    """The pupil leaves the tablet; the work clock goes on."""
    query = update(KioskSession).where(KioskSession.id == seat.id, KioskSession.ended_at.is_(None))
    db.execute(query.values(ended_at=now()).execution_options(synchronize_session=False))


def touch(db: Session, device_id: int, seat_id: int | None) -> None:
    """The tablet is there, and so is whoever sits at it."""
    seen = update(Device).where(Device.id == device_id).values(last_seen_at=now())
    db.execute(seen.execution_options(synchronize_session=False))
    if seat_id is not None:
        touched = update(KioskSession).where(KioskSession.id == seat_id).values(last_seen_at=now())
        db.execute(touched.execution_options(synchronize_session=False))


def check_signer(database: Database, *, device_id: int, scanned: str, pin: str) -> PinCheck:
    """Try the badge and PIN of somebody of the staff who signs; a badge that cannot be read costs no try."""
    with database.reading() as db:
        badge = queries.find_badge(db, scanned)
    if badge is None or badge.staff_id is None:
        return PinCheck(sentence=UNREAD_SIGNER)
    if rules.why_trivial_pin(pin) == rules.FOUR_FIGURES:
        return PinCheck(sentence=WRONG_SIGNER)
    tried = check_pin(database, device_id=device_id, badge_id=badge.id, pin=pin)
    return PinCheck(sentence=WRONG_SIGNER) if tried.sentence == WRONG_PIN else tried


def settle_signer(db: Session, tried: PinCheck, *, device_id: int) -> Badge:
    """The badge that signs, inside the transaction of the signature; refused at its field otherwise."""
    badge = settle(db, tried, device_id=device_id) if tried.ok else None
    if badge is None:
        sentence = tried.sentence or UNREAD_SIGNER
        raise Refused(sentence, field="badge" if sentence == UNREAD_SIGNER else "pin")
    return badge
