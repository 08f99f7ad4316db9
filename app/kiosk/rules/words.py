"""What a pupil of fifteen reads: short sentences, no reproach, nothing of others."""

from collections.abc import Sequence
from datetime import date, datetime

from app.core.clock import local
from app.workshop.rules import BREAK_AT_MOST, TicketState

NBSP = "\u00a0"
GENERIC = "Ça ne passe pas. Appelle ton maître."
NOT_MINE = "Ce bon n’est plus à toi. Appelle ton maître."
STATE_WORDS = {
    TicketState.ASSIGNED: ("À faire", "ready"),
    TicketState.RUNNING: ("En cours", "running"),
    TicketState.PAUSED: ("En pause", "paused"),
    TicketState.BLOCKED: ("Bloqué", "blocked"),
    TicketState.TO_RELEASE: ("Ton maître contrôle", "info"),
    TicketState.REJECTED: ("À reprendre", "caution"),
    TicketState.DONE: ("Fini", "closed"),
}


def hours(seconds: int) -> str:
    """« 0 h 48 », « 1 h 30 »: whole minutes, never seconds."""
    minutes = max(0, seconds) // 60
    return f"{minutes // 60}{NBSP}h{NBSP}{minutes % 60:02d}"


def clock_words(spent: int, planned: int) -> str:
    """What stands beside the clock. Over time is told once, and whom to ask."""
    if planned <= 0:
        return ""
    over = (spent - planned) // 60
    if over <= 0:
        return f"sur {hours(planned)}. Tu es dans les temps."
    words = f"{over}{NBSP}min" if over < 60 else hours(over * 60)
    return f"sur {hours(planned)}. Tu as dépassé de {words}."


def next_stop(now: datetime, windows: Sequence[tuple[datetime, datetime]]) -> tuple[str, datetime | None]:
    """« Pause à 15 h, dans 40 min », « Fin à 12 h, dans 1 h 10 » where the half-day ends, and when that is; nothing
    outside practice.
    """
    for place, (start, end) in enumerate(windows):
        if start <= now < end:
            goes_on = place + 1 < len(windows) and windows[place + 1][0] - end <= BREAK_AT_MOST
            left = max(1, int((end - now).total_seconds()) // 60)
            return f"{'Pause' if goes_on else 'Fin'} à {_at(end)}, dans {_in(left)}", end
    return "", None


def _at(moment: datetime) -> str:
    wall = local(moment)
    return f"{wall.hour}{NBSP}h{NBSP}{wall.minute:02d}" if wall.minute else f"{wall.hour}{NBSP}h"


def _in(minutes: int) -> str:
    return f"{minutes}{NBSP}min" if minutes < 60 else hours(minutes * 60)


def ago_words(then: date, day: date) -> str:
    """« Il y a 3 semaines »."""
    days = (day - then).days
    if days < 1:
        return "Tout à l’heure"
    if days == 1:
        return "Hier"
    if days < 14:
        return f"Il y a {days}{NBSP}jours"
    if days < 61:
        return f"Il y a {days // 7}{NBSP}semaines"
    return f"Il y a {days // 30}{NBSP}mois"


def dimension_words(label: str, tolerance: str) -> str:
    """« longueur 40 ±0,1 »; what both say is said once: « Ø12 ±0,05 », « Ø16 h9 0/−0,043 »."""
    if f"{tolerance} ".startswith(f"{label} "):
        return tolerance
    nominal, _, deviations = tolerance.partition(" ")
    return f"{label} {deviations if label.startswith(f'{nominal} ') else tolerance}".strip()
