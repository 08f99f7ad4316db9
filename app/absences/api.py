"""The JSON door to absences: the same services as the pages."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.absences import queries, service
from app.absences.forms import ReasonForm
from app.absences.schemas import (
    AbsenceList,
    MonthList,
    PupilAbsences,
    ReasonOut,
    absence_out,
    month_list,
    pupil_absences,
    reason_out,
)
from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.errors import Refused
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.pedagogy.forms import PeriodQuery
from app.pedagogy.queries import find_group, find_pupil_by_code, get_pupil_by_code
from app.pedagogy.rules import Period, month_of
from app.web.deps import Db
from app.web.fields import Blank, Code, Day, Input
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["absences"])
READ, EDIT = [allow(Permission.ABSENCE_READ)], [allow(Permission.ABSENCE_EDIT)]


@router.get("/absences", name="absences.api_list_absences", dependencies=READ)
def list_absences(db: Db, asked: Annotated[PeriodQuery, Query()]) -> AbsenceList:
    """Absences that touch a period, this month when none is given."""
    month = month_of(today())
    period = asked.period if asked.from_ or asked.to else month
    period = Period(period.start or month.start, period.end or month.end)
    filters = {"groupe": asked.group} if asked.group else {}
    lines = queries.list_absences(db, period, ListRequest(filters=filters))
    return AbsenceList(items=[absence_out(line) for line in lines])


class MonthQuery(Input):
    """The calendar month of a day, this one unless given; perhaps of one group."""

    on: Annotated[Day | None, Blank] = None
    group: Annotated[Code | None, Blank] = None


@router.get("/reports/half-days", name="absences.api_half_days", dependencies=READ)
def report_half_days(db: Db, asked: Annotated[MonthQuery, Query()]) -> MonthList:
    """Half-days missed by pupil in a calendar month, by how they stand (L131-8, R131-7)."""
    if asked.group and find_group(db, asked.group) is None:
        raise Refused(f"Aucun groupe n’a le code « {asked.group} ».", field="group")
    return month_list(queries.month_page(db, asked.on or today()), asked.group)


@router.get("/pupils/{code}/absences", name="absences.api_show_pupil", dependencies=READ)
def show_pupil(db: Db, code: str) -> PupilAbsences:
    """Half-days by month of this school year."""
    pupil = get_pupil_by_code(db, code)
    return pupil_absences(pupil.code, queries.pupil_page(db, pupil.id))


@router.post("/absence-reasons", name="absences.api_give_reason", status_code=201, dependencies=EDIT)
def give_reason(db: Db, me: Me, body: ReasonForm, response: Response) -> ReasonOut:
    """Keep why a pupil was not there, or will not be."""
    pupil = find_pupil_by_code(db, body.pupil, lock=True)
    if pupil is None:
        raise Refused(f"Aucun élève n’a le code « {body.pupil} ».", field="pupil")
    reason = service.give_reason(db, pupil, body.draft(), by=me)
    response.headers["Location"] = f"/api/v1/pupils/{pupil.code}/absences"
    return reason_out(pupil.code, reason)
