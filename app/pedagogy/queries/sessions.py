"""The timetable: sessions of a period, and whom a new one would disturb."""

from datetime import date
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Staff
from app.core.db import run
from app.core.paging import ListRequest, Page, fetch_page
from app.pedagogy.models import PupilGroup, TimetableSession
from app.pedagogy.queries.rolls import session_rows
from app.pedagogy.queries.shares import within
from app.pedagogy.rules import Period, SessionPlan, SessionState


def sessions_at_the_time(db: Session, plan: SessionPlan, *, but: int | None = None) -> list[TimetableSession]:
    """Sessions of that day, not cancelled, that share a minute with the plan; `but` is the session being changed."""
    session = TimetableSession
    query = (
        select(session)
        .options(joinedload(session.group), joinedload(session.subject), joinedload(session.staff))
        .where(
            session.on_date == plan.on_date, session.state == SessionState.PLANNED,
            session.start_minute < plan.end_minute, session.end_minute > plan.start_minute,
        )
        .order_by(session.start_minute, session.id)
    )  # fmt: skip
    return [found for found in db.execute(query).scalars() if found.id != but]


def find_by_key(db: Session, group_id: int, on_date: date, start_minute: int) -> TimetableSession | None:
    """The session of a group at a time: the school's own key, cancelled or not."""
    session = TimetableSession
    query = select(session).where(
        session.group_id == group_id, session.on_date == on_date, session.start_minute == start_minute
    )
    return db.execute(query).scalar_one_or_none()


def list_sessions(db: Session, period: Period, request: ListRequest, *, group: PupilGroup | None = None) -> Page[Any]:
    """Sessions of a period in order, cancelled ones too; columns only, two statements."""
    session = TimetableSession
    query = session_rows().where(*within(session.on_date, period))
    if group is not None:
        query = query.where(session.group_id == group.id)
    ordered = query.order_by(session.on_date, session.start_minute, session.id)
    return fetch_page(db, ordered, request, exact=True)


def staff_options(db: Session) -> list[tuple[str, str]]:
    """(code, name) of the staff who may hold a session."""
    return [(code, f"{first} {last}") for code, first, last in run(db, _STAFF).all()]


_STAFF = (
    select(Staff.code, Staff.first_name, Staff.last_name).where(Staff.disabled_at.is_(None)).order_by(Staff.sort_key)
)


def find_staff(db: Session, code: str) -> Staff | None:
    """A member of staff by code."""
    return db.execute(select(Staff).where(Staff.code == code)).scalar_one_or_none()


def room_options(db: Session, period: Period) -> list[str]:
    """The rooms used in a period."""
    values = {"start": period.start or date.min, "end": period.end or date.max}
    return sorted(room for room in run(db, _ROOMS, values).scalars() if room)


_ROOMS = (
    select(TimetableSession.room)
    .where(
        TimetableSession.room.is_not(None), TimetableSession.on_date >= bindparam("start"),
        TimetableSession.on_date <= bindparam("end"),
    )
    .distinct()
)  # fmt: skip
