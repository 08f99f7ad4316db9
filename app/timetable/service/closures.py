"""Days without school: refused over sessions that were held, cancelling what was planned, given back when withdrawn."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import journal
from app.core.actor import Actor
from app.core.clock import now
from app.core.errors import Refused
from app.pedagogy import queries as pedagogy
from app.pedagogy.models import Closure
from app.timetable import queries
from app.timetable.models import TimetableChange
from app.timetable.rules import ChangeKind
from app.timetable.rules.placed import held_sentence
from app.timetable.rules.plans import Plan
from app.timetable.service.changes import apply_plan, check_seen, lock_change, take_back
from app.timetable.service.locks import lock_every_group


def plan_closure(db: Session, *, starts_on: date, ends_on: date, label: str) -> Plan:
    """What closing these days does. Refused over another closure and over sessions that were held, naming them."""
    if ends_on < starts_on:
        raise Refused("Le dernier jour vient après le premier.", field="ends_on")
    for other in pedagogy.closures_between(db, starts_on, ends_on):
        raise Refused(
            f"« {other.label} » couvre déjà ces jours, du {other.starts_on:%d/%m/%Y} au {other.ends_on:%d/%m/%Y}.",
            field="starts_on",
        )
    plan = queries.plan_closing(db, starts_on, ends_on, label)
    held = [one.placed for one in plan.kept if one.placed.called]
    if held:
        raise Refused(held_sentence(held), field="starts_on")
    return plan


def add_closure(
    db: Session, *, starts_on: date, ends_on: date, label: str, seen: str | None = None, by: Actor
) -> Closure:
    """Days without school, both ends included. Planned sessions of these days are cancelled in one mass change."""
    lock_every_group(db)
    plan = plan_closure(db, starts_on=starts_on, ends_on=ends_on, label=label)
    check_seen(plan, seen)
    closure = Closure(starts_on=starts_on, ends_on=ends_on, label=label)
    db.add(closure)
    db.flush()  # its id, for the journal
    journal.record(db, closure, "create", f"Fermeture ajoutée : {label}", by=by)
    if plan.items:
        change = apply_plan(db, plan, ChangeKind.CLOSE, f"École fermée : {label}", by=by)
        change.closure_id = closure.id
    return closure


def remove_closure(db: Session, closure: Closure, *, by: Actor) -> list[str]:
    """Open the school again on these days: the sessions that the closure took away are planned again.

    Load the closure locked. Gives the sentences of those that could not be. The journal keeps what stood there.
    """
    dates = f"du {closure.starts_on:%d/%m/%Y} au {closure.ends_on:%d/%m/%Y}"
    journal.record(db, closure, "remove", f"Fermeture retirée : {closure.label}, {dates}", by=by)
    stays: list[str] = []
    same = TimetableChange.closure_id == closure.id
    changes = select(TimetableChange).where(same, TimetableChange.undone_at.is_(None)).order_by(TimetableChange.id)
    for change in db.execute(changes.with_for_update()).scalars():
        lock_change(db, change)
        stays += take_back(db, change, by=by)
        change.undone_at = now()
    db.delete(closure)
    return stays
