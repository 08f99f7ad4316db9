"""Every answer of the gate is kept with its facts: those that opened something, and those that did not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.after_refusal import after_refusal
from app.core.clock import now
from app.core.db import run
from app.machines import rules
from app.machines.models import GateDecision
from app.machines.queries import Answer
from app.machines.rules import AskedFor

_INSERT = insert(GateDecision)


@dataclass(frozen=True, slots=True)
class Asked:
    """Why the gate was asked, and about what (« BT2026-00012 »)."""

    why: AskedFor
    subject: str = ""


def keep_answers(
    db: Session, answers: Iterable[Answer], asked: Asked, *, override_reason: str | None = None, by: Actor
) -> None:
    """Write answers down in the transaction of the deed. `override_reason`: a master went past a rule of the school."""
    rows = [_row(answer, asked, override_reason, by, now()) for answer in answers]
    if rows:
        run(db, _INSERT, rows)


def keep_refusal(db: Session, answer: Answer, asked: Asked, *, by: Actor) -> None:
    """Write an answer down although nothing else of this unit of work is kept."""
    row = _row(answer, asked, None, by, now())

    def keep(other: Session) -> None:
        run(other, _INSERT, [row])

    after_refusal(db, keep)


def keep_override(
    db: Session, answer: Answer, asked: Asked, *, codes: Iterable[str], reason: str, by: Actor
) -> None:  # fmt: skip
    """Write down which of the school's own rules a master went past, and why; they count no more for this work."""
    row = _row(answer, asked, reason, by, now()) | {"codes": rules.join_codes(codes)}
    run(db, _INSERT, [row])


def _row(answer: Answer, asked: Asked, override_reason: str | None, by: Actor, at: datetime) -> dict[str, Any]:
    codes = answer.verdict.codes
    return {
        "at": at, "by_id": by.staff_id, "by_name": by.name, "asked_for": asked.why.value,
        "pupil_id": answer.pupil_id, "work_center_id": answer.center_id, "subject": asked.subject,
        "on_date": answer.request.day, "allowed": not codes or override_reason is not None,
        "codes": rules.join_codes(codes), "override_reason": override_reason,
        "facts": rules.to_json(answer.request, answer.facts, answer.settings), "rules_version": rules.CURRENT,
    }  # fmt: skip
