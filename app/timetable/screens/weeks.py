"""The week of a group, a person or a room, on screen and on paper."""

from datetime import date, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import monday_of, today
from app.core.permissions import Permission
from app.timetable import queries
from app.web.deps import Db, Listing
from app.web.listing import ListQuery
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.TIMETABLE_READ)]


@router.get("/semaine", name="timetable.show_week", dependencies=READ)
def show_week(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """One week, half-days to scale."""
    return _week(request, db, me, listing, "timetable/week.html")


@router.get("/semaine/impression", name="timetable.print_week", dependencies=READ)
def print_week(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """The same week as a sheet for the wall."""
    return _week(request, db, me, listing, "timetable/week_print.html")


def _week(request: Request, db: Db, me: Me, listing: ListQuery, template: str) -> Response:
    day = _asked_day(listing.values.get("semaine", ""))
    found = queries.week_page(db, day, listing.values, staff_id=me.staff_id)
    monday = monday_of(day)
    return page(
        request, template, listing=listing, page=found, monday=monday, before=monday - timedelta(days=7),
        after=monday + timedelta(days=7), this_week=monday_of(today()),
    )  # fmt: skip


def _asked_day(text: str) -> date:
    """Any day of the week asked for; today when there is none or it makes no sense."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today()
    return day if 2000 <= day.year <= 2100 else today()
