"""The school's calendar: closures and public holidays."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.pedagogy.queries import get_closure, holidays_of_year, list_closures
from app.pedagogy.rules import school_year_number
from app.timetable import service
from app.timetable.forms import ClosureForm
from app.web.deps import Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TIMETABLE_READ)], [allow(Permission.TIMETABLE_EDIT)]
LABELS = {"starts_on": "Premier jour", "ends_on": "Dernier jour", "label": "Motif"}


@router.get("/calendrier", name="timetable.show_calendar", dependencies=READ)
def show_calendar(request: Request, db: Db) -> Response:
    """Public holidays of the school year and the school's own closures."""
    return _calendar_page(request, db, blank_form(), 200)


@router.post("/calendrier", name="timetable.add_closure", dependencies=EDIT)
def add_closure(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Close the school for some days."""
    form = posted.read(ClosureForm)
    with form.refusals():
        if form.ok:
            service.add_closure(db, **form.valid.model_dump(), by=me)
            return redirect(request, url(request, "timetable.show_calendar"), flash="Fermeture ajoutée.")
    return _calendar_page(request, db, form, form.status)


@router.post("/calendrier/{closure_id}/retrait", name="timetable.remove_closure", dependencies=EDIT)
def remove_closure(request: Request, db: Db, me: Me, closure_id: Id) -> Response:
    """Open the school again on these days."""
    service.remove_closure(db, get_closure(db, closure_id), by=me)
    return redirect(request, url(request, "timetable.show_calendar"), flash="Fermeture retirée.")


def _calendar_page(request: Request, db: Db, form: Form[ClosureForm], status: int) -> Response:
    first = school_year_number(today())
    return page(
        request, "timetable/calendar.html", status=status, form=form, labels=LABELS,
        closures=list_closures(db), holidays=holidays_of_year(db, first), year=f"{first}-{first + 1}",
    )  # fmt: skip
