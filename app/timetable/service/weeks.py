"""A week copied to others, somebody's sessions taken over by another."""

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
from app.timetable.rules.replacements import LONGEST, Span
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


def plan_replacement(db: Session, absent: Staff, *, span: Span, substitute: str | None, reason: str) -> Plan:
    """What somebody's absence does to the sessions of a span: held by another, or cancelled without one."""
    if span.last < span.first:
        raise Refused("Le dernier jour vient après le premier.", field="until")
    if (span.last - span.first).days > LONGEST:
        raise Refused("Un remplacement dure une année au plus.", field="until")
    plan = queries.plan_replacement(db, absent.id, span, _substitute(db, absent, substitute), reason)
    if not (plan.items or plan.clashes or plan.kept):
        raise Refused(f"{absent.full_name} ne tient aucune séance {span.words}.", field="on_date")
    missing = span.chosen - {one.id for one in queries.held_by(db, absent.id, span)}
    if missing:
        raise Refused("Une séance choisie n’est plus dans cette liste : choisissez à nouveau.", field="sessions")
    return plan


def _substitute(db: Session, absent: Staff, code: str | None) -> tuple[int, str] | None:
    if not code:
        return None
    staff = pedagogy.find_staff(db, code)
    if staff is None or staff.disabled_at is not None or staff.id == absent.id:
        raise Refused("Choisissez quelqu’un d’autre dans la liste.", field="substitute")
    return staff.id, staff.full_name


def replace_person(
    db: Session, absent: Staff, *, span: Span, substitute: str | None, reason: str, seen: str | None = None, by: Actor
) -> TimetableChange:
    """Store the replacement of somebody. What clashes stays with the absent person, and was named in the preview."""
    plan = locked_plan(db, lambda: plan_replacement(db, absent, span=span, substitute=substitute, reason=reason))
    check_seen(plan, seen)
    _refuse_empty(plan, "substitute")
    return apply_plan(db, plan, ChangeKind.REPLACE, f"Absence de {absent.full_name} {span.words}", by=by)


def _refuse_empty(plan: Plan, field: str) -> None:
    """A change that changes nothing is none: the last real one stays the one that can be undone."""
    if not plan.items:
        raise Refused(plan.clashes[0].sentence if plan.clashes else "Rien ne change.", field=field)
