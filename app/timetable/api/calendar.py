"""Closures, exams and placements, rooms as JSON."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.accounts.deps import Me, allow
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.pedagogy.queries import get_closure, list_closures
from app.timetable import queries, service
from app.timetable.forms import ActivityChange, ActivityForm, ClosureForm, RoomChange, RoomForm
from app.timetable.rules import ActivityKind
from app.timetable.schemas import (
    ActivityList,
    ActivityRow,
    ClosureList,
    ClosureRow,
    RoomList,
    RoomRow,
    Withdrawn,
    activity_out,
    closure_out,
    room_out,
)
from app.web.deps import Db
from app.web.fields import Id
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["timetable"])
READ, PLAN = [allow(Permission.TIMETABLE_READ)], [allow(Permission.TIMETABLE_EDIT)]


@router.get("/closures", name="timetable.api_list_closures", dependencies=READ)
def list_all_closures(db: Db) -> ClosureList:
    """Days without school that the school has set, the latest first."""
    return ClosureList(items=[closure_out(row) for row in list_closures(db)])


@router.post("/closures", name="timetable.api_add_closure", status_code=201, dependencies=PLAN)
def add_closure(db: Db, me: Me, body: ClosureForm, response: Response) -> ClosureRow:
    """Close the school; planned sessions of these days are cancelled. `seen`: the preview it was decided on."""
    closure = service.add_closure(
        db, starts_on=body.starts_on, ends_on=body.ends_on, label=body.label, seen=body.seen or None, by=me
    )
    response.headers["Location"] = f"/api/v1/closures/{closure.id}"
    return closure_out(closure)


@router.get("/closures/{closure_id}", name="timetable.api_show_closure", dependencies=READ)
def show_closure(db: Db, closure_id: Id) -> ClosureRow:
    """One closure."""
    return closure_out(get_closure(db, closure_id))


@router.delete("/closures/{closure_id}", name="timetable.api_remove_closure", dependencies=PLAN)
def remove_closure(db: Db, me: Me, closure_id: Id) -> Withdrawn:
    """Open the school again; says which sessions stay cancelled, and why."""
    return Withdrawn(stays=service.remove_closure(db, get_closure(db, closure_id, lock=True), by=me))


@router.get("/activity-periods", name="timetable.api_list_activities", dependencies=READ)
def list_activities(db: Db, kind: Annotated[ActivityKind | None, Query()] = None) -> ActivityList:
    """Exams, placements and visits, the latest first."""
    filters = {"nature": kind.value} if kind else {}
    found = queries.list_activities(db, ListRequest(sort="debut", descending=True, filters=filters))
    return ActivityList(items=[activity_out(row) for row in found])


@router.post("/activity-periods", name="timetable.api_add_activity", status_code=201, dependencies=PLAN)
def add_activity(db: Db, me: Me, body: ActivityForm, response: Response) -> ActivityRow:
    """One more, of a group or of a pupil."""
    period = service.add_activity(db, values=body.model_dump(), by=me)
    response.headers["Location"] = f"/api/v1/activity-periods/{period.id}"
    return activity_out(queries.get_activity(db, period.id))


@router.get("/activity-periods/{activity_id}", name="timetable.api_show_activity", dependencies=READ)
def show_activity(db: Db, activity_id: Id) -> ActivityRow:
    """One period."""
    return activity_out(queries.get_activity(db, activity_id))


@router.put("/activity-periods/{activity_id}", name="timetable.api_change_activity", dependencies=PLAN)
def change_activity(db: Db, me: Me, activity_id: Id, body: ActivityChange) -> ActivityRow:
    """Change it, but not the hours of it that already count."""
    period = queries.get_activity(db, activity_id, lock=True)
    return activity_out(
        service.change_activity(db, period, values=body.model_dump(), seen_version=body.version, by=me)
    )  # fmt: skip


@router.delete(
    "/activity-periods/{activity_id}", name="timetable.api_remove_activity", status_code=204, dependencies=PLAN
)
def remove_activity(db: Db, me: Me, activity_id: Id) -> None:
    """A period that does not take place."""
    service.remove_activity(db, queries.get_activity(db, activity_id, lock=True), by=me)


@router.get("/rooms", name="timetable.api_list_rooms", dependencies=READ)
def list_rooms(db: Db) -> RoomList:
    """Rooms whose places are counted, by name."""
    return RoomList(items=[room_out(row) for row in queries.list_rooms(db)])


@router.post("/rooms", name="timetable.api_add_room", status_code=201, dependencies=PLAN)
def add_room(db: Db, me: Me, body: RoomForm, response: Response) -> RoomRow:
    """One more."""
    room = service.add_room(db, name=body.name, capacity=body.capacity, by=me)
    response.headers["Location"] = f"/api/v1/rooms/{room.id}"
    return room_out(room)


@router.get("/rooms/{room_id}", name="timetable.api_show_room", dependencies=READ)
def show_room(db: Db, room_id: Id) -> RoomRow:
    """One room."""
    return room_out(queries.get_room(db, room_id))


@router.put("/rooms/{room_id}", name="timetable.api_change_room", dependencies=PLAN)
def change_room(db: Db, me: Me, room_id: Id, body: RoomChange) -> RoomRow:
    """How many it holds."""
    room = queries.get_room(db, room_id, lock=True)
    return room_out(service.change_room(db, room, capacity=body.capacity, seen_version=body.version, by=me))


@router.delete("/rooms/{room_id}", name="timetable.api_remove_room", status_code=204, dependencies=PLAN)
def remove_room(db: Db, me: Me, room_id: Id) -> None:
    """Counted no more."""
    service.remove_room(db, queries.get_room(db, room_id, lock=True), by=me)
