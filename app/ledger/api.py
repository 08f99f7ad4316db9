"""The JSON door to the hours ledger."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from app.accounts.deps import allow
from app.core.clock import today
from app.core.errors import Refused
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.ledger import queries
from app.ledger.rules.gaps import Gap
from app.ledger.rules.periods import Grain
from app.ledger.schemas import DayOut, GapList, LedgerOut, VolumeList, day_out, gap_list, ledger_out, volume_out
from app.pedagogy.api import group_asked
from app.pedagogy.forms import PeriodPage, PeriodQuery
from app.pedagogy.queries import find_group, find_staff
from app.pedagogy.rules import school_year_of, week_of
from app.web.deps import Db
from app.web.fields import Blank, Code, Day, Input
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["ledger"])
READ = [allow(Permission.HOURS_READ)]
MOST_DAYS, MOST_GAP_DAYS = 3700, 366


class VolumeQuery(Input):
    """The school year of a day, the present one unless given; of a group or of one member of staff."""

    on: Annotated[Day | None, Blank] = None
    group: Annotated[Code | None, Blank] = None
    staff: Annotated[Code | None, Blank] = None


class GapQuery(PeriodPage):
    """A period of at most a year, this week unless given; perhaps of one group, and of one kind."""

    kind: Annotated[Gap | None, Blank] = None


class LedgerQuery(PeriodQuery):
    """A period of at most ten years, this school year unless given, and what one line is."""

    by: Grain = Grain.MONTH


@router.get("/pupils/{code}/ledger", name="ledger.api_show_pupil", dependencies=READ)
def show_pupil(db: Db, code: str, asked: Annotated[LedgerQuery, Query()]) -> LedgerOut:
    """A pupil's hours planned, held, attended and worked on tickets, in minutes, by month, week or day."""
    year = school_year_of(today())
    start, end = asked.from_ or year.start or today(), asked.to or year.end or today()
    if end < start or (end - start).days > MOST_DAYS:
        raise Refused("La période va du premier jour au dernier, dix ans au plus.", field="to")
    return ledger_out(queries.pupil_ledger(db, code, start, end, asked.by))


@router.get("/pupils/{code}/ledger/{day}", name="ledger.api_show_day", dependencies=READ)
def show_day(db: Db, code: str, day: date) -> DayOut:
    """One day down to each statement of a roll call and each time on a ticket."""
    return day_out(queries.day_of_pupil(db, code, day))


@router.get("/reports/volumes", name="ledger.api_volumes", dependencies=READ)
def report_volumes(db: Db, asked: Annotated[VolumeQuery, Query()]) -> VolumeList:
    """Minutes asked for, planned, due, held and to catch up, by group, subject and member of staff."""
    if asked.group and find_group(db, asked.group) is None:
        raise Refused(f"Aucun groupe n’a le code « {asked.group} ».", field="group")
    if asked.staff and find_staff(db, asked.staff) is None:
        raise Refused(f"Personne n’a le code « {asked.staff} ».", field="staff")
    rows = queries.volumes(db, asked.on or today(), group=asked.group or "", staff=asked.staff or "")
    return VolumeList(items=[volume_out(row) for row in rows])


@router.get("/reports/gaps", name="ledger.api_gaps", dependencies=READ)
def report_gaps(db: Db, asked: Annotated[GapQuery, Query()]) -> GapList:
    """Where timetable, roll call and tickets do not agree, up to today."""
    this, group = week_of(today()), group_asked(db, asked)
    start, end = asked.from_ or this.start or today(), asked.to or this.end or today()
    if end < start or (end - start).days > MOST_GAP_DAYS:
        raise Refused("La période va du premier jour au dernier, un an au plus.", field="to")
    rows = queries.list_gaps(db, start, end, group=group.code if group else "")
    filters = {"quoi": asked.kind.value} if asked.kind else {}
    request = ListRequest(sort="jour", descending=True, page=asked.page, size=asked.size, filters=filters)
    return gap_list(queries.page_of_gaps(rows, request))
