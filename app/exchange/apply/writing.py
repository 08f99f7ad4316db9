"""Many rows in few statements: inserts, updates by id with their journal, ids of what was just written."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, cast

from sqlalchemy import Table as SqlTable
from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.db import Base, note_bulk
from app.exchange.apply.diff import Change, Diff, differences
from app.exchange.apply.rows import PLAIN, Plain
from app.exchange.stored import Database

BATCH = 500
INSERTED_AT_ONCE = 5_000
BULK = 200
UPDATED = "Mis à jour par la reprise de fichiers"
CREATED = "Repris des fichiers de l’école"


def write_plain(db: Session, known: Database, diff: Diff, by: Actor) -> None:
    """Create and update the rows of a table that holds plain records. A row that vanished deletes nothing."""
    plain = PLAIN[diff.name]
    if diff.created:
        made = {"created_at": now()} if plain.dated else {}
        insert_rows(db, plain.model, (plain.values(cells, known) | made for cells in diff.created))
    if diff.updated:
        rows = [plain.values(change.after, known) | {"id": change.row_id} for change in diff.updated]
        update_rows(db, plain.model, rows)
        journal.record_many(db, [_entry(plain, diff.name, change, by) for change in diff.updated])
    if diff.created or diff.updated:
        known.forget(diff.name)
    if plain.journaled and diff.created:
        _journal_created(db, known, diff, by)


def _entry(plain: Plain, name: str, change: Change, by: Actor) -> dict[str, Any]:
    action: str | journal.Move = "import"
    if name == "commandes" and change.before.etat != change.after.etat:
        action = journal.Move("import", change.before.etat, change.after.etat)
    subject = plain.model.__tablename__
    return journal.entry_row(subject, change.row_id, action, UPDATED, by=by, changes=differences(name, change))


def _journal_created(db: Session, known: Database, diff: Diff, by: Actor) -> None:
    subject, ids = PLAIN[diff.name].model.__tablename__, known.ids(diff.name)
    created = {cells[0] for cells in diff.created}
    rows = [
        journal.entry_row(subject, row_id, "import", CREATED, by=by) for key, row_id in ids.items() if key in created
    ]
    journal.record_many(db, rows)


def insert_rows(db: Session, model: type[Base], rows: Iterable[dict[str, Any]]) -> None:
    """Insert many rows, a few thousand at once so that memory stays small."""
    statement, waiting, count = insert(cast("SqlTable", model.__table__)), iter(rows), 0
    while batch := list(islice(waiting, INSERTED_AT_ONCE)):
        db.execute(statement, batch)
        count += len(batch)
    if count >= BULK:
        note_bulk(db, model)


def update_rows(db: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Update many rows by id, all with the same columns; a versioned row is one version older afterwards."""
    if not rows:
        return
    table = cast("SqlTable", model.__table__)
    values: dict[str, Any] = {
        name: bindparam(f"new_{name}", type_=table.c[name].type) for name in rows[0] if name != "id"
    }
    if "version" in table.c:
        values["version"] = table.c.version + 1
    statement = update(table).where(table.c.id == bindparam("row_id")).values(values)
    db.execute(statement, [_renamed(row) for row in rows])


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    return {"row_id" if name == "id" else f"new_{name}": value for name, value in row.items()}


def last_id(db: Session, model: type[Base]) -> int:
    """The highest id so far: rows written from now on have a higher one."""
    table = model.__table__
    return int(db.execute(select(func.max(table.c.id))).scalar() or 0)


def batches(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Slices that fit into one statement."""
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]
