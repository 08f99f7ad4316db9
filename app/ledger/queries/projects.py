"""Orders' jobs that a lesson may be about: the number and what is made, neither client nor price."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.core.text import fold
from app.orders.models import OrderLine
from app.workshop.models import Job

SHOWN, SEARCHED = 20, 500
_JOBS = select(Job.number, OrderLine.label).join(OrderLine, OrderLine.id == Job.line_id)
_LATEST = _JOBS.order_by(Job.id.desc()).limit(bindparam("most"))
_ONE = _JOBS.where(Job.number == bindparam("number"))


def list_projects(db: Session, words: str) -> Sequence[Any]:
    """The latest jobs, or those of the last 500 whose number or article holds the words. One statement."""
    wanted = fold(words)
    rows = run(db, _LATEST, {"most": SEARCHED if wanted else SHOWN}).all()
    return [row for row in rows if wanted in fold(f"{row.number} {row.label}")][:SHOWN]


def find_project(db: Session, number: str) -> str | None:
    """« OF2026-0203, Entretoise », or None when no job has the number."""
    row = run(db, _ONE, {"number": number}).one_or_none()
    return f"{row.number}, {row.label}" if row else None
