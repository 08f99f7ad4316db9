"""The JSON door to applicants."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.accounts.deps import allow
from app.admissions import queries
from app.admissions.rules import Step
from app.admissions.schemas import ApplicantList, ApplicantOut, applicant_line, applicant_out
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["admissions"])
READ = [allow(Permission.ADMISSION_READ)]


@router.get("/applicants", name="admissions.api_list", dependencies=READ)
def list_applicants(
    db: Db,
    step: Step | None = None,
    school_year: Annotated[str, Query(max_length=9)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> ApplicantList:
    """Applications, the latest first; every step unless one is asked for."""
    filters = {"etape": step.value if step else "tous"} | ({"annee": school_year} if school_year else {})
    asked = ListRequest(sort="date", descending=True, page=page, size=size, filters=filters)
    found = queries.list_applicants(db, asked)
    return ApplicantList(items=[applicant_line(row) for row in found.items], total=found.total, page=page, size=size)


@router.get("/applicants/{number}", name="admissions.api_show", dependencies=READ)
def show_applicant(db: Db, number: str) -> ApplicantOut:
    """One application."""
    return applicant_out(queries.applicant_file(db, number))
