"""The small tables beside the calendar: holidays of the zones, exams and placements, rooms."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.pedagogy.queries import group_options
from app.timetable import queries, service
from app.timetable.forms import ActivityForm, HolidaysForm, RoomChange, RoomForm
from app.timetable.rules import ACTIVITY_LABELS
from app.timetable.rules.holidays import HolidayTable, read_holidays
from app.web.deps import Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, Posted, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TIMETABLE_READ)], [allow(Permission.TIMETABLE_EDIT)]
ACTIVITY_FIELDS = {
    "kind": "Nature", "group": "Groupe", "pupil": "Élève", "starts_on": "Premier jour", "ends_on": "Dernier jour",
    "minutes_per_day": "Minutes par jour", "label": "Intitulé",
}  # fmt: skip
KINDS = [(kind.value, label) for kind, label in ACTIVITY_LABELS.items()]
ROOM_LABELS = {"name": "Nom de la salle", "capacity": "Places"}
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


@router.get("/calendrier/periodes", name="timetable.list_activities", dependencies=READ)
def list_activities(request: Request, db: Db) -> Response:
    """Exams, placements, visits."""
    return _activities_page(request, db, blank_form({"minutes_per_day": 420}), 200)


@router.post("/calendrier/periodes", name="timetable.add_activity", dependencies=EDIT)
def add_activity(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """One more."""
    form = posted.read(ActivityForm)
    with form.refusals():
        if form.ok:
            service.add_activity(db, values=form.valid.model_dump(), by=me)
            return redirect(request, url(request, "timetable.list_activities"), flash="Période ajoutée.")
    return _activities_page(request, db, form, form.status)


@router.post("/calendrier/periodes/{activity_id}/retrait", name="timetable.remove_activity", dependencies=EDIT)
def remove_activity(request: Request, db: Db, me: Me, activity_id: Id) -> Response:
    """One less."""
    service.remove_activity(db, queries.get_activity(db, activity_id), by=me)
    return redirect(request, url(request, "timetable.list_activities"), flash="Période retirée.")


@router.get("/salles", name="timetable.list_rooms", dependencies=READ)
def list_rooms(request: Request, db: Db) -> Response:
    """The rooms that are counted."""
    return _rooms_page(request, db, blank_form(), 200)


@router.post("/salles", name="timetable.add_room", dependencies=EDIT)
def add_room(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """One more."""
    form = posted.read(RoomForm)
    with form.refusals():
        if form.ok:
            service.add_room(db, name=form.valid.name, capacity=form.valid.capacity, by=me)
            return redirect(request, url(request, "timetable.list_rooms"), flash="Salle ajoutée.")
    return _rooms_page(request, db, form, form.status)


@router.get("/salles/{room_id}/modifier", name="timetable.edit_room", dependencies=EDIT)
def edit_room(request: Request, db: Db, room_id: Id) -> Response:
    """How many it holds."""
    room = queries.get_room(db, room_id)
    form = blank_form({"capacity": room.capacity, "version": room.version})
    return page(request, "timetable/room_edit.html", form=form, room=room, labels=ROOM_LABELS)


@router.post("/salles/{room_id}/modifier", name="timetable.change_room", dependencies=EDIT)
def change_room(request: Request, db: Db, me: Me, room_id: Id, posted: PostedForm) -> Response:
    """Change it."""
    room = queries.get_room(db, room_id, lock=True)
    form = posted.read(RoomChange)
    with form.refusals():
        if form.ok:
            service.change_room(db, room, capacity=form.valid.capacity, seen_version=form.valid.version, by=me)
            return redirect(request, url(request, "timetable.list_rooms"), flash="Salle enregistrée.")
    return page(request, "timetable/room_edit.html", status=form.status, form=form, room=room, labels=ROOM_LABELS)


@router.post("/salles/{room_id}/retrait", name="timetable.remove_room", dependencies=EDIT)
def remove_room(request: Request, db: Db, me: Me, room_id: Id) -> Response:
    """Counted no more."""
    service.remove_room(db, queries.get_room(db, room_id, lock=True), by=me)
    return redirect(request, url(request, "timetable.list_rooms"), flash="Salle retirée de la liste.")


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


def _activities_page(request: Request, db: Db, form: Form[Any], status: int) -> Response:
    return page(
        request, "timetable/activities.html", status=status, form=form, activities=queries.list_activities(db),
        groups=group_options(db), kinds=KINDS, words=ACTIVITY_LABELS, labels=ACTIVITY_FIELDS,
    )  # fmt: skip


def _rooms_page(request: Request, db: Db, form: Form[Any], status: int) -> Response:
    return page(
        request, "timetable/rooms.html", status=status, form=form, rooms=queries.list_rooms(db), labels=ROOM_LABELS
    )  # fmt: skip
