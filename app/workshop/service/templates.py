"""Routing templates: created, changed, copied, retired. Each change raises the revision; jobs keep what they copied."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Refused, Stale
from app.core.text import fold, search_key
from app.workshop import queries, rules
from app.workshop.models import Job, RoutingTemplate, TemplateCheckPoint, TemplateOperation
from app.workshop.rules import Draft, PointDraft
from app.workshop.service.drafts import complete, numbered_points, point_values, require_drafts, step_values
from app.workshop.service.jobs import change_routing
from app.workshop.service.points import draft_of

Changes = dict[str, tuple[Any, Any]]


def create_template(db: Session, *, code: str, label: str, operations: Sequence[Draft], by: Actor) -> RoutingTemplate:
    """A new template at revision 1, under a code of the school's own, never used twice."""
    if db.execute(select(RoutingTemplate.id).where(RoutingTemplate.code == code)).first():
        raise Refused(f"Le code « {code} » est déjà pris par une autre gamme.", field="code")
    drafts, centers = require_drafts(db, operations)
    template = RoutingTemplate(
        code=code, label=label, revision=1, created_at=now(), sort_key=fold(label), search_key=search_key(code, label),
        version=1, operations=[_made(draft, centers) for draft in drafts],
    )  # fmt: skip
    db.add(template)
    db.flush()  # its id, for the journal
    count = len(drafts)
    label = f"Gamme {code} créée : {count} {'opérations' if count > 1 else 'opération'}"
    journal.record(db, template, "create", label, by=by)
    return template


def _made(draft: Draft, centers: dict[str, int]) -> TemplateOperation:
    points = [TemplateCheckPoint(**point_values(point)) for point in draft.points or ()]
    return TemplateOperation(**step_values(draft, centers), points=points)


def change_template(
    db: Session, template: RoutingTemplate, *, label: str, operations: Sequence[Draft],
    seen_version: int | None = None, by: Actor,
) -> RoutingTemplate:  # fmt: skip
    """Change a template by operation number; what is not said of an operation stays."""
    _require_version(db, template, seen_version)
    before = {draft.seq or 0: draft for draft in queries.drafts_of_template(db, template.id)}
    drafts, centers = require_drafts(db, operations, stored=before.values())
    wanted = {draft.seq or 0: complete(draft, before.get(draft.seq or 0)) for draft in drafts}
    changes: Changes = {} if label == template.label else {"Intitulé": (template.label, label)}
    stored = {each.seq: each for each in template.operations}
    for seq in sorted(stored.keys() - wanted.keys()):
        changes[f"Opération {seq}"] = (stored[seq].label, None)
        template.operations.remove(stored[seq])
    for seq, draft in wanted.items():
        if seq not in stored:
            changes[f"Opération {seq}"] = (None, draft.label)
            template.operations.append(_made(draft, centers))
        else:
            changes |= _brought_to(db, stored[seq], before[seq], draft, centers)
    if changes:
        template.label, template.sort_key = label, fold(label)
        template.search_key = search_key(template.code, label)
        _revise(db, template, changes, by=by)
    return template


def _brought_to(
    db: Session, operation: TemplateOperation, before: Draft, draft: Draft, centers: dict[str, int]
) -> Changes:
    said = rules.step_changes(before, draft)
    if any(said):
        for name, value in step_values(draft, centers).items():
            setattr(operation, name, value)
    changes: Changes = {f"Opération {operation.seq}": said} if any(said) else {}
    return changes if draft.points is None else changes | _put_points(db, operation, draft.points)


def change_template_points(
    db: Session, template: RoutingTemplate, operation: TemplateOperation, *, points: Sequence[PointDraft],
    seen_version: int | None = None, by: Actor,
) -> RoutingTemplate:  # fmt: skip
    """The check points of an operation, all of them as they should be from now on."""
    _require_version(db, template, seen_version)
    if changes := _put_points(db, operation, numbered_points(points)):
        _revise(db, template, changes, by=by)
    return template


