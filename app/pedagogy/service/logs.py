"""The theory log (*cahier de textes*): what was done, what is for next time, for how long."""

from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Forbidden, Refused, Stale
from app.pedagogy import policies
from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import why_not_taught
from app.pedagogy.service.writers import last_hand

LABELS = {"content": "Fait en séance", "homework": "Pour la prochaine fois", "taught_minutes": "Minutes faites"}


def log_lesson(
    db: Session, session: TimetableSession, *, content: str, homework: str | None, taught_minutes: int | None,
    seen_version: int | None, by: Actor,
) -> bool:  # fmt: skip
    """Write or correct the log of a session that has begun; whether anything changed.

    Without minutes the whole session was taught. Only its own teacher, or who edits the timetable.
    """
    if reason := policies.why_not_keep_log(by, session):
        raise Forbidden(reason)
    if reason := policies.why_not_log_now(session):
        raise Refused(reason)
    minutes = session.minutes if taught_minutes is None else taught_minutes
    if reason := why_not_taught(minutes, session.minutes):
        raise Refused(reason, field="taught_minutes")
    typed = {"content": content, "homework": homework, "taught_minutes": minutes}
    changes = {
        LABELS[name]: (getattr(session, name), value)
        for name, value in typed.items()
        if getattr(session, name) != value
    }
    if not changes:
        return False
    if _is_stale(session, seen_version):
        rows = tuple((label, str(value or "–"), str(stored or "–")) for label, (stored, value) in changes.items())
        sentence = (
            f"Le cahier de cette séance a été rempli{last_hand(db, session)} pendant votre saisie. Rien n’a été écrasé."
        )
        raise Stale(sentence, rows, version=session.version)
    first = session.logged_at is None
    session.content, session.homework, session.taught_minutes = content, homework, minutes
    session.logged_at = now()
    session.version += 1
    label = "Cahier rempli" if first else "Cahier corrigé"
    journal.record(db, session, "log_lesson", label, by=by, changes=None if first else changes)
    return True


def _is_stale(session: TimetableSession, seen_version: int | None) -> bool:
    """Who names no version has seen no entry: right only for the first one."""
    return session.logged_at is not None if seen_version is None else session.version != seen_version
