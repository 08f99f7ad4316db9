"""What a term's reports are made of: comments, the council's opinion, averages, absences, skills; what was issued."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.accounts.models import School, Staff
from app.core.clock import today
from app.core.db import run
from app.core.errors import NotFound
from app.learning.models import CouncilOpinion, IssuedReport, ReportComment, Term
from app.learning.queries.courses import Course, all_courses, list_terms, term_of
from app.learning.queries.coverage import CoverageRow, cell_of, evidence_of, group_skills
from app.learning.queries.marks import averages, members_between, term_marks
from app.learning.queries.pupils import version_of_group
from app.learning.rules.frameworks import SkillLine
from app.learning.rules.marks import ReportKind, average
from app.pedagogy.models import Membership, Pupil, PupilGroup, TimetableSession
from app.pedagogy.queries.absences import Late, away_between, late_between, tally_of, whole_half_days
from app.pedagogy.rules import Period
from app.pedagogy.rules.absences import Tally

WRITING = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class AbsenceFigures:
    """Half-days missed by how they stand, and how often late or gone early, by the definition of the register."""

    halves: Tally
    late: Late


@dataclass(frozen=True, slots=True)
class CommentLine:
    """A pupil of the table of comments, with what is said of him and the average it goes with."""

    pupil_id: int
    code: str
    name: str
    average: Decimal | None
    text: str
    version: int


@dataclass(frozen=True, slots=True)
class SubjectResult:
    """A subject on a pupil's report."""

    label: str
    teachers: str
    average: Decimal | None
    group_average: Decimal | None
    comment: str


@dataclass(frozen=True, slots=True)
class PupilTerm:
    """Everything that the report of one pupil says."""

    pupil: Pupil
    name: str
    subjects: list[SubjectResult]
    opinion: str
    absences: AbsenceFigures
    skills: CoverageRow
    issued: IssuedReport | None

    @property
    def pupil_id(self) -> int:
        """The pupil."""
        return self.pupil.id

    @property
    def code(self) -> str:
        """The school's own code."""
        return self.pupil.code

    @property
    def commented(self) -> int:
        """How many subjects have a comment."""
        return sum(bool(one.comment) for one in self.subjects)

    @property
    def missing(self) -> int:
        """Subjects still without a comment."""
        return len(self.subjects) - self.commented


@dataclass(frozen=True, slots=True)
class GroupTerm:
    """A group's term: its pupils by name, its courses with how many comments each has."""

    term: Term
    group: PupilGroup
    school: School | None
    head: str
    courses: list[Course]
    skills: list[SkillLine]
    pupils: list[PupilTerm] = field(default_factory=list)

    def comments_of(self, course: Course) -> int:
        """How many pupils have a comment in a course."""
        return sum(any(one.label == course.subject and one.comment for one in pupil.subjects) for pupil in self.pupils)


