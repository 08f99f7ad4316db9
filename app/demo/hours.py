"""Hours as a school keeps them: last month's statements read and closed, one still to read, a lesson on an order."""

from contextlib import suppress
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts.models import Staff
from app.core.errors import Refused
from app.core.permissions import Role
from app.ledger.queries import find_project, list_projects, statement_page
from app.ledger.service import close_statement, confirm_statement
from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import SessionKind, month_of
from app.pedagogy.service.logs import link_project


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
