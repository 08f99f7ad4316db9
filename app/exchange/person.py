"""All the data of one pupil, for the right of access (RGPD, art. 15): every row that names the pupil, in every table.

Complete by construction: the tables are those of the schema that refer to `pupil`, so that a new one is in it. Left out
are secrets (hashes), and private notes that do not concern the person who exports; how many is said.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Table, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.actor import Actor
from app.core.clock import local
from app.core.db import Base
from app.core.journal import JournalEntry
from app.exchange.words import COLUMNS, TABLES, VALUES
from app.pedagogy.models import Pupil, PupilGroup
from app.records.models import PupilNote
from app.records.queries import reader_of

OTHERS = "Autres données"
SECRETS = frozenset({"token_hash", "pin_hash", "search_key", "sort_key", "key", "version"})


@dataclass(frozen=True, slots=True)
class Section:
    """The rows of one table about a pupil: French heads and values, and the same as they are stored."""

    name: str
    title: str
    heads: list[str]
    rows: list[list[str]]
    stored: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class PersonData:
    """Everything; `withheld` private notes of others are not in it."""

    pupil: Pupil
    sections: list[Section]
    withheld: int


def collect(db: Session, pupil: Pupil, by: Actor) -> PersonData:
    """Every table that refers to the pupil, in the order of the list of titles, the others after it."""
    names = _names(db)
    found = [_told(table.name, _rows(db, table, column, pupil, by), names) for table, column in referring()]
    journal = select(JournalEntry.__table__).where(
        JournalEntry.subject_type == "pupil", JournalEntry.subject_id == pupil.id
    )
    found.append(_told("journal_entry", db.execute(journal.order_by(JournalEntry.id)).mappings(), names))
    order = list(TABLES)
    found.sort(key=lambda one: order.index(one.name) if one.name in TABLES else len(order))
    kept = [section for section in found if section.rows]
    return PersonData(pupil, kept, withheld(db, pupil, by))


def count_rows(db: Session, pupil: Pupil, by: Actor) -> list[tuple[str, int]]:
    """(title, how many rows) of what would be collected; two statements."""
    reader, counted = reader_of(db, by), []
    for table, column in referring():
        query = select(func.count()).select_from(table).where(column == pupil.id)
        if table.name == "pupil_note":
            query = query.where((table.c.author_id == reader.staff_id) | table.c.audience.in_(reader.audiences))
        counted.append(query.scalar_subquery().label(table.name))
    row = db.execute(select(*counted)).mappings().one()
    titles: dict[str, int] = dict.fromkeys(TABLES.values(), 0)
    for name, count in row.items():
        title = TABLES.get(name, OTHERS)
        titles[title] = titles.get(title, 0) + count
    return [(title, count) for title, count in titles.items() if count]


def referring() -> list[tuple[Table, Column[Any]]]:
    """The tables with a column that refers to a pupil, and the pupil's own."""
    own = Base.metadata.tables["pupil"]
    found: list[tuple[Table, Column[Any]]] = [(own, own.c.id)]
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.c if any(key.column.table is own for key in column.foreign_keys)]
        found += [(table, columns[0])] if columns else []
    return found


def _rows(db: Session, table: Table, column: Column[Any], pupil: Pupil, by: Actor) -> Iterable[Any]:
    query = select(table).where(column == pupil.id)
    if table.name == "pupil_note":
        reader = reader_of(db, by)
        query = query.where((table.c.author_id == reader.staff_id) | table.c.audience.in_(reader.audiences))
    return db.execute(query.order_by(*table.primary_key.columns)).mappings()


def withheld(db: Session, pupil: Pupil, by: Actor) -> int:
    """How many private notes do not concern this person."""
    reader = reader_of(db, by)
    every = select(func.count()).select_from(PupilNote).where(PupilNote.pupil_id == pupil.id)
    mine = every.where((PupilNote.author_id == reader.staff_id) | PupilNote.audience.in_(reader.audiences))
    return int(db.scalar(every) or 0) - int(db.scalar(mine) or 0)


def _told(name: str, rows: Iterable[Any], names: dict[str, dict[int, str]]) -> Section:
    listed = [{key: value for key, value in row.items() if key not in SECRETS} for row in rows]
    told = [key for key in (listed[0] if listed else {}) if key in COLUMNS and any(_shown(row[key]) for row in listed)]
    lines = [[_word(key, row[key], names) for key in told] for row in listed]
    stored = [{key: _plain(value) for key, value in row.items()} for row in listed]
    return Section(name, TABLES.get(name, OTHERS), [COLUMNS[key] for key in told], lines, stored)


def _names(db: Session) -> dict[str, dict[int, str]]:
    """What ids stand for: staff, groups, subjects, sessions' days are read once."""
    staff = {one.id: one.full_name for one in db.execute(select(Staff)).scalars()}
    groups = {row.id: row.label for row in db.execute(select(PupilGroup.id, PupilGroup.label))}
    return {
        "by_id": staff, "author_id": staff, "assessor_id": staff, "master_id": staff, "staff_id": staff,
        "given_by_id": staff, "group_id": groups,
    }  # fmt: skip


def _word(key: str, value: Any, names: dict[str, dict[int, str]]) -> str:
    if key in names and isinstance(value, int):
        return names[key].get(value, "")
    return _shown(value)


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, datetime):
        return f"{local(value):%d/%m/%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    return VALUES.get(str(value), str(value)) if isinstance(value, StrEnum) else str(value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
