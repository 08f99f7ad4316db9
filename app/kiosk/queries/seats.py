"""Which tablet asks, and who sits at it."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from app.accounts.queries import token_hash
from app.core.clock import now, today
from app.core.db import run
from app.core.errors import NotFound
from app.kiosk.models import Badge, Device, KioskSession
from app.kiosk.rules import END_AFTER, Sat, SeatState, is_heard, seal_of, seat_state, short_names
from app.pedagogy.models import Pupil, PupilGroup
from app.workshop.queries import people_of, practice_slots

ALL_AT_ONCE = 24


@dataclass(frozen=True, slots=True)
class Seat:
    """A pupil who signed in at this tablet. `seal` proves to the server that a tap was made in this seat."""

    id: int
    pupil_id: int
    code: str
    first_name: str
    last_name: str
    started_at: datetime
    last_seen_at: datetime
    seal: str

    @property
    def state(self) -> SeatState:
        """May act, must type the PIN again, or is gone."""
        return seat_state(self.started_at, self.last_seen_at, now())

    @property
    def initials(self) -> str:
        """Two letters."""
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()

    @property
    def short_name(self) -> str:
        """« Inès H. », as comrades read it."""
        return f"{self.first_name} {self.last_name[:1].upper()}."


@dataclass(frozen=True, slots=True)
class Tablet:
    """The enrolled tablet that asks, and the seat of its cookie if there is one."""

    id: int
    label: str
    last_seen_at: datetime | None
    locked_until: datetime | None
    seat: Seat | None

    @property
    def is_locked(self) -> bool:
        """Five wrong PINs in a row, less than five minutes ago."""
        return self.locked_until is not None and now() < self.locked_until


_SEAT = (
    KioskSession.id, KioskSession.pupil_id, Pupil.code, Pupil.first_name, Pupil.last_name, KioskSession.started_at,
    KioskSession.last_seen_at, Device.token_hash,
)  # fmt: skip
# Asked on every request of a tablet: put together once. A badge taken back ends the seat of who holds it.
_TABLET = (
    select(Device.id, Device.label, Device.last_seen_at, Device.locked_until, *_SEAT, Badge.id)
    .outerjoin(
        KioskSession,
        and_(
            KioskSession.device_id == Device.id, KioskSession.token_hash == bindparam("seat"),
            KioskSession.ended_at.is_(None),
        ),
    )
    .outerjoin(Pupil, Pupil.id == KioskSession.pupil_id)
    .outerjoin(Badge, and_(Badge.pupil_id == Pupil.id, Badge.revoked_at.is_(None)))
    .where(Device.token_hash == bindparam("device"), Device.revoked_at.is_(None), Device.link_until.is_(None))
)  # fmt: skip
_SEATS = (
    select(*_SEAT)
    .join(Device, Device.id == KioskSession.device_id)
    .join(Pupil, Pupil.id == KioskSession.pupil_id)
    .join(Badge, and_(Badge.pupil_id == Pupil.id, Badge.revoked_at.is_(None)))
    .where(
        KioskSession.device_id == bindparam("device"), KioskSession.ended_at.is_(None),
        KioskSession.last_seen_at > bindparam("since"),
    )
    .order_by(KioskSession.id)
)  # fmt: skip


def find_tablet(db: Session, device_token: str, seat_token: str) -> Tablet | None:
    """The tablet of a device cookie and the seat of a seat cookie; one statement."""
    asked = {"device": token_hash(device_token), "seat": token_hash(seat_token) if seat_token else ""}
    row = run(db, _TABLET, asked).one_or_none()
    if row is None:
        return None
    seat = _seat(row[4:12]) if row[4] is not None and row[12] is not None else None
    return Tablet(row[0], row[1], row[2], row[3], seat)


def _seat(row: Any) -> Seat:
    id_, pupil_id, code, first_name, last_name, started_at, seen_at, device_hash = row
    return Seat(id_, pupil_id, code, first_name, last_name, started_at, seen_at, seal_of(device_hash, id_))


def get_seat(db: Session, seat_id: int, *, lock: bool = False) -> KioskSession:
    """A seat as it is stored."""
    found = db.get(KioskSession, seat_id, with_for_update=True if lock else None)
    if found is None:
        raise NotFound()
    return found


def seats_at(db: Session, device_id: int) -> list[Seat]:
    """Who signed in at a tablet and is not gone, one seat a pupil, in the order they came."""
    rows = run(db, _SEATS, {"device": device_id, "since": now() - END_AFTER}).all()
    found = {row[1]: _seat(row) for row in rows}
    return [seat for seat in found.values() if seat.state != SeatState.ENDED]


@dataclass(frozen=True, slots=True)
class Choice:
    """A pupil whom the tablet offers to be: nothing more than a first name and an initial."""

    code: str
    name: str
    group: str


@dataclass(frozen=True, slots=True)
class Door:
    """The first screen of a tablet: who are you?"""

    seats: list[Seat]
    choices: list[Choice]
    groups: list[str]
    group: str


def door_page(db: Session, device_id: int, *, group: str = "") -> Door:
    """The pupils at practice today; with more than two dozen, one class at a time. Three statements."""
    seats, slots = seats_at(db, device_id), practice_slots(db, today())
    people = people_of(db, {slot.group_id for slot in slots}, today())
    names = short_names({each.id: (each.first_name, each.last_name, each.group) for each in people})
    groups = sorted({each.group for each in people}) if len(people) > ALL_AT_ONCE else []
    shown = group if group in groups else (groups[0] if groups else "")
    choices = [Choice(each.code, names[each.id], each.group) for each in people if not shown or each.group == shown]
    return Door(seats, sorted(choices, key=lambda choice: choice.name), groups, shown)


_WHO = (
    select(Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name, PupilGroup.code, Badge.id, Badge.pin_hash)
    .join(PupilGroup, PupilGroup.id == Pupil.group_id)
    .outerjoin(Badge, and_(Badge.pupil_id == Pupil.id, Badge.revoked_at.is_(None)))
    .where(Pupil.code == bindparam("code"), or_(Pupil.left_on.is_(None), Pupil.left_on >= bindparam("day")))
)


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody about to type a PIN."""

    pupil_id: int
    code: str
    first_name: str
    last_name: str
    group: str
    badge_id: int | None
    pin_hash: str | None


def find_comer(db: Session, code: str) -> Comer:
    """A pupil of the school by code, with the badge that is valid."""
    row = run(db, _WHO, {"code": code, "day": today()}).one_or_none()
    if row is None:
        raise NotFound("Cet élève n’est pas dans l’atelier.")
    return Comer(*row)


_SAT = (
    select(
        KioskSession.pupil_id, KioskSession.started_at, KioskSession.last_seen_at, KioskSession.ended_at,
        Device.token_hash,
    )
    .join(Device, Device.id == KioskSession.device_id)
    .join(Badge, and_(Badge.pupil_id == KioskSession.pupil_id, Badge.revoked_at.is_(None)))
    .where(KioskSession.id == bindparam("seat"), KioskSession.device_id == bindparam("device"))
)  # fmt: skip


def pupil_of_tap(db: Session, device_id: int, *, seat_id: int, seal: str, claimed: datetime | None) -> Pupil | None:
    """Whose tap it is: its seal is that of a seat of this tablet, and it was made while that pupil sat there."""
    row = run(db, _SAT, {"seat": seat_id, "device": device_id}).one_or_none()
    if row is None or not hmac.compare_digest(seal_of(row[4], seat_id), seal):
        return None
    return db.get_one(Pupil, row[0]) if is_heard(Sat(row[1], row[2], row[3]), claimed, now()) else None
