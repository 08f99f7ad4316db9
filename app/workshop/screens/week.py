"""*La semaine de l’atelier*: give and move by half-day, with the machines' load underneath."""

from datetime import date, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.accounts.rules import CurrentUser
from app.core.clock import monday_of, today
from app.core.permissions import Permission
from app.web.deps import Db, Listing
from app.web.forms import blank_form
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.TICKET_READ)]


@router.get("/atelier/semaine", name="workshop.show_week", dependencies=READ)
def show_week(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """Pupils by half-days; a ticket in hand in the address."""
    return week_page(request, db, me, listing.values)


def week_page(request: Request, db: Db, me: CurrentUser, values: dict[str, str], trouble: str = "") -> Response:
    """The week; after a refused gesture with the sentence, and the ticket still in hand."""
    operation = values.get("operation", "")
    asked = queries.WeekAsked(
        _day(values.get("semaine", "")), me.staff_id, {"moi": True, "tous": False}.get(values.get("vue", "")),
        values.get("bon", ""), int(operation) if operation.isdecimal() and len(operation) <= 9 else None,
    )  # fmt: skip
    found = queries.week_board(db, asked)
    kept = {"semaine": found.monday.isoformat(), "vue": values.get("vue", "")}
    return page(
        request, "workshop/week.html", status=409 if trouble else 200, board=found, kept=kept, trouble=trouble,
        form=blank_form(), before=found.monday - timedelta(days=7), after=found.monday + timedelta(days=7),
        this_week=monday_of(today()), refused=values.get("refus", ""),
    )  # fmt: skip


def _day(text: str) -> date:
    """Any day of the week asked for; today when there is none or it makes no sense."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today()
    return day if 2000 <= day.year <= 2100 else today()
