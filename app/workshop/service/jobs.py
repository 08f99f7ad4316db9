"""Jobs: made from an order line with their routing, changed as long as nothing contradicts what was already done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused, Stale
from app.core.numbering import next_number
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OrderState
from app.workshop import queries, rules
from app.workshop.models import CheckPoint, Job, Operation, RoutingTemplate
from app.workshop.rules import Draft, JobState, PointDraft
from app.workshop.service.drafts import complete, point_values, require_drafts, require_version, step_values
from app.workshop.service.points import put_points
from app.workshop.service.sums import settle_job

PLANNABLE = frozenset({OrderState.QUOTE, OrderState.CONFIRMED, OrderState.IN_PRODUCTION})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a new job's routing comes from: a template as it was read, or the job made last time."""

    template: RoutingTemplate | None = None
    revision: int | None = None
    points: Mapping[int, tuple[PointDraft, ...]] = field(default_factory=dict)


def origin_of_template(db: Session, template: RoutingTemplate, revision: int | None = None) -> Origin:
    """A template to copy. Changed or retired since it was read, it is refused."""
    if template.retired_at is not None:
        raise Refused(f"La gamme {template.code} est retirée : partez d’une autre.", field="template")
    if revision is not None and revision != template.revision:
        raise Stale(
            f"La gamme {template.code} est passée à la révision {template.revision} pendant votre saisie."
            " Rien n’est enregistré."
        )
    return Origin(template, template.revision, _points(queries.drafts_of_template(db, template.id)))


def origin_of_job(db: Session, job_id: int) -> Origin:
    """The routing of another job, with its check points."""
    return Origin(points=_points(queries.drafts_of_job(db, job_id)))


def _points(drafts: Sequence[Draft]) -> dict[int, tuple[PointDraft, ...]]:
    return {draft.seq or 0: draft.points or () for draft in drafts}


def create_job(
    db: Session, line: OrderLine, *, operations: Sequence[Draft], quantity: int | None = None,
    origin: Origin | None = None, by: Actor,
) -> Job:  # fmt: skip
    """The job of an order line with its routing. A line has one job; its quantity is the line's, in whole pieces.

    The routing is the job's own from now on, whatever becomes of where it was copied from. Check points come along for
    operations that kept their number.
    """
    order = db.get_one(CustomerOrder, line.order_id)
    if order.state not in PLANNABLE:
        raise Refused(f"La commande {order.number} est « {order.state.label.lower()} » : plus rien ne s’y prépare.")
    if number := queries.job_of_line(db, line.id):
        raise Refused(f"Cette ligne a déjà l’{number}.")
    drafts, centers = require_drafts(db, operations)
    origin = origin or Origin()
    year = today().year
    job = Job(
        number=rules.job_number(year, next_number(db, rules.JOB_SERIES, year)), line_id=line.id, order_id=order.id,
        quantity=quantity or rules.job_quantity(line.quantity), due_on=order.due_on, state=JobState.PLANNED,
        created_at=now(), version=1, template_id=origin.template.id if origin.template else None,
        template_revision=origin.revision,
    )  # fmt: skip
    db.add(job)
    db.flush()  # its id, for the operations and the journal
    made = [Operation(job_id=job.id, **step_values(draft, centers)) for draft in drafts]
    db.add_all(made)
    db.flush()  # their ids, for the check points; and so that whoever reads the job next finds them
    for operation, draft in zip(made, drafts, strict=True):
        points = origin.points.get(operation.seq, ()) if draft.points is None else draft.points
        db.add_all([CheckPoint(operation_id=operation.id, **point_values(point)) for point in points])
    journal.record(db, job, "create", _created(job, len(made), origin), by=by)
    db.flush()  # the check points, so that whoever reads the job next finds them
    return job


def _created(job: Job, count: int, origin: Origin) -> str:
    label = f"{job.number} créé : {rules.pieces(job.quantity)}, {count} {'opérations' if count > 1 else 'opération'}"
    if origin.template is None:
        return label
    return f"{label}, gamme {origin.template.code} révision {origin.revision}"


