"""Routings as they could be asked for again: of a job, of a template; two statements each."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.machines.models import WorkCenter
from app.pedagogy.models import Skill
from app.workshop.models import CheckPoint, Operation, TemplateCheckPoint, TemplateOperation
from app.workshop.rules import CheckKind, Draft, PointDraft


def _steps(kind: Any) -> Any:
    return select(
        kind.id, kind.label, WorkCenter.code, kind.setup_seconds, kind.unit_seconds, kind.seq, kind.skill_code,
        kind.factor_1, kind.factor_2, kind.factor_3, kind.difficulty, kind.skills, kind.instruction, kind.ppe,
        kind.qualification, kind.first_article,
    ).join(WorkCenter, WorkCenter.id == kind.work_center_id)  # fmt: skip


def _points(kind: Any) -> Any:
    return select(
        kind.operation_id, kind.label, kind.kind, kind.nominal, kind.lower, kind.upper, kind.unit, kind.gauge,
        kind.every, kind.is_key, kind.seq,
    ).order_by(kind.operation_id, kind.seq)  # fmt: skip


_JOB = _steps(Operation).where(Operation.job_id == bindparam("owner")).order_by(Operation.seq)
_JOB_POINTS = (
    _points(CheckPoint)
    .join(Operation, Operation.id == CheckPoint.operation_id)
    .where(Operation.job_id == bindparam("owner"), CheckPoint.retired_at.is_(None))
)
_TEMPLATE = (
    _steps(TemplateOperation).where(TemplateOperation.template_id == bindparam("owner")).order_by(TemplateOperation.seq)
)
_TEMPLATE_POINTS = (
    _points(TemplateCheckPoint)
    .join(TemplateOperation, TemplateOperation.id == TemplateCheckPoint.operation_id)
    .where(TemplateOperation.template_id == bindparam("owner"))
)
_SKILLS = select(Skill.code).distinct()


def drafts_of_job(db: Session, job_id: int) -> list[Draft]:
    """A job's routing, with the check points in force."""
    return _drafts(run(db, _JOB, {"owner": job_id}).all(), run(db, _JOB_POINTS, {"owner": job_id}).all())


def drafts_of_template(db: Session, template_id: int) -> list[Draft]:
    """A template's routing."""
    return _drafts(
        run(db, _TEMPLATE, {"owner": template_id}).all(), run(db, _TEMPLATE_POINTS, {"owner": template_id}).all()
    )


def skill_codes(db: Session) -> set[str]:
    """The competences of every diploma."""
    return set(run(db, _SKILLS).scalars())


def _drafts(steps: Sequence[Any], points: Sequence[Any]) -> list[Draft]:
    found: dict[int, list[PointDraft]] = {}
    for row in points:
        found.setdefault(row[0], []).append(_point(row))
    return [Draft(*(*row[1:], tuple(found.get(row[0], ())))) for row in steps]


def _point(row: Any) -> PointDraft:
    label, kind, nominal, lower, upper, unit, gauge, every, is_key, seq = row[1:]
    return PointDraft(label, CheckKind(kind), nominal, lower, upper, unit, gauge, every, is_key, seq)
