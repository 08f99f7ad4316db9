"""Operations and check points as asked for: numbered, and refused at the field that is wrong."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from app.core import journal
from app.core.errors import Refused, Stale
from app.workshop import queries, rules
from app.workshop.models import Job
from app.workshop.rules import Draft, PointDraft

OPTIONAL = (
    "factor_1", "factor_2", "factor_3", "difficulty", "skills", "instruction", "ppe", "qualification", "first_article",
)  # fmt: skip
POINT_FIELDS = ("label", "kind", "nominal", "lower", "upper", "unit", "gauge", "every", "is_key")


def require_drafts(
    db: Session, operations: Sequence[Draft], *, stored: Iterable[Draft] = ()
) -> tuple[list[Draft], dict[str, int]]:
    """The operations in order, each with its number, and the machines by code. A competence that was stored before
    passes even when no diploma has it any more.
    """
    drafts = _numbered(operations)
    centers = queries.center_ids(db)
    known = queries.skill_codes(db) | {code for draft in stored for code in _skills(draft)}
    for place, draft in enumerate(operations):
        if draft.work_center not in centers:
            sentence = f"Aucune machine n’a le code « {draft.work_center} »."
            raise Refused(sentence, field=f"operations-{place}-work_center")
        _require_skills(place, draft, known)
        if draft.points is not None:
            numbered_points(draft.points, prefix=f"operations-{place}-check_points")
    return [replace(d, points=None if d.points is None else numbered_points(d.points)) for d in drafts], centers


def _skills(draft: Draft) -> list[str]:
    return [*([draft.skill] if draft.skill else []), *rules.split_words(draft.skills or "", "+")]


def _require_skills(place: int, draft: Draft, known: set[str]) -> None:
    for name, codes in (("skill", [draft.skill] if draft.skill else []), ("skills", _skills(replace(draft, skill="")))):
        if unknown := next((code for code in codes if code not in known), None):
            raise Refused(f"Aucun diplôme n’a la compétence « {unknown} ».", field=f"operations-{place}-{name}")


def _numbered(operations: Sequence[Draft]) -> list[Draft]:
    """Operations in order, each with its number; unnumbered ones follow by tens."""
    if not operations:
        raise Refused("Une gamme a au moins une opération.", field="operations")
    if len(operations) > rules.MAX_OPERATIONS:
        raise Refused(f"Une gamme a au plus {rules.MAX_OPERATIONS} opérations.", field="operations")
    found: dict[int, Draft] = {}
    for place, draft in enumerate(operations):
        seq = _next(found) if draft.seq is None else draft.seq
        if seq in found:
            raise Refused(f"Le numéro {seq} est déjà pris dans cette gamme.", field=f"operations-{place}-seq")
        found[seq] = replace(draft, seq=seq)
    return [found[seq] for seq in sorted(found)]


def numbered_points(points: Sequence[PointDraft], *, prefix: str = "points") -> tuple[PointDraft, ...]:
    """Check points in order, each sound and with its number; refusals lie at `prefix`-place-field."""
    if len(points) > rules.MAX_POINTS:
        raise Refused(f"Une opération a au plus {rules.MAX_POINTS} points de contrôle.", field=prefix)
    found: dict[int, PointDraft] = {}
    for place, point in enumerate(points):
        if wrong := rules.why_not_point(point):
            raise Refused(wrong[1], field=f"{prefix}-{place}-{wrong[0]}")
        seq = _next(found) if point.seq is None else point.seq
        if seq in found:
            sentence = f"Le numéro {seq} est déjà pris dans cette opération."
            raise Refused(sentence, field=f"{prefix}-{place}-seq")
        found[seq] = replace(point, seq=seq)
    return tuple(found[seq] for seq in sorted(found))


def _next(found: dict[int, Any]) -> int:
    return (max(found, default=0) // rules.SEQ_STEP + 1) * rules.SEQ_STEP


def complete(draft: Draft, before: Draft | None) -> Draft:
    """What is not said of an operation stays as it was."""
    if before is None:
        return draft
    kept = {name: getattr(before, name) for name in OPTIONAL if getattr(draft, name) is None}
    return replace(draft, **kept)


def step_values(draft: Draft, centers: dict[str, int]) -> dict[str, Any]:
    """The columns an operation gets from what is asked for; what is not said is left out."""
    values = {
        "seq": draft.seq, "label": draft.label, "work_center_id": centers[draft.work_center],
        "setup_seconds": draft.setup_seconds, "unit_seconds": draft.unit_seconds, "skill_code": draft.skill,
    }  # fmt: skip
    return values | {name: getattr(draft, name) for name in OPTIONAL if getattr(draft, name) is not None}


def require_version(db: Session, job: Job, seen_version: int | None) -> None:
    """Refuse to change a job that somebody changed since it was read."""
    if seen_version is None or seen_version == job.version:
        return
    last = journal.history(db, "job", job.id, limit=1)
    who = f" par {last[0].who}" if last else ""
    raise Stale(f"L’{job.number} a été modifié{who} pendant votre saisie. Rien n’a été écrasé.", version=job.version)


def point_values(point: PointDraft) -> dict[str, Any]:
    """The columns of a check point."""
    return {"seq": point.seq} | {name: getattr(point, name) for name in POINT_FIELDS}