def _put_points(db: Session, operation: TemplateOperation, wanted: Sequence[PointDraft]) -> Changes:
    before = rules.point_words(draft_of(point) for point in operation.points)
    after = rules.point_words(wanted)
    if before == after:
        return {}
    operation.points.clear()
    db.flush()  # the old ones gone, before new ones take their numbers
    operation.points.extend(TemplateCheckPoint(**point_values(point)) for point in wanted)
    return {f"Contrôles de l’opération {operation.seq}": (before, after)}


def _revise(db: Session, template: RoutingTemplate, changes: Changes, *, by: Actor) -> None:
    template.revision += 1
    template.version += 1
    label = f"Gamme modifiée : révision {template.revision}"
    journal.record(db, template, "change", label, by=by, changes=changes)
    db.flush()  # operations and check points, so that whoever reads the template next finds them


def retire_template(db: Session, template: RoutingTemplate, *, by: Actor) -> RoutingTemplate:
    """It is no longer proposed; jobs keep their copies."""
    if template.retired_at is not None:
        raise Refused(f"La gamme {template.code} est déjà retirée.")
    template.retired_at = now()
    template.version += 1
    journal.record(db, template, "retire", "Gamme retirée", by=by)
    return template


def restore_template(db: Session, template: RoutingTemplate, *, by: Actor) -> RoutingTemplate:
    """It is proposed again."""
    if template.retired_at is None:
        raise Refused(f"La gamme {template.code} n’est pas retirée.")
    template.retired_at = None
    template.version += 1
    journal.record(db, template, "restore", "Gamme remise en service", by=by)
    return template


def duplicate_template(db: Session, template: RoutingTemplate, *, code: str, label: str, by: Actor) -> RoutingTemplate:
    """Another template that starts as this one is, check points included."""
    return create_template(db, code=code, label=label, operations=queries.drafts_of_template(db, template.id), by=by)


def keep_routing(db: Session, job: Job, *, code: str, label: str, by: Actor) -> RoutingTemplate:
    """A job's routing becomes a template. The job is a copy of it from now on when it was a copy of none."""
    template = create_template(db, code=code, label=label, operations=queries.drafts_of_job(db, job.id), by=by)
    if job.template_id is None:
        job.template_id, job.template_revision = template.id, template.revision
    journal.record(db, job, "keep_routing", f"Gamme {code} faite de celle de l’{job.number}", by=by)
    return template


def adopt_template(
    db: Session, job: Job, template: RoutingTemplate, *, seqs: Sequence[int], seen_version: int | None = None,
    by: Actor,
) -> Job:  # fmt: skip
    """Take over what the template says today of these operations; the others stay the job's own."""
    if not seqs:
        raise Refused("Choisissez au moins une opération à reprendre.", field="seqs")
    mine = {draft.seq or 0: draft for draft in queries.drafts_of_job(db, job.id)}
    theirs = {draft.seq or 0: draft for draft in queries.drafts_of_template(db, template.id)}
    wanted = {seq: draft for seq, draft in mine.items() if seq not in seqs}
    wanted |= {seq: theirs[seq] for seq in seqs if seq in theirs}
    operations = [wanted[seq] for seq in sorted(wanted)]
    change_routing(db, job, operations=operations, seen_version=seen_version, by=by)
    db.flush()  # the routing, so that it is compared as it is now
    if not rules.differences(queries.drafts_of_job(db, job.id), list(theirs.values())):
        job.template_revision = template.revision
    return job


def _require_version(db: Session, template: RoutingTemplate, seen_version: int | None) -> None:
    if seen_version is None or seen_version == template.version:
        return
    last = journal.history(db, "routing_template", template.id, limit=1)
    who = f" par {last[0].who}" if last else ""
    sentence = f"La gamme {template.code} a été modifiée{who} pendant votre saisie. Rien n’a été écrasé."
    raise Stale(sentence, version=template.version)
