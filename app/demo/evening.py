"""What the clocks of the last practice day left for a master to go over: a forgotten stop, times entered by hand."""

from contextlib import suppress
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.accounts import service as school
from app.accounts.rules import SCHOOL_LABELS
from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.errors import Refused
from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import SessionKind
from app.workshop.models import Assignment, Ticket
from app.workshop.queries.people import people_of
from app.workshop.queries.tickets import get_ticket
from app.workshop.rules import HELD_STATES, HalfDay, SessionWork, half_of
from app.workshop.service import Quarters, enter_half_day, start_ticket, stop_forgotten

BREAKS = "10:00-10:10 ; 15:00-15:10"
FORGOTTEN, BY_HAND = 2, 2
LAST_MINUTES = 14  # of a session, when everybody else already tidies up


def set_breaks(db: Session) -> None:
    """The two breaks of the day, which no time counts in."""
    found = accounts.find_school(db)
    if found is not None:
        values = {name: getattr(found, name) for name in SCHOOL_LABELS} | {"daily_breaks": BREAKS}
        school.change_school(db, values=values, seen_version=None, by=SYSTEM)
        db.flush()  # clocks are cut by it from here on


def leave_times(db: Session) -> None:
    """The last practice session before today: clocks nobody stopped, and quarters of an hour of checking."""
    session = db.scalars(
        select(TimetableSession)
        .where(TimetableSession.on_date < clock.today(), TimetableSession.kind == SessionKind.PRACTICE)
        .order_by(TimetableSession.on_date.desc(), TimetableSession.start_minute.desc())
        .limit(1)
    ).first()
    if session is None:
        return
    by = accounts.staff_actor(session.staff)
    held = _held(db, session)
    end = clock.instant(session.on_date, session.end_minute)
    with clock.freeze(end - timedelta(minutes=LAST_MINUTES)):
        left = _forget(db, held, by)
    with clock.freeze(end + timedelta(minutes=20)):
        stop_forgotten(db, by=by)
        _check(db, session, left, by)
    db.flush()  # today's work starts after it


def _held(db: Session, session: TimetableSession) -> list[tuple[int, str]]:
    """(pupil, ticket) of those who were there and have a ticket in hand."""
    pupils = [person.id for person in people_of(db, [session.group_id], session.on_date)]
    query = (
        select(Assignment.pupil_id, Ticket.number)
        .join(Ticket, Ticket.id == Assignment.ticket_id)
        .where(Assignment.pupil_id.in_(pupils), Assignment.ended_at.is_(None), Ticket.state.in_(HELD_STATES))
        .order_by(Ticket.id)
    )
    return [(row[0], row[1]) for row in db.execute(query)]


def _forget(db: Session, held: list[tuple[int, str]], by: Actor) -> list[tuple[int, str]]:
    """Some start once more before the bell; what the rest holds is answered."""
    forgotten: set[int] = set()
    for pupil_id, number in held:
        if len(forgotten) < FORGOTTEN and pupil_id not in forgotten:
            with suppress(Refused):
                start_ticket(db, get_ticket(db, number, lock=True), pupil_id=pupil_id, by=by)
                forgotten.add(pupil_id)
    return [(pupil_id, number) for pupil_id, number in held if pupil_id not in forgotten]


def _check(db: Session, session: TimetableSession, held: list[tuple[int, str]], by: Actor) -> None:
    """A quarter of an hour of checking, entered by the master where the pupil had none left for it."""
    half: HalfDay = half_of(session.start_minute)
    for pupil_id, number in held[:BY_HAND]:
        with suppress(Refused):
            enter_half_day(db, session.on_date, half, [Quarters(pupil_id, number, 1, SessionWork.CHECK)], by=by)