_COMMENTS = select(ReportComment.pupil_id, ReportComment.subject_id, ReportComment.text, ReportComment.version).where(
    ReportComment.term_id == bindparam("term"), ReportComment.pupil_id.in_(bindparam("pupils", expanding=True))
)
_OPINIONS = select(CouncilOpinion.pupil_id, CouncilOpinion.text, CouncilOpinion.version).where(
    CouncilOpinion.term_id == bindparam("term"), CouncilOpinion.pupil_id.in_(bindparam("pupils", expanding=True))
)
_TEACHERS = (
    select(TimetableSession.subject_id, Staff.first_name, Staff.last_name)
    .join(Staff, Staff.id == TimetableSession.staff_id)
    .where(
        TimetableSession.group_id == bindparam("group"), TimetableSession.on_date >= bindparam("start"),
        TimetableSession.on_date <= bindparam("end"),
    )
    .group_by(TimetableSession.subject_id, Staff.id)
    .having(func.count() > 2)
    .order_by(func.count().desc())
)  # fmt: skip
_HEAD = select(Staff.first_name, Staff.last_name).where(Staff.role == "director", Staff.disabled_at.is_(None)).limit(1)
_PEOPLE = select(Pupil).where(Pupil.id.in_(bindparam("pupils", expanding=True)))
_ISSUED = (
    select(IssuedReport)
    .where(
        IssuedReport.kind == ReportKind.TERM, IssuedReport.term_id == bindparam("term"),
        IssuedReport.pupil_id.in_(bindparam("pupils", expanding=True)),
    )
    .order_by(IssuedReport.edition)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choice:
    """The term and the group that a page shows, and what else there is to choose."""

    term: Term | None
    group: str
    terms: list[Term]
    groups: list[tuple[str, str]]


def choose(db: Session, term_id: str, group: str, day: date) -> Choice:
    """The term asked for, else the one at hand; the group asked for, else the first of that year.

    At hand is the term of the day, but for its first weeks the one before: its reports are being written.
    """
    terms = list_terms(db)
    term = next((one for one in terms if str(one.id) == term_id), None) or term_of(terms, day - WRITING)
    term = term or term_of(terms, day)
    groups = groups_of_year(db, term.school_year) if term else []
    return Choice(term, group if group in dict(groups) else (groups[0][0] if groups else ""), terms, groups)


def absence_figures(db: Session, pupils: Sequence[int], start: date, end: date) -> dict[int, AbsenceFigures]:
    """What the register counts between two days: roll calls, the reasons given and decided, the school's setting.

    The definition is `pedagogy.rules.absences`, as the month’s page and the letters have it. Four statements.
    """
    whole, late = whole_half_days(db), late_between(db, start, end, pupils)
    halves = {
        one.who.pupil_id: tally_of(one, Period(start, end), whole=whole)
        for one in away_between(db, start, end, pupils)
    }  # fmt: skip
    return {pupil: AbsenceFigures(halves.get(pupil, Tally()), late.get(pupil, Late())) for pupil in pupils}


def comment_lines(db: Session, term: Term, group: PupilGroup, subject_id: int) -> list[CommentLine]:
    """The table of comments of a course, pupils by name."""
    members = members_between(db, group.id, term.starts_on, term.ends_on)
    ids = [one.id for one in members]
    own = averages(term_marks(db, ids, term.starts_on, term.ends_on))
    said = _comments(db, term.id, ids)
    return [
        CommentLine(
            one.id, one.code, f"{one.first_name} {one.last_name}", own.get((one.id, subject_id)),
            *said.get((one.id, subject_id), ("", 0)),
        )
        for one in members
    ]  # fmt: skip


def opinion_lines(db: Session, term: Term, group: PupilGroup) -> list[CommentLine]:
    """The table of the class council, pupils by name."""
    members = members_between(db, group.id, term.starts_on, term.ends_on)
    said = _opinions(db, term.id, [one.id for one in members])
    return [
        CommentLine(one.id, one.code, f"{one.first_name} {one.last_name}", None, *said.get(one.id, ("", 0)))
        for one in members
    ]


def group_term(db: Session, term: Term, group: PupilGroup) -> GroupTerm:
    """Everything that the reports of a group say; as many statements whatever its size."""
    start, end = term.starts_on, term.ends_on
    members = members_between(db, group.id, start, end)
    ids = [one.id for one in members]
    courses = [one for one in all_courses(db, group.school_year) if one.group_id == group.id]
    version = version_of_group(db, group.id)
    skills, seen = group_skills(db, group.id), evidence_of(db, ids, version.id if version else None)
    told = _Told(db, term, group, ids)
    found = GroupTerm(term, group, db.get(School, 1), _head(db), courses, skills)
    for one in members:
        name = f"{one.first_name} {one.last_name}"
        row = CoverageRow(one.code, name, [cell_of(seen.get((one.id, skill.code), [])) for skill in skills])
        found.pupils.append(
            PupilTerm(
                told.people[one.id], name, [told.subject(one.id, course) for course in courses],
                told.opinions.get(one.id, ("", 0))[0], told.absences[one.id], row, told.issued.get(one.id),
            )
        )  # fmt: skip
    return found


class _Told:
    """What was said and counted of a group in a term, read once."""

    def __init__(self, db: Session, term: Term, group: PupilGroup, ids: list[int]) -> None:
        start, end = term.starts_on, term.ends_on
        self.marks = term_marks(db, ids, start, end)
        self.own, self.comments = averages(self.marks), _comments(db, term.id, ids)
        self.opinions, self.absences = _opinions(db, term.id, ids), absence_figures(db, ids, start, end)
        self.issued = {one.pupil_id: one for one in db.execute(_ISSUED, {"term": term.id, "pupils": ids}).scalars()}
        self.people = {one.id: one for one in db.execute(_PEOPLE, {"pupils": ids}).scalars()}
        self.teachers: dict[int, list[str]] = {}
        for row in run(db, _TEACHERS, {"group": group.id, "start": start, "end": end}):
            self.teachers.setdefault(row.subject_id, []).append(f"{row.first_name} {row.last_name}")

    def subject(self, pupil_id: int, course: Course) -> SubjectResult:
        """A subject of one pupil; the group's average stands beside, no rank."""
        of_group = average(mark for mark in self.marks if mark.subject_id == course.subject_id)
        key = (pupil_id, course.subject_id)
        teachers = ", ".join(self.teachers.get(course.subject_id, [])[:2])
        return SubjectResult(course.subject, teachers, self.own.get(key), of_group, self.comments.get(key, ("", 0))[0])


def _comments(db: Session, term_id: int, ids: list[int]) -> dict[tuple[int, int], tuple[str, int]]:
    rows = run(db, _COMMENTS, {"term": term_id, "pupils": ids})
    return {(row.pupil_id, row.subject_id): (row.text, row.version) for row in rows}


def _opinions(db: Session, term_id: int, ids: list[int]) -> dict[int, tuple[str, int]]:
    return {row.pupil_id: (row.text, row.version) for row in run(db, _OPINIONS, {"term": term_id, "pupils": ids})}


def _head(db: Session) -> str:
    row = run(db, _HEAD).first()
    return f"{row.first_name} {row.last_name}" if row else ""


def school_and_head(db: Session) -> tuple[School | None, str]:
    """The school and who heads it."""
    return db.get(School, 1), _head(db)


def get_issued(db: Session, report_id: int) -> IssuedReport:
    """A report as it was issued."""
    found = db.get(IssuedReport, report_id)
    if found is None:
        raise NotFound
    return found


def issued_of(db: Session, pupil_id: int) -> list[Any]:
    """What was issued for a pupil, the latest first."""
    query = (
        select(
            IssuedReport.id, IssuedReport.kind, IssuedReport.edition, IssuedReport.at, IssuedReport.reason,
            Term.label.label("term"), Term.school_year,
        )
        .outerjoin(Term, Term.id == IssuedReport.term_id)
        .where(IssuedReport.pupil_id == pupil_id)
        .order_by(IssuedReport.id.desc())
    )  # fmt: skip
    return list(db.execute(query).all())


def terms_of_pupil(db: Session, pupil_id: int) -> list[tuple[Term, PupilGroup]]:
    """The terms begun in which a pupil belonged to a group of their year, the oldest first, each with that group."""
    rows = db.execute(
        select(Term, PupilGroup)
        .join(PupilGroup, PupilGroup.school_year == Term.school_year)
        .join(Membership, (Membership.group_id == PupilGroup.id) & (Membership.pupil_id == pupil_id))
        .where(
            Term.starts_on <= today(),
            Membership.starts_on <= Term.ends_on,
            func.coalesce(Membership.ends_on, Term.ends_on) >= Term.starts_on,
        )
        .order_by(Term.starts_on)
    )
    return [(term, group) for term, group in rows]


def groups_of_year(db: Session, school_year: str) -> list[tuple[str, str]]:
    """The groups of a school year."""
    query = select(PupilGroup.code, PupilGroup.label).where(PupilGroup.school_year == school_year)
    return [(row.code, row.label) for row in db.execute(query.order_by(PupilGroup.code))]


def pupil_term(db: Session, term: Term, group: PupilGroup, pupil_id: int) -> tuple[GroupTerm, PupilTerm]:
    """One pupil in one term of the group."""
    found = group_term(db, term, group)
    return found, next(one for one in found.pupils if one.pupil_id == pupil_id)
