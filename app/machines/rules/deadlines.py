"""What runs out, when, what is to be done about it and by whom."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.clock import monday_of

HORIZON, TOLD_WITHIN = timedelta(days=60), timedelta(days=8)
DECLARATION_AHEAD, DECLARATION_SOON = timedelta(days=90), timedelta(days=30)


class Matter(StrEnum):
    """What a deadline is about."""

    OPINION = "avis"
    TRAINING = "formation"
    PERMIT = "permis"
    DRIVING = "conduite"
    ELECTRICAL = "habilitation"
    DECLARATION = "declaration"
    CHANGE = "modification"

    @property
    def label(self) -> str:
        """The French words shown on screens."""
        return MATTERS[self][0]

    @property
    def is_of_school(self) -> bool:
        """Whether it is a declaration's and nobody's of the pupils."""
        return self in {Matter.DECLARATION, Matter.CHANGE}

    @property
    def todo(self) -> str:
        """What to do about it."""
        return MATTERS[self][1]

    @property
    def whose(self) -> str:
        """Who does it."""
        return MATTERS[self][2]


_OFFICE, _HEAD, _MASTER = "Gestion", "Direction", "Maître professionnel"
MATTERS = {
    Matter.OPINION: ("Avis médical", "Prévoir la visite médicale", _OFFICE),
    Matter.TRAINING: ("Formation non évaluée", "Évaluer la formation", _MASTER),
    Matter.PERMIT: ("Permis machine", "Revoir le permis", _MASTER),
    Matter.DRIVING: ("Papier de conduite", "Renouveler le papier de conduite", _OFFICE),
    Matter.ELECTRICAL: ("Habilitation électrique", "Prévoir le recyclage", _OFFICE),
    Matter.DECLARATION: ("Déclaration de dérogation", "Préparer le renouvellement", _HEAD),
    Matter.CHANGE: ("Modification à envoyer", "Envoyer à l’inspection du travail", _HEAD),
}


@dataclass(frozen=True, slots=True)
class Deadline:
    """One thing that ends. `code` is the pupil's or the declaration's; `center` a machine's code for the link."""

    due: date
    matter: Matter
    who: str
    code: str
    group: str = ""
    detail: str = ""
    center: str = ""

    def is_over(self, day: date) -> bool:
        """Whether the last day has gone by."""
        return self.due < day


@dataclass(frozen=True, slots=True)
class Week:
    """The deadlines of one week; `monday` is None for what is over already."""

    monday: date | None
    rows: tuple[Deadline, ...]


def by_week(rows: Iterable[Deadline], day: date) -> list[Week]:
    """What is over first, then week by week."""
    found: dict[date | None, list[Deadline]] = {}
    for row in sorted(rows, key=lambda one: (one.due, one.matter.value, one.who)):
        found.setdefault(None if row.is_over(day) else monday_of(row.due), []).append(row)
    return [Week(monday, tuple(of)) for monday, of in sorted(found.items(), key=lambda item: item[0] or date.min)]


def told_by(changed_on: date) -> date:
    """The last day to tell the inspector of a change (R4153-42)."""
    return changed_on + TOLD_WITHIN
