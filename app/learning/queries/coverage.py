"""What a group covers: group × skill with how often, to which level, when last; what waits to be assessed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.core.clock import today
from app.core.db import run
from app.learning.rules.frameworks import SkillLine
from app.pedagogy.models import Diploma, ExamSession, Membership, Pupil, PupilGroup, SkillEvidence
from app.pedagogy.queries.pupils import belongs_on
from app.pedagogy.queries.skills import FRAMEWORK_OF_GROUP, GROUP_SKILLS, SESSION_OF_GROUP, STANDS, words_of
from app.pedagogy.rules.skills import HELD_FROM, level_of


@dataclass(frozen=True, slots=True)
class Seen:
    """A piece of evidence as far as coverage is concerned."""

    id: int
    on_date: date
    level: int | None
    self_assessed: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """How often a pupil was seen at a skill, when last, and the level (None: never assessed)."""

    times: int = 0
    last_on: date | None = None
    level: int | None = None

    @property
    def held(self) -> bool:
        """Held, from « acquis » on."""
        return self.level is not None and self.level >= HELD_FROM


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A pupil with one cell per skill."""

    code: str
    name: str
    cells: list[Cell]

    @property
    def never(self) -> int:
        """How many skills nobody has seen yet."""
        return sum(cell.times == 0 for cell in self.cells)

    @property
    def held(self) -> int:
        """How many are held."""
        return sum(cell.held for cell in self.cells)


@dataclass(frozen=True, slots=True)
class GroupHead:
    """The group that is shown: what it prepares, by which version, and when its exam begins, once that is known."""

    code: str
    label: str
    diploma: str
    session: int
    framework_id: int | None
    exam_on: date | None


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """The matrix. Rows with most « jamais vu » first; a column for each skill in the order of the framework."""

    day: date
    group: GroupHead | None
    groups: list[tuple[str, str]]
    skills: list[SkillLine]
    rows: list[CoverageRow]

    @property
    def never(self) -> int:
        """Cells that nobody has seen yet."""
        return sum(row.never for row in self.rows)

    @property
    def not_held(self) -> int:
        """Cells still to be brought to « acquis » before the exam."""
        return sum(len(row.cells) - row.held for row in self.rows)

    @property
    def weeks_left(self) -> int | None:
        """Whole weeks until the exam begins."""
        if self.group is None or self.group.exam_on is None or self.group.exam_on < self.day:
            return None
        return (self.group.exam_on - self.day).days // 7


@dataclass(frozen=True, slots=True)
class Unassessed:
    """A skill that a pupil showed in work that was released, without anybody saying to which level."""

    id: int
    pupil_code: str
    pupil: str
    group: str
    skill: str
    label: str
    source: str
    source_label: str
    source_url: str
    on_date: date
    said: str


_GROUPS = (
    select(PupilGroup.code, PupilGroup.label)
    .join(Membership, Membership.group_id == PupilGroup.id)
    .where(belongs_on(bindparam("day")))
    .group_by(PupilGroup.id)
    .order_by(PupilGroup.code)
)
_GROUP = (
    select(
        PupilGroup.id, PupilGroup.code, PupilGroup.label, Diploma.label.label("diploma"),
        SESSION_OF_GROUP.label("session"), FRAMEWORK_OF_GROUP.label("framework_id"), ExamSession.starts_on,
    )
    .join(Diploma, Diploma.id == PupilGroup.diploma_id)
    .outerjoin(
        ExamSession, (ExamSession.diploma_id == PupilGroup.diploma_id) & (ExamSession.session == SESSION_OF_GROUP)
    )
    .where(PupilGroup.code == bindparam("group"))
)  # fmt: skip
_SKILLS = (
    select(GROUP_SKILLS)
    .where(GROUP_SKILLS.c.group_id == bindparam("group"))
    .order_by(GROUP_SKILLS.c.position, GROUP_SKILLS.c.code)
)
_PEOPLE = (
    select(Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name)
    .join(Membership, Membership.pupil_id == Pupil.id)
    .where(Membership.group_id == bindparam("group"), belongs_on(bindparam("day")))
    .order_by(Pupil.sort_key, Pupil.id)
)
# Of a version, or from before there were any.
_EVIDENCE = select(
    SkillEvidence.id, SkillEvidence.pupil_id, SkillEvidence.skill_code, SkillEvidence.on_date, SkillEvidence.level
).where(
    SkillEvidence.pupil_id.in_(bindparam("pupils", expanding=True)), SkillEvidence.self_assessed == false(), STANDS,
    or_(SkillEvidence.framework_id.is_(None), SkillEvidence.framework_id == bindparam("framework")),
)  # fmt: skip
_later = aliased(SkillEvidence)
_UNASSESSED = (
    select(
        SkillEvidence.id, SkillEvidence.pupil_id, Pupil.code, Pupil.first_name, Pupil.last_name,
        PupilGroup.label.label("group"), SkillEvidence.skill_code, GROUP_SKILLS.c.label, SkillEvidence.source,
        SkillEvidence.source_label, SkillEvidence.source_url, SkillEvidence.on_date,
    )
    .join(Pupil, Pupil.id == SkillEvidence.pupil_id)
    .join(Membership, (Membership.pupil_id == Pupil.id) & belongs_on(bindparam("day")))
    .join(PupilGroup, PupilGroup.id == Membership.group_id)
    .join(
        GROUP_SKILLS,
        (GROUP_SKILLS.c.group_id == PupilGroup.id) & (GROUP_SKILLS.c.code == SkillEvidence.skill_code),
    )
    .where(
        SkillEvidence.level.is_(None), SkillEvidence.self_assessed == false(), STANDS,
        SkillEvidence.on_date >= bindparam("since"),
        ~select(_later.id)
        .where(
            _later.pupil_id == SkillEvidence.pupil_id, _later.skill_code == SkillEvidence.skill_code,
            _later.source_label == SkillEvidence.source_label, _later.level.is_not(None),
        )
        .exists(),
    )
    .order_by(SkillEvidence.on_date.desc(), SkillEvidence.id.desc())
    .limit(bindparam("most"))
)  # fmt: skip
SINCE_DAYS = 28
MOST = 60


