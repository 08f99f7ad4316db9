"""Rules of the workshop: what a ticket may become, what is ready, how much may be reported."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from enum import StrEnum

from app.core.permissions import Permission
from app.core.workflow import Action, Workflow
from app.orders.rules import OrderState


class JobState(StrEnum):
    """A job (*ordre de fabrication*). Derived from its order, its tickets and their reports; stored for the lists."""

    PLANNED = "planned"
    RELEASED = "released"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return JOB_LABELS[self]


class TicketState(StrEnum):
    """A ticket (*bon de travail*). Ready or waiting is never stored: it is computed from what is good upstream."""

    OPEN = "open"
    ASSIGNED = "assigned"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return TICKET_LABELS[self]


class OperationState(StrEnum):
    """Derived from quantities and tickets; told by the API."""

    WAITING = "waiting"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return OPERATION_LABELS[self]


class Presence(StrEnum):
    """What the roll calls of a day say of a pupil, as far as the workshop is concerned."""

    HERE = "here"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class EndCause(StrEnum):
    """Why a work session ended."""

    SELF = "self"
    MASTER = "master"
    BREAK = "break"
    END_OF_HALF_DAY = "end_of_half_day"
    CANCEL = "cancel"
    IMPORT = "import"
    BY_HAND = "by_hand"


T = TicketState
TICKET_LABELS = {
    T.OPEN: "À donner",
    T.ASSIGNED: "Donné",
    T.RUNNING: "En cours",
    T.PAUSED: "En pause",
    T.DONE: "Terminé",
    T.CANCELLED: "Annulé",
}
JOB_LABELS = {
    JobState.PLANNED: "Prévu",
    JobState.RELEASED: "Lancé",
    JobState.RUNNING: "En cours",
    JobState.DONE: "Terminé",
    JobState.CANCELLED: "Annulé",
}
OPERATION_LABELS = {
    OperationState.WAITING: "En attente",
    OperationState.READY: "Prête",
    OperationState.RUNNING: "En cours",
    OperationState.DONE: "Terminée",
    OperationState.CANCELLED: "Annulée",
}
LIVE_STATES = frozenset({T.OPEN, T.ASSIGNED, T.RUNNING, T.PAUSED})
HELD_STATES = frozenset({T.ASSIGNED, T.RUNNING, T.PAUSED})

TICKET: Workflow[TicketState] = Workflow(
    "ticket",
    T.OPEN,
    (
        Action(
            "give", "Donner le bon", frozenset({T.OPEN, T.ASSIGNED, T.PAUSED}), T.ASSIGNED, Permission.TICKET_GIVE,
            icon="hand",
        ),
        Action(
            "start", "Démarrer", frozenset({T.ASSIGNED, T.PAUSED}), T.RUNNING, Permission.TICKET_REPORT, icon="play"
        ),
        Action("pause", "Mettre en pause", frozenset({T.RUNNING}), T.PAUSED, Permission.TICKET_REPORT, icon="pause"),
        Action(
            "finish", "Terminer le bon", frozenset({T.ASSIGNED, T.RUNNING, T.PAUSED}), T.DONE,
            Permission.TICKET_REPORT, icon="check",
        ),
        Action(
            "take_back", "Reprendre le bon", frozenset({T.ASSIGNED, T.PAUSED}), T.OPEN, Permission.TICKET_GIVE,
            icon="undo",
        ),
        Action("reopen", "Rouvrir le bon", frozenset({T.DONE}), T.PAUSED, Permission.TICKET_GIVE, needs_note=True),
        Action(
            "cancel", "Annuler le bon", LIVE_STATES, T.CANCELLED, Permission.TICKET_GIVE, needs_note=True,
            danger=True, icon="x",
        ),
    ),
    TICKET_LABELS,
)  # fmt: skip


JOB_OVER = frozenset({JobState.DONE, JobState.CANCELLED})
CAUSE_LABELS = {
    EndCause.SELF: "",
    EndCause.MASTER: "",
    EndCause.BREAK: "Pause",
    EndCause.END_OF_HALF_DAY: "Arrêt automatique",
    EndCause.CANCEL: "Bon annulé",
    EndCause.IMPORT: "Repris des fichiers",
    EndCause.BY_HAND: "Saisi à la main",
}
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


# ------------------------------------------------------------------------------------------------ quantities and flow
@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a routing: pieces wanted, good and scrapped so far, and pieces still open on live tickets."""

    seq: int
    label: str
    wanted: int
    good: int
    scrap: int
    given: int = 0
    booked_seconds: int = 0
    running: bool = False

    @property
    def used(self) -> int:
        """Pieces that went through here: a scrapped piece was good upstream too."""
        return self.good + self.scrap

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

    The first step has as many as are wanted; a piece scrapped there is cut again, later it is lost.
    """
    step = steps[index]
    if index == 0:
        return max(0, step.wanted - step.good)
    return max(0, min(step.wanted, steps[index - 1].good) - step.used)


def left_to_give(step: Step) -> int:
    """Pieces wanted that are neither good nor on a live ticket: the default quantity of a new ticket."""
    return max(0, step.wanted - step.good - step.given)


def open_pieces(quantity: int, good: int, scrap: int) -> int:
    """Pieces a ticket still asks for."""
    return max(0, quantity - good - scrap)


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


def why_not_new_quantity(wanted: int, left: int) -> str | None:
    """A ticket takes at least one piece and at most what is left to give."""
    if left < 1:
        return "Toutes les pièces de cette opération sont déjà faites ou données."
    if wanted < 1:
        return "Un bon porte au moins une pièce."
    if wanted > left:
        return f"Il reste {pieces(left)} à donner sur cette opération."
    return None


def settled_ticket(state: TicketState, order_state: OrderState, *, worked: bool, done: bool) -> TicketState:
    """What a ticket taken over from the school's own lists stands at; those handled here are moved forward only."""
    if state not in {T.ASSIGNED, T.PAUSED}:
        return state
    if order_state == OrderState.CANCELLED:
        return T.CANCELLED
    if done or order_state in {OrderState.DELIVERED, OrderState.INVOICED}:
        return T.DONE
    return T.PAUSED if worked else state


