"""A week copied to others, somebody's day taken over by another."""

from datetime import date

from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.actor import Actor
from app.core.errors import Refused
from app.pedagogy import queries as pedagogy
from app.pedagogy.models import PupilGroup
from app.timetable import queries
from app.timetable.models import TimetableChange
from app.timetable.rules import ChangeKind, monday_before
from app.timetable.rules.plans import Plan
from app.timetable.service.changes import apply_plan, check_seen
from app.timetable.service.locks import locked_plan

MOST_WEEKS = 53


def plan_copy(db: Session, group: PupilGroup, *, source: date, first: date, last: date) -> Plan:
    """What copying the week of a day to the weeks from `first` to `last` does; refused when nothing is to be copied."""
    if last < first:
        raise Refused("La dernière semaine vient après la première.", field="last")
    if (last - first).days > 7 * MOST_WEEKS:
        raise Refused("Une semaine se copie sur une année au plus.", field="last")
    plan = queries.plan_copy(db, group, monday_before(source), monday_before(first), monday_before(last))
    if not (plan.items or plan.clashes or plan.kept or plan.closed):
        raise Refused("Il n’y a rien à copier : cette semaine est vide, ou déjà là.", field="source")
    return plan


def copy_week(
    db: Session, group: PupilGroup, *, source: date, first: date, last: date, seen: str | None = None, by: Actor
) -> TimetableChange:
    """Store a copied week of a group."""
    plan = locked_plan(db, lambda: plan_copy(db, group, source=source, first=first, last=last))
    check_seen(plan, seen)
    _refuse_empty(plan, "source")
    number = source.isocalendar().week
    return apply_plan(db, plan, ChangeKind.COPY_WEEK, f"Semaine {number} de {group.label} copiée", by=by)


def plan_replacement(db: Session, absent: Staff, *, day: date, substitute: str | None, reason: str) -> Plan:
    """What somebody's absence does to the sessions of a day: held by another, or cancelled without one."""
    who = None
    if substitute:
        staff = pedagogy.find_staff(db, substitute)
        if staff is None or staff.disabled_at is not None or staff.id == absent.id:
            raise Refused("Choisissez quelqu’un d’autre dans la liste.", field="substitute")
        who = (staff.id, staff.full_name)
    plan = queries.plan_replacement(db, absent.id, day, who, reason)
    if not (plan.items or plan.clashes or plan.kept):
        raise Refused(f"{absent.full_name} ne tient aucune séance le {day:%d/%m/%Y}.", field="on_date")
    return plan


def replace_day(
    db: Session, absent: Staff, *, day: date, substitute: str | None, reason: str, seen: str | None = None, by: Actor
) -> TimetableChange:
    """Store the replacement of somebody."""
    plan = locked_plan(db, lambda: plan_replacement(db, absent, day=day, substitute=substitute, reason=reason))
    check_seen(plan, seen)
    _refuse_empty(plan, "substitute")
    label = f"Absence de {absent.full_name} le {day:%d/%m/%Y}"
    return apply_plan(db, plan, ChangeKind.REPLACE, label, by=by)


def _refuse_empty(plan: Plan, field: str) -> None:
    """A change that changes nothing is none: the last real one stays the one that can be undone."""
    if not plan.items:
        raise Refused(plan.clashes[0].sentence if plan.clashes else "Rien ne change.", field=field)
