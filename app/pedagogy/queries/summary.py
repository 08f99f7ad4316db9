"""The school's practice share over a period and month by month, from the daily summary."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.money import ratio
from app.pedagogy.models import AttendanceDay


@dataclass(frozen=True, slots=True)
class SchoolShare:
    """Attended minutes of all pupils in a period."""

    starts_on: date
    practice_minutes: int
    theory_minutes: int

    @property
    def share(self) -> Decimal | None:
        """Practice ÷ all attended minutes, to four decimals; None when nobody attended anything."""
        return ratio(self.practice_minutes, self.practice_minutes + self.theory_minutes)


def school_share(db: Session, starts_on: date, ends_on: date) -> SchoolShare:
    """The whole school's attended minutes from a day to a day, both included."""
    day = AttendanceDay
    practice, theory = db.execute(
        select(func.coalesce(func.sum(day.practice_minutes), 0), func.coalesce(func.sum(day.theory_minutes), 0)).where(
            day.on_date >= starts_on, day.on_date <= ends_on
        )
    ).one()
    return SchoolShare(starts_on, int(practice), int(theory))


def shares_by_month(db: Session, firsts: Sequence[date], ends_on: date) -> list[SchoolShare]:
    """The same month by month; `firsts` are the first days of consecutive months, the last one running to `ends_on`."""
    day = AttendanceDay
    rows = db.execute(
        select(day.on_date, func.sum(day.practice_minutes), func.sum(day.theory_minutes))
        .where(day.on_date >= firsts[0], day.on_date <= ends_on)
        .group_by(day.on_date)
    )
    sums = {first: [0, 0] for first in firsts}
    for on_date, practice, theory in rows:
        month = sums[on_date.replace(day=1)]
        month[0] += practice
        month[1] += theory
    return [SchoolShare(first, practice, theory) for first, (practice, theory) in sums.items()]
