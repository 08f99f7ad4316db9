"""The reports that leave the school: the term report, the skills booklet, the school booklet. French words, ready."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from app.accounts.models import School
from app.core.clock import local
from app.core.pdf import draw
from app.learning.models import IssuedReport
from app.learning.queries.pupils import Proof, PupilSkills, SkillState
from app.learning.queries.reports import GroupTerm, PupilTerm
from app.learning.rules.frameworks import blocks_of
from app.learning.rules.marks import REPORT_LABELS, ReportKind
from app.learning.rules.reports import read_report
from app.pedagogy.models import Pupil
from app.pedagogy.rules.skills import SOURCE_LABELS
from app.web.filters import NBSP, date_fr, number, plural
from app.web.papers import new_sheet

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """A subject of a report: averages out of 20, and what the teacher says."""

    subject: str
    teachers: str
    average: str
    group_average: str
    comment: str


@dataclass(frozen=True, slots=True)
class BlockLine:
    """A block of skills: « 3 sur 4 »."""

    block: str
    held: str


@dataclass(frozen=True, slots=True)
class TermReport:
    """A term report (*bulletin*): one pupil, one term."""

    pupil: str
    born_on: str
    group: str
    diploma: str
    term: str
    days: str
    school: list[str]
    subjects: list[SubjectLine]
    absences: list[str]
    blocks: list[BlockLine]
    opinion: str
    head: str


@dataclass(frozen=True, slots=True)
class SkillLine:
    """A skill with its level and the latest proofs of it."""

    code: str
    label: str
    level: str
    seen: str
    proofs: list[str]


@dataclass(frozen=True, slots=True)
class Block:
    """A block with its skills."""

    title: str
    held: str
    skills: list[SkillLine]


@dataclass(frozen=True, slots=True)
class SkillsBooklet:
    """The *livret de compétences*: every skill of the framework, its level, and why."""

    pupil: str
    born_on: str
    group: str
    diploma: str
    framework: str
    school: list[str]
    head: str
    blocks: list[Block]
    own: list[str]


@dataclass(frozen=True, slots=True)
class TermOfBooklet:
    """A term of the school booklet."""

    title: str
    group: str
    subjects: list[SubjectLine]
    absences: list[str]
    opinion: str


@dataclass(frozen=True, slots=True)
class SchoolingBooklet:
    """The *livret scolaire* that a jury looks at before it fails a candidate (D337-16, D337-85)."""

    pupil: str
    born_on: str
    group: str
    diploma: str
    school: list[str]
    head: str
    article: str
    terms: list[TermOfBooklet]
    blocks: list[BlockLine]


@dataclass(frozen=True, slots=True)
class Edition:
    """A report with what stands on it once it is issued; `standing` empty: a draft."""

    standing: str
    report: Any


@dataclass(frozen=True, slots=True)
class Papers:
    """Several reports in one file."""

    papers: list[Edition]


TEMPLATES = {
    ReportKind.TERM: "learning/templates/pdf/report.typ",
    ReportKind.SKILLS: "learning/templates/pdf/skills.typ",
    ReportKind.SCHOOLING: "learning/templates/pdf/schooling.typ",
}


def fill_term(found: GroupTerm, one: PupilTerm, pupil: Pupil) -> TermReport:
    """The report of one pupil as the term stands now."""
    term = found.term
    return TermReport(
        pupil=one.name, born_on=date_fr(pupil.born_on), group=found.group.label, diploma=found.group.diploma.label,
        term=f"{term.label} {term.school_year}", days=f"du {date_fr(term.starts_on)} au {date_fr(term.ends_on)}",
        school=_school(found.school), subjects=_subjects(one), absences=_absences(one), blocks=_blocks(found, one),
        opinion=one.opinion, head=found.head,
    )  # fmt: skip


def fill_skills(found: PupilSkills, names: dict[int, str], school: School | None, head: str) -> SkillsBooklet:
    """The skills booklet of a pupil as it stands now; what was taken back is not in it, his own word stands apart."""
    pupil = found.pupil
    version = f"{found.version.label} (sessions {found.version.from_session} et suivantes)" if found.version else ""
    blocks = [
        Block(
            f"{block.code} {block.title}".strip() or "Compétences", f"{block.held} sur {len(block.skills)}",
            [
                SkillLine(
                    state.skill.code, state.skill.label,
                    names[state.cell.level] if state.cell.level else ("Vue" if state.cell.times else "Jamais vue"),
                    date_fr(state.cell.last_on) if state.cell.last_on else NOTHING,
                    [_proof(proof, names) for proof in state.proofs if not proof.void_reason][:4],
                )
                for state in block.skills
            ],
        )
        for block in found.blocks
    ]  # fmt: skip
    own = [words for block in found.blocks for state in block.skills for words in _own(state, names)]
    return SkillsBooklet(
        pupil.full_name, date_fr(pupil.born_on), pupil.group.label, pupil.group.diploma.label, version,
        _school(school), head, blocks, own,
    )  # fmt: skip


def fill_schooling(
    terms: Sequence[tuple[GroupTerm, PupilTerm]], pupil: Pupil, school: School | None, head: str
) -> SchoolingBooklet:
    """The school booklet: every term of the pupil's schooling, and where the skills stand at the last of them."""
    diploma = pupil.group.diploma
    return SchoolingBooklet(
        pupil.full_name, date_fr(pupil.born_on), pupil.group.label, diploma.label, _school(school), head,
        "D337-16" if diploma.level == 3 else "D337-85",
        [
            TermOfBooklet(
                f"{found.term.label} {found.term.school_year}", found.group.label, _told(one), _absences(one),
                one.opinion,
            )
            for found, one in terms
        ],
        _blocks(*terms[-1]) if terms else [],
    )  # fmt: skip


