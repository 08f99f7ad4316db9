"""What an import cannot carry, done by the services as people would: holidays, homework, the work of today."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from itertools import islice

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.accounts import queries as accounts
from app.core import clock
from app.core.actor import SYSTEM, Actor
from app.core.errors import Refused
from app.demo.calendar import DAY, Holiday, holidays, school_year_of
from app.demo.decisions import go_past, try_in_vain
from app.demo.evening import leave_times, set_breaks
from app.demo.hours import show_hours
from app.demo.material import fill_racks
from app.demo.quality import show_quality
from app.demo.reasons import explain
from app.machines.models import Clearance
from app.machines.rules import Check, ClearanceKind
from app.machines.rules.spans import years_later
from app.pedagogy.models import Pupil, TimetableSession
from app.pedagogy.rules import SessionKind
from app.pedagogy.rules.logs import Lesson
from app.pedagogy.service import log_lesson
from app.timetable.service import add_closure
from app.workshop.models import Assignment, Ticket
from app.workshop.queries import Asked, today_board
from app.workshop.queries.board import Row
from app.workshop.queries.people import experience
from app.workshop.queries.tickets import get_ticket
from app.workshop.rules import HELD_STATES, LIVE_STATES, Presence
from app.workshop.service import cancel_ticket, give_operation, pause_ticket, start_ticket, take_back

HOMEWORK = (
    "Relire le cours et apprendre les mots nouveaux.",
    "Exercices 3 à 6 de la fiche.",
    "Terminer le texte commencé en classe.",
    "Apporter le plan de la pièce étudiée en atelier.",
    "Réviser pour l’évaluation.",
)
LESSONS_WITH_HOMEWORK = 8
TICKETS_PER_CLASS = 4
AT_WORK = 2
LEAD = timedelta(minutes=45)


def enliven(db: Session) -> None:
    """Fill in what the tables leave out. Whatever the hour, today has tickets given, running and paused."""
    day = clock.today()
    for holiday in _holidays_around(day):
        add_closure(db, starts_on=holiday.first, ends_on=holiday.last, label=holiday.label, by=SYSTEM)
    db.flush()  # queries of the services read what was added
    _set_homework(db, day)
    sessions = _workshop_sessions(db, day)
    _tidy_up(db, day, accounts.staff_actor(sessions[0].staff))
    set_breaks(db)
    leave_times(db)
    go_past(db)
    for session in sessions:
        _hand_out(db, session)
    fill_racks(db, by=accounts.staff_actor(sessions[0].staff))
    _look_ahead(db, sessions)
    show_quality(db, accounts.staff_actor(sessions[0].staff))
    explain(db)
    show_hours(db, day)


def _holidays_around(day: date) -> Iterator[Holiday]:
    """The holidays of last, this and next school year, without `day` itself: the school is open that day."""
    for year in range(school_year_of(day) - 1, school_year_of(day) + 2):
        for holiday in holidays(year):
            if not holiday.first <= day <= holiday.last:
                yield holiday
                continue
            if holiday.first < day:
                yield Holiday(holiday.first, day - DAY, holiday.label)
            if day < holiday.last:
                yield Holiday(day + DAY, holiday.last, holiday.label)


def _set_homework(db: Session, day: date) -> None:
    """Teachers add what is to be done for next time to the latest lessons they logged."""
    lessons = db.scalars(
        select(TimetableSession)
        .where(
            TimetableSession.on_date < day,
            TimetableSession.kind == SessionKind.THEORY,
            TimetableSession.content.is_not(None),
        )
        .order_by(TimetableSession.on_date.desc(), TimetableSession.start_minute.desc())
        .limit(LESSONS_WITH_HOMEWORK)
    )
    for number, lesson in enumerate(lessons):
        written = Lesson(lesson.content or "", HOMEWORK[number % len(HOMEWORK)], lesson.on_date + timedelta(days=7))
        log_lesson(db, lesson, lesson=written, seen_version=lesson.version, by=accounts.staff_actor(lesson.staff))


def _workshop_sessions(db: Session, day: date) -> list[TimetableSession]:
    """The workshop session of today that tickets are given in, one per class: the latest begun, else the first."""
    sessions = db.scalars(
        select(TimetableSession)
        .where(TimetableSession.on_date == day, TimetableSession.kind == SessionKind.PRACTICE)
        .order_by(TimetableSession.start_minute)
    )
    minute = clock.local_minute(clock.now())
    chosen: dict[int, TimetableSession] = {}
    for session in sessions:
        if session.group_id not in chosen or session.start_minute <= minute:
            chosen[session.group_id] = session
    return list(chosen.values())


def _tidy_up(db: Session, day: date, by: Actor) -> None:
    """The masters' evening: what leavers held goes back to the queue, and of several tickets begun on the same
    operation one goes on.
    """
    held = select(Ticket.number).join(Assignment, Assignment.ticket_id == Ticket.id)
    gone = held.join(Pupil, Pupil.id == Assignment.pupil_id).where(
        Assignment.ended_at.is_(None), Ticket.state.in_(HELD_STATES), Pupil.left_on < day
    )
    for number in db.scalars(gone).all():
        take_back(db, get_ticket(db, number, lock=True), by=by)
    db.flush()  # a ticket taken back is alive, and may be the one too many
    live = select(Ticket.operation_id, Ticket.number).where(Ticket.state.in_(LIVE_STATES)).order_by(Ticket.id.desc())
    kept: dict[int, str] = {}
    for operation, number in db.execute(live).all():
        last = kept.setdefault(operation, number)
        if last != number:
            cancel_ticket(db, get_ticket(db, number, lock=True), note=f"La suite est sur le {last}.", by=by)
    db.flush()  # the board counts what is left


def _hand_out(db: Session, session: TimetableSession) -> None:
    """Work of the morning: new tickets for some who have none; two pupils at work, one on pause."""
    by = accounts.staff_actor(session.staff)
    begin, end = _span(session)
    with clock.freeze(begin):
        given = [ticket.number for ticket in islice(_give(db, by), TICKETS_PER_CLASS)]
        try_in_vain(db, session, by)
        rows = today_board(db, Asked(by.staff_id, mine=True)).rows
    resumed = [row.held[0].number for row in rows if row.presence == Presence.HERE and row.held]
    with clock.freeze(begin + (end - begin) / 5):
        chosen = _start(db, dict.fromkeys([*given[:1], *resumed, *given[1:]]), by)
        db.flush()  # clocks run before one is stopped
    with clock.freeze(begin + (end - begin) * 4 / 5):
        for number in chosen[:1]:
            pause_ticket(db, get_ticket(db, number, lock=True), by=by)
        db.flush()  # the clock of the last pupil stops before the real time comes back


def _start(db: Session, numbers: Iterable[str], by: Actor) -> list[str]:
    """Those the gate lets start; before the first session nobody is there to supervise, and only benches are open."""
    started: list[str] = []
    for number in numbers:
        if len(started) <= AT_WORK:
            with suppress(Refused):
                start_ticket(db, get_ticket(db, number, lock=True), by=by)
                started.append(number)
    return started


def _give(db: Session, by: Actor) -> Iterator[Ticket]:
    """Every second ready piece of work to a free pupil who may have it and has done such work before."""
    ready = [item for item in today_board(db, Asked(by.staff_id, mine=True)).items if not item.waiting]
    for item in ready[1::2]:
        if item.ticket:
            continue
        in_hand = today_board(db, Asked(by.staff_id, mine=True, operation_id=item.operation_id))
        free = [row.person.id for row in in_hand.able if row.presence == Presence.HERE and not row.held]
        known = experience(db, free, item.center_id)
        best = max(free, key=lambda pupil: known[pupil], default=None)
        if best is not None and known[best]:
            yield give_operation(db, item.operation_id, pupil_ids=[best], by=by)
            db.flush()  # the next board shows it


def _look_ahead(db: Session, sessions: list[TimetableSession]) -> None:
    """One regulated piece of work for somebody whose medical opinion ends soon: the master hears of it in time."""
    soon = _opinions_ending(db)
    for session in sessions:
        by = accounts.staff_actor(session.staff)
        with clock.freeze(_span(session)[0]):
            for item in today_board(db, Asked(by.staff_id, mine=True)).items:
                if item.ticket or item.waiting:
                    continue
                hand = today_board(db, Asked(by.staff_id, mine=True, operation_id=item.operation_id))
                able = [row.person.id for row in hand.able if row.person.id in soon and _is_regulated(row)]
                if able:
                    give_operation(db, item.operation_id, pupil_ids=able[:1], by=by)
                    db.flush()  # the next board shows it
                    return


def _is_regulated(row: Row) -> bool:
    return row.gate is not None and row.gate.finding(Check.OPINION) is not None


def _opinions_ending(db: Session) -> set[int]:
    """The pupils whose latest opinion ends within thirty days."""
    latest = select(Clearance.pupil_id, func.max(Clearance.on_date)).where(Clearance.kind == ClearanceKind.MEDICAL)
    day = clock.today()
    return {
        pupil_id for pupil_id, on in db.execute(latest.group_by(Clearance.pupil_id)).all()
        if day < years_later(on, 1) <= day + timedelta(days=30)
    }  # fmt: skip


def _span(session: TimetableSession) -> tuple[datetime, datetime]:
    """The last three quarters of an hour of the session so far; before it begins, those before now."""
    first = clock.instant(session.on_date, session.start_minute + 5)
    end = min(clock.now(), clock.instant(session.on_date, session.end_minute))
    floor = first if first < end else clock.instant(session.on_date, 0)
    return max(floor, end - LEAD), end
