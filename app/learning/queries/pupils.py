"""The skills of one pupil: progress per block, every piece of evidence with its source, what the pupil says himself."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Staff
from app.core.errors import NotFound
from app.core.journal import Deed, history
from app.learning.queries.coverage import Cell, Seen, cell_of, group_skills
from app.learning.rules.frameworks import SkillLine, blocks_of
from app.pedagogy.models import EvidenceVoid, Framework, Pupil, PupilGroup, SkillEvidence
from app.pedagogy.queries.skills import FRAMEWORK_OF_GROUP, OwnWord, words_by

SENTENCES = 8  # the latest, as the page shows them


@dataclass(frozen=True, slots=True)
class Proof:
    """A piece of evidence as a page shows it; `void_reason` says why it was taken back."""

    id: int
    skill: str
    level: int | None
    source: str
    source_label: str
    source_url: str
    on_date: date
    self_assessed: bool
    assessor: str
    comment: str
    framework_id: int | None
    at: datetime
    void_reason: str
    voided_by: str


@dataclass(frozen=True, slots=True)
class SkillState:
    """A skill with where the pupil stands and every piece of evidence, the latest first.

    `own` and `said` are the pupil's: what was noted for him, or checked by himself, and what he said on a tablet.
    """

    skill: SkillLine
    cell: Cell
    proofs: list[Proof]
    own: list[Proof]
    said: list[OwnWord]

    @property
    def own_level(self) -> int | None:
        """The latest level of the four that the pupil gave himself."""
        return next((one.level for one in self.own if one.level and not one.void_reason), None)

    @property
    def own_checks(self) -> int:
        """How often he checked his own pieces at it."""
        return sum(one.source == "check" and not one.void_reason for one in self.own)


@dataclass(frozen=True, slots=True)
class BlockState:
    """A block with its skills."""

    code: str
    title: str
    skills: list[SkillState]

    @property
    def held(self) -> int:
        """How many skills are held."""
        return sum(state.cell.held for state in self.skills)

    @property
    def never(self) -> int:
        """How many nobody has seen yet."""
        return sum(state.cell.times == 0 for state in self.skills)


@dataclass(frozen=True, slots=True)
class PupilSkills:
    """The page of a pupil's skills. `elsewhere`: evidence of another version or diploma, kept as it was given."""

    pupil: Pupil
    version: Framework | None
    blocks: list[BlockState]
    elsewhere: list[Proof]
    sentences: list[OwnWord]
    journal: list[Deed]

    @property
    def options(self) -> list[tuple[str, str]]:
        """The skills to choose from."""
        return [(s.skill.code, f"{s.skill.code} {s.skill.label}") for block in self.blocks for s in block.skills]


_voider = aliased(Staff)
_PROOFS = (
    select(SkillEvidence, Staff.first_name, Staff.last_name, EvidenceVoid.reason, _voider.first_name, _voider.last_name)
    .outerjoin(Staff, Staff.id == SkillEvidence.assessor_id)
    .outerjoin(EvidenceVoid, EvidenceVoid.evidence_id == SkillEvidence.id)
    .outerjoin(_voider, _voider.id == EvidenceVoid.by_id)
    .where(SkillEvidence.pupil_id == bindparam("pupil"))
    .order_by(SkillEvidence.on_date.desc(), SkillEvidence.id.desc())
)
_VERSION = select(Framework).join(PupilGroup, Framework.id == FRAMEWORK_OF_GROUP).where(
    PupilGroup.id == bindparam("group")
)  # fmt: skip


def get_evidence(db: Session, evidence_id: int, *, lock: bool = False) -> SkillEvidence:
    """A piece of evidence."""
    query = select(SkillEvidence).where(SkillEvidence.id == evidence_id)
    found = db.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def version_of_group(db: Session, group_id: int) -> Framework | None:
    """The version that holds for a group."""
    found: Framework | None = db.execute(_VERSION, {"group": group_id}).scalar_one_or_none()
    return found


def pupil_skills(db: Session, pupil: Pupil) -> PupilSkills:
    """Where a pupil stands in each skill of the version that holds for the present or last group."""
    version = version_of_group(db, pupil.group_id)
    proofs = [_proof(*row) for row in db.execute(_PROOFS, {"pupil": pupil.id})]
    skills = group_skills(db, pupil.group_id)
    codes = {skill.code for skill in skills}
    own = (None, version.id if version else None)
    here = [one for one in proofs if one.framework_id in own and one.skill in codes]
    elsewhere = [one for one in proofs if one not in here]
    said = words_by(db, pupil.id)
    blocks = [
        BlockState(code, title, [_state(skill, here, said) for skill in listed])
        for code, title, listed in blocks_of(skills)
    ]
    sentences = [one for one in said if one.sentence][:SENTENCES]
    return PupilSkills(pupil, version, blocks, elsewhere, sentences, history(db, "pupil_skills", pupil.id, limit=10))


def _state(skill: SkillLine, proofs: list[Proof], said: list[OwnWord]) -> SkillState:
    mine = [one for one in proofs if one.skill == skill.code]
    others = [one for one in mine if not one.self_assessed]
    standing = [Seen(one.id, one.on_date, one.level, self_assessed=False) for one in others if not one.void_reason]
    own = [one for one in mine if one.self_assessed]
    return SkillState(skill, cell_of(standing), others, own, [one for one in said if one.skill == skill.code])


def _proof(row: SkillEvidence, *names: str | None) -> Proof:
    first, last, reason, void_first, void_last = names
    who, voider = (f"{a} {b}" if a and b else "" for a, b in ((first, last), (void_first, void_last)))
    return Proof(
        row.id, row.skill_code, row.level, row.source, row.source_label, row.source_url, row.on_date,
        row.self_assessed, who, row.comment or "", row.framework_id, row.at, reason or "", voider,
    )  # fmt: skip


def evidence_with_pupil(db: Session, evidence_id: int, *, lock: bool = False) -> tuple[SkillEvidence, Pupil]:
    """A piece of evidence and whose it is."""
    found = get_evidence(db, evidence_id, lock=lock)
    return found, db.get_one(Pupil, found.pupil_id)
