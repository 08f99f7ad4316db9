"""Jobs: made from an order line with their routing, changed as long as nothing contradicts what was already done."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Refused, Stale
from app.core.numbering import next_number
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OrderState
from app.workshop import queries, rules
from app.workshop.models import Job, Operation
from app.workshop.rules import JobState
from app.workshop.service.sums import settle_job

PLANNABLE = frozenset({OrderState.QUOTE, OrderState.CONFIRMED, OrderState.IN_PRODUCTION})


@dataclass(frozen=True, slots=True)
class Draft:
    """An operation as asked for; times in seconds. `seq` None: the next ten."""

    label: str
    work_center: str
    setup_seconds: int
    unit_seconds: int
    seq: int | None = None
    skill: str | None = None


def create_job(
    db: Session, line: OrderLine, *, operations: Sequence[Draft], quantity: int | None = None, by: Actor
) -> Job:
    """The job of an order line with its routing. A line has one job; its quantity is the line's, in whole pieces."""
    order = db.get_one(CustomerOrder, line.order_id)
    if order.state not in PLANNABLE:
        raise Refused(f"La commande {order.number} est « {order.state.label.lower()} » : plus rien ne s’y prépare.")
    if number := queries.job_of_line(db, line.id):
        raise Refused(f"Cette ligne a déjà l’{number}.")
    drafts = _numbered(operations)
    centers = _centers(db, drafts)
    year = today().year
    job = Job(
        number=rules.job_number(year, next_number(db, rules.JOB_SERIES, year)), line_id=line.id, order_id=order.id,
        quantity=quantity or rules.job_quantity(line.quantity), due_on=order.due_on, state=JobState.PLANNED,
        created_at=now(), version=1,
    )  # fmt: skip
    db.add(job)
    db.flush()  # its id, for the operations and the journal
    db.add_all([Operation(job_id=job.id, **_values(draft, centers)) for draft in drafts])
    label = f"{job.number} créé : {rules.pieces(job.quantity)}, {len(drafts)} opérations"
    journal.record(db, job, "create", label, by=by)
    db.flush()  # the operations, so that whoever reads the job next finds them
    return job


def change_routing(
    db: Session, job: Job, *, operations: Sequence[Draft], quantity: int | None = None, seen_version: int | None = None,
    by: Actor,
) -> Job:  # fmt: skip
    """Change a job's routing by operation number. An operation that ever had a ticket keeps its place; none comes in
    before work that is already reported.
    """
    if seen_version is not None and seen_version != job.version:
        raise _stale(db, job)
    drafts = _numbered(operations)
    centers = _centers(db, drafts)
    stored = {each.seq: each for each in _stored(db, job.id)}
    tickets = queries.tickets_of_job(db, job.id)
    wanted = {draft.seq: draft for draft in drafts if draft.seq is not None}
    for seq, operation in stored.items():
        if seq not in wanted and tickets.get(operation.id):
            raise Refused(f"L’opération {seq} a déjà des bons : elle ne se supprime plus.")
    _require_place(stored, [seq for seq in wanted if seq not in stored])
    if quantity is not None:
        _require_quantity(stored, quantity)
    changes = _apply(db, job, wanted, stored, centers)
    if quantity is not None and quantity != job.quantity:
        changes["Quantité"] = (job.quantity, quantity)
        job.quantity = quantity
    if changes:
        job.version += 1
        journal.record(db, job, "change", "Gamme modifiée", by=by, changes=changes)
        db.flush()  # the routing, before the job's state is worked out from it
        settle_job(db, _stored(db, job.id)[0].id, by=by)
    return job


def copy_routing(db: Session, label: str) -> list[Draft]:
    """The routing last used for a line of that label, as a start for a new job."""
    job_id = queries.similar_job(db, label)
    return [] if job_id is None else routing_drafts(db, job_id)


def routing_drafts(db: Session, job_id: int) -> list[Draft]:
    """A job's routing as it could be asked for again."""
    operations = queries.routing_of_job(db, job_id).operations
    return [Draft(o.step.label, o.center, o.setup_seconds, o.unit_seconds, o.step.seq, o.skill) for o in operations]


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
        found[seq] = Draft(
            draft.label, draft.work_center, draft.setup_seconds, draft.unit_seconds, seq, draft.skill
        )  # fmt: skip
    return [found[seq] for seq in sorted(found)]


def _next(found: dict[int, Draft]) -> int:
    return (max(found, default=0) // rules.SEQ_STEP + 1) * rules.SEQ_STEP


def _centers(db: Session, drafts: Sequence[Draft]) -> dict[str, int]:
    known = queries.center_ids(db)
    for place, draft in enumerate(drafts):
        if draft.work_center not in known:
            sentence = f"Aucune machine n’a le code « {draft.work_center} »."
            raise Refused(sentence, field=f"operations-{place}-work_center")
    return known


def _values(draft: Draft, centers: dict[str, int]) -> dict[str, Any]:
    return {
        "seq": draft.seq, "label": draft.label, "work_center_id": centers[draft.work_center],
        "setup_seconds": draft.setup_seconds, "unit_seconds": draft.unit_seconds, "skill_code": draft.skill,
    }  # fmt: skip


def _stored(db: Session, job_id: int) -> list[Operation]:
    return list(db.execute(select(Operation).where(Operation.job_id == job_id).order_by(Operation.seq)).scalars())


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
    db: Session, job: Job, wanted: dict[int, Draft], stored: dict[int, Operation], centers: dict[str, int]
) -> dict[str, tuple[Any, Any]]:
    changes: dict[str, tuple[Any, Any]] = {}
    for seq, operation in stored.items():
        if seq not in wanted:
            changes[f"Opération {seq}"] = (operation.label, None)
            db.delete(operation)
    for seq, draft in wanted.items():
        values = _values(draft, centers)
        found = stored.get(seq)
        if found is None:
            changes[f"Opération {seq}"] = (None, draft.label)
            db.add(Operation(job_id=job.id, **values))
        elif any(getattr(found, name) != value for name, value in values.items()):
            changes[f"Opération {seq}"] = (_summary(found), f"{draft.label}, {draft.work_center}")
            for name, value in values.items():
                setattr(found, name, value)
            found.version += 1
    return changes


def _summary(operation: Operation) -> str:
    return f"{operation.label}, {operation.work_center.code}"


def _stale(db: Session, job: Job) -> Stale:
    last = journal.history(db, "job", job.id, limit=1)
    who = f" par {last[0].who}" if last else ""
    return Stale(f"L’{job.number} a été modifié{who} pendant votre saisie. Rien n’a été écrasé.", version=job.version)
