"""What the API says of hours: minutes everywhere, dates ISO, every figure with what it was made from."""

from datetime import date, datetime

from pydantic import BaseModel

from app.ledger.queries import DayOfPupil, Ledger
from app.ledger.rules.periods import Figures
from app.pedagogy.rules import Attendance, SessionKind, SessionState


class FiguresOut(BaseModel):
    """Minutes planned, held, attended and worked on tickets; `share` is of what was attended."""

    planned_practice: int
    planned_theory: int
    held_practice: int
    held_theory: int
    attended_practice: int
    attended_theory: int
    worked: int
    share: float | None


class LineOut(BaseModel):
    """A month, a week or a day, both ends included."""

    start: date
    end: date
    figures: FiguresOut


class ForecastOut(BaseModel):
    """Where the share will stand at the end of the period at this pace; `remaining` minutes are still planned."""

    remaining_practice: int
    remaining_theory: int
    expected_practice: int
    expected_theory: int
    share: float | None


class LedgerOut(BaseModel):
    """A pupil's hours over a period."""

    pupil: str
    start: date
    end: date
    lines: list[LineOut]
    total: FiguresOut
    forecast: ForecastOut | None


class StatementSaid(BaseModel):
    """One statement of a roll call. `holds`: it rules now."""

    id: int
    status: Attendance
    minutes_late: int
    minutes_early: int
    official: bool
    at: datetime
    by: str
    replaces: int | None
    holds: bool


class SessionOfDayOut(BaseModel):
    """A session with what was said of the pupil; `attended` is null without a roll call or where it counts nothing."""

    session: int
    kind: SessionKind
    state: SessionState
    length: int
    counts: bool
    attended: int | None
    statements: list[StatementSaid]


class BookedOut(BaseModel):
    """Time on a ticket; `void`: reversed, counts for nothing."""

    ticket: str
    started_at: datetime
    ended_at: datetime | None
    void: bool


class DayOut(BaseModel):
    """Everything that makes the figures of a pupil on a day."""

    pupil: str
    day: date
    figures: FiguresOut
    sessions: list[SessionOfDayOut]
    work: list[BookedOut]


def figures_out(figures: Figures) -> FiguresOut:
    """The figures of a line."""
    share = figures.attended.share
    return FiguresOut(
        planned_practice=figures.planned.practice, planned_theory=figures.planned.theory,
        held_practice=figures.held.practice, held_theory=figures.held.theory,
        attended_practice=figures.attended.practice, attended_theory=figures.attended.theory, worked=figures.worked,
        share=None if share is None else float(share),
    )  # fmt: skip


def ledger_out(ledger: Ledger) -> LedgerOut:
    """A pupil's ledger."""
    lines = [LineOut(start=line.start, end=line.end, figures=figures_out(line.figures)) for line in ledger.lines]
    return LedgerOut(
        pupil=ledger.pupil.code, start=ledger.start, end=ledger.end, lines=lines, total=figures_out(ledger.total),
        forecast=_forecast_out(ledger),
    )  # fmt: skip


def _forecast_out(ledger: Ledger) -> ForecastOut | None:
    coming = ledger.forecast
    if coming is None or not coming.planned:
        return None
    share = coming.expected.share
    return ForecastOut(
        remaining_practice=coming.remaining.practice, remaining_theory=coming.remaining.theory,
        expected_practice=coming.expected.practice, expected_theory=coming.expected.theory,
        share=None if share is None else float(share),
    )  # fmt: skip


def day_out(found: DayOfPupil) -> DayOut:
    """A day of a pupil down to its statements."""
    sessions = [
        SessionOfDayOut(
            session=one.row.id, kind=one.row.kind, state=one.row.state, length=one.length, counts=one.counts,
            attended=one.attended,
            statements=[
                StatementSaid(
                    id=said.id, status=said.status, minutes_late=said.minutes_late,
                    minutes_early=said.minutes_early, official=said.official, at=said.at,
                    by=said.who, replaces=said.replaces_id, holds=said.holds,
                )
                for said in one.said
            ],
        )
        for one in found.sessions
    ]  # fmt: skip
    work = [
        BookedOut(ticket=row.number, started_at=row.started_at, ended_at=row.ended_at, void=row.void)
        for row in found.tickets
    ]
    return DayOut(
        pupil=found.pupil.code, day=found.day, figures=figures_out(found.figures), sessions=sessions, work=work
    )
