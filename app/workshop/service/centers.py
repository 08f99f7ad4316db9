"""Work centres: created and changed, never deleted."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.errors import Refused, Stale
from app.core.text import fold
from app.machines.models import WorkCenter

LABELS = {
    "label": "Intitulé", "capacity": "Capacité", "regulated_articles": "Travaux réglementés",
    "risk_assessed_on": "Évaluation des risques",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CenterDraft:
    """A work centre as asked for; articles joined by « + », empty when the work is free for minors."""

    label: str
    capacity: int
    regulated_articles: str
    risk_assessed_on: date | None


def create_work_center(db: Session, code: str, draft: CenterDraft, *, by: Actor) -> WorkCenter:
    """A new machine or bench under a code of the school's own, never used twice."""
    if db.execute(select(WorkCenter.id).where(WorkCenter.code == code)).first():
        raise Refused(f"Le code « {code} » est déjà pris par une autre machine.", field="code")
    center = WorkCenter(
        code=code, label=draft.label, capacity=draft.capacity, regulated_articles=draft.regulated_articles,
        risk_assessed_on=draft.risk_assessed_on, sort_key=fold(draft.label), version=1,
    )  # fmt: skip
    db.add(center)
    db.flush()  # its id, for the journal
    journal.record(db, center, "create", f"Machine {code} créée", by=by)
    return center


def change_work_center(
    db: Session, center: WorkCenter, draft: CenterDraft, *, seen_version: int | None, by: Actor
) -> WorkCenter:
    """Change what is known of a work centre; its code never changes."""
    changes = {
        label: (getattr(center, name), getattr(draft, name))
        for name, label in LABELS.items()
        if getattr(center, name) != getattr(draft, name)
    }
    if seen_version is not None and seen_version != center.version:
        last = journal.history(db, "work_center", center.id, limit=1)
        who = f" par {last[0].who}" if last else ""
        rows = tuple((label, str(typed or "–"), str(stored or "–")) for label, (stored, typed) in changes.items())
        sentence = f"Cette machine a été modifiée{who} pendant votre saisie. Rien n’a été écrasé."
        raise Stale(sentence, rows, version=center.version)
    if changes:
        for name in LABELS:
            setattr(center, name, getattr(draft, name))
        center.sort_key = fold(center.label)
        center.version += 1
        journal.record(db, center, "change", "Machine modifiée", by=by, changes=changes)
    return center
