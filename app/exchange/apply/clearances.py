"""Papers of pupils taken over. They are facts: what the folder tells differently voids a row and adds the right one."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.exchange.apply.diff import Change, Diff
from app.exchange.apply.rows import PLAIN
from app.exchange.apply.writing import batches, insert_rows, update_rows
from app.exchange.stored import Database
from app.machines.models import Clearance
from app.machines.rules import ClearanceKind

VOIDED = "Corrigé par la reprise de fichiers"


def write_clearances(db: Session, known: Database, diff: Diff, by: Actor) -> None:
    """Add new papers; void those that changed and add what holds now. One voided by hand stays so."""
    values = PLAIN[diff.name].values
    insert_rows(db, Clearance, (values(cells, known) for cells in diff.created))
    if diff.updated:
        wrong = list(_wrong(db, diff.updated))
        said = {"voided_at": now(), "voided_by_id": by.staff_id, "void_reason": VOIDED}
        update_rows(db, Clearance, [{"id": row.id} | said for row in wrong if row.voided_at is None])
        facts = {"at": now(), "by_id": by.staff_id}
        insert_rows(db, Clearance, (values(change.after, known) | facts for change in diff.updated))
        journal.record_many(db, [_entry(row, by) for row in wrong])
    if diff.created or diff.updated:
        known.forget(diff.name)


def _wrong(db: Session, changes: list[Change]) -> Iterator[Any]:
    columns = (Clearance.id, Clearance.pupil_id, Clearance.kind, Clearance.on_date, Clearance.voided_at)
    for batch in batches([change.row_id for change in changes]):
        yield from db.execute(select(*columns).where(Clearance.id.in_(batch)).order_by(Clearance.id))


def _entry(row: Any, by: Actor) -> dict[str, Any]:
    """That a paper was put right, never what it says: an opinion is about health."""
    words = f"{ClearanceKind(row.kind).label} du {row.on_date:%d/%m/%Y}"
    return journal.entry_row("pupil", row.pupil_id, "void_paper", words, by=by, note=VOIDED)
