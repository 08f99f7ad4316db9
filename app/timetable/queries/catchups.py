"""Missed lessons: those still owed to a group, and which session makes up for which."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Staff
from app.core.db import run
from app.pedagogy.models import Subject, TimetableSession
from app.pedagogy.rules import SessionState, school_year_of
from app.timetable.models import CatchUp
from app.timetable.rules.catchups import NOT_MISSED, Missed


@dataclass(frozen=True, slots=True)
class Link:
    """The other session of a link: the one made up for, or one that makes up for it."""

    id: int
    on_date: date
    start_minute: int
    end_minute: int
    planned: bool

    @property
    def minutes(self) -> int:
        """Length."""
        return self.end_minute - self.start_minute


def missed_rows(session: Any = TimetableSession) -> ColumnElement[bool]:
    """Cancelled, and owed: `rules.catchups.is_missed` for the database."""
    reason = func.coalesce(session.cancel_reason, "")
    settled = or_(*(reason.startswith(words, autoescape=True) for words in NOT_MISSED))
    return and_(session.state == SessionState.CANCELLED, not_(settled))


@cache
def _missed(*, one: bool) -> Any:
    session, other = TimetableSession, aliased(TimetableSession)
    caught = (
        select(func.coalesce(func.sum(other.end_minute - other.start_minute), 0))
        .join(CatchUp, CatchUp.session_id == other.id)
        .where(
            CatchUp.missed_id == session.id, other.state == SessionState.PLANNED,
            other.id != bindparam("but"),
        )
        .scalar_subquery()
    )  # fmt: skip
    query = (
        select(session.id, session.group_id, session.on_date, session.start_minute, session.end_minute,
               session.subject_id, Subject.label, Staff.code, Staff.first_name + " " + Staff.last_name, session.state,
               func.coalesce(session.cancel_reason, ""), caught)
        .join(Subject, Subject.id == session.subject_id)
        .join(Staff, Staff.id == session.staff_id)
    )  # fmt: skip
    if one:
        return query.where(session.id == bindparam("session"))
    return query.where(
        session.group_id == bindparam("group"), session.on_date >= bindparam("start"),
        session.on_date <= bindparam("end"), missed_rows(),
        ~select(CatchUp.session_id).where(CatchUp.session_id == session.id).exists(),
    ).order_by(session.on_date, session.start_minute)  # fmt: skip


def missed_sessions(db: Session, group_id: int, day: date, *, but: int | None = None) -> list[Missed]:
    """What is owed to a group in the school year of a day, what `but` makes up for itself included. One statement.

    A cancelled session that was itself to make up for another is not owed: the other is again.
    """
    year = school_year_of(day)
    values = {"group": group_id, "start": year.start, "end": year.end, "but": but or 0}
    found = [Missed(*row) for row in run(db, _missed(one=False), values).all()]
    return [one for one in found if one.left]


def find_missed(db: Session, session_id: int, *, but: int | None = None) -> Missed | None:
    """A session as something to make up for, whatever became of it."""
    row = run(db, _missed(one=True), {"session": session_id, "but": but or 0}).one_or_none()
    return Missed(*row) if row else None


def catch_up_of(db: Session, session_id: int | None) -> CatchUp | None:
    """What a session makes up for."""
    return db.get(CatchUp, session_id) if session_id else None


_LINKS = select(CatchUp.session_id, CatchUp.missed_id).where(
    CatchUp.session_id.in_(bindparam("sessions", expanding=True))
)


def catch_ups_of(db: Session, session_ids: Collection[int]) -> dict[int, int]:
    """Which of these sessions make up for which; one statement."""
    return {row[0]: row[1] for row in run(db, _LINKS, {"sessions": sorted(session_ids)}).all()}


@cache
def _around() -> Any:
    other = TimetableSession
    this: Any = bindparam("session")
    return (
        select(CatchUp.missed_id, other.id, other.on_date, other.start_minute, other.end_minute, other.state)
        .join(other, or_(and_(CatchUp.session_id == this, other.id == CatchUp.missed_id),
                         and_(CatchUp.missed_id == this, other.id == CatchUp.session_id)))
        .order_by(other.on_date, other.start_minute)
    )  # fmt: skip


def links_around(db: Session, session_id: int) -> tuple[Link | None, list[Link]]:
    """What a session makes up for, and what makes up for it; one statement."""
    missed, makers = None, []
    for missed_id, id_, on_date, start, end, state in run(db, _around(), {"session": session_id}).all():
        link = Link(id_, on_date, start, end, state == SessionState.PLANNED)
        if missed_id == id_:
            missed = link
        else:
            makers.append(link)
    return missed, makers
