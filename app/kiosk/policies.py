"""Why a pupil may not do that just now, in the pupil's own words: the workshop's sentences are for staff."""

from collections.abc import Collection
from datetime import datetime

from app.core.errors import AppError, Refused, Stale
from app.kiosk.rules import GENERIC, NOT_MINE
from app.workshop.models import Ticket
from app.workshop.rules import TicketState

OVER = frozenset({TicketState.DONE, TicketState.CANCELLED})
HANDED_IN = frozenset({TicketState.TO_RELEASE, TicketState.DONE})


def holds(ticket: Ticket, pupil_id: int, moment: datetime | None = None) -> bool:
    """Whether the ticket is in the pupil's hands; given a moment, whether it was then."""
    return any(
        one.pupil_id == pupil_id
        and (one.ended_at is None or (moment is not None and one.given_at <= moment < one.ended_at))
        for one in ticket.assignments
    )


def why_not_touch(ticket: Ticket, pupil_id: int) -> str | None:
    """Only own tickets, and only those that are still to be worked on."""
    if not holds(ticket, pupil_id):
        return "Ce bon est fini." if ticket.state in OVER else NOT_MINE
    if ticket.state == TicketState.BLOCKED:
        return "Ce bon est bloqué. Appelle ton maître."
    return "Ton maître contrôle ce bon." if ticket.state == TicketState.TO_RELEASE else None


def why_not_start(ticket: Ticket, running: Collection[str], *, ticked: bool) -> str | None:
    """One thing at a time, and the protections first."""
    if ticket.number in running:
        return "Tu travailles déjà sur ce bon."
    if running:
        return "Tu as un autre bon en cours. Mets-le en pause."
    return None if ticked else "Coche toutes tes protections."


def why_not_counts(good: int, scrap: int, rest: int, reason: str | None) -> tuple[str, str] | None:
    """(field, sentence): at least one piece, no more than are left, and scrap has a reason."""
    if good + scrap < 1:
        return "good", "Compte au moins une pièce."
    if good + scrap > rest:
        return "good", f"C’est trop. Il reste {rest}." if rest else "Toutes les pièces sont déjà comptées."
    if scrap and not reason:
        return "reason", "Dis pourquoi la pièce est ratée."
    return None


def in_pupils_words(refusal: AppError) -> str:
    """What the pupil reads of a refusal of the workshop: what it says for pupils, else whom to ask."""
    if isinstance(refusal, Stale):
        return NOT_MINE
    if isinstance(refusal, Refused):
        if refusal.told:
            return refusal.told
        if "première pièce" in refusal.sentence:
            return "Fais d’abord signer ta première pièce."
        if refusal.field in {"good", "scrap"}:
            return "C’est trop de pièces. Appelle ton maître."
    return GENERIC
