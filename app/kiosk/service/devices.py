"""Tablets: taken into service by somebody of the staff, closed for a while, taken out of service for good."""

import secrets
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.accounts.queries import get_staff, staff_actor, token_hash
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import NotFound, Refused
from app.kiosk import queries, rules
from app.kiosk.models import Device, KioskSession

LINK_GONE = "Ce lien a déjà servi, ou il a plus de 30 minutes. Préparez-en un autre."


@dataclass(frozen=True, slots=True)
class DeviceDraft:
    """A tablet as asked for."""

    label: str
    place: str


def enrol_here(db: Session, draft: DeviceDraft, *, by: Actor) -> str:
    """Take the tablet that asks into service; its token is given back this once and only the hash is kept (S16)."""
    token, device = _add(db, draft, by=by)
    journal.record(db, device, "enrol", f"Tablette « {device.label} » mise en service", by=by)
    return token


def prepare_link(db: Session, draft: DeviceDraft, *, by: Actor) -> str:
    """A link of one use, half an hour long, that takes the tablet it is opened on into service."""
    token, device = _add(db, draft, by=by)
    device.link_until = now() + rules.LINK_LIFE
    db.flush()  # the page that shows the link reads it back
    journal.record(db, device, "prepare", f"Lien préparé pour la tablette « {device.label} »", by=by)
    return token


def _add(db: Session, draft: DeviceDraft, *, by: Actor) -> tuple[str, Device]:
    if by.staff_id is None:
        raise Refused("Une tablette est mise en service par un membre de l’équipe.")
    token = secrets.token_urlsafe(32)
    device = Device(
        label=draft.label, place=draft.place, token_hash=token_hash(token), enrolled_at=now(),
        enrolled_by_id=by.staff_id, failures=0, version=1,
    )  # fmt: skip
    db.add(device)
    db.flush()  # its id, for the journal
    return token, device


def open_link(db: Session, token: str) -> tuple[str, Actor]:
    """The link is opened on a tablet: that one is in service, with a token of its own, and the link is dead.

    Also gives who prepared it.
    """
    device = queries.find_link(db, token, lock=True)
    if device is None:
        raise NotFound(LINK_GONE)
    fresh = secrets.token_urlsafe(32)
    device.token_hash, device.link_until, device.enrolled_at = token_hash(fresh), None, now()
    device.version += 1
    by = staff_actor(get_staff(db, device.enrolled_by_id))
    journal.record(db, device, "enrol", f"Tablette « {device.label} » mise en service par son lien", by=by)
    return fresh, by


def replace_device(db: Session, token: str, *, by: Actor) -> None:
    """The browser was another tablet before: that one is out of service."""
    tablet = queries.find_tablet(db, token, "") if token else None
    if tablet is not None:
        revoke_device(db, queries.get_device(db, tablet.id, lock=True), by=by)


def revoke_device(db: Session, device: Device, *, by: Actor) -> None:
    """Take a tablet out of service: whatever it sends from now on is not heard, whoever sat at it is gone."""
    if device.revoked_at is not None:
        raise Refused(f"La tablette « {device.label} » est déjà retirée.")
    device.revoked_at = now()
    device.version += 1
    ended = update(KioskSession).where(KioskSession.device_id == device.id, KioskSession.ended_at.is_(None))
    db.execute(ended.values(ended_at=now()).execution_options(synchronize_session=False))
    journal.record(db, device, "revoke", f"Tablette « {device.label} » retirée", by=by)


def unlock_device(db: Session, device: Device, *, by: Actor) -> None:
    """Let pupils try their PIN again before the five minutes are over."""
    if device.locked_until is None or device.locked_until <= now():
        raise Refused(f"La tablette « {device.label} » n’est pas bloquée.")
    device.failures, device.locked_until = 0, None
    device.version += 1
    journal.record(db, device, "unlock", f"Tablette « {device.label} » débloquée", by=by)
