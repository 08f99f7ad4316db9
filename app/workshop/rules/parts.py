"""Parts of one operation's work: a ticket split in several, several put together again.

Whatever is split or merged, the pieces that live tickets still ask for are as many as before, and facts stay where they
are: no ticket ever asks for less than what is stated on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.workshop.rules.flow import NBSP, open_pieces
from app.workshop.rules.words import TicketKind, TicketState

MOST_PARTS = 12
_SORTS = {
    TicketKind.NORMAL: "une série", TicketKind.REWORK: "une retouche", TicketKind.REMAKE: "des pièces à refaire",
    TicketKind.EXERCISE: "un exercice",
}  # fmt: skip
# Nobody works on it, nobody has to decide on it: it may go into another.
MERGEABLE = frozenset({TicketState.OPEN, TicketState.ASSIGNED, TicketState.PAUSED})


@dataclass(frozen=True, slots=True)
class Part:
    """A ticket as far as merging is concerned."""

    number: str
    operation_id: int
    drawing_id: int | None
    kind: TicketKind
    parent_id: int | None
    state: TicketState
    quantity: int
    good: int
    scrap: int
    aside: int = 0

    @property
    def open(self) -> int:
        """Pieces it still asks for."""
        return open_pieces(self.quantity, self.good, self.scrap, self.aside)


def equal_parts(pieces: int, parts: int) -> list[int]:
    """So many pieces in so many parts, the first ones a piece more."""
    size, more = divmod(pieces, parts)
    return [size + (place < more) for place in range(parts)]


def why_not_parts(pieces: int, parts: int) -> str | None:
    """Why pieces may not be shared out on so many tickets: each takes at least one."""
    if not 2 <= parts <= MOST_PARTS:
        return f"Indiquez de 2 à {MOST_PARTS} bons."
    if parts > pieces:
        return f"Il n’y a que {pieces}{NBSP}{'pièces' if pieces > 1 else 'pièce'} à partager."
    return None


def why_not_merge(into: Part, other: Part) -> str | None:
    """Why a ticket may not go into another: same operation, same drawing, same kind of work, and nobody at it."""
    if into.number == other.number:
        return f"Le {other.number} ne se réunit pas avec lui-même."
    if into.operation_id != other.operation_id:
        return f"Le {other.number} est pour une autre opération."
    if into.drawing_id != other.drawing_id:
        return f"Le {other.number} est donné avec un autre indice du plan."
    if (into.kind, into.parent_id) != (other.kind, other.parent_id):
        return f"Le {other.number} est pour {_SORTS[other.kind]}, le {into.number} pour {_SORTS[into.kind]}."
    return why_busy(into) or why_busy(other)


def why_busy(part: Part) -> str | None:
    """Why a ticket cannot be merged as it stands."""
    if part.state in MERGEABLE:
        return None
    if part.state == TicketState.RUNNING:
        return f"Un jeune travaille sur le {part.number}{NBSP}: mettez-le en pause d’abord."
    return f"Le {part.number} est «{NBSP}{part.state.label.lower()}{NBSP}»."


def merged_quantity(into: Part, others: Sequence[Part]) -> int:
    """What a ticket asks for once the others have gone into it: what is done on them stays on them."""
    return into.quantity + sum(other.open for other in others)
