"""Rules of skills: which version of a framework holds, and what a pupil's level is, from the evidence there is."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol, TypeVar

LEVELS = {1: "Non acquis", 2: "En cours d’acquisition", 3: "Acquis", 4: "Maîtrisé"}
HELD_FROM = 3  # from « acquis » on a skill counts as held
LAST_ASSESSED = 2
OWN_WORDS = {1: "Avec de l’aide", 2: "Tout seul"}  # what a pupil may say of himself; no level of the four
SOURCE_LABELS = {
    "ticket": "Bon", "check": "Contrôle", "release": "Validation", "lesson": "Cours", "exercise": "Exercice",
    "placement": "Stage", "exam": "Épreuve",
}  # fmt: skip
BY_HAND = ("lesson", "exercise", "placement", "exam")  # what a person may enter; the workshop writes the others


def why_not_level(level: int | None) -> str | None:
    """A skill is assessed from 1 to 4, or only seen."""
    return None if level is None or level in LEVELS else "Un niveau va de 1 (non acquis) à 4 (maîtrisé)."


class Evidence(Protocol):
    """A piece of evidence as far as the level is concerned."""

    @property
    def id(self) -> int: ...
    @property
    def on_date(self) -> date: ...
    @property
    def level(self) -> int | None: ...
    @property
    def self_assessed(self) -> bool: ...


def level_of(evidence: Iterable[Evidence]) -> int | None:
    """A pupil's level in one skill: the better of the two latest assessments, None while nobody has assessed it.

    By the day of what was seen, on the same day by the order of entry. What was only seen and what the pupil says of
    himself count for nothing here; what was taken back is not handed in. Why so: the latest alone would let one bad
    day, or a first try at harder work, undo what was shown, and masters would stop trying pupils on harder work; the
    best of all time would never tell that something was lost. Two poor assessments running do lower it.
    """
    assessed = sorted((e.on_date, e.id, e.level) for e in evidence if e.level is not None and not e.self_assessed)
    return max((level for _, _, level in assessed[-LAST_ASSESSED:] if level is not None), default=None)


def session_prepared(school_year: str, exam_session: int | None) -> int:
    """The exam session that a group prepares: its own, else the one that ends its school year (« 2026-2027 »: 2027)."""
    return exam_session or int(school_year[5:9])


class Version(Protocol):
    """A version of a framework."""

    @property
    def from_session(self) -> int: ...


V = TypeVar("V", bound=Version)


def version_for(versions: Sequence[V], session: int) -> V | None:
    """The version that holds in a session: the latest begun by then; None where none has begun."""
    return max((v for v in versions if v.from_session <= session), key=lambda v: v.from_session, default=None)
