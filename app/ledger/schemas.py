"""What the API says of hours: minutes everywhere, dates ISO, every figure with what it was made from."""

from datetime import date, datetime

from pydantic import BaseModel

from app.core.paging import Page
from app.ledger.queries import DayOfPupil, GapRow, Ledger, Volume
from app.ledger.rules.gaps import Gap
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


class VolumeOut(BaseModel):
    """A subject of a group with one teacher in a school year, in minutes.

    `due`: sessions that have begun, and the missed ones that nothing makes up for yet. `held`: called. `uncalled`:
    begun, nobody called. `to_catch_up`: due, neither held nor waiting for its call; `planned_catch_up` of it is in the
    timetable. `planned`: of the whole year. `yearly`: what the diploma's programme asks.
    """

    group: str
    subject: str
    kind: SessionKind
    staff: str
    yearly: int
    planned: int
    due: int
    held: int
    uncalled: int
    to_catch_up: int
    planned_catch_up: int


class VolumeList(BaseModel):
    """The volumes of the school year of a day, up to now."""

    items: list[VolumeOut]


class GapOut(BaseModel):
    """Where timetable, roll call and tickets do not agree. `pupil`: null for a session without roll call.

    `session`: null for the day as a whole. `minutes`: at odds.
    """

    day: date
    kind: Gap
    pupil: str | None
    group: str
    session: int | None
    minutes: int


class GapList(BaseModel):
    """One page of the gaps of a period, the latest day first."""

    items: list[GapOut]
    total: int
    page: int
    size: int


def volume_out(row: Volume) -> VolumeOut:
    """A line of the volumes."""
    return VolumeOut(
        group=row.group_code, subject=row.subject, kind=row.kind, staff=row.staff_code, yearly=row.yearly,
        planned=row.planned, due=row.due, held=row.held, uncalled=row.uncalled, to_catch_up=row.to_catch_up,
        planned_catch_up=row.coming,
    )  # fmt: skip


def gap_list(found: Page[GapRow]) -> GapList:
    """A page of gaps."""
    items = [
        GapOut(day=row.day, kind=row.gap, pupil=row.pupil_code or None, group=row.group,
               session=row.session_id or None, minutes=row.minutes)
        for row in found.items
    ]  # fmt: skip
    return GapList(items=items, total=found.total, page=found.page, size=found.size)


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
