"""Reads about tablets: the list of them, one of them, a link that waits to be opened."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.accounts.queries import token_hash
from app.core.clock import now
from app.core.errors import NotFound
from app.kiosk.models import Device, KioskSession
from app.kiosk.rules import END_AFTER, DeviceState, device_state
from app.pedagogy.models import Pupil


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A tablet of the list. `people` are the first names of those who sit at it now."""

    id: int
    label: str
    place: str
    enrolled_at: datetime
    by: str
    last_seen_at: datetime | None
    state: DeviceState
    locked_until: datetime | None
    people: tuple[str, ...]


_ROWS = (
    select(
        Device.id, Device.label, Device.place, Device.enrolled_at, Staff.first_name, Staff.last_name,
        Device.last_seen_at, Device.revoked_at, Device.link_until, Device.locked_until,
    )
    .join(Staff, Staff.id == Device.enrolled_by_id)
    .order_by(Device.revoked_at.is_not(None), Device.label, Device.id)
)  # fmt: skip


def list_devices(db: Session) -> list[DeviceRow]:
    """Every tablet, those taken out of service last; two statements."""
    at = now()
    query = (
        select(KioskSession.device_id, Pupil.first_name)
        .join(Pupil, Pupil.id == KioskSession.pupil_id)
        .where(KioskSession.ended_at.is_(None), KioskSession.last_seen_at > at - END_AFTER)
        .order_by(KioskSession.id)
    )
    people: dict[int, dict[str, None]] = {}
    for device_id, name in db.execute(query):
        people.setdefault(device_id, {})[name] = None
    return [
        DeviceRow(
            id_, label, place, enrolled, f"{first} {last}", seen,
            device_state(revoked=revoked is not None, link_until=link, locked_until=locked, at=at), locked,
            tuple(people.get(id_, ())),
        )
        for id_, label, place, enrolled, first, last, seen, revoked, link, locked in db.execute(_ROWS)
    ]  # fmt: skip


def get_device(db: Session, device_id: int, *, lock: bool = False) -> Device:
    """A tablet as it is stored. Whoever writes what it sent holds it, so that its taps come one after the other."""
    found = db.get(Device, device_id, with_for_update=True if lock else None, populate_existing=lock)
    if found is None:
        raise NotFound("Cette tablette n’existe pas.")
    return found


def find_link(db: Session, token: str, *, lock: bool = False) -> Device | None:
    """The tablet that a link was made for, as long as nobody has opened it and it is not too old."""
    query = select(Device).where(
        Device.token_hash == token_hash(token), Device.link_until > now(), Device.revoked_at.is_(None)
    )  # fmt: skip
    return db.execute(query.with_for_update() if lock else query).scalar_one_or_none()
