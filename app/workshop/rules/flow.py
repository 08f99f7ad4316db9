"""Quantities and flow: what is ready, how much may be given, reported, taken back or split."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from app.orders.rules import OrderState
from app.workshop.rules.words import JobState, OperationState

SCRAP_REASONS = ("Réglage", "Outil", "Matière", "Lecture de plan", "Manipulation", "Machine")
JOB_SERIES, TICKET_SERIES = "job", "ticket"
PAIR = 2
MAX_OPERATIONS = 60
SEQ_STEP = 10
NBSP = "\u00a0"


def job_number(year: int, serial: int) -> str:
    """« OF2026-0001 »: gap-free within the year, given when the job is created."""
    return f"OF{year}-{serial:04d}"


def ticket_number(year: int, serial: int) -> str:
    """« BT2026-00001 »: gap-free within the year, given when the ticket is created."""
    return f"BT{year}-{serial:05d}"


def pieces(count: int) -> str:
    """« 12 pièces », « 1 pièce »."""
    return f"{count}{NBSP}{'pièces' if abs(count) >= 2 else 'pièce'}"


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a routing: pieces wanted, good and scrapped so far, and pieces still open on live tickets.

    `isolated` pieces are held by a non-conformance until it is decided.
    """

    seq: int
    label: str
    wanted: int
    good: int
    scrap: int
    given: int = 0
    booked_seconds: int = 0
    running: bool = False
    isolated: int = 0

    @property
    def used(self) -> int:
        """Pieces that went through here: one that was scrapped, or is held by a non-conformance, was good upstream."""
        return self.good + self.scrap + self.isolated

    @property
    def begun(self) -> bool:
        """Somebody has worked here."""
        return self.running or self.used > 0 or self.booked_seconds > 0

    @property
    def done(self) -> bool:
        """Every wanted piece is good."""
        return self.good >= self.wanted


def available_pieces(steps: Sequence[Step], index: int) -> int:
    """Pieces that may still be made at step `index`: what is good upstream less what went through here.

    The first step has as many as are wanted; a piece scrapped there is cut again, later a spare takes its place.
    """
    step = steps[index]
    missing = step.wanted - step.good - step.isolated
    if index == 0:
        return max(0, missing)
    return max(0, min(missing, steps[index - 1].good - step.used))


def left_to_give(step: Step) -> int:
    """Pieces wanted that are neither good, nor held, nor on a live ticket: the default quantity of a new ticket."""
    return max(0, step.wanted - step.good - step.isolated - step.given)


def open_pieces(quantity: int, good: int, scrap: int, aside: int = 0) -> int:
    """Pieces a ticket still asks for; those `aside` are held by a non-conformance or on a rework ticket."""
    return max(0, quantity - good - scrap - aside)


def why_waiting(steps: Sequence[Step], index: int) -> str | None:
    """What a step waits for: pieces of the one before it. Computed, never typed."""
    if index == 0 or steps[index].done or available_pieces(steps, index) > 0:
        return None
    return f"Attend «{NBSP}{steps[index - 1].label}{NBSP}»{NBSP}: 0 pièce bonne"


def operation_state(
    steps: Sequence[Step], index: int, *, cancelled: bool = False, delivered: bool = False
) -> OperationState:
    """Where a step is: cancelled with its order, done when the order is delivered or all pieces are good, running once
    begun; else what comes from upstream decides between ready and waiting.
    """
    step = steps[index]
    if cancelled:
        return OperationState.CANCELLED
    if delivered or step.done:
        return OperationState.DONE
    if step.begun:
        return OperationState.RUNNING
    return OperationState.READY if available_pieces(steps, index) > 0 else OperationState.WAITING


def job_state(order_state: OrderState, steps: Sequence[Step], *, tickets: bool) -> JobState:
    """A job follows its order and its last step: planned, released by its first ticket, running, done or cancelled."""
    if order_state == OrderState.CANCELLED:
        return JobState.CANCELLED
    if order_state in {OrderState.DELIVERED, OrderState.INVOICED} or (steps and steps[-1].done):
        return JobState.DONE
    if any(step.begun for step in steps):
        return JobState.RUNNING
    return JobState.RELEASED if tickets else JobState.PLANNED


def why_not_quantity(good: int, scrap: int, steps: Sequence[Step], index: int) -> str | None:
    """Why pieces may not be reported: no more go through an operation than came good out of the one before it."""
    if good < 0 or scrap < 0:
        return "Un nombre de pièces ne peut pas être négatif."
    if good + scrap == 0:
        return "Indiquez au moins une pièce bonne ou un rebut."
    if index == 0:
        return None
    before, here = steps[index - 1], steps[index]
    if here.used + good + scrap <= before.good:
        return None
    left = max(0, before.good - here.used)
    return (
        f"L’opération {before.seq} («{NBSP}{before.label}{NBSP}») a {pieces(before.good)} de bonnes"
        f"{NBSP}: il en reste {left} à faire ici."
    )


def why_not_taken_back(good: int, steps: Sequence[Step], index: int) -> str | None:
    """Why good pieces may not be taken back: the next operation already used them."""
    if index + 1 >= len(steps):
        return None
    here, after = steps[index], steps[index + 1]
    if good <= 0 or after.used <= here.good - good:
        return None
    return (
        f"L’opération {after.seq} («{NBSP}{after.label}{NBSP}») en a déjà passé {after.used}"
        f"{NBSP}: corrigez-la d’abord."
    )


def why_not_split(quantity: int, good: int, scrap: int, part: int) -> str | None:
    """A ticket is split on its open pieces only: what is reported stays on it, and it keeps at least one piece."""
    most = quantity - max(good + scrap, 1)
    if part < 1:
        return "Indiquez au moins une pièce à mettre sur l’autre bon."
    if most < 1:
        return "Ce bon n’a pas assez de pièces à faire pour être partagé."
    if part > most:
        return f"Au plus {pieces(most)}{NBSP}: le reste est déjà fait, ou doit rester sur ce bon."
    return None


def why_not_rework(count: int, left: int) -> str | None:
    """A rework ticket states the pieces it was made for, no others."""
    if count <= left:
        return None
    return f"Cette retouche porte sur {pieces(max(0, left))} encore{NBSP}: les autres se déclarent sur leur bon."


def why_not_new_quantity(wanted: int, left: int) -> str | None:
    """A ticket takes at least one piece and at most what is left to give."""
    if left < 1:
        return "Toutes les pièces de cette opération sont déjà faites ou données."
    if wanted < 1:
        return "Un bon porte au moins une pièce."
    if wanted > left:
        return f"Il reste {pieces(left)} à donner sur cette opération."
    return None


def job_quantity(ordered: Decimal) -> int:
    """Whole pieces for an ordered quantity, rounded up."""
    return int(ordered.quantize(Decimal(1), rounding=ROUND_CEILING))


def planned_seconds(setup_seconds: int, unit_seconds: int, count: int) -> int:
    """Professional time for so many pieces, setting up included."""
    return setup_seconds + unit_seconds * count
