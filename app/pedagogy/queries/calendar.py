"""The school's calendar: closures it has set, public holidays of its department."""

from datetime import date, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.accounts.models import School
from app.core.db import run
from app.core.errors import NotFound
from app.pedagogy.models import Closure
from app.pedagogy.rules import public_holidays, school_year_number, why_closed

ALSACE_MOSELLE = ("57", "67", "68")


def list_closures(db: Session) -> list[Closure]:
    """Every closure of the school, the latest first."""
    return list(db.execute(select(Closure).order_by(Closure.starts_on.desc())).scalars())


def closures_between(db: Session, start: date, end: date) -> list[Closure]:
    """Closures that touch a period."""
    return list(db.execute(_BETWEEN, {"start": start, "end": end}).scalars())


_BETWEEN = (
    select(Closure)
    .where(Closure.starts_on <= bindparam("end"), Closure.ends_on >= bindparam("start"))
    .order_by(Closure.starts_on)
)
_POSTAL_CODE = select(School.postal_code).where(School.id == 1)


def get_closure(db: Session, closure_id: int, *, lock: bool = False) -> Closure:
    """A closure."""
    found = db.get(Closure, closure_id, with_for_update=True if lock else None)
    if found is None:
        raise NotFound("Cette fermeture n’existe pas.")
    return found


def holidays_of_year(db: Session, first: int) -> list[tuple[date, str]]:
    """The public holidays of the school year that begins in `first`, in order."""
    days = public_holidays(first, alsace_moselle=_local(db)) | public_holidays(first + 1, alsace_moselle=_local(db))
    return [(day, label) for day, label in sorted(days.items()) if school_year_number(day) == first]


def _local(db: Session) -> bool:
    postal_code = run(db, _POSTAL_CODE).scalar_one_or_none() or ""
    return str(postal_code).startswith(ALSACE_MOSELLE)


def closed_days(db: Session, start: date, end: date) -> dict[date, str]:
    """Why there is no school on the days of a period where there is none; two statements."""
    closures = closures_between(db, start, end)
    local = _local(db)
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    reasons = {day: why_closed(day, closures, alsace_moselle=local) for day in days}
    return {day: reason for day, reason in reasons.items() if reason}
