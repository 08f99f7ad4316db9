"""Work that must wait for the commit (closing a file, waking a listener). What must not be lost is an outbox row."""

from collections.abc import Callable

from sqlalchemy.orm import Session

_KEY = "after_commit"


def after_commit(db: Session, work: Callable[[], None]) -> None:
    """Queue `work`; it never runs when the transaction is rolled back."""
    db.info.setdefault(_KEY, []).append(work)


def run_after_commit(db: Session) -> None:
    """Run and empty the queue."""
    for work in db.info.pop(_KEY, []):
        work()
