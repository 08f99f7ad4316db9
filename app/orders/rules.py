"""What an order is, which way it may go, and when it is late."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from app.core.money import Totals, line_total, totals
from app.core.permissions import Permission
from app.core.text import search_key
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


SERIES = "order"
DEEDS = {
    "confirm": "Commande confirmée", "launch": "Production lancée", "deliver": "Commande livrée",
    "invoice": "Commande facturée", "cancel": "Commande annulée",
}  # fmt: skip
EDITABLE_STATES = frozenset({S.QUOTE, S.CONFIRMED, S.IN_PRODUCTION})
LINES_OPEN_STATES = frozenset({S.QUOTE, S.CONFIRMED})
FIRST_STATES = frozenset({S.QUOTE, S.CONFIRMED})
MAX_LINES = 200
MAX_NET = Decimal(10_000_000)
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class LineDraft:
    """A line as asked for. `line` is its number on the order, None for a new one; percents are plain (20 is 20 %)."""

    line: int | None
    label: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    discount: Decimal
    vat_rate: Decimal

    @property
    def net(self) -> Decimal:
        """Euros excluding VAT, rounded once."""
        return line_total(self.quantity, self.unit_price, self.discount)


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order as asked for; `client` is the company's code."""

    client: str
    ordered_on: date
    due_on: date
    reference: str | None
    lines: tuple[LineDraft, ...]


@dataclass(frozen=True, slots=True)
class Delay:
    """Where an order stands against its date: a tone of the house ("" when nothing presses) and the words."""

    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Progress:
    """Good pieces of a line against what was ordered, in its unit."""

    label: str
    quantity: Decimal
    good: int

    @property
    def complete(self) -> bool:
        """Nothing is missing any more."""
        return self.good >= self.quantity

    @property
    def missing(self) -> Decimal:
        """Still to be made, never negative."""
        return max(self.quantity - self.good, Decimal(0))


def order_number(year: int, serial: int) -> str:
    """« CDE-2026-0086 »: the number of an order created here; imported ones keep the school's own."""
    return f"CDE-{year}-{serial:04d}"


def serial_of(number: str) -> tuple[int, int] | None:
    """(year, serial) of a number of our own pattern, so that a take-over never lets one be given twice."""
    head, _, rest = number.partition("-")
    year, _, serial = rest.partition("-")
    if head != "CDE" or len(year) != 4 or not (year + serial).isdecimal() or not 4 <= len(serial) <= 9:
        return None
    return int(year), int(serial)


def order_search_key(number: str, reference: str | None, labels: Iterable[str]) -> str:
    """What the search box finds an order by, besides its client: number, their reference, what is made."""
    return search_key(number, reference, *labels)


def in_units(quantity: Decimal, unit: str) -> str:
    """The unit after a quantity: « 12 pièces », « 2,5 kg »; signs and abbreviations take no plural."""
    takes_s = quantity >= 2 and unit.isalpha() and len(unit) >= 3 and not unit.endswith(("s", "x", "z"))
    return f"{unit}s" if takes_s else unit


def order_totals(lines: Iterable[LineDraft]) -> Totals:
    """Sum of the line totals, VAT once per rate (EN 16931)."""
    return totals((line.net, line.vat_rate) for line in lines)


def usual_vat(regime: str) -> Decimal:
    """Percent that a new line is prefilled with: none under the *franchise*, else the normal rate; a proposal only."""
    return Decimal(0) if regime == "franchise" else Decimal(20)


def why_not_dates(ordered_on: date, due_on: date) -> str | None:
    """An order cannot be promised before the day it was received."""
    if due_on < ordered_on:
        return f"La date promise ne peut pas précéder la réception, le {ordered_on:%d/%m/%Y}."
    return None


