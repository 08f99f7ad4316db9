"""School holidays of the zones: shown, imported, removed."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.timetable import queries, service
from app.timetable.forms import HolidaysForm
from app.timetable.rules.holidays import HolidayTable, read_holidays
from app.web.deps import Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, Posted, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TIMETABLE_READ)], [allow(Permission.TIMETABLE_EDIT)]
LARGEST = 200_000


@router.get("/calendrier/vacances", name="timetable.list_holidays", dependencies=READ)
def list_holidays(request: Request, db: Db) -> Response:
    """School holidays of the three zones."""
    return _holidays_page(request, db, blank_form(), None, 200)


@router.post("/calendrier/vacances", name="timetable.import_holidays", dependencies=EDIT)
def import_holidays(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Check a table, or store it."""
    form = posted.read(HolidaysForm)
    form.values["text"] = _text(posted) or form.raw("text")
    table = service.check_holidays(db, read_holidays(form.raw("text")))
    with form.refusals():
        if form.ok and form.valid.apply:
            added, changed = service.import_holidays(db, read_holidays(form.raw("text")), by=me)
            words = f"Vacances enregistrées : {added} ajoutées, {changed} changées."
            return redirect(request, url(request, "timetable.list_holidays"), flash=words)
    return _holidays_page(request, db, form, table, 422 if table.problems or form.errors else 200)


@router.post("/calendrier/vacances/{holiday_id}/retrait", name="timetable.remove_holiday", dependencies=EDIT)
def remove_holiday(request: Request, db: Db, me: Me, holiday_id: Id) -> Response:
    """A line less."""
    service.remove_holiday(db, queries.get_school_holiday(db, holiday_id), by=me)
    return redirect(request, url(request, "timetable.list_holidays"), flash="Ligne retirée.")


def _text(posted: Posted) -> str:
    """The file that was chosen, as text; spreadsheets of old write it in Windows' letters."""
    for file in posted.files("file"):
        data = file.file.read(LARGEST)
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError:
            return data.decode("cp1252", "replace")
    return ""


def _holidays_page(
    request: Request, db: Db, form: Form[HolidaysForm], table: HolidayTable | None, status: int
) -> Response:
    return page(
        request, "timetable/holidays.html", status=status, form=form, table=table,
        holidays=queries.list_school_holidays(db),
    )  # fmt: skip
