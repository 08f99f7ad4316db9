"""Reads of the answers that were given: what a master went past, and the history of a ticket or a pupil."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.machines.models import GateDecision
from app.machines.rules import Check, split_codes

# The machine permit is a matter of the work; what else a master may go past is a matter of one day.
LASTING = frozenset({Check.PERMIT.value})
_PASSED = (
    select(GateDecision.pupil_id, GateDecision.on_date, GateDecision.codes, GateDecision.override_reason)
    .where(
        GateDecision.subject == bindparam("subject"), GateDecision.override_reason.is_not(None),
        GateDecision.pupil_id.in_(bindparam("pupils", expanding=True)),
    )
    .order_by(GateDecision.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passed:
    """The rules of the school's own that a master went past for a pupil on one piece of work, and why."""

    codes: frozenset[str] = frozenset()
    reason: str | None = None


NOTHING = Passed()


def passed_over(db: Session, subject: str, pupil_ids: Collection[int], day: date) -> dict[int, Passed]:
    """What counts for each pupil on that piece of work on that day; one statement."""
    found: dict[int, Passed] = {}
    if not subject:
        return found
    for pupil_id, on_date, codes, reason in run(db, _PASSED, {"subject": subject, "pupils": sorted(pupil_ids)}).all():
        counted = {code for code in split_codes(codes) if on_date == day or code in LASTING}
        before = found.get(pupil_id, NOTHING)
        found[pupil_id] = Passed(before.codes | counted, reason if counted else before.reason)
    return found


_LASTING = select(GateDecision.subject, GateDecision.pupil_id, GateDecision.codes).where(
    GateDecision.subject.in_(bindparam("subjects", expanding=True)), GateDecision.override_reason.is_not(None)
)


def passed_for_good(db: Session, subjects: Collection[str]) -> dict[tuple[str, int], frozenset[str]]:
    """What a master went past for the whole of a piece of work, by it and the pupil; one statement."""
    found: dict[tuple[str, int], frozenset[str]] = {}
    for subject, pupil_id, codes in run(db, _LASTING, {"subjects": sorted(subjects)}).all():
        key = (subject, pupil_id)
        found[key] = found.get(key, frozenset()) | (LASTING & set(split_codes(codes)))
    return found


_OF_PUPIL = select(GateDecision.subject, GateDecision.on_date, GateDecision.codes).where(
    GateDecision.subject.in_(bindparam("subjects", expanding=True)), GateDecision.pupil_id == bindparam("pupil"),
    GateDecision.override_reason.is_not(None),
)  # fmt: skip


def passed_for(db: Session, pupil_id: int, subjects: Collection[str], day: date) -> dict[str, frozenset[str]]:
    """The codes that a master went past for one pupil, by piece of work, as far as they count that day."""
    found: dict[str, frozenset[str]] = {}
    for subject, on_date, codes in run(db, _OF_PUPIL, {"subjects": sorted(subjects), "pupil": pupil_id}).all():
        counted = {code for code in split_codes(codes) if on_date == day or code in LASTING}
        found[subject] = found.get(subject, frozenset()) | counted
    return found