def draw_reports(kind: ReportKind, papers: Sequence[Edition], *, school: str, number_of: str) -> bytes:
    """One file with these reports."""
    several = f"{REPORT_LABELS[kind]}s, {number_of}" if len(papers) > 1 else ""
    sheet = new_sheet(REPORT_LABELS[kind], number_of, school=school, several=several)
    return draw(TEMPLATES[kind], sheet, Papers(list(papers)))


def issued(report: IssuedReport) -> Edition:
    """A report as it was issued, from what was frozen."""
    return Edition(_standing(report.edition, report.at, report.reason), read_report(report.content))


def draft(report: Any) -> Edition:
    """A report that is not issued yet."""
    return Edition("", report)


def _standing(edition: int, at: datetime, reason: str) -> str:
    told = f"Émis le {date_fr(local(at).date())}"
    return f"{told}, édition {edition}{f', qui remplace la précédente : {reason}' if edition > 1 else ''}"


def _school(school: School | None) -> list[str]:
    if school is None:
        return []
    lines = [school.name, school.address, f"{school.postal_code} {school.city}".strip()]
    return [line for line in [*lines, f"UAI {school.uai}" if school.uai else ""] if line]


def _subjects(one: PupilTerm) -> list[SubjectLine]:
    return [
        SubjectLine(s.label, s.teachers, _mark(s.average), _mark(s.group_average), s.comment or NOTHING)
        for s in one.subjects
    ]


def _told(one: PupilTerm) -> list[SubjectLine]:
    """Subjects with a mark or a word: the jury reads no empty lines."""
    return [line for line in _subjects(one) if (line.average, line.comment) != (NOTHING, NOTHING)]


def _mark(value: Decimal | None) -> str:
    return NOTHING if value is None else number(value, 2)


def _absences(one: PupilTerm) -> list[str]:
    """« 3 demi-journées d’absence : 1 excusée, 2 non excusées », « 1 retard (5 min) », « 1 départ avant la fin »."""
    halves, late = one.absences.halves, one.absences.late
    parts = [
        plural(halves.legitimate, "excusée") if halves.legitimate else "",
        plural(halves.without, "non excusée", "non excusées") if halves.without else "",
        f"{halves.pending} au motif à décider" if halves.pending else "",
    ]
    missed = f"{plural(halves.total, 'demi-journée')} d’absence"
    told = [f"{missed}{NBSP}: {', '.join(filter(None, parts))}" if halves.total else missed]
    told.append(plural(late.times, "retard") + (f" ({late.minutes}{NBSP}min)" if late.minutes else ""))
    return told + ([plural(late.departures, "départ avant la fin", "départs avant la fin")] if late.departures else [])


def _blocks(found: GroupTerm, one: PupilTerm) -> list[BlockLine]:
    cells = dict(zip((skill.code for skill in found.skills), one.skills.cells, strict=True))
    return [
        BlockLine(
            f"{code} {title}".strip() or "Compétences",
            f"{sum(cells[s.code].held for s in skills)} sur {len(skills)}",
        )
        for code, title, skills in blocks_of(found.skills)
    ]  # fmt: skip


def _own(state: SkillState, names: dict[int, str]) -> list[str]:
    """What the pupil says of a skill, the latest: on the tablet, as it was noted for him, how often he checked."""
    code = state.skill.code
    said = [
        f"{code}, {date_fr(local(one.at).date())}, bon {one.source_label}{NBSP}: {one.words.lower()}"
        + (f", «{NBSP}{one.sentence}{NBSP}»" if one.sentence else "")
        for one in state.said[:2]
    ]
    noted = [one for one in state.own if one.source != "check" and not one.void_reason][:2]
    checks = [f"{code}{NBSP}: {plural(state.own_checks, 'autocontrôle')}"] if state.own_checks else []
    return [*said, *(f"{code}, {_proof(one, names)}" for one in noted), *checks]


def _proof(proof: Proof, names: dict[int, str]) -> str:
    level = names[proof.level].lower() if proof.level else "vue"
    who = f", {proof.assessor}" if proof.assessor else ""
    source = SOURCE_LABELS[proof.source].lower()
    return f"{date_fr(proof.on_date)}, {source} {proof.source_label}{NBSP}: {level}{who}"
