"""Rooms whose places are counted: listed, exported, added, changed, removed."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.timetable import queries, service
from app.timetable.forms import RoomChange, RoomForm
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.listing import Column, ListQuery, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TIMETABLE_READ)], [allow(Permission.TIMETABLE_EDIT)]
LABELS = {"name": "Nom de la salle", "capacity": "Places"}
COLUMNS = (Column("Salle", lambda row: row.name), Column("Places", lambda row: row.capacity))


@router.get("/salles", name="timetable.list_rooms", dependencies=READ)
def list_rooms(request: Request, db: Db, listing: Listing) -> Response:
    """The rooms that are counted."""
    return _list_page(request, db, listing, blank_form(), 200)


@router.get("/salles/export.{kind}", name="timetable.export_rooms", dependencies=READ)
def export_rooms(db: Db, listing: Listing, kind: str) -> Response:
    """The same as a table file."""
    return export("salles", kind, COLUMNS, queries.list_rooms(db, _asked(listing)))


@router.post("/salles", name="timetable.add_room", dependencies=EDIT)
def add_room(request: Request, db: Db, me: Me, listing: Listing, posted: PostedForm) -> Response:
    """One more."""
    form = posted.read(RoomForm)
    with form.refusals():
        if form.ok:
            service.add_room(db, name=form.valid.name, capacity=form.valid.capacity, by=me)
            return redirect(request, url(request, "timetable.list_rooms"), flash="Salle ajoutée.")
    return _list_page(request, db, listing, form, form.status)


@router.get("/salles/{room_id}/modifier", name="timetable.edit_room", dependencies=EDIT)
def edit_room(request: Request, db: Db, room_id: Id) -> Response:
    """How many it holds."""
    room = queries.get_room(db, room_id)
    form = blank_form({"capacity": room.capacity, "version": room.version})
    return page(request, "timetable/room_edit.html", form=form, room=room, labels=LABELS)


@router.post("/salles/{room_id}/modifier", name="timetable.change_room", dependencies=EDIT)
def change_room(request: Request, db: Db, me: Me, room_id: Id, posted: PostedForm) -> Response:
    """Change it."""
    room = queries.get_room(db, room_id, lock=True)
    form = posted.read(RoomChange)
    with form.refusals():
        if form.ok:
            service.change_room(db, room, capacity=form.valid.capacity, seen_version=form.valid.version, by=me)
            return redirect(request, url(request, "timetable.list_rooms"), flash="Salle enregistrée.")
    return page(request, "timetable/room_edit.html", status=form.status, form=form, room=room, labels=LABELS)


@router.post("/salles/{room_id}/retrait", name="timetable.remove_room", dependencies=EDIT)
def remove_room(request: Request, db: Db, me: Me, room_id: Id) -> Response:
    """Counted no more."""
    service.remove_room(db, queries.get_room(db, room_id, lock=True), by=me)
    return redirect(request, url(request, "timetable.list_rooms"), flash="Salle retirée de la liste.")


def _asked(listing: ListQuery) -> ListRequest:
    return listing.request(sorts=queries.ROOM_SORTS, default="nom")


def _list_page(request: Request, db: Db, listing: ListQuery, form: Form[Any], status: int) -> Response:
    asked = _asked(listing)
    return page(
        request, "timetable/rooms.html", status=status, form=form, listing=listing, asked=asked, labels=LABELS,
        rooms=queries.list_rooms(db, asked),
    )  # fmt: skip
