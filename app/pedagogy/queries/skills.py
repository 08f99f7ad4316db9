"""The skills a pupil works for, by the diploma of the group on a day."""

from datetime import date

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core.db import run
from app.pedagogy.models import Membership, PupilGroup, Skill
from app.pedagogy.queries.pupils import belongs_on

_SKILLS = (
    select(Skill.code, Skill.label)
    .join(PupilGroup, PupilGroup.diploma_id == Skill.diploma_id)
    .join(Membership, Membership.group_id == PupilGroup.id)
    .where(Membership.pupil_id == bindparam("pupil"), belongs_on(bindparam("day")))
    .order_by(Skill.code)
)


def skills_on(db: Session, pupil_id: int, day: date) -> dict[str, str]:
    """The skills of the diploma that a pupil prepares on a day, with what each is."""
    return {row.code: row.label for row in run(db, _SKILLS, {"pupil": pupil_id, "day": day})}
