"""Repeat-safe creation: the same key from the same person is carried out once, and answered alike (T6)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import LargeBinary, String, UniqueConstraint, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.clock import now
from app.core.db import Base
from app.core.types import UtcDateTime

KEEP = timedelta(days=2)


class IdempotencyKey(Base):
    """A key a person has used, the request it stood for and the answer it got."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("actor_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int]
    key: Mapped[str] = mapped_column(String(100))
    request: Mapped[str] = mapped_column(String(300))
    status: Mapped[int | None]
    media_type: Mapped[str | None]
    location: Mapped[str | None]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered the first time."""

    request: str
    status: int
    media_type: str
    location: str
    body: bytes


def claim(db: Session, actor_id: int, key: str, request: str) -> Answer | None:
    """Claim the key: None when it is new, else the first answer.

    On PostgreSQL the insert waits for a transaction that holds the same key, so that two at once give one document.
    """
    insert: Any = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"actor_id": actor_id, "key": key, "request": request, "at": now()}
    # RETURNING and not the row count, which PostgreSQL's driver does not tell for such an insert.
    claimed = insert(IdempotencyKey).values(**row).on_conflict_do_nothing().returning(IdempotencyKey.id)
    if db.execute(claimed).scalar_one_or_none() is not None:
        return None
    found = db.execute(
        select(IdempotencyKey).where(IdempotencyKey.actor_id == actor_id, IdempotencyKey.key == key)
    ).scalar_one()
    return Answer(found.request, found.status or 200, found.media_type or "", found.location or "", found.body or b"")


def keep_answer(db: Session, actor_id: int, key: str, answer: Answer) -> None:
    """Store the answer in the transaction of the deed."""
    db.execute(
        update(IdempotencyKey)
        .where(IdempotencyKey.actor_id == actor_id, IdempotencyKey.key == key)
        .values(status=answer.status, media_type=answer.media_type, location=answer.location, body=answer.body)
        .execution_options(synchronize_session=False)
    )


def forget_old(db: Session) -> None:
    """Keys older than two days: nobody sends the same form again after that."""
    db.execute(delete(IdempotencyKey).where(IdempotencyKey.at < now() - KEEP))
