"""Papers about attendance: issued once with a number, frozen as they were; a later figure needs a new paper."""

import dataclasses
import json
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused
from app.core.numbering import next_number
from app.ledger.models import IssuedPaper
from app.ledger.rules import PAPER_LABELS, PaperKind
from app.ledger.rules.papers import paper_number, why_not_issue


def issue_paper(
    db: Session, kind: PaperKind, content: Any, *, about: dict[str, int], period: tuple[date, date], school: str,
    by: Actor,
) -> IssuedPaper:  # fmt: skip
    """Freeze a filled paper under the next number of its kind. `about`: {"pupil_id": …} or {"group_id": …}."""
    if reason := why_not_issue(kind, *period, today()):
        raise Refused(reason, field="ends_on")
    year = today().year
    paper = IssuedPaper(
        number=paper_number(kind, year, next_number(db, kind.value, year)), kind=kind,
        title=f"{PAPER_LABELS[kind]}, {getattr(content, 'name', '') or getattr(content, 'group', '')}",
        starts_on=period[0], ends_on=period[1], school=school,
        content=json.dumps(dataclasses.asdict(content), ensure_ascii=False), issued_at=now(),
        issued_by_id=by.staff_id, **about,
    )  # fmt: skip
    db.add(paper)
    db.flush()  # its id, for the journal
    journal.record(db, paper, "issue", f"{PAPER_LABELS[kind]} {paper.number}", by=by)
    return paper
