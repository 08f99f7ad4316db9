"""The JSON door to the hours ledger."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query

from app.accounts.deps import allow
from app.core.clock import today
from app.core.errors import Refused
from app.core.permissions import Permission
from app.ledger import queries
from app.ledger.rules.periods import Grain
from app.ledger.schemas import DayOut, LedgerOut, day_out, ledger_out
from app.pedagogy.forms import PeriodQuery
from app.pedagogy.rules import school_year_of
from app.web.deps import Db
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["ledger"])
READ = [allow(Permission.HOURS_READ)]
MOST_DAYS = 3700


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
