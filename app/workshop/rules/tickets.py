"""What a ticket may become: the workflow, and what is settled for tickets taken over from the school's own lists."""

from app.core.permissions import Permission
from app.core.workflow import Action, Workflow
from app.orders.rules import OrderState
from app.workshop.rules.words import TICKET_LABELS, T, TicketState

LIVE_STATES = frozenset(TicketState) - {T.DONE, T.CANCELLED}
HELD_STATES = frozenset({T.ASSIGNED, T.RUNNING, T.PAUSED, T.TO_RELEASE, T.REJECTED})

TICKET: Workflow[TicketState] = Workflow(
    "ticket",
    T.OPEN,
    (
        Action(
            "give", "Donner le bon", frozenset({T.OPEN, T.ASSIGNED, T.PAUSED, T.REJECTED}), T.ASSIGNED,
            Permission.TICKET_GIVE, icon="hand",
        ),
        Action(
            "start", "Démarrer", frozenset({T.ASSIGNED, T.PAUSED, T.REJECTED}), T.RUNNING, Permission.TICKET_REPORT,
            icon="play",
        ),
        Action("pause", "Mettre en pause", frozenset({T.RUNNING}), T.PAUSED, Permission.TICKET_REPORT, icon="pause"),
        Action(
            "finish", "Terminer le bon", frozenset({T.ASSIGNED, T.RUNNING, T.PAUSED}), T.DONE,
            Permission.TICKET_REPORT, icon="check",
        ),
        Action(
            "submit", "Faire contrôler", frozenset({T.ASSIGNED, T.RUNNING, T.PAUSED, T.REJECTED}), T.TO_RELEASE,
            Permission.TICKET_REPORT, icon="check",
        ),
        Action("release", "Valider le bon", frozenset({T.TO_RELEASE}), T.DONE, Permission.TICKET_GIVE, icon="check"),
        Action(
            "reject", "Renvoyer à reprendre", frozenset({T.TO_RELEASE}), T.REJECTED, Permission.TICKET_GIVE,
            needs_note=True, icon="undo",
        ),
        Action(
            "block", "Bloquer le bon", frozenset({T.OPEN, T.ASSIGNED, T.RUNNING, T.PAUSED, T.REJECTED}), T.BLOCKED,
            Permission.TICKET_GIVE, needs_note=True, icon="lock",
        ),
        Action(
            "unblock", "Débloquer le bon", frozenset({T.BLOCKED}), T.PAUSED, Permission.TICKET_GIVE, returns=True,
            icon="check",
        ),
        Action(
            "take_back", "Reprendre le bon", frozenset({T.ASSIGNED, T.PAUSED, T.REJECTED}), T.OPEN,
            Permission.TICKET_GIVE, icon="undo",
        ),
        Action(
            "merge", "Réunir des bons", frozenset({T.OPEN, T.ASSIGNED, T.PAUSED}), T.CANCELLED, Permission.TICKET_GIVE,
            icon="pair",
        ),
        Action("reopen", "Rouvrir le bon", frozenset({T.DONE}), T.PAUSED, Permission.TICKET_GIVE, needs_note=True),
        Action(
            "cancel", "Annuler le bon", LIVE_STATES, T.CANCELLED, Permission.TICKET_GIVE, needs_note=True,
            danger=True, icon="x",
        ),
    ),
    TICKET_LABELS,
)  # fmt: skip


def settled_ticket(state: TicketState, order_state: OrderState, *, worked: bool, done: bool) -> TicketState:
    """What a ticket taken over from the school's own lists stands at; those handled here are moved forward only."""
    if state not in {T.ASSIGNED, T.PAUSED}:
        return state
    if order_state == OrderState.CANCELLED:
        return T.CANCELLED
    if done or order_state in {OrderState.DELIVERED, OrderState.INVOICED}:
        return T.DONE
    return T.PAUSED if worked else state