def group_skills(db: Session, group_id: int) -> list[SkillLine]:
    """The skills of the version that holds for a group, in its order."""
    return [skill_line(row) for row in run(db, _SKILLS, {"group": group_id})]


def skill_line(row: Any) -> SkillLine:
    """A skill as its version words it."""
    told = tuple(row.indicators.split("\n")) if row.indicators else ()
    return SkillLine(row.code, row.label, row.block_code, row.block_title, told)


def coverage_page(db: Session, group: str = "") -> CoveragePage:
    """The matrix of a group, the first by default; as many statements whatever the size."""
    day = today()
    groups = [(row.code, row.label) for row in run(db, _GROUPS, {"day": day})]
    chosen = group if group in dict(groups) else (groups[0][0] if groups else "")
    head = run(db, _GROUP, {"group": chosen}).one_or_none()
    if head is None:
        return CoveragePage(day, None, groups, [], [])
    skills = group_skills(db, head.id)
    people = run(db, _PEOPLE, {"group": head.id, "day": day}).all()
    seen = evidence_of(db, [person.id for person in people], head.framework_id)
    rows = [
        CoverageRow(p.code, f"{p.first_name} {p.last_name}", [cell_of(seen.get((p.id, s.code), [])) for s in skills])
        for p in people
    ]
    rows.sort(key=lambda row: (-row.never, row.held))
    told = GroupHead(head.code, head.label, head.diploma, head.session, head.framework_id, head.starts_on)
    return CoveragePage(day, told, groups, skills, rows)


def evidence_of(db: Session, pupils: Sequence[int], framework_id: int | None) -> dict[tuple[int, str], list[Seen]]:
    """What others than the pupil saw of each skill of a version, by pupil and code."""
    found: dict[tuple[int, str], list[Seen]] = {}
    for row in run(db, _EVIDENCE, {"pupils": list(pupils), "framework": framework_id or 0}):
        seen = Seen(row.id, row.on_date, row.level, self_assessed=False)
        found.setdefault((row.pupil_id, row.skill_code), []).append(seen)
    return found


def cell_of(seen: Sequence[Seen]) -> Cell:
    """The cell of one pupil and skill."""
    return Cell(len(seen), max((one.on_date for one in seen), default=None), level_of(seen))


def unassessed(db: Session, since: date) -> list[Unassessed]:
    """What was shown in released work since a day and not assessed yet, the latest first."""
    rows = run(db, _UNASSESSED, {"day": today(), "since": since, "most": MOST}).all()
    words = words_of(db, {row.source_label for row in rows})
    said = {(one.pupil_id, one.source_label, one.skill): one.words for one in reversed(words)}
    return [
        Unassessed(
            r.id, r.code, f"{r.first_name} {r.last_name}", r.group, r.skill_code, r.label, r.source, r.source_label,
            r.source_url, r.on_date, said.get((r.pupil_id, r.source_label, r.skill_code), ""),
        )
        for r in rows
    ]  # fmt: skip


def count_unassessed(db: Session, since: date) -> int:
    """How many there are, as far as the list goes."""
    counted = select(func.count()).select_from(_UNASSESSED.subquery())
    return int(run(db, counted, {"day": today(), "since": since, "most": MOST}).scalar_one())
