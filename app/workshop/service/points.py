"""Check points of templates and of jobs. On a job one with results is never edited: it is retired, another comes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.workshop import rules
from app.workshop.models import CheckPoint, CheckResult, Defect, Job, Operation
from app.workshop.rules import PointDraft
from app.workshop.service.drafts import POINT_FIELDS, numbered_points, point_values, require_version

Changes = dict[str, tuple[Any, Any]]


def draft_of(point: Any) -> PointDraft:
    """A stored check point as it could be asked for again."""
    return PointDraft(seq=point.seq, **{name: getattr(point, name) for name in POINT_FIELDS})


def change_points(
    db: Session, job: Job, operation: Operation, *, points: Sequence[PointDraft], seen_version: int | None = None,
    by: Actor,
) -> Job:  # fmt: skip
    """The check points of a job's operation, all of them as they should be from now on."""
    require_version(db, job, seen_version)
    if changes := put_points(db, operation, numbered_points(points)):
        operation.version += 1
        job.version += 1
        label = f"Points de contrôle de l’opération {operation.seq} modifiés"
        journal.record(db, job, "change", label, by=by, changes=changes)
    return job


def put_points(db: Session, operation: Operation, wanted: Sequence[PointDraft]) -> Changes:
    """Bring a job's operation to these check points; what changed, for the journal."""
    stored = list(db.execute(select(CheckPoint).where(CheckPoint.operation_id == operation.id)).scalars())
    live = {point.seq: point for point in stored if point.retired_at is None}
    used = _used(db, [point.id for point in live.values()])
    before = rules.point_words(draft_of(live[seq]) for seq in sorted(live))
    taken = {point.seq for point in stored}
    asked = {point.seq: point for point in wanted if point.seq is not None}
    for seq, point in live.items():
        if seq not in asked:
            _drop(db, point, used)
    for seq, draft in sorted(asked.items()):
        found = live.get(seq)
        if found is not None and rules.same_point(draft_of(found), draft):
            continue
        if found is not None and found.id not in used:
            for name, value in point_values(draft).items():
                setattr(found, name, value)
            continue
        if found is not None:
            _drop(db, found, used)
        place = seq if seq not in taken else _free(taken)
        taken.add(place)
        db.add(CheckPoint(operation_id=operation.id, **(point_values(draft) | {"seq": place})))
    db.flush()  # the points, so that whoever reads the operation next finds them
    after = rules.point_words(wanted)
    return {f"Contrôles de l’opération {operation.seq}": (before, after)} if before != after else {}


def _drop(db: Session, point: CheckPoint, used: set[int]) -> None:
    if point.id in used:
        point.retired_at = now()
    else:
        db.delete(point)


def _free(taken: set[int]) -> int:
    return (max(taken) // rules.SEQ_STEP + 1) * rules.SEQ_STEP


def _used(db: Session, ids: Sequence[int]) -> set[int]:
    """Those that a result or a non-conformance names."""
    results = select(CheckResult.point_id).where(CheckResult.point_id.in_(ids))
    defects = select(Defect.point_id).where(Defect.point_id.in_(ids))
    return {*db.execute(results).scalars(), *(each for each in db.execute(defects).scalars() if each)}
