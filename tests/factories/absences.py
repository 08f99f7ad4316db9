"""Reasons of absences and messages of the outbox."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.absences.models import AbsenceLetter, AbsenceNotice
from app.absences.rules import LetterKind
from app.core.clock import now, today
from app.core.mail import Draft, OutgoingMail, post
from app.core.permissions import Role
from app.pedagogy.models import AbsenceReason, Pupil, TimetableSession
from app.pedagogy.rules.reasons import REASON_CODES, Channel
from tests.factories.accounts import make_actor
from tests.factories.numbers import serial


def make_reason(db: Session, pupil: Pupil, code: str = "MAL", *, on: date | None = None, **other: Any) -> AbsenceReason:
    """A reason for the whole of a day, told by telephone."""
    day = on or today()
    values = {
        "starts_on": day, "start_minute": 0, "ends_on": day, "end_minute": 1440, "given_by": "Mme Bernard",
        "channel": Channel.PHONE, "at": now(), "legitimate": REASON_CODES[code].legitimate,
    } | other  # fmt: skip
    reason = AbsenceReason(pupil_id=pupil.id, code=code, **values)
    db.add(reason)
    db.flush()
    return reason


def make_notice(db: Session, pupil: Pupil, session: TimetableSession, **other: Any) -> AbsenceNotice:
    """Somebody was called about an absence."""
    values = {"channel": Channel.PHONE, "told": "Mme Bernard", "at": now()} | other
    notice = AbsenceNotice(pupil_id=pupil.id, session_id=session.id, **values)
    db.add(notice)
    db.flush()
    return notice


def make_letter(db: Session, pupil: Pupil, **other: Any) -> AbsenceLetter:
    """An issued letter of this month."""
    values = {
        "number": f"ABS2026-{serial():04d}", "month": today().replace(day=1), "kind": LetterKind.LETTER, "at": now(),
        "content": LETTER,
    } | other  # fmt: skip
    letter = AbsenceLetter(pupil_id=pupil.id, **values)
    db.add(letter)
    db.flush()
    return letter


def make_mail(db: Session, **other: Any) -> OutgoingMail:
    """A confirmed message that waits."""
    n = serial()
    draft = Draft("Mme Bernard", f"parent{n}@example.fr", f"Absence de Noa, {n}", "Bonjour,\n\nNoa était absent.")
    mail = post(db, draft, by=make_actor(db, Role.OFFICE))
    for name, value in other.items():
        setattr(mail, name, value)
    db.flush()
    return mail


LETTER = (
    '{"school": ["École", "", ""], "uai": "", "city": "Chaumont", "to": ["Mme Bernard"], "to_pupil": false, '
    '"reach": [], "pupil": "Noa Bernard", "born_on": "01/01/2010", "group": "CAP 1", "month": "novembre 2026", '
    '"on": "24/11/2026", "signed": "Paul Roussel", "halves": ["03/11/2026, matin"], "others": [], "late": "", '
    '"notices": []}'
)
