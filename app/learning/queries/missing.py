"""What each pupil still has to show before the exam, over every group of today, the nearest exam first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, false, select
from sqlalchemy.orm import Session

from app.core.clock import today
from app.core.db import run
from app.learning.queries.coverage import Cell, Seen, cell_of, skill_line
from app.learning.rules.frameworks import SkillLine
from app.pedagogy.models import Diploma, ExamSession, Membership, Pupil, PupilGroup, SkillEvidence
from app.pedagogy.queries.pupils import belongs_on
from app.pedagogy.queries.skills import FRAMEWORK_OF_GROUP, GROUP_SKILLS, SESSION_OF_GROUP, STANDS


@dataclass(frozen=True, slots=True)
class Missing:
    """A skill that a pupil does not hold yet, and what was seen of it."""

    skill: SkillLine
    cell: Cell


@dataclass(frozen=True, slots=True)
class PupilMissing:
    """A pupil with what is missing; `days_left`: to the first day of the exam, None where that is not known."""

    code: str
    name: str
    group: str
    session: int
    exam_on: date | None
    days_left: int | None
    total: int
    missing: list[Missing]

    @property
    def never(self) -> int:
        """How many of them nobody has seen yet."""
        return sum(one.cell.times == 0 for one in self.missing)


@dataclass(frozen=True, slots=True)
class MissingPage:
    """Whoever misses something, the most urgent first; `held`: how many pupils hold everything already."""

    day: date
    groups: list[tuple[str, str]]
    group: str
    rows: list[PupilMissing]
    held: int


_PEOPLE = (
    select(
        Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name, PupilGroup.id.label("group_id"),
        PupilGroup.code.label("group_code"), PupilGroup.label.label("group"), SESSION_OF_GROUP.label("session"),
        FRAMEWORK_OF_GROUP.label("framework_id"), ExamSession.starts_on, ExamSession.ends_on,
    )
    .join(Membership, Membership.pupil_id == Pupil.id)
    .join(PupilGroup, PupilGroup.id == Membership.group_id)
    .join(Diploma, Diploma.id == PupilGroup.diploma_id)
    .outerjoin(
        ExamSession, (ExamSession.diploma_id == PupilGroup.diploma_id) & (ExamSession.session == SESSION_OF_GROUP)
    )
    .where(belongs_on(bindparam("day")))
    .order_by(PupilGroup.code, Pupil.sort_key, Pupil.id)
)  # fmt: skip
_SKILLS = (
    select(GROUP_SKILLS)
    .where(GROUP_SKILLS.c.group_id.in_(bindparam("groups", expanding=True)))
    .order_by(GROUP_SKILLS.c.position, GROUP_SKILLS.c.code)
)
_EVIDENCE = select(
    SkillEvidence.id, SkillEvidence.pupil_id, SkillEvidence.skill_code, SkillEvidence.framework_id,
    SkillEvidence.on_date, SkillEvidence.level,
).where(
    SkillEvidence.pupil_id.in_(bindparam("pupils", expanding=True)), SkillEvidence.self_assessed == false(), STANDS
)  # fmt: skip


def missing_page(db: Session, group: str = "") -> MissingPage:
    """Who misses what, of one group or of all; three statements whatever the size."""
    day = today()
    everybody = run(db, _PEOPLE, {"day": day}).all()
    groups = list(dict.fromkeys((one.group_code, one.group) for one in everybody))
    people = [one for one in everybody if group in ("", one.group_code)]
    skills = _skills(db, {one.group_id for one in people})
    seen = _seen(db, people)
    rows = [_row(one, skills.get(one.group_id, []), seen, day) for one in people]
    short = sorted((one for one in rows if one.missing), key=_urgency)
    return MissingPage(day, groups, group, short, len(rows) - len(short))


def _urgency(one: PupilMissing) -> tuple[bool, int, int]:
    """The nearest exam first, then who misses most; where no day is known last."""
    return one.days_left is None, one.days_left or 0, -len(one.missing)


def _row(one: Any, skills: Sequence[SkillLine], seen: Mapping[tuple[int, str], list[Seen]], day: date) -> PupilMissing:
    cells = [Missing(skill, cell_of(seen.get((one.id, skill.code), []))) for skill in skills]
    ahead = one.starts_on if one.ends_on is not None and one.ends_on >= day else None
    left = max(0, (ahead - day).days) if ahead else None
    missing = [cell for cell in cells if not cell.cell.held]
    missing.sort(key=lambda cell: cell.cell.times > 0)
    name = f"{one.first_name} {one.last_name}"
    return PupilMissing(one.code, name, one.group, one.session, ahead, left, len(cells), missing)


def _skills(db: Session, groups: set[int]) -> dict[int, list[SkillLine]]:
    found: dict[int, list[SkillLine]] = {}
    for row in run(db, _SKILLS, {"groups": sorted(groups)}):
        found.setdefault(row.group_id, []).append(skill_line(row))
    return found


def _seen(db: Session, people: Sequence[Any]) -> dict[tuple[int, str], list[Seen]]:
    """What others saw, of the version that each pupil's group works by or from before there were any."""
    versions = {one.id: one.framework_id for one in people}
    found: dict[tuple[int, str], list[Seen]] = {}
    for row in run(db, _EVIDENCE, {"pupils": sorted(versions)}):
        if row.framework_id in (None, versions[row.pupil_id]):
            seen = Seen(row.id, row.on_date, row.level, self_assessed=False)
            found.setdefault((row.pupil_id, row.skill_code), []).append(seen)
    return found
