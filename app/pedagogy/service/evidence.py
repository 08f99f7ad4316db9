"""Skill evidence: why one may believe that a pupil holds a skill. Rows are added, never edited."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import SYSTEM, Actor
from app.core.clock import now, today
from app.core.errors import Refused
from app.pedagogy.models import EvidenceVoid, SkillEvidence
from app.pedagogy.queries.skills import STANDS, own_skills
from app.pedagogy.rules.skills import SOURCE_LABELS, why_not_level


@dataclass(frozen=True, slots=True)
class Source:
    """Where a piece of evidence comes from: its kind (a key of `SOURCE_LABELS`), its name, page, day."""

    kind: str
    label: str
    url: str = ""
    on: date | None = None


def record_evidence(
    db: Session, pupil_id: int, levels: Mapping[str, int | None], *, source: Source, self_assessed: bool = False,
    comment: str | None = None, by: Actor = SYSTEM,
) -> list[str]:  # fmt: skip
    """Keep that a pupil showed these skills, each with its level (None: seen, not assessed); which ones were kept.

    Only skills of the diploma the pupil prepares on that day count, by the version that holds for
    the group. The same said twice from one source is kept once.
    """
    for level in levels.values():
        if reason := why_not_level(level):
            raise Refused(reason, field="level")
    day = source.on or today()
    own = own_skills(db, pupil_id, day)
    known = _known(db, pupil_id, source, self_assessed=self_assessed)
    kept = [code for code in levels if code in own.labels and (code, levels[code]) not in known]
    assessor = None if self_assessed else by.staff_id
    for code in kept:
        db.add(
            SkillEvidence(
                pupil_id=pupil_id, framework_id=own.framework_id, skill_code=code, level=levels[code],
                source=source.kind, source_label=source.label, source_url=source.url, on_date=day,
                assessor_id=assessor, self_assessed=self_assessed, comment=comment or None, at=now(),
            )
        )  # fmt: skip
    return kept


def void_evidence(db: Session, evidence: SkillEvidence, *, reason: str, by: Actor) -> None:
    """Take back a piece of evidence that was wrong: it stays where it is, with the reason, and counts no more."""
    if db.get(EvidenceVoid, evidence.id) is not None:
        raise Refused("Cette preuve est déjà annulée.")
    db.add(EvidenceVoid(evidence_id=evidence.id, reason=reason, by_id=by.staff_id, at=now()))
    label = f"Preuve annulée : {evidence.skill_code}, {SOURCE_LABELS[evidence.source]} {evidence.source_label}"
    row = journal.entry_row("pupil_skills", evidence.pupil_id, "void_evidence", label, by=by, note=reason)
    journal.record_many(db, [row])


def _known(db: Session, pupil_id: int, source: Source, *, self_assessed: bool) -> set[tuple[str, int | None]]:
    db.flush()  # evidence just added, so that it is found again
    rows = db.execute(
        select(SkillEvidence.skill_code, SkillEvidence.level).where(
            SkillEvidence.pupil_id == pupil_id, SkillEvidence.source == source.kind,
            SkillEvidence.source_label == source.label, SkillEvidence.self_assessed.is_(self_assessed), STANDS,
        )
    )  # fmt: skip
    return {(code, level) for code, level in rows}
