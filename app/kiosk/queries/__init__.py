"""Reads of the tablets, by noun. Screens and services say `queries.find_tablet`."""

from app.kiosk.queries.badges import (
    BadgeRow,
    GroupBadges,
    Named,
    badge_board,
    badge_of,
    find_badge,
    get_badge,
    names_for,
)
from app.kiosk.queries.devices import DeviceRow, find_link, get_device, list_devices
from app.kiosk.queries.seats import (
    Choice,
    Comer,
    Door,
    Seat,
    Tablet,
    door_page,
    find_comer,
    find_tablet,
    get_seat,
    pupil_of_tap,
    seats_at,
)
from app.kiosk.queries.tickets import (
    Bench,
    Card,
    OwnTickets,
    Trend,
    bench_of,
    find_own,
    own_ticket,
    own_tickets,
    own_trend,
    ticked_today,
)
from app.kiosk.queries.work import (
    CheckPage,
    DrawingRow,
    KeptTap,
    SkillChoice,
    check_page,
    drawings_of,
    get_pupil,
    has_told,
    kept_taps,
    last_fact,
    skills_of,
    stored_file,
)

__all__ = [
    "BadgeRow", "Bench", "Card", "CheckPage", "Choice", "Comer", "DeviceRow", "Door", "DrawingRow", "GroupBadges",
    "KeptTap", "Named", "OwnTickets", "Seat", "SkillChoice", "Tablet", "Trend", "badge_board", "badge_of", "bench_of",
    "check_page", "door_page", "drawings_of", "find_badge", "find_comer", "find_link", "find_own", "find_tablet",
    "get_badge", "get_device", "get_pupil", "get_seat", "has_told", "kept_taps", "last_fact", "list_devices",
    "names_for", "own_ticket", "own_tickets", "own_trend", "pupil_of_tap", "seats_at", "skills_of", "stored_file",
    "ticked_today",
]  # fmt: skip
