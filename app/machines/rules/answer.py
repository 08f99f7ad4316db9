"""The gate's answer in one word, as the matrix and a pupil's page show it: yes, with the master beside, no."""

from dataclasses import dataclass
from enum import StrEnum

from app.machines.rules.checks import Check
from app.machines.rules.facts import Finding, Verdict


class May(StrEnum):
    """Whether a pupil may work on a machine on a day."""

    YES = "yes"
    BESIDE = "beside"
    NO = "no"

    @property
    def label(self) -> str:
        """The French words shown on screens."""
        return MAY_LABELS[self]


MAY_LABELS = {May.YES: "Oui", May.BESIDE: "Avec le maître à côté", May.NO: "Non"}
# Said of the day and not of the machine, or only confirmed when the work starts: as a warning it is no answer here.
ASIDE = frozenset({Check.PPE, Check.HOURS})


@dataclass(frozen=True, slots=True)
class Word:
    """The answer and what to say under it: the first refusal, otherwise the first warning."""

    may: May
    why: str = ""
    check: Check | None = None


def answer(verdict: Verdict) -> Word:
    """A permit to work with the master beside, or none where the school asks for one, is the answer in between."""
    refusal = verdict.refusal
    if refusal is not None:
        return Word(May.NO, refusal.short or refusal.reason, refusal.check)
    warnings = [one for one in verdict.warnings if one.check not in ASIDE]
    beside = next((one for one in warnings if one.check == Check.PERMIT), None)
    if beside is not None:
        return Word(May.BESIDE, beside.short, beside.check)
    first: Finding | None = warnings[0] if warnings else None
    may = May.BESIDE if verdict.supervised else May.YES
    return Word(may, first.short, first.check) if first else Word(may)


def sign(finding: Finding | None) -> str:
    """How one check shows in a table: yes, to do (it only warns), no, none (it is not asked)."""
    if finding is None:
        return "none"
    if finding.ok:
        return "yes"
    return "no" if finding.blocks else "todo"
