"""Drawings: index letters in their order, and what a new one asks for."""

import re
from enum import StrEnum

_LETTERS = re.compile(r"[A-Z]{1,2}")
_FROZEN = re.compile(r"Indice [A-Z]{1,2} reçu : à confirmer")


class DrawingState(StrEnum):
    """Where a drawing at one index stands. Computed from when it was confirmed and withdrawn, and what came after."""

    PENDING = "pending"
    CURRENT = "current"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return DRAWING_LABELS[self]


DRAWING_LABELS = {
    DrawingState.PENDING: "À confirmer",
    DrawingState.CURRENT: "En vigueur",
    DrawingState.REPLACED: "Remplacé",
    DrawingState.WITHDRAWN: "Retiré",
}


def clean_index(text: str) -> str:
    """« c » as « C »."""
    return text.strip().upper()


def index_rank(letter: str) -> int:
    """A before B, Z before AA."""
    rank = 0
    for char in letter:
        rank = rank * 26 + ord(char) - ord("A") + 1
    return rank


def next_index(latest: str | None) -> str:
    """The letter after: A first, Z then AA."""
    if not latest:
        return "A"
    if latest[-1] != "Z":
        return latest[:-1] + chr(ord(latest[-1]) + 1)
    return f"{next_index(latest[:-1] or None)}A" if len(latest) > 1 else "AA"


def why_not_index(letter: str, latest: str | None) -> str | None:
    """An index is one or two letters, and comes after the latest one of that drawing."""
    if not _LETTERS.fullmatch(letter):
        return "Un indice est une lettre : A, B, C…"
    if latest is None or index_rank(letter) > index_rank(latest):
        return None
    if letter == latest:
        return f"L’indice {letter} de ce dessin est déjà là."
    return f"L’indice {latest} est déjà là : le nouveau vient après."


def frozen_reason(letter: str) -> str:
    """Why tickets are held up when a new index has come."""
    return f"Indice {letter} reçu : à confirmer"


def is_frozen_reason(reason: str | None) -> bool:
    """Whether a ticket is held up by a new index."""
    return bool(_FROZEN.fullmatch(reason or ""))
