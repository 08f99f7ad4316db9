"""Rules of the workshop: what a ticket may become, what is ready, how much may be reported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.core.permissions import Permission
from app.core.workflow import Action, Workflow


class JobState(StrEnum):
    """A job (*ordre de fabrication*)."""

    PLANNED = "planned"
    RELEASED = "released"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


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


class EndCause(StrEnum):
    """Why a work session ended."""

    SELF = "self"
    MASTER = "master"
    BREAK = "break"
    END_OF_HALF_DAY = "end_of_half_day"
    CANCEL = "cancel"
    IMPORT = "import"


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
        Action("give", "Donner le bon", frozenset({T.OPEN, T.ASSIGNED}), T.ASSIGNED, Permission.TICKET_GIVE),
        Action("start", "Démarrer", frozenset({T.ASSIGNED, T.PAUSED}), T.RUNNING, Permission.TICKET_REPORT, icon="play"),
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


@dataclass(frozen=True, slots=True)
class Step:
    """One operation of a routing, in order: pieces wanted, good and scrapped so far."""

    seq: int
    wanted: int
    good: int
    scrap: int


def available_pieces(steps: Sequence[Step], index: int) -> int:
    """Pieces that may still be made at step `index`: what is good upstream (or wanted, for the first) less what is used.

    Scrap uses up a piece too: it was good upstream.
    """
    step = steps[index]
    supply = step.wanted if index == 0 else min(step.wanted, steps[index - 1].good)
    used = step.good if index == 0 else step.good + step.scrap
    return max(0, supply - used)


def why_not_quantity(good: int, scrap: int, *, good_so_far: int, upstream_good: int | None) -> str | None:
    """Why a quantity may not be reported: an operation's good pieces never exceed those of the one before it."""
    if good < 0 or scrap < 0:
        return "Un nombre de pièces ne peut pas être négatif."
    if upstream_good is not None and good_so_far + good > upstream_good:
        left = max(0, upstream_good - good_so_far)
        return f"L’opération précédente n’a que {upstream_good} pièces bonnes : il en reste {left} à faire ici."
    return None


def days_late(due_on: date, day: date) -> int:
    """Calendar days between the promised date and `day`; 0 when not late."""
    return max(0, (day - due_on).days)
