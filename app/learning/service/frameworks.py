"""Store versions of frameworks, the school's names for the four steps, and the session that a group prepares."""

from collections.abc import Mapping

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Refused
from app.core.tabular import Table
from app.learning.queries.frameworks import DiplomaPlan, plan_import
from app.pedagogy.models import Diploma, Framework, FrameworkSkill, PupilGroup, Skill, SkillLevel
from app.pedagogy.queries import level_names
from app.pedagogy.rules.skills import LEVELS


def store_frameworks(db: Session, table: Table, *, label: str, from_session: int, by: Actor) -> list[Framework]:
    """A version per diploma of the file, all or none; one that nobody was assessed by yet may be stored again."""
    for diploma in db.execute(select(Diploma).order_by(Diploma.id).with_for_update()).scalars():
        assert diploma.id  # noqa: S101 - loaded for its lock: two imports see each other
    plan = plan_import(db, table, from_session)
    if not plan.ok:
        first = plan.problems[0]
        raise Refused(f"Ligne {first.line}, {first.column} : {first.sentence}", field="file")
    return [_store(db, one, label, from_session, by) for one in plan.plans]


def _store(db: Session, plan: DiplomaPlan, label: str, from_session: int, by: Actor) -> Framework:
    framework = plan.replaced or Framework(
        diploma_id=plan.diploma.id, label=label, from_session=from_session, created_at=now()
    )
    if plan.replaced is not None and plan.change.nothing and framework.label == label:
        return framework
    framework.label = label
    db.add(framework)
    db.flush()  # its id, for its skills
    db.execute(delete(FrameworkSkill).where(FrameworkSkill.framework_id == framework.id))
    for place, skill in enumerate(plan.skills):
        db.add(
            FrameworkSkill(
                framework_id=framework.id, block_code=skill.block_code, block_title=skill.block_title, code=skill.code,
                label=skill.label, indicators="\n".join(skill.indicators), position=place,
            )
        )  # fmt: skip
    _know_codes(db, plan)
    said = f"Référentiel {plan.diploma.code} « {label} », à partir de la session {from_session}"
    journal.record(db, framework, "store", said, by=by, note=_tally(plan))
    return framework


def _know_codes(db: Session, plan: DiplomaPlan) -> None:
    """Work and lessons may be marked with the codes of any version."""
    known = set(db.execute(select(Skill.code).where(Skill.diploma_id == plan.diploma.id)).scalars())
    db.add_all(
        Skill(diploma_id=plan.diploma.id, code=skill.code, label=skill.label)
        for skill in plan.skills
        if skill.code not in known
    )


def _tally(plan: DiplomaPlan) -> str:
    change = plan.change
    return f"{len(change.new)} nouvelles, {len(change.changed)} modifiées, {len(change.gone)} retirées"


def name_levels(db: Session, names: Mapping[int, str], *, by: Actor) -> bool:
    """The school's own words for the four steps; whether anything changed. The usual words are not stored."""
    before = level_names(db)
    changes = {f"Niveau {level}": (before[level], name) for level, name in names.items() if before[level] != name}
    if not changes:
        return False
    folded = [name.casefold() for name in names.values()]
    if len(set(folded)) < len(folded):
        raise Refused("Deux niveaux ne peuvent pas porter le même nom.", field="level_4")
    db.execute(delete(SkillLevel))
    db.add_all(SkillLevel(level=level, label=name) for level, name in names.items() if name != LEVELS[level])
    row = journal.entry_row("skill_level", 1, "name", "Noms des niveaux changés", by=by, changes=changes)
    journal.record_many(db, [row])
    return True


def set_session(db: Session, group: PupilGroup, session: int | None, *, by: Actor) -> None:
    """The exam session that a group prepares, and so its version; None: the session that ends its school year."""
    ends = int(group.school_year[5:9])
    if session is not None and not ends <= session <= ends + 3:
        raise Refused(f"Ce groupe de {group.school_year} passe l’examen entre {ends} et {ends + 3}.", field="session")
    chosen = None if session == ends else session
    if chosen == group.exam_session:
        return
    changes = {"Session préparée": (group.exam_session or ends, chosen or ends)}
    group.exam_session = chosen
    group.version += 1
    journal.record(db, group, "set_session", "Session d’examen du groupe", by=by, changes=changes)
