"""Which skills a group works for, by the version of the framework that holds for it; which evidence stands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, cast, func, null, select, true, union_all
from sqlalchemy.orm import Session

from app.core.db import run
from app.pedagogy.models import (
    EvidenceVoid,
    Framework,
    FrameworkSkill,
    Membership,
    PupilGroup,
    SelfAssessment,
    Skill,
    SkillEvidence,
    SkillLevel,
)
from app.pedagogy.queries.pupils import belongs_on
from app.pedagogy.rules.skills import LEVELS, OWN_WORDS

# The session that a group prepares, and the version that holds then: the SQL of `rules.skills`.
SESSION_OF_GROUP: ColumnElement[int] = func.coalesce(
    PupilGroup.exam_session, cast(func.substr(PupilGroup.school_year, 6, 4), Integer)
)
FRAMEWORK_OF_GROUP: ColumnElement[int | None] = (
    select(Framework.id)
    .where(Framework.diploma_id == PupilGroup.diploma_id, Framework.from_session <= SESSION_OF_GROUP)
    .order_by(Framework.from_session.desc())
    .limit(1)
    .correlate(PupilGroup)
    .scalar_subquery()
)
_versioned = (
    select(
        PupilGroup.id.label("group_id"), FrameworkSkill.framework_id.label("framework_id"), FrameworkSkill.code,
        FrameworkSkill.label, FrameworkSkill.block_code, FrameworkSkill.block_title, FrameworkSkill.position,
        FrameworkSkill.indicators,
    )
    .join(FrameworkSkill, FrameworkSkill.framework_id == FRAMEWORK_OF_GROUP)
)  # fmt: skip
_plain = (
    select(
        PupilGroup.id, cast(null(), Integer), Skill.code, Skill.label, cast("", FrameworkSkill.block_code.type),
        cast("", FrameworkSkill.block_title.type), cast(0, Integer), cast("", FrameworkSkill.indicators.type),
    )
    .join(Skill, Skill.diploma_id == PupilGroup.diploma_id)
    .where(FRAMEWORK_OF_GROUP.is_(None))
)  # fmt: skip
# One row per group and skill: of the version that holds, else of the diploma's plain list, one unnamed block.
GROUP_SKILLS = union_all(_versioned, _plain).subquery("group_skill")
STANDS: ColumnElement[bool] = ~select(true()).where(EvidenceVoid.evidence_id == SkillEvidence.id).exists()

_OWN = (
    select(GROUP_SKILLS.c.code, GROUP_SKILLS.c.label, GROUP_SKILLS.c.framework_id)
    .join(Membership, Membership.group_id == GROUP_SKILLS.c.group_id)
    .where(Membership.pupil_id == bindparam("pupil"), belongs_on(bindparam("day")))
    .order_by(GROUP_SKILLS.c.position, GROUP_SKILLS.c.code)
)
_LEVELS = select(SkillLevel.level, SkillLevel.label)
_SAID = select(
    SelfAssessment.pupil_id, SelfAssessment.skill_code, SelfAssessment.level, SelfAssessment.sentence,
    SelfAssessment.source_label, SelfAssessment.at,
).order_by(SelfAssessment.at.desc(), SelfAssessment.id.desc())  # fmt: skip
_SAID_BY = _SAID.where(SelfAssessment.pupil_id == bindparam("pupil"))
_SAID_OF = _SAID.where(SelfAssessment.source_label.in_(bindparam("sources", expanding=True)))


@dataclass(frozen=True, slots=True)
class OwnWord:
    """What a pupil said of a skill after a ticket, in words; without a skill, only a sentence."""

    pupil_id: int
    skill: str
    words: str
    sentence: str
    source_label: str
    at: datetime

    def beyond(self, *, beside: bool) -> str:
        """What is left to tell where the word stands `beside` its skill already: « C2 : tout seul », the sentence."""
        word = f"{self.skill} : {self.words.lower()}" if self.words and not beside else ""
        return ". ".join(filter(None, (word, f"« {self.sentence} »" if self.sentence else "")))


@dataclass(frozen=True, slots=True)
class OwnSkills:
    """The skills of the diploma that a pupil prepares on a day, by code, and the version they are of."""

    labels: dict[str, str]
    framework_id: int | None


def own_skills(db: Session, pupil_id: int, day: date) -> OwnSkills:
    """The skills that a pupil works for on a day, by the version that holds for the group."""
    rows: list[Any] = list(run(db, _OWN, {"pupil": pupil_id, "day": day}))
    return OwnSkills({row.code: row.label for row in rows}, rows[0].framework_id if rows else None)


def skills_on(db: Session, pupil_id: int, day: date) -> dict[str, str]:
    """The skills of the diploma that a pupil prepares on a day, with what each is."""
    return own_skills(db, pupil_id, day).labels


def words_by(db: Session, pupil_id: int) -> list[OwnWord]:
    """Everything a pupil said of himself on tickets, the latest first."""
    return [_own_word(row) for row in run(db, _SAID_BY, {"pupil": pupil_id})]


def words_of(db: Session, sources: Collection[str]) -> list[OwnWord]:
    """What pupils said of these tickets, by their numbers, the latest first."""
    return [_own_word(row) for row in run(db, _SAID_OF, {"sources": sorted(sources)})]


def _own_word(row: Any) -> OwnWord:
    told = OWN_WORDS.get(row.level, "")
    return OwnWord(row.pupil_id, row.skill_code or "", told, row.sentence, row.source_label, row.at)


def level_names(db: Session) -> dict[int, str]:
    """The four steps, in the school's own words where it has set them."""
    return LEVELS | {row.level: row.label for row in run(db, _LEVELS)}
