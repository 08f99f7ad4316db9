"""Versions of frameworks: what each holds, which groups it holds for, what a file would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from app.core.db import run
from app.core.errors import NotFound
from app.core.tabular import Table
from app.learning.rules.frameworks import Difference, Problem, SkillLine, difference, read_framework
from app.pedagogy.models import Diploma, Framework, FrameworkSkill, PupilGroup, Skill, SkillEvidence
from app.pedagogy.rules.skills import session_prepared, version_for


@dataclass(frozen=True, slots=True)
class GroupFollows:
    """A group, the session it prepares, and the version that holds for it (None: the plain list)."""

    code: str
    label: str
    session: int
    own_session: bool
    framework_id: int | None


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in the list; `framework` None stands for the plain list of a diploma."""

    framework: Framework | None
    skills: int
    evidence: int
    groups: list[GroupFollows]


@dataclass(frozen=True, slots=True)
class DiplomaVersions:
    """A diploma with its versions, the latest first."""

    diploma: Diploma
    versions: list[VersionRow]


@dataclass(frozen=True, slots=True)
class DiplomaPlan:
    """What a file does to one diploma: a new version, or another content of one that nobody was assessed by yet."""

    diploma: Diploma
    skills: list[SkillLine]
    before: Framework | None
    replaced: Framework | None
    change: Difference
    groups: list[GroupFollows]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Everything that a file would change, or everything that is wrong with it."""

    plans: list[DiplomaPlan]
    problems: list[Problem]

    @property
    def ok(self) -> bool:
        """It can be stored."""
        return bool(self.plans) and not self.problems


_SKILLS = (
    select(FrameworkSkill)
    .where(FrameworkSkill.framework_id.in_(bindparam("frameworks", expanding=True)))
    .order_by(FrameworkSkill.position)
)
_PLAIN = select(Skill.diploma_id, Skill.code, Skill.label).order_by(Skill.code)
_FRAMEWORKS = select(Framework).options(joinedload(Framework.diploma)).order_by(Framework.from_session.desc())
_DIPLOMAS = select(Diploma).order_by(Diploma.code)
_GROUPS = select(
    PupilGroup.code, PupilGroup.label, PupilGroup.diploma_id, PupilGroup.school_year, PupilGroup.exam_session
).order_by(PupilGroup.school_year.desc(), PupilGroup.code)
_EVIDENCE = select(SkillEvidence.framework_id, func.count()).group_by(SkillEvidence.framework_id)


def get_framework(db: Session, framework_id: int) -> Framework:
    """A version."""
    found = db.execute(_FRAMEWORKS.where(Framework.id == framework_id)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def skills_of(db: Session, framework_ids: Sequence[int]) -> dict[int, list[SkillLine]]:
    """The skills of versions, in their order."""
    found: dict[int, list[SkillLine]] = {id_: [] for id_ in framework_ids}
    for row in db.execute(_SKILLS, {"frameworks": list(framework_ids)}).scalars():
        lines = tuple(row.indicators.split("\n")) if row.indicators else ()
        found[row.framework_id].append(SkillLine(row.code, row.label, row.block_code, row.block_title, lines))
    return found


def plain_skills(db: Session) -> dict[int, list[SkillLine]]:
    """The plain list of each diploma, by its id: one unnamed block."""
    found: dict[int, list[SkillLine]] = {}
    for diploma_id, code, label in run(db, _PLAIN):
        found.setdefault(diploma_id, []).append(SkillLine(code, label))
    return found


def evidence_counts(db: Session) -> dict[int | None, int]:
    """How many pieces of evidence each version has."""
    return {row[0]: int(row[1]) for row in run(db, _EVIDENCE)}


def groups_by_diploma(db: Session, frameworks: Sequence[Framework]) -> dict[int, list[GroupFollows]]:
    """The groups of each diploma, each with the version that holds for it, were these all there are."""
    found: dict[int, list[GroupFollows]] = {}
    for row in run(db, _GROUPS).all():
        session = session_prepared(row.school_year, row.exam_session)
        holds = version_for([one for one in frameworks if one.diploma_id == row.diploma_id], session)
        told = GroupFollows(row.code, row.label, session, row.exam_session is not None, holds.id if holds else None)
        found.setdefault(row.diploma_id, []).append(told)
    return found


def list_frameworks(db: Session) -> list[DiplomaVersions]:
    """Every diploma with its versions; a fixed number of statements."""
    frameworks = list(db.execute(_FRAMEWORKS).scalars())
    skills = skills_of(db, [one.id for one in frameworks])
    plain, evidence, groups = plain_skills(db), evidence_counts(db), groups_by_diploma(db, frameworks)
    found = []
    for diploma in db.execute(_DIPLOMAS).scalars():
        follow = groups.get(diploma.id, [])
        rows = [
            VersionRow(
                one, len(skills[one.id]), evidence.get(one.id, 0), [g for g in follow if g.framework_id == one.id]
            )
            for one in frameworks
            if one.diploma_id == diploma.id
        ]
        rest = [group for group in follow if group.framework_id is None]
        if not rows or rest:
            rows.append(VersionRow(None, len(plain.get(diploma.id, [])), 0, rest))
        found.append(DiplomaVersions(diploma, rows))
    return found


def plan_import(db: Session, table: Table, from_session: int) -> ImportPlan:
    """What the file would change if its version began with that session."""
    diplomas = {one.code: one for one in db.execute(_DIPLOMAS).scalars()}
    reading = read_framework(table, diplomas.keys())
    if reading.problems:
        return ImportPlan([], reading.problems)
    frameworks: list[Framework] = list(db.execute(_FRAMEWORKS).scalars())
    held, plain, used = skills_of(db, [one.id for one in frameworks]), plain_skills(db), evidence_counts(db)
    plans, problems = [], []
    for code, skills in reading.skills.items():
        own = [one for one in frameworks if one.diploma_id == diplomas[code].id]
        replaced = next((one for one in own if one.from_session == from_session), None)
        if replaced is not None and used.get(replaced.id) and held[replaced.id] != skills:
            problems.append(Problem(1, "from_session", _in_use(replaced, used[replaced.id])))
        before = replaced or version_for(own, from_session)
        change = difference(held[before.id] if before else plain.get(diplomas[code].id, []), skills)
        groups = [
            group
            for group in groups_by_diploma(db, own).get(diplomas[code].id, [])
            if group.session >= from_session and not any(from_session < o.from_session <= group.session for o in own)
        ]
        plans.append(DiplomaPlan(diplomas[code], skills, before, replaced, change, groups))
    return ImportPlan(plans, problems)


def _in_use(framework: Framework, count: int) -> str:
    return (
        f"La version de {framework.diploma.code} qui commence à la session {framework.from_session} sert déjà à "
        f"{count} évaluations : elle ne change plus. Donnez à celle-ci une autre session."
    )


def group_with_diploma(db: Session, code: str, *, lock: bool = False) -> PupilGroup:
    """A group by its code."""
    query: Any = select(PupilGroup).where(PupilGroup.code == code)
    found: PupilGroup | None = db.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found
