"""What the API says of checks, releases, non-conformances and rates. Figures are exact: decimals come as text."""

from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel

from app.workshop.queries import CheckSheet, DefectPage, DefectRow, Quality, Waiting
from app.workshop.rules import CheckKind, CheckStage, DefectDecision, DefectState, ReleaseKind, Tally, minutes


class PointOut(BaseModel):
    """A check point. `least` and `most` are the limits themselves, `tolerance` as the drawing writes it."""

    id: int
    label: str
    kind: CheckKind
    tolerance: str
    least: Decimal | None
    most: Decimal | None
    unit: str
    gauge: str
    every: int
    key: bool


class CheckOut(BaseModel):
    """A check that counts."""

    id: int
    point: int
    piece: int
    stage: CheckStage
    value: Decimal | None
    conforms: bool
    photo: bool
    at: datetime


class MissingOut(BaseModel):
    """A check that is due and was not done."""

    point: int
    piece: int


class ReleaseOut(BaseModel):
    """A master's word on a first piece or on finished work."""

    kind: ReleaseKind
    conforms: bool
    note: str
    override_reason: str
    at: datetime


class SheetOut(BaseModel):
    """The checks of a ticket. `first_article`: none, waiting, refused or released."""

    ticket: str
    points: list[PointOut]
    checks: list[CheckOut]
    missing: list[MissingOut]
    releases: list[ReleaseOut]
    first_article: str


class SkillLine(BaseModel):
    """A skill that may be assessed with a release."""

    pupil: str
    skill: str


class WaitingOut(BaseModel):
    """A ticket that waits for its release. `trouble`: what asks for a reason, in words."""

    ticket: str
    good: int
    scrap: int
    version: int
    trouble: str | None
    skills: list[SkillLine]


class WaitingList(BaseModel):
    """What waits for a master; `first_articles` hold a series up."""

    items: list[WaitingOut]
    first_articles: list[str]


class DefectLine(BaseModel):
    """A non-conformance in a list."""

    number: str
    state: DefectState
    decision: DefectDecision | None
    pieces: int
    cause: str
    description: str
    ticket: str
    work_center: str
    order: str
    at: datetime


class DefectList(BaseModel):
    """One page of non-conformances."""

    items: list[DefectLine]
    total: int
    page: int
    size: int


class DefectOut(DefectLine):
    """A non-conformance with its decision. `made`: the tickets that put the pieces right, or make them again."""

    counted_good: int
    decision_note: str | None
    agreed_by: str | None
    agreed_on: date | None
    made: list[str]
    spent_minutes: int
    version: int


class RatesOut(BaseModel):
    """Pieces and rates; a rate is None without pieces."""

    finished: int
    passed: int
    good: int
    scrap: int
    reworked: int
    accepted: int
    scrap_rate: Decimal | None
    rework_rate: Decimal | None
    loss_rate: Decimal | None
    first_pass_rate: Decimal | None


class CauseOut(BaseModel):
    """A cause with the pieces it cost."""

    cause: str
    pieces: int


class QualityOut(BaseModel):
    """Rates of a period. In total and by month they are of pieces produced; by machine, by operation and by class of
    the pieces that passed each operation.
    """

    first: date
    last: date
    total: RatesOut
    months: dict[str, RatesOut]
    work_centers: dict[str, RatesOut]
    operations: dict[str, RatesOut]
    groups: dict[str, RatesOut]
    causes: list[CauseOut]
    rework_minutes: int
    lost_minutes: int
    delivered_lines: int
    delivered_on_time: int


def sheet_out(number: str, sheet: CheckSheet) -> SheetOut:
    """The checks of one ticket."""
    points = [
        PointOut(
            id=s.id, label=s.label, kind=s.kind, tolerance=s.tolerance, least=s.limits[0], most=s.limits[1],
            unit=s.unit, gauge=s.gauge, every=s.every, key=s.is_key,
        )
        for s in sheet.points
    ]  # fmt: skip
    checks = [
        CheckOut(
            id=c.id, point=c.point_id, piece=c.piece, stage=c.stage, value=c.value, conforms=c.conforms,
            photo=c.photo_id is not None, at=c.at,
        )
        for c in sheet.results
    ]  # fmt: skip
    releases = [
        ReleaseOut(kind=r.kind, conforms=r.conforms, note=r.note, override_reason=r.override_reason, at=r.at)
        for r in sheet.releases
    ]
    missing = [MissingOut(point=each.point.id, piece=each.piece) for each in sheet.missing]
    return SheetOut(
        ticket=number, points=points, checks=checks, missing=missing, releases=releases,
        first_article=_first_article(sheet),
    )  # fmt: skip


def _first_article(sheet: CheckSheet) -> str:
    if not sheet.first_asked:
        return "none"
    if sheet.first is None:
        return "waiting"
    return "released" if sheet.first.conforms else "refused"


def waiting_out(each: Waiting) -> WaitingOut:
    """One ticket that waits."""
    skills = [SkillLine(pupil=skill.pupil_code, skill=skill.code) for skill in each.skills]
    return WaitingOut(
        ticket=each.row.number, good=each.row.good, scrap=each.row.scrap, version=each.row.version,
        trouble=each.trouble or None, skills=skills,
    )  # fmt: skip


def defect_line(row: DefectRow) -> DefectLine:
    """A non-conformance of a list."""
    return DefectLine(
        number=row.number, state=row.state, decision=row.decision, pieces=row.pieces, cause=row.cause,
        description=row.description, ticket=row.ticket, work_center=row.center_code, order=row.order_number, at=row.at,
    )  # fmt: skip


def defect_out(found: DefectPage) -> DefectOut:
    """The document of one non-conformance."""
    defect = found.defect
    return DefectOut(
        **defect_line(found.row).model_dump(), counted_good=defect.taken_good, decision_note=defect.decision_note,
        agreed_by=defect.agreed_by, agreed_on=defect.agreed_on, made=[row.number for row in found.made],
        spent_minutes=minutes(found.spent_seconds), version=defect.version,
    )  # fmt: skip


def _rates(tally: Tally, *, here: bool = False) -> RatesOut:
    return RatesOut(
        finished=tally.finished, passed=tally.passed, good=tally.good, scrap=tally.scrap, reworked=tally.reworked,
        accepted=tally.accepted, scrap_rate=tally.scrap_rate_here if here else tally.scrap_rate,
        rework_rate=tally.rework_rate_here if here else tally.rework_rate, loss_rate=None if here else tally.loss_rate,
        first_pass_rate=tally.first_pass_rate_here if here else tally.first_pass_rate,
    )  # fmt: skip


def quality_out(found: Quality) -> QualityOut:
    """The rates of a period."""
    pieces = found.pieces
    return QualityOut(
        first=found.first, last=found.last, total=_rates(pieces.total),
        months={key: _rates(tally) for key, tally in pieces.months.items()},
        work_centers={key: _rates(tally, here=True) for key, tally in pieces.centers.items()},
        operations={key: _rates(tally, here=True) for key, tally in pieces.operations.items()},
        groups={key: _rates(tally, here=True) for key, tally in pieces.groups.items()},
        causes=[CauseOut(cause=cause, pieces=count) for cause, count, _ in pieces.ranked_causes],
        rework_minutes=minutes(found.again_seconds), lost_minutes=minutes(pieces.total.lost_seconds),
        delivered_lines=found.delivered, delivered_on_time=found.on_time,
    )  # fmt: skip
