"""Who may receive what: one door for every reason that forbids giving a ticket to a pupil."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from app.machines.rules import Finding, Verdict, source_line
from app.orders.rules import OPEN_STATES, OrderState
from app.workshop.rules import PAIR, Crowd, HalfDay, Presence, when, why_crowded


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a pupil may not have a ticket: a few words for the board, the fact for the box under the row.

    `setting`: a rule of the school's own; a master may go past it with a reason. What is law has no way past.
    `code` and `law` name the check of the gate and its source; `told` is for the pupil.
    """

    short: str
    fact: str
    setting: bool = False
    code: str = ""
    law: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be given: its name (« BT2026-00012 », « Tournage »), its order, the day and half-day it is for.

    `center_id` and `minutes`, the planned ones, are what the gate asks about; without a work centre it is not asked.
    `operation_id` says how much longer it takes a pupil.
    """

    name: str
    order_number: str
    order_state: OrderState
    day: date
    half: HalfDay | None = None
    center_id: int | None = None
    minutes: int = 0
    operation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pupil as far as giving is concerned, on the day of the work; `crowd` is the slot it would be in, if any.

    `gate`: the verdict for this pupil and this work. `passed`: the settings that a master went past, by code.
    """

    first_name: str
    presence: Presence
    is_member: bool
    holds: bool
    left_on: date | None = None
    crowd: Crowd | None = None
    gate: Verdict | None = None
    passed: frozenset[str] = frozenset()


CROWDED = "EFFECTIF"
Check = Callable[[Work, Candidate], Refusal | None]


def why_not_workable(work: Work) -> str | None:
    """Work is handed out for an order that the client has confirmed and that is not delivered yet."""
    if work.order_state in OPEN_STATES:
        return None
    states = {
        OrderState.QUOTE: "est encore un devis", OrderState.CANCELLED: "est annulée",
        OrderState.DELIVERED: "est déjà livrée", OrderState.INVOICED: "est déjà facturée",
    }  # fmt: skip
    return f"La commande {work.order_number} {states[work.order_state]}."


def why_not_enrolled(work: Work, candidate: Candidate) -> Refusal | None:
    """Only a pupil of the school, on that day."""
    if candidate.is_member:
        return None
    if candidate.left_on is not None and candidate.left_on < work.day:
        return Refusal("A quitté l’école", f"A quitté l’école le {candidate.left_on:%d/%m/%Y}.")
    return Refusal("Pas inscrit", f"Dans aucune classe le {work.day:%d/%m/%Y}.")


def why_not_here(work: Work, candidate: Candidate) -> Refusal | None:
    """A pupil whom the roll call says absent receives nothing that day. Before the call nobody is absent."""
    if candidate.presence != Presence.ABSENT:
        return None
    return Refusal("Absent", f"Noté absent à l’appel du {work.day:%d/%m/%Y}.")


def why_not_at_practice(work: Work, candidate: Candidate) -> Refusal | None:
    """Work for a half-day needs a practice session of the pupil in it."""
    if work.half is None or candidate.crowd is not None:
        return None
    return Refusal("Pas d’atelier", f"Aucune séance d’atelier {when(work.day, work.half)}.")


def why_not_twice(work: Work, candidate: Candidate) -> Refusal | None:
    """A ticket is held once."""
    return Refusal("A déjà ce bon", f"Le {work.name} est déjà entre ses mains.") if candidate.holds else None


def why_not_crowded(work: Work, candidate: Candidate) -> Refusal | None:
    """A master has so many pupils at work at once, and no more: a rule of the model, so a setting."""
    if candidate.crowd is None or CROWDED in candidate.passed:
        return None
    if (sentence := why_crowded(candidate.crowd, work.day)) is None:
        return None
    return Refusal(f"{candidate.crowd.others} jeunes déjà", sentence, setting=True, code=CROWDED)


def why_not_gate(_work: Work, candidate: Candidate) -> Refusal | None:
    """The legal gate for minors and the school's own checks: law first, then what a master may go past."""
    if candidate.gate is None:
        return None
    against = [one for one in candidate.gate.refusals if not (one.check.is_setting and one.check in candidate.passed)]
    found = min(against, key=lambda one: one.check.is_setting, default=None)
    return None if found is None else _refused_by(found)


def _refused_by(finding: Finding) -> Refusal:
    check = finding.check
    law = source_line(check, finding.article)
    return Refusal(finding.short, finding.reason, check.is_setting, check.value, law, finding.told)


# The one door through which a ticket reaches a pupil: whatever else may forbid it is added to these checks.
ASSIGNMENT_CHECKS: tuple[Check, ...] = (
    why_not_enrolled, why_not_here, why_not_at_practice, why_not_twice, why_not_gate, why_not_crowded,
)  # fmt: skip


def why_not_assignable(work: Work, candidate: Candidate) -> Refusal | None:
    """The first reason why this pupil may not receive this work that day, or None."""
    return next((found for check in ASSIGNMENT_CHECKS if (found := check(work, candidate)) is not None), None)


def all_against(work: Work, candidate: Candidate) -> list[Refusal]:
    """Everything against it, settings first; it ends with the first thing that nobody may go past."""
    found: list[Refusal] = []
    while (refusal := why_not_assignable(work, candidate)) is not None:
        found.append(refusal)
        if not refusal.setting:
            break
        candidate = replace(candidate, passed=candidate.passed | {refusal.code})
    return found


def refusal_title(first_name: str) -> str:
    """« Mathis ne peut pas prendre ce bon »"""
    return f"{first_name} ne peut pas prendre ce bon"


def not_given(work: Work) -> str:
    """What did not change."""
    return f"Le {work.name} n’a pas été donné."


def why_not_holders(count: int) -> str | None:
    """A ticket goes to one pupil or to a pair."""
    if count < 1:
        return "Choisissez un jeune."
    return None if count <= PAIR else "Un bon se donne à un jeune ou à un binôme."
