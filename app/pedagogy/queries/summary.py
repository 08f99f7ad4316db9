"""The school's practice share month by month, from the daily summary."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.core.clock import today
from app.core.db import run
from app.core.money import ratio
from app.pedagogy.models import AttendanceDay
from app.pedagogy.queries.activities import counted


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


_DAY = AttendanceDay
_BY_DAY = (
    select(_DAY.on_date, func.sum(_DAY.practice_minutes), func.sum(_DAY.theory_minutes))
    .where(_DAY.on_date >= bindparam("start"), _DAY.on_date <= bindparam("end"))
    .group_by(_DAY.on_date)
)


def shares_by_month(db: Session, firsts: Sequence[date], ends_on: date) -> list[SchoolShare]:
    """The whole school's attended minutes month by month.

    `firsts` are the first days of consecutive months, the last one running to `ends_on`, included.
    """
    sums = {first: [0, 0] for first in firsts}
    for on_date, practice, theory in run(db, _BY_DAY, {"start": firsts[0], "end": ends_on}).all():
        month = sums[on_date.replace(day=1)]
        month[0] += practice
        month[1] += theory
    for one in counted(db, {"start": firsts[0], "end": min(ends_on, today())}, "everybody"):
        month = sums[one.day.replace(day=1)]
        month[0] += one.minutes.practice
        month[1] += one.minutes.theory
    return [SchoolShare(first, practice, theory) for first, (practice, theory) in sums.items()]


def since(months: Sequence[SchoolShare], starts_on: date) -> SchoolShare:
    """The months from a first day of one on, added up."""
    kept = [month for month in months if month.starts_on >= starts_on]
    return SchoolShare(
        starts_on, sum(month.practice_minutes for month in kept), sum(month.theory_minutes for month in kept)
    )  # fmt: skip