def change_routing(
    db: Session, job: Job, *, operations: Sequence[Draft], quantity: int | None = None, seen_version: int | None = None,
    by: Actor,
) -> Job:  # fmt: skip
    """Change a job's routing by operation number. An operation that ever had a ticket keeps its place; none comes in
    before work that is already reported.
    """
    require_version(db, job, seen_version)
    before = {draft.seq or 0: draft for draft in queries.drafts_of_job(db, job.id)}
    drafts, centers = require_drafts(db, operations, stored=before.values())
    stored = {each.seq: each for each in _stored(db, job.id)}
    tickets = queries.tickets_of_job(db, job.id)
    wanted = {draft.seq or 0: complete(draft, before.get(draft.seq or 0)) for draft in drafts}
    for seq, operation in stored.items():
        if seq not in wanted and tickets.get(operation.id):
            raise Refused(f"L’opération {seq} a déjà des bons : elle ne se supprime plus.")
    _require_still(db, job, stored, operations, centers)
    _require_place(stored, [seq for seq in wanted if seq not in stored])
    if quantity is not None:
        _require_quantity(stored, quantity)
    changes = _apply(db, job, (before, wanted), stored, centers)
    if quantity is not None and quantity != job.quantity:
        changes["Quantité"] = (job.quantity, quantity)
        job.quantity = quantity
    if changes:
        job.version += 1
        journal.record(db, job, "change", "Gamme modifiée", by=by, changes=changes)
        db.flush()  # the routing, before the job's state is worked out from it
        settle_job(db, _stored(db, job.id)[0].id, by=by)
    return job


def _stored(db: Session, job_id: int) -> list[Operation]:
    return list(db.execute(select(Operation).where(Operation.job_id == job_id).order_by(Operation.seq)).scalars())


def _require_still(
    db: Session, job: Job, stored: Mapping[int, Operation], asked: Sequence[Draft], centers: Mapping[str, int]
) -> None:
    """Work that goes on stays on its machine: the gate let the pupil start on that one."""
    running = {each.step.seq for each in queries.routing_of_job(db, job.id).operations if each.step.running}
    for place, draft in enumerate(asked):
        found = stored.get(draft.seq or 0)
        if found is not None and found.seq in running and centers[draft.work_center] != found.work_center_id:
            sentence = f"L’opération {found.seq} est en cours : mettez ses bons en pause, puis changez de machine."
            raise Refused(sentence, field=f"operations-{place}-work_center")


def _require_place(stored: dict[int, Operation], added: Sequence[int]) -> None:
    reported = [seq for seq, each in stored.items() if each.good or each.scrap]
    if added and reported and min(added) < max(reported):
        raise Refused(
            f"L’opération {max(reported)} a déjà des pièces : une nouvelle opération vient après elle.",
            field="operations",
        )


def _require_quantity(stored: dict[int, Operation], quantity: int) -> None:
    made = max((each.good for each in stored.values()), default=0)
    if quantity < max(made, 1):
        raise Refused(f"{rules.pieces(made)} sont déjà bonnes : la quantité ne descend pas dessous.", field="quantity")


def _apply(
    db: Session,
    job: Job,
    drafts: tuple[dict[int, Draft], dict[int, Draft]],
    stored: dict[int, Operation],
    centers: dict[str, int],
) -> dict[str, tuple[Any, Any]]:
    """Bring the stored operations from what they said to what is wanted; what changed, for the journal."""
    before, wanted = drafts
    changes: dict[str, tuple[Any, Any]] = {}
    for seq, operation in stored.items():
        if seq not in wanted:
            changes[f"Opération {seq}"] = (operation.label, None)
            db.execute(delete(CheckPoint).where(CheckPoint.operation_id == operation.id))
            db.delete(operation)
    for seq, draft in wanted.items():
        values = step_values(draft, centers)
        found = stored.get(seq)
        if found is None:
            changes[f"Opération {seq}"] = (None, draft.label)
            found = Operation(job_id=job.id, **values)
            db.add(found)
            db.flush()  # its id, for its check points
        elif any(getattr(found, name) != value for name, value in values.items()):
            changes[f"Opération {seq}"] = rules.step_changes(before[seq], draft)
            for name, value in values.items():
                setattr(found, name, value)
            found.version += 1
        if draft.points is not None:
            changes |= put_points(db, found, draft.points)
    return changes
