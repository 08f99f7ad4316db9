"""Who wrote last: what a person is told whose page was read before somebody else's change."""

from sqlalchemy.orm import Session

from app.core import journal
from app.core.clock import local


def last_hand(db: Session, subject: journal.Identified) -> str:
    """« par Nina Jeanpierre à 08:04 », from the journal; nothing when it is silent."""
    deeds = journal.history(db, subject.__tablename__, subject.id, limit=1)
    return f" par {deeds[0].who} à {local(deeds[0].at):%H:%M}" if deeds else ""
