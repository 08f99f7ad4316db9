"""The school's calendar: year, closures, public holidays, settings."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.pedagogy.queries import get_closure
from app.pedagogy.rules import school_year_label
from app.timetable import queries, service
from app.timetable.forms import ClosureForm, SchoolYearForm, SettingForm
from app.timetable.queries import Preview
from app.timetable.rules.plans import Plan
from app.timetable.screens.previews import asked as asked_form
from app.timetable.screens.previews import look
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.listing import Column, ListQuery, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TIMETABLE_READ)], [allow(Permission.TIMETABLE_EDIT)]
LABELS = {"starts_on": "Premier jour", "ends_on": "Dernier jour", "label": "Motif"}
YEAR_LABELS = {
    "starts_on": "Premier jour de cours", "ends_on": "Dernier jour de cours", "week_a_on": "Un jour d’une semaine A"
}  # fmt: skip
COLUMNS = (
    Column("Motif", lambda row: row.label), Column("Premier jour", lambda row: row.starts_on),
    Column("Dernier jour", lambda row: row.ends_on),
)  # fmt: skip
SETTING_LABELS = {"hours": "Horaires des mineurs"}


@router.get("/calendrier", name="timetable.show_calendar", dependencies=READ)
def show_calendar(request: Request, db: Db, listing: Listing) -> Response:
    """The school year, its closures and public holidays; a closure that somebody asked to see."""
    form = asked_form(request, ClosureForm)
    if form is None:
        names = {"starts_on": "du", "ends_on": "au", "label": "motif"}
        start = {name: listing.values.get(word, "") for name, word in names.items()}
        return _calendar_page(request, db, blank_form(start), None, 200, listing=listing)
    preview = look(db, form, lambda typed: _closing(db, typed))
    return _calendar_page(request, db, form, preview, 200 if preview else 422, listing=listing)


@router.get("/calendrier/fermetures/export.{kind}", name="timetable.export_closures", dependencies=READ)
def export_closures(db: Db, listing: Listing, kind: str) -> Response:
    """The closures as a table file."""
    return export("fermetures", kind, COLUMNS, queries.closures_listed(db, _asked(listing), _of(listing)))


@router.post("/calendrier", name="timetable.add_closure", dependencies=EDIT)
def add_closure(request: Request, db: Db, me: Me, listing: Listing, posted: PostedForm) -> Response:
    """Close the school for some days. Sessions that this cancels are shown first, and confirmed."""
    form = posted.read(ClosureForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            plan = _closing(db, typed)
            if plan.items and not typed.seen:
                return _calendar_page(request, db, form, queries.preview_of(db, plan), 422, listing=listing)
            service.add_closure(
                db, starts_on=typed.starts_on, ends_on=typed.ends_on, label=typed.label, seen=typed.seen or None, by=me
            )
            return _to_year(request, typed.starts_on, "Fermeture ajoutée.")
    preview = look(db, form, lambda typed: _closing(db, typed)) if form.stale else None
    return _calendar_page(request, db, form, preview, form.status, listing=listing)


@router.post("/calendrier/{closure_id}/retrait", name="timetable.remove_closure", dependencies=EDIT)
def remove_closure(request: Request, db: Db, me: Me, closure_id: Id) -> Response:
    """Open the school again on these days."""
    closure = get_closure(db, closure_id, lock=True)
    stays, day = service.remove_closure(db, closure, by=me), closure.starts_on
    words = f" Restent annulées : {' ; '.join(stays[:3])}" if stays else ""
    return _to_year(request, day, f"Fermeture retirée.{words}")


@router.get("/calendrier/annee", name="timetable.edit_year", dependencies=EDIT)
def edit_year(request: Request, db: Db, listing: Listing) -> Response:
    """Bounds and A/B weeks of a school year."""
    label = _of(listing)
    year = queries.find_school_year(db, label)
    names = (*YEAR_LABELS, "skips_closed", "version")
    return _year_page(request, blank_form({name: getattr(year, name) for name in names} if year else {}), label, 200)


@router.post("/calendrier/annee/{label}", name="timetable.set_year", dependencies=EDIT)
def set_year(request: Request, db: Db, me: Me, label: str, posted: PostedForm) -> Response:
    """Set them."""
    form = posted.read(SchoolYearForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            service.set_school_year(db, _label(label), values=typed.model_dump(), seen_version=typed.version, by=me)
            return redirect(request, url(request, "timetable.show_calendar"), flash="Année enregistrée.")
    return _year_page(request, form, _label(label), form.status)


@router.get("/calendrier/reglages", name="timetable.edit_setting", dependencies=EDIT)
def edit_setting(request: Request, db: Db) -> Response:
    """Zone, and hours of minors."""
    setting = queries.find_setting(db)
    values: dict[str, Any] = {"hours": "alerte"}
    if setting is not None:
        hours = "bloque" if setting.hours_block else "alerte"
        values = {"hours": hours, "version": setting.version}
    return _setting_page(request, blank_form(values), 200)


@router.post("/calendrier/reglages", name="timetable.change_setting", dependencies=EDIT)
def change_setting(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Decide otherwise."""
    form = posted.read(SettingForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            service.change_setting(db, hours_block=typed.hours == "bloque", seen_version=typed.version, by=me)
            return redirect(request, url(request, "timetable.show_calendar"), flash="Réglages enregistrés.")
    return _setting_page(request, form, form.status)


def _label(text: str) -> str:
    """A school year, this one when it makes no sense or lies too far off."""
    if len(text) == 9 and text[:4].isdecimal() and 2000 <= int(text[:4]) < 2100 and text == _beside(text, 0):
        return text
    return school_year_label(today())


def _to_year(request: Request, day: date, words: str) -> Response:
    """To the school year of a day."""
    return redirect(
        request, url(request, "timetable.show_calendar", query={"annee": school_year_label(day)}), flash=words
    )


def _of(listing: ListQuery) -> str:
    return _label(listing.values.get("annee", ""))


def _beside(label: str, years: int) -> str:
    """The school year before or after one."""
    first = int(label[:4]) + years
    return f"{first}-{first + 1}"


def _closing(db: Db, typed: ClosureForm) -> Plan:
    return service.plan_closure(db, starts_on=typed.starts_on, ends_on=typed.ends_on, label=typed.label)


def _asked(listing: ListQuery) -> ListRequest:
    return listing.request(sorts=queries.CLOSURE_SORTS, default="debut")


def _calendar_page(
    request: Request, db: Db, form: Form[ClosureForm], preview: Preview | None, status: int, *, listing: ListQuery
) -> Response:
    asked, label = _asked(listing), school_year_label(form.data.starts_on) if form.data else _of(listing)
    return page(
        request, "timetable/calendar.html", status=status, form=form, labels=LABELS, listing=listing, asked=asked,
        page=queries.calendar_page(db, asked, label), preview=preview, before=_beside(label, -1),
        after=_beside(label, 1),
    )  # fmt: skip


def _year_page(request: Request, form: Form[Any], label: str, status: int) -> Response:
    return page(request, "timetable/year_edit.html", status=status, form=form, label=label, labels=YEAR_LABELS)


def _setting_page(request: Request, form: Form[Any], status: int) -> Response:
    return page(request, "timetable/settings.html", status=status, form=form, labels=SETTING_LABELS)
