"""Hours as a school keeps them: last month's statements read and closed, one still to read, a lesson on an order."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, timedelta
from itertools import product

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import Staff
from app.core.actor import Actor
from app.core.errors import Refused
from app.core.permissions import Role
from app.ledger.queries import find_project, list_projects, statement_page
from app.ledger.service import close_statement, confirm_statement
from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import SessionKind, month_of
from app.pedagogy.service.logs import link_project
from app.timetable.service import cancel_session, create_session, plan_session

STARTS = (780, 660, 900)  # when a class has an hour free


def show_hours(db: Session, day: date) -> None:
    """Teachers have read last month and the office closed it, but for the last one; the first has still to read."""
    last = (month_of(day).start or day) - timedelta(days=1)
    month = last.replace(day=1)
    teachers = db.scalars(select(Staff).where(Staff.role == Role.TEACHER).order_by(Staff.code)).all()
    office = db.scalars(select(Staff).where(Staff.role == Role.OFFICE).order_by(Staff.code)).first()
    for place, teacher in enumerate(teachers[1:]):
        found = statement_page(db, teacher.code, month)
        if not found.lines:
            continue
        with suppress(Refused):  # a roll of the month is still missing
            by = accounts.staff_actor(teacher)
            made = confirm_statement(db, teacher, month=month, seen_minutes=found.minutes, by=by)
            if office is not None and place < len(teachers) - 2:
                close_statement(db, made, by=accounts.staff_actor(office))
    _link_a_lesson(db, day)
    if office is not None:
        _miss_a_lesson(db, day, accounts.staff_actor(office))


def _link_a_lesson(db: Session, day: date) -> None:
    lesson = db.scalars(
        select(TimetableSession)
        .where(
            TimetableSession.kind == SessionKind.THEORY, TimetableSession.logged_at.is_not(None),
            TimetableSession.on_date < day,
        )
        .order_by(TimetableSession.on_date.desc(), TimetableSession.start_minute.desc())
        .limit(1)
    ).first()  # fmt: skip
    jobs = list_projects(db, "")
    if lesson is not None and jobs:
        label = find_project(db, jobs[0].number) or jobs[0].number
        by = accounts.staff_actor(lesson.staff)
        link_project(db, lesson, label=label, url=f"/atelier/of/{jobs[0].number}", by=by)


def _miss_a_lesson(db: Session, day: date, by: Actor) -> None:
    """An hour that fell out two weeks ago, and one next week that makes up for it."""
    lesson = db.scalars(
        select(TimetableSession)
        .where(TimetableSession.kind == SessionKind.THEORY, TimetableSession.on_date < day)
        .order_by(TimetableSession.on_date.desc(), TimetableSession.start_minute)
        .limit(1)
    ).first()
    if lesson is None:
        return
    missed = _place(db, lesson, (day - timedelta(days=back) for back in range(10, 20)), by)
    if missed is not None:
        cancel_session(db, missed, reason="Intervenant absent", seen_version=None, by=by)
        db.flush()  # cancelled before something makes up for it
        _place(db, lesson, (day + timedelta(days=ahead) for ahead in range(3, 14)), by, catches_up=missed.id)


def _place(
    db: Session, lesson: TimetableSession, days: Iterable[date], by: Actor, *, catches_up: int | None = None
) -> TimetableSession | None:
    """One more hour of a lesson, where its class and its teacher are first free."""
    for on_date, start in product(days, STARTS):
        values = {
            "group": lesson.group.code, "on_date": on_date, "start": start, "end": start + 60, "kind": None,
            "subject": lesson.subject.code, "staff": lesson.staff.code, "room": lesson.room, "catches_up": catches_up,
        }  # fmt: skip
        with suppress(Refused):  # somebody is busy, or the school is closed
            return create_session(db, plan=plan_session(db, values=values), by=by)
    return None
