"""The school's calendar: closures it has set, public holidays of its department."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.accounts.queries import find_school
from app.core.errors import NotFound
from app.pedagogy.models import Closure
from app.pedagogy.rules import public_holidays, school_year_number, why_closed

ALSACE_MOSELLE = ("57", "67", "68")


def list_closures(db: Session) -> list[Closure]:
    """Every closure of the school, the latest first."""
    return list(db.execute(select(Closure).order_by(Closure.starts_on.desc())).scalars())


def closures_between(db: Session, start: date, end: date) -> list[Closure]:
    """Closures that touch a period."""
    query = select(Closure).where(Closure.starts_on <= end, Closure.ends_on >= start)
    return list(db.execute(query.order_by(Closure.starts_on)).scalars())


def get_closure(db: Session, closure_id: int) -> Closure:
    """A closure."""
    found = db.get(Closure, closure_id)
    if found is None:
        raise NotFound("Cette fermeture n’existe pas.")
    return found


def holidays_of_year(db: Session, first: int) -> list[tuple[date, str]]:
    """The public holidays of the school year that begins in `first`, in order."""
    days = public_holidays(first, alsace_moselle=_local(db)) | public_holidays(first + 1, alsace_moselle=_local(db))
    return [(day, label) for day, label in sorted(days.items()) if school_year_number(day) == first]


def _local(db: Session) -> bool:
    school = find_school(db)
    return school is not None and school.postal_code.startswith(ALSACE_MOSELLE)


def closed_days(db: Session, start: date, end: date) -> dict[date, str]:
    """Why there is no school on the days of a period where there is none; two statements."""
    closures = closures_between(db, start, end)
    local = _local(db)
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    reasons = {day: why_closed(day, closures, alsace_moselle=local) for day in days}
    return {day: reason for day, reason in reasons.items() if reason}