def why_not_delivered_on(delivered_on: date, ordered_on: date, today: date) -> str | None:
    """A delivery lies between the day of the order and today."""
    if delivered_on < ordered_on:
        return f"La livraison ne peut pas précéder la commande, reçue le {ordered_on:%d/%m/%Y}."
    if delivered_on > today:
        return f"Cette date est à venir. Indiquez le jour de la livraison, au plus tard le {today:%d/%m/%Y}."
    return None


def why_not_invoiced(delivered_on: date | None) -> str | None:
    """Only what was delivered, on a known day, is invoiced."""
    return None if delivered_on else "La date de livraison n’est pas connue : déclarez d’abord la livraison."


def why_not_changed(state: OrderState) -> str | None:
    """Once delivered or cancelled, an order no longer changes."""
    if state in EDITABLE_STATES:
        return None
    return f"Une commande « {STATE_LABELS[state].lower()} » ne change plus."


def why_lines_fixed(state: OrderState) -> str | None:
    """Lines and client may change until production starts: the workshop works from them."""
    if state in LINES_OPEN_STATES:
        return None
    if state == S.IN_PRODUCTION:
        return "La production est lancée : le client et les lignes ne changent plus."
    return why_not_changed(state)


def why_not_lines(lines: Sequence[LineDraft]) -> tuple[str, str] | None:
    """(field, sentence) of what is wrong with the lines: one at least, 200 at most, ten million euros in all."""
    numbers = [line.line for line in lines if line.line is not None]
    if not lines:
        return "lines", "Il faut au moins une ligne."
    if len(lines) > MAX_LINES:
        return "lines", f"Il y a trop de lignes : {MAX_LINES} au plus."
    if len(numbers) != len(set(numbers)):
        return "lines", "La même ligne est envoyée deux fois."
    for place, line in enumerate(lines):
        if why := _why_not_line(line):
            return f"lines-{place}-{why[0]}", why[1]
    if sum(line.net for line in lines) > MAX_NET:
        return "lines", "Le total de la commande dépasse 10 millions d’euros."
    return None


def _why_not_line(line: LineDraft) -> tuple[str, str] | None:
    if line.quantity <= 0:
        return "quantity", "La quantité doit être plus grande que 0."
    if line.net > MAX_NET:
        return "unit_price", "Le total de cette ligne dépasse 10 millions d’euros."
    return None


def delay(state: OrderState, due_on: date, delivered_on: date | None, day: date) -> Delay:
    """The words of the list: « 2 j de retard », « Demain », « dans 6 j »; for a delivered order how it ended."""
    days = (due_on - day).days
    if state in OPEN_STATES:
        return _delay_of_open(days)
    if state == S.QUOTE:
        return Delay("", "Attend l’accord")
    if state == S.CANCELLED or delivered_on is None:
        return Delay("", "–")
    behind = (delivered_on - due_on).days
    return Delay("", f"{behind}{NBSP}j après" if behind > 0 else "À l’heure")


def _delay_of_open(days: int) -> Delay:
    if days < 0:
        return Delay("late", f"{-days}{NBSP}j de retard")
    if days < 2:
        return Delay("soon", "Demain" if days else "Aujourd’hui")
    return Delay("", f"dans {days}{NBSP}j")


def why_late(state: OrderState, lines: Sequence[Progress]) -> str:
    """The cause that the order itself knows: not launched, pieces missing, or only the delivery left to do."""
    unfinished = [line for line in lines if not line.complete]
    if not unfinished:
        return "Toutes les pièces sont bonnes : il ne reste qu’à livrer."
    first = unfinished[0]
    missing = f"{first.missing.normalize():f}".replace(".", ",")
    what = f"Il manque {missing} sur {f'{first.quantity.normalize():f}'.replace('.', ',')} pour « {first.label} »"
    others = len(unfinished) - 1
    if others:
        what += f" et {others} autre{'s' if others > 1 else ''} ligne{'s' if others > 1 else ''}"
    start = "La production n’est pas lancée. " if state == S.CONFIRMED else ""
    return f"{start}{what}."
