"""Rules of guardians: who answers for a pupil on a day, and who is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol, TypeVar

RANKS = (1, 2)


class Relation(StrEnum):
    """What a guardian is to the pupil."""

    MOTHER = "mother"
    FATHER = "father"
    GUARDIAN = "guardian"
    OTHER = "other"


RELATION_LABELS = {
    Relation.MOTHER: "Mère", Relation.FATHER: "Père", Relation.GUARDIAN: "Responsable légal",
    Relation.OTHER: "Autre proche",
}  # fmt: skip


class Dated(Protocol):
    """Somebody who answers for a pupil from a day to a day, both included; None is no limit."""

    @property
    def starts_on(self) -> date | None: ...
    @property
    def ends_on(self) -> date | None: ...
    @property
    def rank(self) -> int: ...
    @property
    def notified(self) -> bool: ...


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True, slots=True)
class Answering:
    """What decides who answers when, as somebody wants it."""

    rank: int
    notified: bool
    starts_on: date | None
    ends_on: date | None


def answers_on(one: Dated, day: date) -> bool:
    """Whether this person answers for the pupil that day."""
    return (one.starts_on is None or one.starts_on <= day) and (one.ends_on is None or one.ends_on >= day)


def share_a_day(one: Dated, other: Dated) -> bool:
    """Whether both answer on one same day."""
    begins = other.ends_on is None or one.starts_on is None or one.starts_on <= other.ends_on
    ends = one.ends_on is None or other.starts_on is None or other.starts_on <= one.ends_on
    return begins and ends


def to_tell(guardians: Iterable[D], day: date, *, adult: bool) -> list[D]:
    """Guardians who get a notice that day, the first one first; none from the 18th birthday: an adult answers alone."""
    if adult:
        return []
    return sorted((one for one in guardians if one.notified and answers_on(one, day)), key=lambda one: one.rank)
