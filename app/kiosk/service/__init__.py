"""Writes of the tablets: each verb checks first, writes after, journals always."""

from app.kiosk.service.badges import Drawn, draw_secrets, issue_badges, new_pin, revoke_badge
from app.kiosk.service.deeds import carry_out
from app.kiosk.service.devices import (
    LINK_GONE,
    DeviceDraft,
    enrol_here,
    open_link,
    prepare_link,
    replace_device,
    revoke_device,
    unlock_device,
)
from app.kiosk.service.entry import (
    NO_BADGE,
    PinCheck,
    check_pin,
    check_signer,
    choose_pin,
    end_seat,
    holder_actor,
    lock_seat,
    new_pin_hash,
    open_seat,
    pupil_actor,
    settle,
    settle_signer,
    touch,
)
from app.kiosk.service.signing import sign
from app.kiosk.service.taps import Gesture, Outcome, PupilRefused, settle_tap

__all__ = [
    "LINK_GONE", "NO_BADGE", "DeviceDraft", "Drawn", "Gesture", "Outcome", "PinCheck", "PupilRefused", "carry_out",
    "check_pin", "check_signer", "choose_pin", "draw_secrets", "end_seat", "enrol_here", "holder_actor", "issue_badges",
    "lock_seat", "new_pin", "new_pin_hash", "open_link", "open_seat", "prepare_link", "pupil_actor", "replace_device",
    "revoke_badge", "revoke_device", "settle", "settle_signer", "settle_tap", "sign", "touch", "unlock_device",
]  # fmt: skip
