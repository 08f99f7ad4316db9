"""The day's booked time, for the master who goes over it in the evening and confirms it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Staff
from app.core.clock import instant, local, now
from app.core.db import run
from app.workshop.models import TimeValidation, WorkSession
from app.workshop.queries.clocks import day_end, work_windows
from app.workshop.queries.people import people_of, practice_slots
from app.workshop.queries.times import SessionRow, session_rows
from app.workshop.rules import EndCause, clock_end, union_seconds

LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class DayLine:
    """One booked time of the day. `until`: when the rule stops a clock that nobody stopped, once that is past."""

    row: SessionRow
    until: datetime | None = None

    @property
    def end(self) -> datetime | None:
        """When it ended, or will be said to have ended."""
        return self.row.ended_at or self.until

    @property
    def running(self) -> bool:
        """Somebody is at work on it."""
        return self.end is None

    @property
    def automatic(self) -> bool:
        """The timetable stopped it because nobody did."""
        return not self.row.void and (self.until is not None or self.row.cause == EndCause.END_OF_HALF_DAY)

    @property
    def to_confirm(self) -> bool:
        """Still to be confirmed by a master; what was taken over from files is history."""
        row = self.row
        return not (row.void or self.running or row.validation_id is not None or row.cause == EndCause.IMPORT)

    @property
    def seconds(self) -> int:
        """Length by the clock."""
        return int((self.end - self.row.started_at).total_seconds()) if self.end and not self.row.void else 0


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Who confirmed the day, and when."""

    by: str
    at: datetime
    lines: int
    corrected: int


@dataclass(frozen=True, slots=True)
class DaySheet:
    """The booked time of one day, pupil by pupil; `mine`: of the master's own pupils only."""

    day: date
    lines: list[DayLine]
    confirmed: list[Confirmed]
    before_left: list[tuple[date, int]]
    mine: bool
    has_own: bool

    @property
    def before(self) -> date:
        """The day before."""
        return self.day - timedelta(days=1)

    @property
    def after(self) -> date:
        """The day after."""
        return self.day + timedelta(days=1)

    @property
    def running(self) -> list[DayLine]:
        """Clocks of pupils who are at work."""
        return [line for line in self.lines if line.running and not line.row.void]

    @property
    def forgotten(self) -> list[DayLine]:
        """Clocks that nobody stopped, past the end of their half-day."""
        return [line for line in self.lines if line.until is not None and not line.row.void]

    @property
    def automatic(self) -> list[DayLine]:
        """Stops that the timetable made because nobody did."""
        return [line for line in self.lines if line.automatic]

    @property
    def to_confirm(self) -> list[DayLine]:
        """What a master has still to confirm."""
        return [line for line in self.lines if line.to_confirm]

    @property
    def editable(self) -> frozenset[int]:
        """Automatic stops whose end may be put right in place; of a batch the first line speaks for all."""
        seen: set[str] = set()
        found = []
        for line in self.to_confirm:
            if not line.automatic or (line.row.batch is not None and line.row.batch in seen):
                continue
            seen.add(line.row.batch or "")
            found.append(line.row.id)
        return frozenset(found)

    @property
    def seconds(self) -> int:
        """What pupils worked, in all."""
        return sum(seconds for *_, seconds in self.pupils)

    @property
    def pupils(self) -> list[tuple[str, str, list[DayLine], int]]:
        """(code, name, times, seconds by the wall clock) of each pupil, by name."""
        found: dict[tuple[str, str], list[DayLine]] = {}
        for line in self.lines:
            found.setdefault((line.row.pupil, line.row.pupil_code), []).append(line)
        return [(code, name, lines, _worked(lines)) for (name, code), lines in sorted(found.items())]


def _worked(lines: Iterable[DayLine]) -> int:
    return union_seconds([(line.row.started_at, line.end) for line in lines if line.end and not line.row.void])


_CONFIRMED = (
    select(
        func.coalesce(Staff.first_name + " " + Staff.last_name, "Compagnon"), TimeValidation.at, TimeValidation.lines,
        TimeValidation.corrected,
    )
    .outerjoin(Staff, Staff.id == TimeValidation.by_id)
    .where(TimeValidation.on_date == bindparam("day"))
    .order_by(TimeValidation.id)
)  # fmt: skip
_reversal = aliased(WorkSession)
_LEFT = (
    select(WorkSession.started_at)
    .outerjoin(_reversal, _reversal.reverses_id == WorkSession.id)
    .where(
        WorkSession.started_at >= bindparam("first"), WorkSession.started_at < bindparam("last"),
        WorkSession.validation_id.is_(None), WorkSession.reverses_id.is_(None), _reversal.id.is_(None),
        or_(WorkSession.end_cause.is_(None), WorkSession.end_cause != EndCause.IMPORT),
    )
    .order_by(WorkSession.started_at)
)  # fmt: skip
_LEFT_OF = _LEFT.where(WorkSession.pupil_id.in_(bindparam("pupils", expanding=True)))


def day_sheet(db: Session, day: date, *, staff_id: int | None = None, mine: bool | None = None) -> DaySheet:
    """All time that began on that day, of the master's own pupils unless everybody's is asked for."""
    own = practice_slots(db, day, staff_id=staff_id) if staff_id is not None else []
    only = bool(own) if mine is None else mine and bool(own)
    pupils = [person.id for person in people_of(db, [slot.group_id for slot in own], day)] if only else None
    start, end = instant(day, 0), instant(day + timedelta(days=1), 0)
    conditions = [WorkSession.started_at >= start, WorkSession.started_at < end]
    if pupils is not None:
        conditions.append(WorkSession.pupil_id.in_(pupils))
    rows = session_rows(db, *conditions)
    confirmed = [Confirmed(*row) for row in run(db, _CONFIRMED, {"day": day}).all()]
    return DaySheet(day, _lines(db, rows, day), confirmed, _left(db, start, pupils), only, bool(own))


def _lines(db: Session, rows: list[SessionRow], day: date) -> list[DayLine]:
    """A clock that outlived its half-day is shown as it will be stopped."""
    open_ = {row.pupil_id for row in rows if row.ended_at is None}
    windows = work_windows(db, sorted(open_), day) if open_ else {}
    moment = now()
    found = []
    for row in rows:
        until = clock_end(row.started_at, windows[row.pupil_id], day_end(row.started_at)) if not row.ended_at else None
        found.append(DayLine(row, until if until is not None and until < moment else None))
    return found


def _left(db: Session, before: datetime, pupils: list[int] | None) -> list[tuple[date, int]]:
    """Days before with time that nobody confirmed, the latest first."""
    asked = {"first": before - LOOK_BACK, "last": before, "pupils": pupils}
    if pupils is None:
        del asked["pupils"]
    moments = run(db, _LEFT if pupils is None else _LEFT_OF, asked).scalars().all()
    days = [(day, len(list(some))) for day, some in groupby(moments, key=lambda moment: local(moment).date())]
    return days[::-1]
