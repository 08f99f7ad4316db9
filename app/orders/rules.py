"""What an order is, which way it may go, and when it is late."""

from datetime import date
from enum import StrEnum

from app.core.permissions import Permission
from app.core.workflow import Action, Workflow


class OrderState(StrEnum):
    """The six states of the import contract."""

    QUOTE = "quote"
    CONFIRMED = "confirmed"
    IN_PRODUCTION = "in_production"
    DELIVERED = "delivered"
    INVOICED = "invoiced"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return STATE_LABELS[self]


S = OrderState
STATE_LABELS = {
    S.QUOTE: "Devis",
    S.CONFIRMED: "Confirmée",
    S.IN_PRODUCTION: "En production",
    S.DELIVERED: "Livrée",
    S.INVOICED: "Facturée",
    S.CANCELLED: "Annulée",
}
OPEN_STATES = frozenset({S.CONFIRMED, S.IN_PRODUCTION})

ORDER: Workflow[OrderState] = Workflow(
    "order",
    S.QUOTE,
    (
        Action("confirm", "Confirmer la commande", frozenset({S.QUOTE}), S.CONFIRMED, Permission.ORDER_EDIT),
        Action("launch", "Lancer en production", frozenset({S.CONFIRMED}), S.IN_PRODUCTION, Permission.ORDER_ADVANCE),
        Action("deliver", "Déclarer livrée", OPEN_STATES, S.DELIVERED, Permission.ORDER_ADVANCE),
        Action("invoice", "Marquer facturée", frozenset({S.DELIVERED}), S.INVOICED, Permission.ORDER_EDIT),
        Action(
            "cancel", "Annuler la commande", frozenset({S.QUOTE, S.CONFIRMED, S.IN_PRODUCTION}), S.CANCELLED,
            Permission.ORDER_EDIT, needs_note=True, danger=True,
        ),
    ),
    STATE_LABELS,
)  # fmt: skip


def is_late(state: OrderState, due_on: date, day: date) -> bool:
    """Late on `day`: confirmed or in production, and due before that day."""
    return state in OPEN_STATES and due_on < day
