"""Two at once on real commits: marks, issued reports, evidence. Nobody is overwritten, nothing is kept twice."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.core.clock import freeze, now
from app.core.errors import Refused, Stale
from app.core.permissions import Role
from app.learning.models import Evaluation, IssuedReport, Mark, Term
from app.learning.queries import courses, marks
from app.learning.rules.marks import ReportKind
from app.learning.service import evidence, reports
from app.learning.service import marks as service
from app.learning.service.marks import Typed
from app.pedagogy.models import SkillEvidence
from app.pedagogy.rules import SessionKind
from tests.conftest import TUESDAY_MORNING
from tests.factories import (
    actor_of,
    make_group,
    make_pupil,
    make_school,
    make_session,
    make_skill,
    make_staff,
    make_subject,
)
from tests.factories.learning import make_evidence


@dataclass(frozen=True)
class Words:
    """What a report says, as far as freezing is concerned."""

    pupil: str


@pytest.fixture
def school(own_database):
    """Two pupils in French with an evaluation, a term, and a skill that was seen: (database, teacher, ids)."""
    with own_database.writing() as db:
        make_school(db)
        group, teacher = make_group(db, code="CAP1"), make_staff(db, Role.TEACHER)
        make_skill(db, group.diploma, code="C1")
        subject = make_subject(db, group.diploma, SessionKind.THEORY)
        make_session(db, group, SessionKind.THEORY, staff=teacher, subject=subject)
        pupils = [make_pupil(db, group, code=f"E{n}") for n in range(2)]
        one = Evaluation(
            group_id=group.id, subject_id=subject.id, title="Dictée", on_date=date(2026, 11, 17), out_of=Decimal(20),
            coefficient=Decimal(1), created_at=now(),
        )  # fmt: skip
        term = Term(school_year="2026-2027", label="T1", starts_on=date(2026, 9, 1), ends_on=date(2026, 11, 27))
        db.add_all([one, term])
        seen = make_evidence(db, pupils[0], "C1", level=None, source="release", source_label="BT-1")
        ids = {"evaluation": one.id, "term": term.id, "pupil": pupils[0].id, "seen": seen.id}
        by = actor_of(teacher)
    return own_database, by, ids


def at_once(work, *arguments):
    """Run the work with each argument at the same time; what each returned or the refusal it met."""

    def one(argument):
        try:
            with freeze(TUESDAY_MORNING):
                return work(argument)
        except (Refused, Stale) as refused:
            return refused

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(one, arguments))


def record(school, cells):
    database, by, ids = school
    with database.writing() as db:
        found = marks.get_evaluation(db, ids["evaluation"], lock=True)
        return service.record_marks(db, found, typed=cells, by=by)


def stored(school):
    database, _, ids = school
    with database.reading() as db:
        sheet = marks.mark_sheet(db, marks.get_evaluation(db, ids["evaluation"]))
        return [line.said.words for line in sheet.lines], db.scalar(select(func.count(Mark.id)))


def test_of_two_marks_for_one_cell_the_second_is_told(school):
    found = at_once(lambda text: record(school, [Typed("E0", text, 0)]), "12", "14")
    assert sorted(type(one).__name__ for one in found) == ["Stale", "int"]
    words, count = stored(school)
    assert words[0] in {"12", "14"}
    assert count == 1


def test_two_who_fill_different_cells_of_one_table_both_keep_theirs(school):
    tables = [[Typed("E0", "12", 0), Typed("E1", "", 0)], [Typed("E0", "", 0), Typed("E1", "8", 0)]]
    assert at_once(lambda cells: record(school, cells), *tables) == [1, 1]
    assert stored(school) == (["12", "8"], 2)


def test_a_report_issued_by_two_at_once_is_frozen_once(school):
    database, by, ids = school

    def issue(_):
        with database.writing() as db:
            courses.get_term(db, ids["term"], lock=True)
            return reports.issue(db, ReportKind.TERM, ids["pupil"], Words("Inès"), term_id=ids["term"], by=by) is None

    assert sorted(at_once(issue, 1, 2)) == [False, True]
    with database.reading() as db:
        assert db.scalars(select(IssuedReport.edition)).all() == [1]


def test_what_was_seen_is_assessed_once_by_two_at_once(school):
    database, by, ids = school

    def assess(level):
        with database.writing() as db:
            return evidence.assess_seen(db, [(ids["seen"], level)], by=by)

    assert sorted(at_once(assess, 3, 3)) == [0, 1]
    with database.reading() as db:
        levels = db.scalars(select(SkillEvidence.level).where(SkillEvidence.level.is_not(None))).all()
        assert levels == [3]
