"""The JSON door to skills, marks and issued reports: the same queries and services as the pages."""

from fastapi import APIRouter

from app.accounts.deps import Me, allow
from app.core.errors import NotFound
from app.core.permissions import Permission
from app.learning import schemas
from app.learning.forms import MarksForm
from app.learning.queries import marks, reports
from app.learning.queries.coverage import coverage_page
from app.learning.queries.frameworks import group_with_diploma
from app.learning.queries.missing import missing_page
from app.learning.queries.pupils import pupil_skills
from app.learning.service import marks as service
from app.pedagogy.queries import get_pupil_by_code
from app.web.deps import Db
from app.web.fields import Id
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["learning"])
SKILLS, MARKS = [allow(Permission.SKILL_READ)], [allow(Permission.MARK_READ)]


@router.get("/skills/coverage", name="learning.api_coverage", dependencies=SKILLS)
def show_coverage(db: Db, group: str) -> schemas.CoverageOut:
    """A group of today × the skills of its framework."""
    found = coverage_page(db, group)
    if found.group is None or found.group.code != group:
        raise NotFound("Ce groupe n’a personne aujourd’hui.")
    return schemas.coverage_out(found, found.group)


@router.get("/skills/missing", name="learning.api_missing", dependencies=SKILLS)
def list_missing(db: Db, group: str = "") -> list[schemas.MissingOut]:
    """What each pupil still has to show before the exam, the nearest exam first."""
    return [schemas.missing_out(one) for one in missing_page(db, group).rows]


@router.get("/pupils/{code}/skills", name="learning.api_pupil_skills", dependencies=SKILLS)
def show_pupil_skills(db: Db, code: str) -> schemas.PupilSkillsOut:
    """Levels of a pupil with every piece of evidence; the pupil's own words apart."""
    return schemas.pupil_out(pupil_skills(db, get_pupil_by_code(db, code)))


@router.get("/evaluations/{evaluation_id}/marks", name="learning.api_marks", dependencies=MARKS)
def show_marks(db: Db, evaluation_id: Id) -> schemas.MarksOut:
    """The table of one evaluation."""
    return schemas.marks_out(marks.mark_sheet(db, marks.get_evaluation(db, evaluation_id)))


@router.put("/evaluations/{evaluation_id}/marks", name="learning.api_record_marks",
            dependencies=[allow(Permission.MARK_WRITE)])  # fmt: skip
def record_marks(db: Db, me: Me, evaluation_id: Id, body: MarksForm) -> schemas.MarksOut:
    """Store the cells that changed against `seen`, all or none; every wrong cell is told."""
    evaluation = marks.get_evaluation(db, evaluation_id, lock=True)
    typed = [service.Typed(row.pupil, row.mark, row.seen) for row in body.rows]
    service.record_marks(db, evaluation, typed=typed, by=me)
    db.flush()  # the marks, before they are read again
    return schemas.marks_out(marks.mark_sheet(db, evaluation))


@router.get("/groups/{group}/evaluations", name="learning.api_evaluations", dependencies=MARKS)
def list_evaluations(db: Db, me: Me, group: str) -> list[schemas.EvaluationLine]:
    """What a group was marked on, the latest first."""
    code = group_with_diploma(db, group).code
    return [schemas.evaluation_line(row) for row in marks.list_evaluations(db, me, mine=False, group=code)]


@router.get("/pupils/{code}/reports", name="learning.api_reports", dependencies=MARKS)
def list_reports(db: Db, code: str) -> list[schemas.IssuedLine]:
    """What was issued for a pupil, the latest first."""
    return [schemas.issued_line(row) for row in reports.issued_of(db, get_pupil_by_code(db, code).id)]


@router.get("/reports/issued/{report_id}", name="learning.api_report", dependencies=MARKS)
def show_report(db: Db, report_id: Id) -> schemas.IssuedOut:
    """A report word for word as it was issued."""
    return schemas.issued_out(reports.get_issued(db, report_id))
