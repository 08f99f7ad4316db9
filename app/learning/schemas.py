"""What the API says of skills, marks and issued reports."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from app.learning.models import IssuedReport
from app.learning.queries.coverage import CoveragePage, GroupHead
from app.learning.queries.marks import MarkSheet
from app.learning.queries.missing import PupilMissing
from app.learning.queries.pupils import Proof, PupilSkills
from app.learning.rules.marks import MarkStanding, ReportKind
from app.learning.rules.reports import read_report


class SkillOut(BaseModel):
    """A skill of the version that holds."""

    code: str
    label: str
    block: str


class CellOut(BaseModel):
    """One pupil in one skill: how often others saw it, when last, to which level (null: nobody assessed it)."""

    skill: str
    times: int
    last_on: date | None
    level: int | None


class CoverageLine(BaseModel):
    """A pupil with a cell per skill."""

    pupil: str
    cells: list[CellOut]


class CoverageOut(BaseModel):
    """A group against its framework, pupils with most « never seen » first."""

    group: str
    session: int
    exam_on: date | None
    skills: list[SkillOut]
    pupils: list[CoverageLine]


class MissingOut(BaseModel):
    """What a pupil still has to show before the exam, the most urgent pupils first."""

    pupil: str
    session: int
    exam_on: date | None
    days_left: int | None
    skills: list[CellOut]


class EvidenceOut(BaseModel):
    """A piece of evidence. `self_assessed`: the pupil's own word, counted in no level. `void`: taken back."""

    id: int
    skill: str
    level: int | None
    source: str
    source_label: str
    on: date
    assessor: str
    self_assessed: bool
    void: bool


class OwnWordOut(BaseModel):
    """What the pupil said on a tablet after a ticket."""

    skill: str
    words: str
    sentence: str
    ticket: str
    at: datetime


class PupilSkillsOut(BaseModel):
    """Where a pupil stands, why, and apart from it what the pupil says."""

    pupil: str
    skills: list[CellOut]
    evidence: list[EvidenceOut]
    said: list[OwnWordOut]


class MarkOut(BaseModel):
    """A pupil's mark: points, or a word in their place. `mark` is what `seen` is compared with when it is changed."""

    pupil: str
    standing: MarkStanding
    points: Decimal | None
    mark: int


class MarksOut(BaseModel):
    """The table of one evaluation; `average` is out of 20."""

    evaluation: int
    group: str
    subject: str
    title: str
    on: date
    out_of: Decimal
    coefficient: Decimal
    average: Decimal | None
    marks: list[MarkOut]


class EvaluationLine(BaseModel):
    """Something a group was marked on; `marks`: how many pupils have a mark or a word."""

    id: int
    title: str
    on: date
    subject: str
    out_of: Decimal
    coefficient: Decimal
    marks: int


class IssuedLine(BaseModel):
    """A report that was issued."""

    id: int
    kind: ReportKind
    edition: int
    at: datetime
    reason: str
    term: str | None


class IssuedOut(BaseModel):
    """A report word for word as it was issued."""

    id: int
    kind: ReportKind
    pupil: str
    edition: int
    at: datetime
    reason: str
    words: dict[str, Any]


def coverage_out(found: CoveragePage, head: GroupHead) -> CoverageOut:
    """The matrix of a group."""
    skills = [SkillOut(code=one.code, label=one.label, block=one.block_code) for one in found.skills]
    codes = [one.code for one in found.skills]
    pupils = [
        CoverageLine(
            pupil=row.code,
            cells=[_cell(code, cell) for code, cell in zip(codes, row.cells, strict=True)],
        )
        for row in found.rows
    ]
    return CoverageOut(group=head.code, session=head.session, exam_on=head.exam_on, skills=skills, pupils=pupils)


def missing_out(one: PupilMissing) -> MissingOut:
    """What one pupil misses."""
    skills = [_cell(each.skill.code, each.cell) for each in one.missing]
    return MissingOut(pupil=one.code, session=one.session, exam_on=one.exam_on, days_left=one.days_left, skills=skills)


def pupil_out(found: PupilSkills) -> PupilSkillsOut:
    """Levels, evidence, own words."""
    states = [state for block in found.blocks for state in block.skills]
    proofs = [proof for state in states for proof in (*state.proofs, *state.own)]
    said = [
        OwnWordOut(skill=w.skill, words=w.words, sentence=w.sentence, ticket=w.source_label, at=w.at)
        for state in states for w in state.said
    ]  # fmt: skip
    return PupilSkillsOut(
        pupil=found.pupil.code, skills=[_cell(state.skill.code, state.cell) for state in states],
        evidence=[_evidence(one) for one in proofs], said=said,
    )  # fmt: skip


def marks_out(sheet: MarkSheet) -> MarksOut:
    """One evaluation with every mark."""
    one = sheet.evaluation
    return MarksOut(
        evaluation=one.id, group=one.group.code, subject=one.subject.label, title=one.title, on=one.on_date,
        out_of=one.out_of, coefficient=one.coefficient, average=sheet.average,
        marks=[
            MarkOut(pupil=line.code, standing=line.said.standing, points=line.said.points, mark=line.mark_id)
            for line in sheet.lines
        ],
    )  # fmt: skip


def evaluation_line(row: Any) -> EvaluationLine:
    """One of the list."""
    return EvaluationLine(
        id=row.id, title=row.title, on=row.on_date, subject=row.subject, out_of=row.out_of,
        coefficient=row.coefficient, marks=row.marks,
    )  # fmt: skip


def issued_line(row: Any) -> IssuedLine:
    """One of the list."""
    return IssuedLine(
        id=row.id, kind=row.kind, edition=row.edition, at=row.at, reason=row.reason,
        term=f"{row.term} {row.school_year}" if row.term else None,
    )  # fmt: skip


def issued_out(report: IssuedReport) -> IssuedOut:
    """Every word of it."""
    words: Mapping[str, Any] = read_report(report.content)
    return IssuedOut(
        id=report.id, kind=report.kind, pupil=report.pupil.code, edition=report.edition, at=report.at,
        reason=report.reason, words=dict(words),
    )  # fmt: skip


def _cell(skill: str, cell: Any) -> CellOut:
    return CellOut(skill=skill, times=cell.times, last_on=cell.last_on, level=cell.level)


def _evidence(one: Proof) -> EvidenceOut:
    return EvidenceOut(
        id=one.id, skill=one.skill, level=one.level, source=one.source, source_label=one.source_label, on=one.on_date,
        assessor=one.assessor, self_assessed=one.self_assessed, void=bool(one.void_reason),
    )  # fmt: skip
