"""Who may be noted absent, and who may stand in: each refusal a French sentence and its field."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST = timedelta(days=366)
BACK = timedelta(days=366)
Why = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Days:
    """Days of absence of one member of staff, both included."""

    staff_id: int
    first: date
    last: date

    def meets(self, other: "Days") -> bool:
        """Whether they share a day."""
        return self.first <= other.last and other.first <= self.last


def why_not_absent(wanted: Days, known: Iterable[Days], *, today: date) -> Why | None:
    """Why an absence cannot be noted: turned round, too long, too old, or noted already."""
    if wanted.last < wanted.first:
        return "La fin vient avant le début.", "ends_on"
    if wanted.last - wanted.first > LONGEST:
        return "Une absence dure un an au plus. Notez la suite à part.", "ends_on"
    if wanted.first < today - BACK:
        return "Cette date est trop ancienne : un an en arrière au plus.", "starts_on"
    for other in known:
        if other.staff_id == wanted.staff_id and other.meets(wanted):
            return f"Une absence est déjà notée du {other.first:%d/%m/%Y} au {other.last:%d/%m/%Y}.", "starts_on"
    return None


def why_not_substitute(wanted: Days, substitute_id: int, known: Iterable[Days]) -> Why | None:
    """Why somebody cannot stand in: it is the absent person, or they are away on one of these days."""
    if substitute_id == wanted.staff_id:
        return "Une personne absente ne se remplace pas elle-même.", "substitute"
    for other in known:
        if other.staff_id == substitute_id and other.meets(wanted):
            return f"Cette personne est absente du {other.first:%d/%m/%Y} au {other.last:%d/%m/%Y}.", "substitute"
    return None


def why_not_quality(first: date, last: date | None, same: Iterable[tuple[date, date | None]]) -> Why | None:
    """Why a quality cannot be noted from a day to another: turned round, or held already in these days."""
    if last is not None and last < first:
        return "La fin vient avant le début.", "ends_on"
    for start, end in same:
        if (last is None or start <= last) and (end is None or first <= end):
            until = f" au {end:%d/%m/%Y}" if end else ""
            return f"Cette qualité est déjà notée depuis le {start:%d/%m/%Y}{until}.", "starts_on"
    return None
