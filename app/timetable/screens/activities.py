"""Exams, placements, visits: listed, exported, added, changed, removed."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.pedagogy.queries import group_options
from app.timetable import queries, service
from app.timetable.forms import ActivityChange, ActivityForm
from app.timetable.models import ActivityPeriod
from app.timetable.rules import ACTIVITY_LABELS
from app.timetable.service.activities import LABELS
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.listing import Column, ListQuery, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TIMETABLE_READ)], [allow(Permission.TIMETABLE_EDIT)]
FIELDS = LABELS | {"group": "Groupe", "pupil": "Élève"}
KINDS = [(kind.value, label) for kind, label in ACTIVITY_LABELS.items()]
COLUMNS = (
    Column("Intitulé", lambda row: row.label), Column("Nature", lambda row: ACTIVITY_LABELS[row.kind]),
    Column("Groupe", lambda row: row.group.label if row.group else None),
    Column("Élève", lambda row: row.pupil.full_name if row.pupil else None),
    Column("Premier jour", lambda row: row.starts_on), Column("Dernier jour", lambda row: row.ends_on),
    Column("Minutes par jour", lambda row: row.minutes_per_day),
)  # fmt: skip


@router.get("/calendrier/periodes", name="timetable.list_activities", dependencies=READ)
def list_activities(request: Request, db: Db, listing: Listing) -> Response:
    """Exams, placements, visits."""
    return _list_page(request, db, listing, blank_form({"minutes_per_day": 420}), 200)


@router.get("/calendrier/periodes/export.{kind}", name="timetable.export_activities", dependencies=READ)
def export_activities(db: Db, listing: Listing, kind: str) -> Response:
    """The same as a table file."""
    return export("periodes", kind, COLUMNS, queries.list_activities(db, _asked(listing)))


@router.post("/calendrier/periodes", name="timetable.add_activity", dependencies=EDIT)
def add_activity(request: Request, db: Db, me: Me, listing: Listing, posted: PostedForm) -> Response:
    """One more."""
    form = posted.read(ActivityForm)
    with form.refusals():
        if form.ok:
            service.add_activity(db, values=form.valid.model_dump(), by=me)
            return redirect(request, url(request, "timetable.list_activities"), flash="Période ajoutée.")
    return _list_page(request, db, listing, form, form.status)


@router.get("/calendrier/periodes/{activity_id}/modifier", name="timetable.edit_activity", dependencies=EDIT)
def edit_activity(request: Request, db: Db, activity_id: Id) -> Response:
    """Its days, minutes and words."""
    period = queries.get_activity(db, activity_id)
    values = {name: getattr(period, name) for name in (*LABELS, "version")}
    return _edit_page(request, period, blank_form(values), 200)


@router.post("/calendrier/periodes/{activity_id}/modifier", name="timetable.change_activity", dependencies=EDIT)
def change_activity(request: Request, db: Db, me: Me, activity_id: Id, posted: PostedForm) -> Response:
    """Change it."""
    period = queries.get_activity(db, activity_id, lock=True)
    form = posted.read(ActivityChange)
    with form.refusals():
        if form.ok:
            typed = form.valid
            service.change_activity(db, period, values=typed.model_dump(), seen_version=typed.version, by=me)
            return redirect(request, url(request, "timetable.list_activities"), flash="Période enregistrée.")
    return _edit_page(request, period, form, form.status)


@router.post("/calendrier/periodes/{activity_id}/retrait", name="timetable.remove_activity", dependencies=EDIT)
def remove_activity(request: Request, db: Db, me: Me, activity_id: Id) -> Response:
    """One less."""
    service.remove_activity(db, queries.get_activity(db, activity_id, lock=True), by=me)
    return redirect(request, url(request, "timetable.list_activities"), flash="Période retirée.")


def _asked(listing: ListQuery) -> ListRequest:
    return listing.request(sorts=queries.ACTIVITY_SORTS, default="-debut", filters=("nature",))


def _list_page(request: Request, db: Db, listing: ListQuery, form: Form[Any], status: int) -> Response:
    asked = _asked(listing)
    return page(
        request, "timetable/activities.html", status=status, form=form, listing=listing, asked=asked,
        activities=queries.list_activities(db, asked), groups=group_options(db), kinds=KINDS, words=ACTIVITY_LABELS,
        labels=FIELDS,
    )  # fmt: skip


def _edit_page(request: Request, period: ActivityPeriod, form: Form[Any], status: int) -> Response:
    return page(
        request, "timetable/activity_edit.html", status=status, form=form, period=period, kinds=KINDS, labels=FIELDS
    )
