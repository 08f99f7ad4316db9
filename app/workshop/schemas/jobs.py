"""What the API says of jobs and their operations."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from app.workshop.models import RoutingTemplate
from app.workshop.queries import Routing, TemplateRow
from app.workshop.rules import (
    CheckKind,
    Clocks,
    Draft,
    JobState,
    OperationState,
    Outlook,
    PointDraft,
    minutes,
    split_words,
)


class PointOut(BaseModel):
    """A check point. `every`: 0 the first piece only, 1 each piece, 10 one in ten."""

    seq: int
    label: str
    kind: CheckKind
    nominal: Decimal | None
    lower: Decimal | None
    upper: Decimal | None
    unit: str
    gauge: str
    every: int
    is_key: bool


class WorkOut(BaseModel):
    """What an operation asks for besides its times: of a template and of a job alike."""

    factor_1: Decimal
    factor_2: Decimal
    factor_3: Decimal
    difficulty: int
    skills: list[str]
    instruction: str
    ppe: list[str]
    qualification: str
    first_article: bool
    check_points: list[PointOut]


class TemplateOperationOut(WorkOut):
    """One operation of a template; times in professional seconds."""

    seq: int
    label: str
    work_center: str
    setup_seconds: int
    unit_seconds: int
    skill: str | None


class TemplateOut(BaseModel):
    """A routing template."""

    code: str
    label: str
    revision: int
    retired: bool
    version: int
    operations: list[TemplateOperationOut]


class TemplateLine(BaseModel):
    """A template in a list; times in professional seconds over all operations."""

    code: str
    label: str
    revision: int
    retired: bool
    version: int
    operations: int
    check_points: int
    setup_seconds: int
    unit_seconds: int
    jobs: int


class TemplateList(BaseModel):
    """One page of templates."""

    items: list[TemplateLine]
    total: int
    page: int
    size: int


class OperationOut(BaseModel):
    """One operation of an order, with the sums of its bookings."""

    order: str
    line: int
    operation: int
    work_center: str
    booked_minutes: int
    good: int
    scrap: int
    state: OperationState


class OperationList(BaseModel):
    """The operations of an order."""

    items: list[OperationOut]


class RoutedOut(WorkOut):
    """One operation of a job's routing; times in professional seconds."""

    operation: int
    label: str
    work_center: str
    setup_seconds: int
    unit_seconds: int
    skill: str | None
    good: int
    scrap: int
    booked_minutes: int
    left_to_give: int
    state: OperationState


class JobOut(BaseModel):
    """A job with its routing; `template` and `template_revision`: what it was copied from.

    `pupil_minutes`: the planned work at the pace of the pupils, and what is left of it; `projected_end` null: not
    within the known timetable, or nothing to be made.
    """

    number: str
    order: str
    line: int
    label: str
    quantity: int
    due_on: date
    state: JobState
    version: int
    template: str | None
    template_revision: int | None
    planned_minutes: int
    pupil_minutes: int
    pupil_minutes_left: int
    projected_end: date | None
    slack_days: int | None
    operations: list[RoutedOut]


def job_out(
    routing: Routing, drafts: list[Draft], copied: tuple[str | None, int | None], plan: tuple[Clocks, Outlook | None]
) -> JobOut:
    """The document of one job; `copied`: the template and its revision."""
    clocks, outlook = plan
    operations = [
        RoutedOut(
            operation=o.step.seq, label=o.step.label, work_center=o.center, setup_seconds=o.setup_seconds,
            unit_seconds=o.unit_seconds, skill=o.skill, good=o.step.good, scrap=o.step.scrap,
            booked_minutes=minutes(o.step.booked_seconds), left_to_give=routing.left_at(place),
            state=routing.state_at(place), **_work(drafts[place]),
        )
        for place, o in enumerate(routing.operations)
    ]  # fmt: skip
    return JobOut(
        number=routing.number, order=routing.order_number, line=routing.line_no, label=routing.line_label,
        quantity=routing.quantity, due_on=routing.due_on, state=routing.standing, version=routing.version,
        template=copied[0], template_revision=copied[1], planned_minutes=minutes(clocks.planned),
        pupil_minutes=minutes(clocks.learning_planned), pupil_minutes_left=minutes(outlook.needed if outlook else 0),
        projected_end=outlook.end if outlook else None, slack_days=outlook.slack if outlook else None,
        operations=operations,
    )  # fmt: skip


def template_out(template: RoutingTemplate, drafts: list[Draft]) -> TemplateOut:
    """The document of one template."""
    operations = [
        TemplateOperationOut(
            seq=d.seq or 0, label=d.label, work_center=d.work_center, setup_seconds=d.setup_seconds,
            unit_seconds=d.unit_seconds, skill=d.skill, **_work(d),
        )
        for d in drafts
    ]  # fmt: skip
    return TemplateOut(
        code=template.code, label=template.label, revision=template.revision, retired=template.retired_at is not None,
        version=template.version, operations=operations,
    )  # fmt: skip


def template_line(row: TemplateRow) -> TemplateLine:
    """A template of a list."""
    return TemplateLine(
        code=row.code, label=row.label, revision=row.revision, retired=row.retired, version=row.version,
        operations=row.operations, check_points=row.points, setup_seconds=row.setup_seconds,
        unit_seconds=row.unit_seconds, jobs=row.jobs,
    )  # fmt: skip


def _work(draft: Draft) -> dict[str, Any]:
    return {
        "factor_1": draft.factor_1, "factor_2": draft.factor_2, "factor_3": draft.factor_3,
        "difficulty": draft.difficulty, "skills": split_words(draft.skills or "", "+"),
        "instruction": draft.instruction, "ppe": split_words(draft.ppe or "", ";"),
        "qualification": draft.qualification, "first_article": draft.first_article,
        "check_points": [_point(point) for point in draft.points or ()],
    }  # fmt: skip


def _point(point: PointDraft) -> PointOut:
    return PointOut(
        seq=point.seq or 0, label=point.label, kind=point.kind, nominal=point.nominal, lower=point.lower,
        upper=point.upper, unit=point.unit, gauge=point.gauge, every=point.every, is_key=point.is_key,
    )  # fmt: skip
