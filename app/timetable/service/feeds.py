"""Secret addresses of calendars: issued once, shown once, revoked for good."""

import secrets

from sqlalchemy.orm import Session

from app.accounts.queries import token_hash
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Forbidden, Refused
from app.core.permissions import Permission
from app.pedagogy.models import Pupil
from app.timetable.models import CalendarFeed

NOT_YOURS = "Ce lien appartient à une autre personne : seule elle, ou le bureau, le retire."


def issue_own_feed(db: Session, *, by: Actor) -> str:
    """A link to one's own sessions; the token is given this once, only its hash is kept."""
    if by.staff_id is None:
        raise Refused("Un lien d’agenda appartient à un membre de l’équipe.")
    return _issue(db, CalendarFeed(staff_id=by.staff_id, holder=by.name), by)


def issue_pupil_feed(db: Session, pupil: Pupil, *, holder: str, by: Actor) -> str:
    """A link to a pupil's sessions for whoever `holder` names: the pupil, a guardian."""
    return _issue(db, CalendarFeed(pupil_id=pupil.id, holder=holder), by)


def _issue(db: Session, feed: CalendarFeed, by: Actor) -> str:
    token = secrets.token_urlsafe(32)
    feed.token_hash, feed.issued_at, feed.issued_by_id = token_hash(token), now(), by.staff_id
    db.add(feed)
    db.flush()  # its number, for the journal
    journal.record(db, feed, "issue", f"Lien d’agenda remis à {feed.holder}", by=by)
    return token


def revoke_feed(db: Session, feed: CalendarFeed, *, by: Actor) -> None:
    """The link opens no more."""
    if feed.staff_id != by.staff_id and not by.can(Permission.TIMETABLE_EDIT):
        raise Forbidden(NOT_YOURS)
    if feed.revoked_at is None:
        feed.revoked_at = now()
        journal.record(db, feed, "revoke", f"Lien d’agenda de {feed.holder} retiré", by=by)