def job_quantity(ordered: Decimal) -> int:
    """Whole pieces for an ordered quantity, rounded up."""
    return int(ordered.quantize(Decimal(1), rounding=ROUND_CEILING))


def planned_seconds(setup_seconds: int, unit_seconds: int, count: int) -> int:
    """Professional time for so many pieces, setting up included."""
    return setup_seconds + unit_seconds * count


# --------------------------------------------------------------------------------------------------------------- time
@dataclass(frozen=True, slots=True)
class Busy:
    """Time a pupil already has: from, to (None: still running), and on which ticket."""

    start: datetime
    end: datetime | None
    number: str


def why_not_time(start: datetime, end: datetime, now: datetime) -> str | None:
    """Booked time ends after it starts, lies within one day, and is not to come."""
    if end <= start:
        return "La fin doit venir après le début."
    if end > now:
        return "Ce temps n’est pas encore passé."
    if end - start > timedelta(hours=12):
        return "Un pointage ne dépasse pas 12 heures."
    return None


def why_overlap(start: datetime, end: datetime, others: Iterable[Busy]) -> Busy | None:
    """The pupil's other time that shares an instant with this one; touching is no overlap."""
    return next((o for o in others if o.start < end and (o.end is None or o.end > start)), None)


def closing(started_at: datetime, now: datetime, slot_end: datetime | None) -> tuple[datetime, bool]:
    """When a session that is stopped now really ended, and whether the timetable cut it.

    No work goes on past the practice session it was started in: a forgotten stop counts up to its end.
    """
    if slot_end is not None and started_at < slot_end < now:
        return slot_end, True
    return max(now, started_at), False


def minutes(seconds: int) -> int:
    """Minutes as shown, rounded half up; seconds are what is stored."""
    return int((Decimal(seconds) / 60).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def days_late(due_on: date, day: date) -> int:
    """Calendar days between the promised date and `day`; 0 when not late."""
    return max(0, (day - due_on).days)
