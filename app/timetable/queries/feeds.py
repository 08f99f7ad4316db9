"""Secret addresses of calendars, and the sessions behind each: one person's, nobody else's."""

from datetime import timedelta
from typing import Any

from sqlalchemy import bindparam, or_, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.accounts.queries import token_hash
from app.core.clock import today
from app.core.db import run
from app.core.errors import NotFound
from app.pedagogy.models import Membership, Pupil, TimetableSession
from app.pedagogy.queries.rolls import session_rows
from app.pedagogy.rules import SessionState
from app.timetable.models import CalendarFeed
from app.timetable.rules.feeds import FeedEvent, moved_to
from app.timetable.rules.plans import UNDONE

BEFORE, AFTER = timedelta(days=60), timedelta(days=400)
GONE = "Ce lien d’agenda n’existe pas, ou il a été retiré. Demandez-en un autre à l’école."


def list_feeds(db: Session, *, staff_id: int | None = None, pupil_id: int | None = None) -> list[CalendarFeed]:
    """The links of a person that still open, the latest first."""
    feed = CalendarFeed
    whose = feed.staff_id == staff_id if staff_id is not None else feed.pupil_id == pupil_id
    query = select(feed).where(whose, feed.revoked_at.is_(None)).order_by(feed.id.desc())
    return list(db.execute(query).scalars())


def get_feed(db: Session, feed_id: int, *, lock: bool = False) -> CalendarFeed:
    """A link by its number."""
    found = db.get(CalendarFeed, feed_id, with_for_update=lock)
    if found is None:
        raise NotFound("Ce lien n’existe pas.")
    return found


def open_feed(db: Session, token: str) -> tuple[str, list[FeedEvent]]:
    """The name and the sessions behind a secret address; NotFound for a revoked or unknown one, alike."""
    query = select(CalendarFeed).where(CalendarFeed.token_hash == token_hash(token), CalendarFeed.revoked_at.is_(None))
    feed = db.execute(query).scalar_one_or_none()
    if feed is None:
        raise NotFound(GONE)
    span = {"start": today() - BEFORE, "end": today() + AFTER, "undone": UNDONE}
    if feed.staff_id is not None:
        staff = db.get_one(Staff, feed.staff_id)
        if staff.disabled_at is not None:
            raise NotFound(GONE)
        rows = run(db, _OF_STAFF, span | {"of": feed.staff_id}).all()
        return f"Séances de {staff.full_name}", [_event(row, row.group_label) for row in rows]
    pupil = db.get_one(Pupil, feed.pupil_id)
    rows = run(db, _OF_PUPIL, span | {"of": feed.pupil_id}).all()
    return f"Emploi du temps de {pupil.first_name}", [_event(row, "") for row in rows]


def _event(row: Any, group: str) -> FeedEvent:
    """A pupil's calendar names the subject and the room; a teacher's the group too. Nobody is named in either."""
    title = f"{row.subject_label}, {group}" if group else row.subject_label
    cancelled = row.state == SessionState.CANCELLED
    lines = (f"Motif : {row.cancel_reason}",) if cancelled and row.cancel_reason and group else ()
    return FeedEvent(
        row.id, row.version, row.on_date, row.start_minute, row.end_minute, title, row.room, lines, cancelled,
        row.group_code, moved_to(row.cancel_reason) if cancelled else None,
    )  # fmt: skip


_SESSION = TimetableSession
_SPAN = (
    session_rows()
    .where(
        _SESSION.on_date.between(bindparam("start"), bindparam("end")),
        or_(_SESSION.cancel_reason.is_(None), _SESSION.cancel_reason != bindparam("undone")),
    )
    .order_by(_SESSION.on_date, _SESSION.start_minute, _SESSION.id)
)
_OF_STAFF = _SPAN.where(_SESSION.staff_id == bindparam("of"))
_OF_PUPIL = _SPAN.where(
    select(Membership.id)
    .where(
        Membership.pupil_id == bindparam("of"), Membership.group_id == _SESSION.group_id,
        Membership.starts_on <= _SESSION.on_date,
        or_(Membership.ends_on.is_(None), Membership.ends_on >= _SESSION.on_date),
    )
    .exists()
)  # fmt: skip
