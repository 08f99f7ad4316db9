"""Who sits at a tablet, until when, and when a tablet itself is closed."""

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import StrEnum

LOCK_AFTER = timedelta(minutes=2)
END_AFTER = timedelta(minutes=10)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(seconds=15)
DEVICE_SEEN_EVERY = timedelta(minutes=1)
LINK_LIFE = timedelta(minutes=30)
FAILURES = 5
LOCK_FOR = timedelta(minutes=5)
LOCKED_CALL = "tablet_locked"


class SeatState(StrEnum):
    """A pupil at a tablet: may act, must type the PIN again, or is gone."""

    OPEN = "open"
    LOCKED = "locked"
    ENDED = "ended"


class DeviceState(StrEnum):
    """A tablet, as the list of them shows it; derived, never stored."""

    PREPARED = "prepared"
    LINK_GONE = "link_gone"
    READY = "ready"
    LOCKED = "locked"
    REVOKED = "revoked"

    @property
    def label(self) -> str:
        """The French word of screens."""
        return DEVICE_STATES[self][0]

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return DEVICE_STATES[self][1]


DEVICE_STATES = {
    DeviceState.PREPARED: ("Lien à ouvrir", "info"),
    DeviceState.LINK_GONE: ("Lien expiré", "caution"),
    DeviceState.READY: ("En service", "ok"),
    DeviceState.LOCKED: ("Bloquée", "caution"),
    DeviceState.REVOKED: ("Retirée", "blocked"),
}


def seat_state(started_at: datetime, last_seen_at: datetime, at: datetime) -> SeatState:
    """Two minutes without a touch lock the screen, ten end the seat; whatever happens it ends after twelve hours.

    The work clock is the server's and goes on.
    """
    if at - last_seen_at >= END_AFTER or at - started_at >= ABSOLUTE:
        return SeatState.ENDED
    return SeatState.LOCKED if at - last_seen_at >= LOCK_AFTER else SeatState.OPEN


def device_state(
    *, revoked: bool, link_until: datetime | None, locked_until: datetime | None, at: datetime
) -> DeviceState:
    """Revoked beats all; a link not opened yet is no tablet; a lock lasts until its time."""
    if revoked:
        return DeviceState.REVOKED
    if link_until is not None:
        return DeviceState.PREPARED if at < link_until else DeviceState.LINK_GONE
    return DeviceState.LOCKED if locked_until is not None and at < locked_until else DeviceState.READY


def after_failure(failures: int, at: datetime) -> tuple[int, datetime | None]:
    """The count after one more wrong PIN, and until when the tablet is closed: at the fifth, five minutes (S16)."""
    return (0, at + LOCK_FOR) if failures + 1 >= FAILURES else (failures + 1, None)


def seal_of(device_hash: str, seat_id: int) -> str:
    """What the pages of a seat carry to seal its taps: a tap that waited for the network proves that it was made in
    that seat, even when the seat is locked or ended by then. It opens nothing else.
    """
    return hmac.new(device_hash.encode(), f"tap:{seat_id}".encode(), hashlib.sha256).hexdigest()[:32]
