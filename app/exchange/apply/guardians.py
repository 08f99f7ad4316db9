"""The first guardian of each pupil, as three columns of `eleves` tell it."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.clock import today
from app.exchange.apply.diff import Diff
from app.exchange.apply.writing import batches, insert_rows, update_rows
from app.exchange.stored import Database, first_guardian_holds
from app.pedagogy.models import Guardian


def write_guardians(db: Session, known: Database, pupils: Diff) -> None:
    """Write who answers first: today’s guardian is changed, or a new one entered; an emptied one ends yesterday."""
    told = {cells.code: _told(cells) for cells in pupils.created if any(_told(cells))}
    told |= {
        change.after.code: _told(change.after)
        for change in pupils.updated
        if _told(change.after) != _told(change.before)
    }
    if not told:
        return
    ids = known.ids("eleves")
    wanted = {ids[code]: values for code, values in told.items()}
    present = _present(db, wanted)
    gone = [present[pupil] for pupil, values in wanted.items() if pupil in present and not any(values)]
    kept = {pupil: values for pupil, values in wanted.items() if any(values)}
    update_rows(db, Guardian, [_row(values) | {"id": present[p].id} for p, values in kept.items() if p in present])
    insert_rows(
        db, Guardian,
        [_row(values) | {"pupil_id": p, "rank": 1} for p, values in kept.items() if p not in present],
    )  # fmt: skip
    _end(db, gone)
    known.forget("eleves")


def _told(cells: Any) -> tuple[str | None, str | None, str | None]:
    return cells.responsable_nom, cells.responsable_email, cells.responsable_telephone


def _row(values: tuple[str | None, str | None, str | None]) -> dict[str, Any]:
    name, email, phone = values
    return {"name": name or "", "email": email, "phone": phone}


def _present(db: Session, pupils: Collection[int]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for batch in batches(sorted(pupils)):
        statement = select(Guardian.id, Guardian.pupil_id, Guardian.starts_on).where(
            Guardian.pupil_id.in_(batch), first_guardian_holds(today())
        )
        found.update((row.pupil_id, row) for row in db.execute(statement))
    return found


def _end(db: Session, rows: Collection[Any]) -> None:
    """Who began today leaves no trace of having answered; who answered before did so until yesterday."""
    day = today()
    for row in rows:
        if row.starts_on == day:
            db.execute(delete(Guardian).where(Guardian.id == row.id))
    ended = [{"id": row.id, "ends_on": day - timedelta(days=1)} for row in rows if row.starts_on != day]
    update_rows(db, Guardian, ended)
