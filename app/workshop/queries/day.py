"""The day's booked time, for the master who goes over it in the evening."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from app.core.clock import instant
from app.workshop.models import WorkSession
from app.workshop.queries.tickets import SessionRow, session_rows
from app.workshop.rules import EndCause


@dataclass(frozen=True, slots=True)
class DaySheet:
    """The booked time of one day, pupil by pupil."""

    day: date
    sessions: list[SessionRow]

    @property
    def before(self) -> date:
        """The day before."""
        return self.day - timedelta(days=1)

    @property
    def after(self) -> date:
        """The day after."""
        return self.day + timedelta(days=1)

    @property
    def running(self) -> list[SessionRow]:
        """Clocks that have not been stopped."""
        return [row for row in self.sessions if row.ended_at is None]

    @property
    def automatic(self) -> list[SessionRow]:
        """Stops that the timetable made because nobody did."""
        return [row for row in self.sessions if row.cause == EndCause.END_OF_HALF_DAY and not row.void]

    @property
    def seconds(self) -> int:
        """What counts, in all."""
        return sum(row.seconds for row in self.sessions if not row.void)

    @property
    def pupils(self) -> list[tuple[str, str, list[SessionRow], int]]:
        """(code, name, times, seconds that count) of each pupil, by name."""
        found: dict[tuple[str, str], list[SessionRow]] = {}
        for row in self.sessions:
            found.setdefault((row.pupil, row.pupil_code), []).append(row)
        return [
            (code, name, rows, sum(row.seconds for row in rows if not row.void))
            for (name, code), rows in sorted(found.items())
        ]


def day_sheet(db: Session, day: date) -> DaySheet:
    """All time that began on that day; one statement."""
    start, end = instant(day, 0), instant(day + timedelta(days=1), 0)
    return DaySheet(day, session_rows(db, WorkSession.started_at >= start, WorkSession.started_at < end))
