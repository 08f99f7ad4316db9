"""What people enter of skills by hand: lessons, exercises, placements, exams; and what was seen at work."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import today
from app.core.errors import Refused
from app.learning.queries.pupils import get_evidence
from app.pedagogy.models import Pupil
from app.pedagogy.queries import skills_on
from app.pedagogy.rules.skills import BY_HAND
from app.pedagogy.service import Source, record_evidence


def add_evidence(db: Session, pupil: Pupil, *, values: Mapping[str, Any], by: Actor) -> None:
    """One assessment by hand: the skill, the level or only seen, where and when, with a comment.

    What the pupil says of himself is kept apart and counts for no level.
    """
    if values["source"] not in BY_HAND:
        raise Refused("Choisissez dans la liste.", field="source")
    day: date = values["on_date"]
    if day > today():
        raise Refused("Une évaluation se note une fois faite : cette date est à venir.", field="on_date")
    if day < pupil.entered_on:
        raise Refused(f"L’élève n’est entré à l’école que le {pupil.entered_on:%d/%m/%Y}.", field="on_date")
    source = Source(values["source"], values["label"], on=day)
    kept = record_evidence(
        db, pupil.id, {values["skill"]: values["level"]}, source=source, self_assessed=values["self_assessed"],
        comment=values["comment"], by=by,
    )  # fmt: skip
    if not kept:
        raise Refused(_why_not_kept(db, pupil, values), field="skill")
    label = f"Compétence {values['skill']} : {values['label']}"
    journal.record_many(db, [journal.entry_row("pupil_skills", pupil.id, "add_evidence", label, by=by)])


def _why_not_kept(db: Session, pupil: Pupil, values: Mapping[str, Any]) -> str:
    if values["skill"] in skills_on(db, pupil.id, values["on_date"]):
        return "C’est déjà noté : même compétence, même niveau, même source."
    return f"« {values['skill']} » n’est pas au référentiel que l’élève préparait ce jour-là."


def assess_seen(db: Session, levels: Sequence[tuple[int, int]], *, by: Actor) -> int:
    """Levels for skills that were seen in released work, by the number of what was seen; how many were kept.

    What was seen stays; the level is a piece of evidence of its own, of the day of the work.
    """
    count = 0
    for evidence_id, level in levels:
        seen = get_evidence(db, evidence_id, lock=True)
        if seen.level is not None or seen.self_assessed:
            raise Refused("Cette compétence est déjà évaluée.")
        source = Source(seen.source, seen.source_label, seen.source_url, seen.on_date)
        count += len(record_evidence(db, seen.pupil_id, {seen.skill_code: level}, source=source, by=by))
    return count
