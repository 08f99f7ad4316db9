"""What must be kept although the unit of work is rolled back: that somebody asked, and was refused.

The work runs in a short transaction of its own after the rollback. It writes what stands alone (an answer that was
given); it never does in part what was refused.
"""

import logging
from collections.abc import Callable

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from app.core.db import Database
from app.core.errors import Busy

log = logging.getLogger("compagnon")
_KEY = "after_refusal"
Work = Callable[[Session], None]


def after_refusal(db: Session, work: Work) -> None:
    """Queue `work`; it never runs when the transaction is committed."""
    db.info.setdefault(_KEY, []).append(work)


def run_after_refusal(db: Session, database: Database) -> None:
    """Carry the queue of a session that was rolled back out, all in one transaction; a busy database loses it."""
    queued: list[Work] = db.info.pop(_KEY, [])
    if not queued:
        return
    try:
        with database.writing() as other:
            for work in queued:
                work(other)
    except (Busy, DBAPIError, PoolTimeout):
        log.warning("what was refused could not be written down", exc_info=True)


def keep_refused(db: Session) -> None:
    """Write the queue down in this transaction too, when only a part of it was taken back and the rest goes on.

    If it is rolled back after all, the queue is still there.
    """
    queued: list[Work] = db.info.get(_KEY, [])
    for work in queued:
        work(db)
