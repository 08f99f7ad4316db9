"""What the law leaves to the school: whether it warns or blocks, from a day on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from app.machines.rules.checks import Check

CEILING = "PLAFOND_ELEVES"
NAMES = {
    Check.HOURS.value: "Horaires du jeune", Check.PERMIT.value: "Permis machine", CEILING: "Élèves par maître",
}  # fmt: skip
# A new school: its own checks warn, the ceiling of the model holds.
AT_FIRST = {Check.HOURS.value: False, Check.PERMIT.value: False, CEILING: True}
FEWEST, MOST = 1, 30


@dataclass(frozen=True, slots=True)
class Decision:
    """From a day on a check blocks, or warns."""

    check: str
    blocks: bool
    starts_on: date


def in_force(decisions: Iterable[Decision], day: date) -> dict[str, bool]:
    """Whether each check blocks on a day; decisions come in the order of their days, then as they were taken."""
    found = dict(AT_FIRST)
    for one in decisions:
        if one.starts_on <= day and one.check in found:
            found[one.check] = one.blocks
    return found


def to_come(decisions: Iterable[Decision], day: date) -> list[Decision]:
    """Decisions that take effect after a day."""
    return [one for one in decisions if one.starts_on > day and one.check in NAMES]


def why_not_from(starts_on: date, today: date) -> str | None:
    """A setting never changes what was answered: it holds from today or later."""
    if starts_on < today:
        return f"Un réglage vaut à partir d’aujourd’hui, le {today:%d/%m/%Y}, ou de plus tard."
    return None
