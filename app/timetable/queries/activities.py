"""Exams, placements and visits, and the sessions that were held on their days."""

from datetime import date

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from app.core.errors import NotFound
from app.core.paging import ListRequest
from app.pedagogy.models import AttendanceRecord, TimetableSession
from app.pedagogy.rules import HERE
from app.timetable.models import ActivityPeriod
from app.timetable.queries.grid import placed_where
from app.timetable.queries.tables import ordered
from app.timetable.rules import ActivityKind
from app.timetable.rules.placed import Placed

ACTIVITY_SORTS = {
    "debut": ActivityPeriod.starts_on, "fin": ActivityPeriod.ends_on, "intitule": ActivityPeriod.label,
    "nature": ActivityPeriod.kind,
}  # fmt: skip
_LOADED = (joinedload(ActivityPeriod.group), joinedload(ActivityPeriod.pupil))


def list_activities(db: Session, request: ListRequest) -> list[ActivityPeriod]:
    """Exam, placement and visit periods as asked for; `nature` is a kind. One statement."""
    query = select(ActivityPeriod).options(*_LOADED)
    if (kind := request.filters.get("nature", "")) in {one.value for one in ActivityKind}:
        query = query.where(ActivityPeriod.kind == ActivityKind(kind))
    return list(db.execute(ordered(query, request, ACTIVITY_SORTS, ActivityPeriod.id)).scalars())


def get_activity(db: Session, activity_id: int, *, lock: bool = False) -> ActivityPeriod:
    """A period."""
    query = select(ActivityPeriod).where(ActivityPeriod.id == activity_id).options(*_LOADED)
    if lock:
        query = query.with_for_update(of=ActivityPeriod).execution_options(populate_existing=True)
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("Cette période n’existe pas.")
    return found


def activities_at(
    db: Session, *, group_id: int | None, pupil_id: int | None, start: date, end: date
) -> list[ActivityPeriod]:
    """Periods of the same group or pupil that share a day."""
    period = ActivityPeriod
    same = period.group_id == group_id if group_id is not None else period.pupil_id == pupil_id
    query = select(period).where(same, period.starts_on <= end, period.ends_on >= start).order_by(period.starts_on)
    return list(db.execute(query).scalars())


def held_beside(db: Session, *, group_id: int | None, pupil_id: int | None, start: date, end: date) -> list[Placed]:
    """Sessions of these days where somebody of the group, or the pupil, was there at the roll call."""
    session, record = TimetableSession, AttendanceRecord
    was_here = exists().where(record.session_id == session.id, record.status.in_(HERE))
    days = session.on_date.between(start, end)
    if group_id is not None:
        return placed_where(db, days, session.called_at.is_not(None), session.group_id == group_id, was_here)
    return placed_where(db, days, session.called_at.is_not(None), was_here.where(record.pupil_id == pupil_id))
