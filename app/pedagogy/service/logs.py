"""The theory log (*cahier de textes*): what was done, what is for next time, for how long. Entries are only added."""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import documents, journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Forbidden, Refused, Stale
from app.pedagogy import policies
from app.pedagogy.models import LogEntry, LogFile, TimetableSession
from app.pedagogy.rules.logs import Lesson, why_not_due, why_not_taught
from app.pedagogy.service.writers import last_hand

LABELS = {
    "content": "Fait en séance", "homework": "Travail à faire", "homework_due_on": "Pour le",
    "taught_minutes": "Minutes faites",
}  # fmt: skip
MOST_FILES = 10


def log_lesson(db: Session, session: TimetableSession, *, lesson: Lesson, seen_version: int | None, by: Actor) -> bool:
    """Write or correct the log of a session that has begun; whether anything changed.

    Only its own teacher, or who edits the timetable. What was written before is kept as an entry of its own.
    """
    _check_hand(session, by)
    minutes = session.minutes if lesson.taught_minutes is None else lesson.taught_minutes
    if reason := why_not_taught(minutes, session.minutes):
        raise Refused(reason, field="taught_minutes")
    if reason := why_not_due(lesson.homework_due_on, lesson.homework, session.on_date):
        raise Refused(reason, field="homework_due_on")
    typed = asdict(replace(lesson, taught_minutes=minutes))
    changes = {
        LABELS[name]: (_said(getattr(session, name)), _said(value))
        for name, value in typed.items()
        if getattr(session, name) != value
    }
    if not changes:
        return False
    if _is_stale(session, seen_version):
        rows = tuple((label, value or "–", stored or "–") for label, (stored, value) in changes.items())
        sentence = (
            f"Le cahier de cette séance a été rempli{last_hand(db, session)} pendant votre saisie. Rien n’a été écrasé."
        )
        raise Stale(sentence, rows, version=session.version)
    first = session.logged_at is None
    _write(db, session, typed, by)
    label = "Cahier rempli" if first else "Cahier corrigé"
    journal.record(db, session, "log_lesson", label, by=by, changes=None if first else changes)
    return True


def link_project(db: Session, session: TimetableSession, *, label: str, url: str, by: Actor) -> bool:
    """Say which order's job a lesson was about, or that it was about none (both empty); whether anything changed."""
    _check_hand(session, by)
    if session.logged_at is None:
        raise Refused("Remplissez d’abord le cahier de cette séance.")
    before = session.project_label
    if (before or "", session.project_url or "") == (label, url):
        return False
    _write(db, session, {"project_label": label or None, "project_url": url or None}, by)
    journal.record(db, session, "link_project", "Projet du cahier", by=by, changes={"Projet": (before, label)})
    return True


def add_log_file(db: Session, session: TimetableSession, *, file: documents.Kept, by: Actor) -> LogFile:
    """A file of the lesson: an exercise, a photo of the board. The same bytes twice are one file."""
    _check_hand(session, by)
    present = db.scalars(select(LogFile).where(LogFile.session_id == session.id, LogFile.removed_at.is_(None))).all()
    if same := next((one for one in present if one.file.sha256 == file.sha256), None):
        return same
    if len(present) >= MOST_FILES:
        raise Refused(f"Une séance garde {MOST_FILES} fichiers au plus : retirez-en un.", field="file")
    stored = documents.store(db, file)
    row = LogFile(session_id=session.id, file_id=stored.id, at=now(), by_id=by.staff_id)
    db.add(row)
    db.flush()  # its id, for its address
    journal.record(db, session, "add_file", f"Fichier joint : {stored.name}", by=by)
    return row


def remove_log_file(db: Session, session: TimetableSession, file: LogFile, *, by: Actor) -> None:
    """Take a file out of the log; it stays on record with who took it out."""
    _check_hand(session, by)
    if file.removed_at is not None:
        raise Refused("Ce fichier est déjà retiré.")
    file.removed_at, file.removed_by_id = now(), by.staff_id
    journal.record(db, session, "remove_file", f"Fichier retiré : {file.file.name}", by=by)


def _check_hand(session: TimetableSession, by: Actor) -> None:
    if reason := policies.why_not_keep_log(by, session):
        raise Forbidden(reason)
    if reason := policies.why_not_log_now(session):
        raise Refused(reason, field="content")


def _write(db: Session, session: TimetableSession, values: dict[str, Any], by: Actor) -> None:
    """One more entry; the session shows what it says. A log that came with an import gets its entry first."""
    last = db.scalar(select(func.max(LogEntry.id)).where(LogEntry.session_id == session.id))
    if last is None and session.logged_at is not None:
        last = _entry(db, session, None, None)
    for name, value in values.items():
        setattr(session, name, value)
    session.logged_at = now()
    session.version += 1
    _entry(db, session, last, by.staff_id)


def _entry(db: Session, session: TimetableSession, replaces_id: int | None, by_id: int | None) -> int:
    taught = session.minutes if session.taught_minutes is None else session.taught_minutes
    entry = LogEntry(
        session_id=session.id, content=session.content or "", homework=session.homework,
        homework_due_on=session.homework_due_on, taught_minutes=taught, project_label=session.project_label,
        project_url=session.project_url, at=session.logged_at, by_id=by_id, replaces_id=replaces_id,
    )  # fmt: skip
    db.add(entry)
    db.flush()  # its id, for the entry that will replace it
    return entry.id


def _said(value: Any) -> str:
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else "" if value is None else str(value)


def _is_stale(session: TimetableSession, seen_version: int | None) -> bool:
    """Who names no version has seen no entry: right only for the first one."""
    return session.logged_at is not None if seen_version is None else session.version != seen_version
