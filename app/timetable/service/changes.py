"""Mass changes of the timetable: made as they were previewed, undone in one piece. What was called is never touched."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Refused, Stale
from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import SessionKind, SessionState
from app.timetable import queries
from app.timetable.models import SessionOrigin, TimetableChange, TimetableChangeLine
from app.timetable.rules import ChangeKind, LineKind
from app.timetable.rules.placed import Placed
from app.timetable.rules.plans import UNDONE, Item, Plan
from app.timetable.service.locks import OTHERWISE, lock_sessions, lock_timetable

COLUMNS = ("end_minute", "kind", "subject_id", "staff_id", "room", "state", "cancel_reason")
DEEDS = {
    LineKind.CREATED: "Séance ajoutée", LineKind.REVIVED: "Séance rétablie", LineKind.CHANGED: "Séance modifiée",
    LineKind.CANCELLED: "Séance annulée", LineKind.ADOPTED: "Séance rattachée à la trame",
}  # fmt: skip


def check_seen(plan: Plan, seen: str | None) -> None:
    """What is applied is what was previewed, else Stale: the page shows the new preview. None: nobody previewed."""
    if seen is not None and seen != plan.fingerprint:
        raise Stale(OTHERWISE)


def apply_plan(
    db: Session, plan: Plan, kind: ChangeKind, label: str, *, rule_id: int | None = None, by: Actor
) -> TimetableChange:
    """Store what a plan says: one mass change, one line and one deed of the journal per session."""
    change = TimetableChange(kind=kind, label=label, at=now(), by_id=by.staff_id, rule_id=rule_id)
    db.add(change)
    stored = lock_sessions(db, [one.before.id for one in plan.items if one.before and one.before.id])
    made = [(one, _carry_out(one, stored)) for one in plan.items]
    db.add_all(session for item, session in made if item.kind == LineKind.CREATED)
    db.flush()  # numbers of the change and of the new sessions
    db.add_all(_line(change, item, session) for item, session in made)
    if rule_id is not None:
        set_origins(db, rule_id, [(session.id, item.rule_day) for item, session in made if item.rule_day])
    journal.record_many(db, [
        journal.entry_row("timetable_session", session.id, item.kind.value, DEEDS[item.kind], by=by,
                          note=f"{label}{f' ({item.reason})' if item.reason else ''}")
        for item, session in made
    ])  # fmt: skip
    journal.record(db, change, "apply", label, by=by)
    db.flush()  # what is read next sees it
    return change


def _carry_out(item: Item, stored: dict[int, TimetableSession]) -> TimetableSession:
    placed = item.shown
    if item.before is None or item.before.id is None:
        return TimetableSession(
            group_id=placed.group_id, on_date=placed.on_date, start_minute=placed.start_minute, version=1,
            **_columns(placed),
        )  # fmt: skip
    session = stored[item.before.id]
    if session.version != item.before.version or session.called_at is not None:
        raise Stale(OTHERWISE)
    if item.kind != LineKind.ADOPTED:
        _fill(session, _columns(placed))
    return session


def _columns(placed: Placed) -> dict[str, Any]:
    return {name: getattr(placed, name) for name in COLUMNS}


def _fill(session: TimetableSession, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(session, name, value)
    session.version += 1


def _line(change: TimetableChange, item: Item, session: TimetableSession) -> TimetableChangeLine:
    before = json.dumps(_columns(item.before), ensure_ascii=False) if item.before else None
    return TimetableChangeLine(
        change_id=change.id, session_id=session.id, kind=item.kind, before=before, version=session.version
    )


def undo_change(db: Session, change: TimetableChange, *, by: Actor) -> list[str]:
    """Put everything back as it was before the last mass change. Gives the sentences of what could not be.

    A session that was called, has begun, was changed since, or whose place has been taken, stays as it is.
    """
    lock_change(db, change)
    last = queries.last_change(db)
    if last is None or last.id != change.id:
        raise Refused("Seule la dernière modification s’annule, et une seule fois.")
    stays = take_back(db, change, by=by)
    change.undone_at = now()
    journal.record(db, change, "undo", f"Annulé : {change.label}", by=by)
    db.flush()  # what is read next sees it
    return stays


def lock_change(db: Session, change: TimetableChange) -> None:
    """Hold whom the sessions of a mass change are about: as they stand, and as they stood."""
    placed = queries.placed_of_change(db, change.id)
    before = [_before(line) for line in queries.lines_of(db, change.id)]
    staff = {one.staff_id for one in placed} | {one["staff_id"] for one in before if "staff_id" in one}
    rooms = {one.room for one in placed} | {one.get("room") for one in before}
    lock_timetable(db, {one.group_id for one in placed}, staff, rooms)


def take_back(db: Session, change: TimetableChange, *, by: Actor) -> list[str]:
    """Put the sessions of a mass change back; what must stay, told. Its groups and people are held (`lock_change`)."""
    lines = queries.lines_of(db, change.id)
    stored, stays, moment = lock_sessions(db, [one.session_id for one in lines]), [], queries.moment()
    placed = {one.id: one for one in queries.placed_of_change(db, change.id)}
    days = [one.on_date for one in placed.values()]
    grid = queries.load_grid(db, min(days), max(days)) if days else None
    deeds = []
    for line in sorted(lines, key=lambda one: one.kind != LineKind.CREATED):
        session, here = stored[line.session_id], placed[line.session_id]
        why = _why_it_stays(line, session, begun=moment.begun(here))
        if not why and grid is not None:
            back = queries.placed_as(here, _before(line))
            grid.remove(grid.by_key.get(here.key, here))
            blocking = [one for one in grid.objections(back) if one.blocks] if back.state != "cancelled" else []
            grid.add(here if blocking else back)
            why = blocking[0].sentence if blocking else ""
        if why:
            stays.append(f"{here.subject} avec {here.group}, le {here.on_date:%d/%m/%Y} {here.span} : {why}")
            continue
        if line.kind != LineKind.ADOPTED:
            _fill(session, _before(line))
        deeds.append(journal.entry_row(
            "timetable_session", session.id, "undo", "Comme avant la modification", by=by, note=change.label
        ))  # fmt: skip
    journal.record_many(db, deeds)
    db.flush()  # what is read next sees it
    return stays


def _before(line: TimetableChangeLine) -> dict[str, Any]:
    """The columns of a session before the change; one that did not exist is cancelled, and may come back."""
    if line.before is None:
        return {"state": SessionState.CANCELLED, "cancel_reason": UNDONE}
    values: dict[str, Any] = json.loads(line.before)
    return values | {"kind": SessionKind(values["kind"]), "state": SessionState(values["state"])}


def _why_it_stays(line: TimetableChangeLine, session: TimetableSession, *, begun: bool) -> str:
    if session.called_at is not None:
        return "son appel est fait."
    if begun:
        return "elle a commencé."
    return "elle a été changée depuis." if session.version != line.version else ""


def set_origins(db: Session, rule_id: int, made: Sequence[tuple[int, date]]) -> None:
    """These sessions come from a rule, each for a day of it."""
    numbers = [session_id for session_id, _ in made]
    for start in range(0, len(numbers), 500):
        db.execute(delete(SessionOrigin).where(SessionOrigin.session_id.in_(numbers[start : start + 500])))
    db.add_all(SessionOrigin(session_id=session_id, rule_id=rule_id, on_date=day) for session_id, day in made)
