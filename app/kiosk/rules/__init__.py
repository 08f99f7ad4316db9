"""Rules of the pupils' tablets, by subject. Everybody says `rules.X`, wherever X stands."""

from app.kiosk.rules.access import Sat, is_heard
from app.kiosk.rules.badges import (
    FOUR_FIGURES,
    LETTERS,
    PIN_LENGTH,
    SECRET_LENGTH,
    as_scanned,
    short_names,
    why_trivial_pin,
)
from app.kiosk.rules.seats import (
    ABSOLUTE,
    DEVICE_SEEN_EVERY,
    END_AFTER,
    FAILURES,
    LINK_LIFE,
    LOCK_AFTER,
    LOCK_FOR,
    LOCKED_CALL,
    SEEN_EVERY,
    DeviceState,
    SeatState,
    after_failure,
    device_state,
    seal_of,
    seat_state,
)
from app.kiosk.rules.taps import (
    DRIFT,
    LONGEST_CUT,
    TapKind,
    effective_moment,
    is_late,
    kept_words,
)
from app.kiosk.rules.words import (
    GENERIC,
    NOT_MINE,
    STATE_WORDS,
    ago_words,
    clock_words,
    dimension_words,
    hours,
    next_stop,
)

__all__ = [
    "ABSOLUTE", "DEVICE_SEEN_EVERY", "DRIFT", "END_AFTER", "FAILURES", "FOUR_FIGURES", "GENERIC", "LETTERS",
    "LINK_LIFE", "LOCKED_CALL", "LOCK_AFTER", "LOCK_FOR", "LONGEST_CUT", "NOT_MINE", "PIN_LENGTH", "SECRET_LENGTH",
    "SEEN_EVERY", "STATE_WORDS", "DeviceState", "Sat", "SeatState", "TapKind", "after_failure", "ago_words",
    "as_scanned", "clock_words", "device_state", "dimension_words", "effective_moment", "hours", "is_heard", "is_late",
    "kept_words", "next_stop", "seal_of", "seat_state", "short_names", "why_trivial_pin",
]  # fmt: skip
