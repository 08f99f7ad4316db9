"""Reads about routing templates: the list, one, and those that fit an article."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import String, bindparam, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from app.core.db import run
from app.core.errors import NotFound
from app.core.journal import Deed, history
from app.core.paging import ListRequest, Page, fetch_page
from app.core.text import like_pattern
from app.orders.models import OrderLine
from app.workshop.models import Job, RoutingTemplate, TemplateCheckPoint, TemplateOperation
from app.workshop.queries.drafts import drafts_of_job, drafts_of_template
from app.workshop.queries.jobs import get_job, similar_job
from app.workshop.rules import ALIKE, Difference, Draft, differences, likeness

TEMPLATE_SORTS: dict[str, Any] = {"nom": RoutingTemplate.sort_key, "code": RoutingTemplate.code}
PROPOSED = 4
LAST_JOBS = 8


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A template of the list; times are professional seconds, for setting up and a piece, over all operations."""

    code: str
    label: str
    revision: int
    retired: bool
    version: int
    operations: int
    setup_seconds: int
    unit_seconds: int
    points: int
    jobs: int


@dataclass(frozen=True, slots=True)
class TemplatePage:
    """What the page of a template shows; `jobs`: the latest copies, (number, article, revision)."""

    template: RoutingTemplate
    drafts: list[Draft]
    centers: dict[str, str]
    ppe: dict[str, str]
    jobs: list[tuple[str, str, int]]
    journal: list[Deed]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A routing to start from for a new job. `code`: the template, or empty for the last job's own routing."""

    code: str
    label: str
    revision: int
    exact: bool
    job_id: int | None = None
    job: str = ""

    @property
    def key(self) -> str:
        """What stands in the address."""
        return self.code or self.job


def _sum(column: Any) -> Any:
    mine = TemplateOperation.template_id == RoutingTemplate.id
    return select(func.coalesce(func.sum(column), 0)).where(mine).scalar_subquery()


_COUNT = select(func.count()).where(TemplateOperation.template_id == RoutingTemplate.id).scalar_subquery()
_POINTS = (
    select(func.count())
    .select_from(TemplateCheckPoint)
    .join(TemplateOperation, TemplateOperation.id == TemplateCheckPoint.operation_id)
    .where(TemplateOperation.template_id == RoutingTemplate.id)
    .scalar_subquery()
)
_JOBS = select(func.count()).where(Job.template_id == RoutingTemplate.id).scalar_subquery()
_LISTED = select(
    RoutingTemplate.code, RoutingTemplate.label, RoutingTemplate.revision, RoutingTemplate.retired_at.is_not(None),
    RoutingTemplate.version, _COUNT, _sum(TemplateOperation.setup_seconds), _sum(TemplateOperation.unit_seconds),
    _POINTS, _JOBS,
)  # fmt: skip
_STATES: dict[str, Any] = {
    "": RoutingTemplate.retired_at.is_(None), "retirees": RoutingTemplate.retired_at.is_not(None), "toutes": None,
}  # fmt: skip
_ACTIVE = select(RoutingTemplate.code, RoutingTemplate.label, RoutingTemplate.revision).where(
    RoutingTemplate.retired_at.is_(None)
)
_COPIES = (
    select(Job.number, OrderLine.label, Job.template_revision)
    .join(OrderLine, OrderLine.id == Job.line_id)
    .where(Job.template_id == bindparam("template"))
    .order_by(Job.id.desc())
    .limit(LAST_JOBS)
)


@cache
def _list(state: str, sort: str, *, searched: bool, descending: bool) -> Any:
    query = _LISTED if _STATES[state] is None else _LISTED.where(_STATES[state])
    if searched:
        query = query.where(RoutingTemplate.search_key.like(bindparam("pattern", type_=String), escape="\\"))
    column = TEMPLATE_SORTS[sort]
    return query.order_by(column.desc() if descending else column, RoutingTemplate.id)


def list_templates(db: Session, request: ListRequest, *, exact: bool = False) -> Page[TemplateRow]:
    """One page of templates; two statements."""
    state = request.filters.get("etat", "")
    query = _list(
        state if state in _STATES else "", request.sort, searched=bool(request.q), descending=request.descending
    )
    found = fetch_page(db, query, request, {"pattern": like_pattern(request.q)}, exact=exact)
    rows = [TemplateRow(*(*row[:3], bool(row[3]), *map(int, row[4:]))) for row in found.items]
    return Page(rows, found.total, found.page, found.size, found.capped)


def get_template(db: Session, code: str, *, lock: bool = False) -> RoutingTemplate:
    """A template with its operations and their check points."""
    query = (
        select(RoutingTemplate)
        .where(RoutingTemplate.code == code)
        .options(
            selectinload(RoutingTemplate.operations).options(
                selectinload(TemplateOperation.points), joinedload(TemplateOperation.work_center)
            )
        )
    )
    if lock:
        query = query.with_for_update(of=RoutingTemplate).execution_options(populate_existing=True)
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound(f"Aucune gamme n’a le code « {code} ».")
    return found


def template_operation(template: RoutingTemplate, seq: int) -> TemplateOperation:
    """An operation of a template."""
    found = next((each for each in template.operations if each.seq == seq), None)
    if found is None:
        raise NotFound(f"La gamme {template.code} n’a pas d’opération {seq}.")
    return found


def template_page(db: Session, code: str) -> TemplatePage:
    """A template, what it says, and who copied it last."""
    template = get_template(db, code)
    copies = [(row[0], row[1], row[2] or 0) for row in run(db, _COPIES, {"template": template.id}).all()]
    machines = [each.work_center for each in template.operations]
    centers, ppe = ({m.code: m.label for m in machines}, {m.code: m.ppe for m in machines})
    journal = history(db, "routing_template", template.id)
    return TemplatePage(template, drafts_of_template(db, template.id), centers, ppe, copies, journal)


def template_of_job(db: Session, job: Job) -> RoutingTemplate | None:
    """The template a job was copied from."""
    return db.get(RoutingTemplate, job.template_id) if job.template_id else None


def differences_of_job(db: Session, number: str) -> tuple[Job, RoutingTemplate, list[Difference]]:
    """A job, the template it was copied from, and how the two differ today."""
    job = get_job(db, number)
    template = template_of_job(db, job)
    if template is None:
        raise NotFound(f"L’{number} n’a été copié d’aucune gamme.")
    return job, template, differences(drafts_of_job(db, job.id), drafts_of_template(db, template.id))


def proposals(db: Session, label: str) -> list[Proposal]:
    """Routings to start from for an article: templates of the same name, the last job's own, then those much alike."""
    alike = [(likeness(label, row[1]), row) for row in run(db, _ACTIVE).all()]
    close = sorted((pair for pair in alike if pair[0] >= ALIKE), key=lambda pair: (-pair[0], pair[1][0]))
    found = [Proposal(*(*row, score == 1)) for score, row in close[:PROPOSED]]
    job_id = similar_job(db, label)
    if job_id is None:
        return found
    job = db.get_one(Job, job_id)
    own = Proposal("", label, job.template_revision or 0, exact=True, job_id=job_id, job=job.number)
    return sorted([*found, own], key=lambda each: not each.exact)
