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
from app.timetable.queries.catchups import Link, links_around, missed_sessions
from app.timetable.queries.rules import origin_of
from app.timetable.rules.catchups import is_missed


@dataclass(frozen=True, slots=True)
class SessionPage:
    """One session with its roll, if called, and what was done to it.

    `makes_up_for`: the missed session it stands for; `made_up_by`: planned sessions that stand for it; `owed`: it fell
    out, and nothing makes up for all of it yet.
    """

    session: TimetableSession
    standing: Standing
    sheet: RollSheet
    journal: list[Deed]
    origin: TimetableRule | None
    makes_up_for: Link | None
    made_up_by: list[Link]
    owed: bool

    @property
    def tally(self) -> str:
        """« 10 présents, 1 retard »."""
        return tally_label(line.status for line in self.sheet.lines if line.status)


@dataclass(frozen=True, slots=True)
class SessionChoices:
    """What the form of a session offers; subjects and missed sessions once the group is known."""

    groups: list[tuple[str, str]]
    subjects: list[tuple[str, str]]
    staff: list[tuple[str, str]]
    rooms: list[str]
    missed: list[tuple[str, str]]


def session_page(db: Session, session_id: int) -> SessionPage:
    """One session."""
    session = get_session(db, session_id)
    begun = session.on_date < today() or (session.on_date == today() and session.start_minute <= local_minute(now()))
    where = standing(session.state, called=session.called_at is not None, started=begun)
    journal = history(db, "timetable_session", session.id)
    origin = origin_of(db, session.id)
    missed, makers = links_around(db, session.id)
    planned = [one for one in makers if one.planned]
    owed = is_missed(session.state, session.cancel_reason) and sum(one.minutes for one in planned) < session.minutes
    return SessionPage(
        session, where, roll_sheet(db, session), journal, origin.rule if origin else None, missed, planned,
        owed and missed is None,
    )  # fmt: skip


def session_choices(db: Session, group_code: str, *, but: int | None = None) -> SessionChoices:
    """Groups of this school year first, the subjects of the chosen one's diploma, who may hold it, known rooms.

    And what this year still owes the group, what the session `but` makes up for included.
    """
    current = school_year_label(today())
    rows = sorted(list_groups(db), key=lambda row: row.school_year != current)
    group = find_group(db, group_code) if group_code else None
    subjects = subject_options(db, group.diploma_id) if group else []
    rooms = room_options(db, school_year_of(today()))
    missed = missed_sessions(db, group.id, today(), but=but) if group else []
    return SessionChoices(
        [(row.code, group_label(row)) for row in rows], subjects, staff_options(db), rooms,
        [(str(one.id), one.label) for one in missed],
    )  # fmt: skip
