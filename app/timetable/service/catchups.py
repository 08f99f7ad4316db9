"""Which session makes up for a missed one: said when it is planned, kept when it moves."""

from sqlalchemy.orm import Session

from app.core.errors import Refused
from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import SessionPlan
from app.timetable import queries
from app.timetable.models import CatchUp
from app.timetable.rules.catchups import why_not_catch_up


def check_catch_up(db: Session, plan: SessionPlan, *, but: int | None = None) -> None:
    """Refuse what cannot be made up for by this session. The plan holds its group, so that two see each other."""
    if plan.catches_up is None:
        return
    if why := why_not_catch_up(queries.find_missed(db, plan.catches_up, but=but), plan):
        raise Refused(why, field="catches_up")


def set_catch_up(db: Session, session: TimetableSession, missed_id: int | None) -> None:
    """What the session makes up for from now on; None, nothing."""
    link = queries.catch_up_of(db, session.id)
    if link is None and missed_id is not None:
        db.add(CatchUp(session_id=session.id, missed_id=missed_id))
    elif link is not None and missed_id is None:
        db.delete(link)
    elif link is not None and missed_id is not None:
        link.missed_id = missed_id
    db.flush()  # so that the next question about it in this request is answered


def described(db: Session, missed_id: int | None) -> str:
    """« Séance du 20/11/2026 », for the journal; nothing when it makes up for nothing."""
    missed = queries.find_missed(db, missed_id) if missed_id else None
    return f"Séance du {missed.on_date:%d/%m/%Y}" if missed else ""
