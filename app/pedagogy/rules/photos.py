"""Rules of photos: shown for a use only while those who answer for the pupil agree to that use."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Protocol


class PhotoUse(StrEnum):
    """What a photo may be used for; each is agreed to by itself."""

    ROLL = "roll"
    RECORD = "record"
    WALL = "wall"
    PUBLIC = "public"


USE_LABELS = {
    PhotoUse.ROLL: "Sur la feuille d’appel", PhotoUse.RECORD: "Dans sa fiche",
    PhotoUse.WALL: "Affichage dans l’école", PhotoUse.PUBLIC: "Site, réseaux et presse",
}  # fmt: skip


class Word(Protocol):
    """One answer, yes or no, to one use."""

    @property
    def use(self) -> PhotoUse: ...
    @property
    def given(self) -> bool: ...


def agreed(words: Iterable[Word]) -> dict[PhotoUse, bool]:
    """What holds for each use that was ever asked about: the latest word (in the order they were said)."""
    return {word.use: word.given for word in words}
