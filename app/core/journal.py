"""The journal: who did what to which object, when, from → to. Written in the transaction of the deed, never edited."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from sqlalchemy import Index, Text, bindparam, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.actor import Actor
from app.core.clock import now
from app.core.db import Base, run
from app.core.types import UtcDateTime


class JournalEntry(Base):
    """One deed. `note` and `changes` may hold personal values and can be erased without touching the rest."""

    __tablename__ = "journal_entry"
    __table_args__ = (Index(None, "subject_type", "subject_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str]
    subject_type: Mapped[str]
    subject_id: Mapped[int]
    action: Mapped[str]
    label: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str | None]
    note: Mapped[str | None] = mapped_column(Text)
    changes: Mapped[str | None] = mapped_column(Text)


_INSERT = insert(JournalEntry)
_LATEST = (
    select(
        JournalEntry.at, JournalEntry.actor_name, JournalEntry.label, JournalEntry.note, JournalEntry.changes
    )
    .where(JournalEntry.subject_type == bindparam("type"), JournalEntry.subject_id == bindparam("id"))
    .order_by(JournalEntry.id.desc())
    .limit(bindparam("most"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deed:
    """One line of a timeline, ready to show. `changes` holds (field label, before, after)."""

    at: datetime
    who: str
    label: str
    note: str
    changes: tuple[tuple[str, str, str], ...]


class Move(NamedTuple):
    """An action of a workflow: its name, the state before and the state after."""

    action: str
    before: str
    after: str


class Identified(Protocol):
    """Anything with a table and a number."""

    __tablename__: str
    id: Any


def record(
    db: Session,
    subject: Identified,
    action: str | Move,
    label: str,
    *,
    by: Actor,
    note: str | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> None:
    """Write one deed; `label` is the French sentence of the timeline, `changes` maps field label to (before, after).

    The subject needs its id: flush a new one first.
    """
    row = entry_row(subject.__tablename__, subject.id, action, label, by=by, note=note, changes=changes)
    run(db, _INSERT, row)


def entry_row(
    subject_type: str,
    subject_id: int,
    action: str | Move,
    label: str,
    *,
    by: Actor,
    note: str | None = None,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
) -> dict[str, Any]:
    """The row of one deed, for those who write many at once."""
    name, before, after = action if isinstance(action, Move) else (action, None, None)
    listed = [[name, _shown(old), _shown(new)] for name, (old, new) in (changes or {}).items() if old != new]
    return {
        "at": now(), "actor_id": by.staff_id, "actor_name": by.name, "subject_type": subject_type,
        "subject_id": subject_id, "action": name, "label": label, "from_state": before, "to_state": after,
        "note": note or None, "changes": json.dumps(listed, ensure_ascii=False) if listed else None,
    }  # fmt: skip


def record_many(db: Session, entries: Iterable[dict[str, Any]]) -> None:
    """Write rows made by `entry_row` in one statement."""
    if listed := list(entries):
        run(db, _INSERT, listed)


_SAME = (
    select(JournalEntry.id)
    .where(
        JournalEntry.subject_type == bindparam("type"), JournalEntry.subject_id == bindparam("id"),
        JournalEntry.action == bindparam("action"), JournalEntry.actor_id == bindparam("actor"),
        JournalEntry.at > bindparam("since"),
    )
    .limit(1)
)  # fmt: skip
READING_COUNTS = timedelta(hours=1)


def record_reading(db: Session, subject_type: str, subject_id: int, label: str, *, by: Actor) -> None:
    """Write down who read something sensitive; once an hour for one person and object."""
    asked = {
        "type": subject_type, "id": subject_id, "action": "read", "actor": by.staff_id, "since": now() - READING_COUNTS
    }  # fmt: skip
    if run(db, _SAME, asked).first() is None:
        run(db, _INSERT, entry_row(subject_type, subject_id, "read", label, by=by))


def history(db: Session, subject_type: str, subject_id: int, limit: int = 50) -> list[Deed]:
    """The latest deeds on one object, newest first."""
    found = run(db, _LATEST, {"type": subject_type, "id": subject_id, "most": limit}).all()
    return [Deed(at, who, label, note or "", _read(changes)) for at, who, label, note, changes in found]


def _shown(value: Any) -> str:
    return "–" if value is None or value == "" else str(value)


def _read(changes: str | None) -> tuple[tuple[str, str, str], ...]:
    return tuple((name, old, new) for name, old, new in json.loads(changes)) if changes else ()
