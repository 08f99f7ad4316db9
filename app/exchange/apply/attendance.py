"""Memberships and roll calls taken over: declared or implied stays, and each presence as a statement."""

from collections.abc import Collection
from itertools import chain
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core.actor import Actor
from app.core.clock import instant, now, today
from app.exchange.apply.diff import Diff
from app.exchange.apply.writing import batches, insert_rows, update_rows
from app.exchange.checks import MergedTable
from app.exchange.stored import Database
from app.pedagogy.models import AttendanceRecord, Membership, RollCallEvent, TimetableSession
from app.pedagogy.rules import HERE
from app.pedagogy.service import refresh_attendance


def drop_implied(db: Session, known: Database, diff: Diff) -> None:
    """A declared stay takes the place of the implied one: that goes first, since both may start on the same day."""
    pupils = known.ids("eleves")
    for batch in batches(sorted({pupils[cells.eleve] for cells in diff.created})):
        db.execute(delete(Membership).where(Membership.implied.is_(True), Membership.pupil_id.in_(batch)))


def settle_memberships(db: Session, known: Database, pupils: MergedTable) -> None:
    """A pupil of the folder without a declared stay has one implied stay: the group of `eleves` from entry to exit."""
    declared = {cells.eleve for cells in known.cells("inscriptions").values()}
    m = Membership
    statement = select(m.id, m.pupil_id, m.group_id, m.starts_on, m.ends_on).where(m.implied.is_(True))
    implied = {row.pupil_id: row for row in db.execute(statement)}
    ids, groups = known.ids("eleves"), known.ids("groupes")
    new: list[dict[str, Any]] = []
    gone: list[int] = []
    for code, row in pupils.by_key.items():
        if not row.line or code in declared:
            continue
        stay = (groups[row.cells.groupe], row.cells.date_entree, row.cells.date_sortie)
        before = implied.get(ids[code])
        if before is None or tuple(before[2:]) != stay:
            gone += [before.id] if before else []
            new.append(dict(zip(("group_id", "starts_on", "ends_on"), stay, strict=True)) | {"pupil_id": ids[code]})
    for batch in batches(gone):
        db.execute(delete(Membership).where(Membership.id.in_(batch)))
    insert_rows(db, Membership, [row | {"implied": True} for row in new])


def write_presences(db: Session, known: Database, presences: Diff, by: Actor) -> set[int]:
    """Each row is a statement, a changed one a new statement that names the one it replaces. The sessions they are of.

    The files do not say when the roll was called: at the start of the session. A correction is the office's word,
    so that it holds over what a teacher said.
    """
    sessions, pupils, moment = known.ids("seances"), known.ids("eleves"), now()

    def statement(cells: Any) -> dict[str, Any]:
        return {
            "session_id": sessions[cells.groupe, cells.date, cells.debut], "pupil_id": pupils[cells.eleve],
            "status": cells.statut, "minutes_late": cells.minutes_retard, "by_id": by.staff_id,
            "minutes_early": (cells.minutes_depart or 0) if cells.statut in HERE else 0,
        }  # fmt: skip

    first = (
        statement(cells) | {"at": min(moment, instant(cells.date, cells.debut)), "replaces_id": None, "official": False}
        for cells in presences.created
    )
    later = (
        statement(change.after) | {"at": moment, "replaces_id": change.row_id, "official": True}
        for change in presences.updated
    )
    insert_rows(db, RollCallEvent, chain(first, later))
    known.forget("presences")
    return {sessions[cells.groupe, cells.date, cells.debut] for cells in presences.touched}


def mark_logged(db: Session) -> None:
    """A past session with a content has its log written; when, the files do not say: at its end."""
    session = TimetableSession
    found = db.execute(
        select(session.id, session.on_date, session.end_minute).where(
            session.content.is_not(None), session.logged_at.is_(None), session.on_date <= today()
        )
    )
    rows = [{"id": row.id, "logged_at": min(now(), instant(row.on_date, row.end_minute))} for row in found]
    update_rows(db, TimetableSession, rows)


def recount(db: Session, known: Database, called: Collection[int], sessions: Diff, stays: Collection[str]) -> None:
    """Derive again what holds in the sessions called or changed now, and in those of pupils whose stays changed."""
    touched = set(called) | {change.row_id for change in sessions.updated}
    pupils = known.ids("eleves")
    for batch in batches(sorted({pupils[code] for code in stays})):
        of_pupils = select(AttendanceRecord.session_id).where(AttendanceRecord.pupil_id.in_(batch)).distinct()
        touched.update(db.scalars(of_pupils))
    if touched:
        refresh_attendance(db, touched)
