"""What the pages of one session show."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.core.clock import local_minute, now, today
from app.core.journal import Deed, history
from app.pedagogy.models import TimetableSession
from app.pedagogy.queries import (
    RollSheet,
    find_group,
    get_session,
    list_groups,
    roll_sheet,
    room_options,
    staff_options,
    subject_options,
)
from app.pedagogy.queries.pupils import group_label
from app.pedagogy.rules import Standing, school_year_label, school_year_of, standing, tally_label
from app.timetable.models import TimetableRule
from app.timetable.queries.rules import origin_of


@dataclass(frozen=True, slots=True)
class SessionPage:
    """One session with its roll, if called, and what was done to it."""

    session: TimetableSession
    standing: Standing
    sheet: RollSheet
    journal: list[Deed]
    origin: TimetableRule | None

    @property
    def tally(self) -> str:
        """« 10 présents, 1 retard »."""
        return tally_label(line.status for line in self.sheet.lines if line.status)


@dataclass(frozen=True, slots=True)
class SessionChoices:
    """What the form of a session offers; subjects once the group is known."""

    groups: list[tuple[str, str]]
    subjects: list[tuple[str, str]]
    staff: list[tuple[str, str]]
    rooms: list[str]


def session_page(db: Session, session_id: int) -> SessionPage:
    """One session."""
    session = get_session(db, session_id)
    begun = session.on_date < today() or (session.on_date == today() and session.start_minute <= local_minute(now()))
    where = standing(session.state, called=session.called_at is not None, started=begun)
    journal = history(db, "timetable_session", session.id)
    origin = origin_of(db, session.id)
    return SessionPage(session, where, roll_sheet(db, session), journal, origin.rule if origin else None)


def session_choices(db: Session, group_code: str) -> SessionChoices:
    """Groups of this school year first, the subjects of the chosen one's diploma, who may hold it, known rooms."""
    current = school_year_label(today())
    rows = sorted(list_groups(db), key=lambda row: row.school_year != current)
    group = find_group(db, group_code) if group_code else None
    subjects = subject_options(db, group.diploma_id) if group else []
    rooms = room_options(db, school_year_of(today()))
    return SessionChoices([(row.code, group_label(row)) for row in rows], subjects, staff_options(db), rooms)
