"""Which taps are heard: those made while their pupil sat at the tablet, however late they arrive."""

from dataclasses import dataclass
from datetime import datetime

from app.kiosk.rules.seats import LOCK_AFTER, SEEN_EVERY
from app.kiosk.rules.taps import DRIFT, LONGEST_CUT, is_late


@dataclass(frozen=True, slots=True)
class Sat:
    """From when to when a pupil sat at a tablet, as far as the server knows."""

    started_at: datetime
    last_seen_at: datetime
    ended_at: datetime | None


def is_heard(sat: Sat, claimed: datetime | None, now: datetime) -> bool:
    """A tap that comes at once needs a seat that is open now. One that waited was made in the seat: after it began,
    before it was left, and not longer after the last touch that we know of than a cut may last; during a cut no touch
    reaches us.
    """
    made = now if claimed is None else min(claimed, now)
    if made < sat.started_at - DRIFT or (sat.ended_at is not None and made > sat.ended_at + DRIFT):
        return False
    if is_late(made, now):
        return made - sat.last_seen_at <= LONGEST_CUT
    return sat.ended_at is None and now - sat.last_seen_at < LOCK_AFTER + SEEN_EVERY
