"""What the pages of sessions, roll calls, logs and hours show, each in a constant number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.core.clock import today
from app.pedagogy.models import PupilGroup
from app.pedagogy.queries.forecasts import group_forecast
from app.pedagogy.queries.logs import groups_of_year, logs_behind
from app.pedagogy.queries.pupils import get_group, group_options
from app.pedagogy.queries.rolls import (
    calls_to_do,
    count_calls_to_do,
    logs_to_do,
    recent_logs,
    sessions_of_day,
    tallies,
)
from app.pedagogy.queries.shares import (
    ShareReport,
    ShareRow,
    earliest_year,
    practice_share,
    school_band,
    sessions_without_call,
    shares_of_months,
)
from app.pedagogy.rules import (
    Attendance,
    Band,
    Minutes,
    Period,
    school_year_number,
    tally_label,
)
from app.pedagogy.rules.forecast import Forecast

SHOWN_CALLS = 50


@dataclass(frozen=True, slots=True)
class CallLine:
    """A session in the list of calls."""

    row: Any
    tally: str


@dataclass(frozen=True, slots=True)
class CallsPage:
    """Calls to do (one's own, then everybody's) and those done today."""

    mine: list[CallLine]
    others: list[CallLine]
    done: list[CallLine]
    later: list[CallLine]
    total: int


@dataclass(frozen=True, slots=True)
class LogsPage:
    """Lessons still to log, and the latest entries; `own`: of this person, who holds lessons."""

    to_do: Sequence[Any]
    recent: Sequence[Any]
    own: bool
    groups: list[tuple[str, str]]
    behind: Sequence[Any] = ()


@dataclass(frozen=True, slots=True)
class HoursPage:
    """The report of a period with everything around it."""

    report: ShareReport
    period: Period
    group: PupilGroup | None
    band: Band
    months: list[tuple[int, int, Minutes]]
    missing: int
    groups: list[tuple[str, str]]
    years: list[int]
    forecast: Forecast | None

    @property
    def groups_seen(self) -> list[ShareRow]:
        """Groups that something was planned for."""
        return [row for row in self.report.groups if row.planned.total or row.attended.total]

    @property
    def pupils_seen(self) -> list[ShareRow]:
        """Pupils whom something was planned for."""
        return [row for row in self.report.pupils if row.planned.total or row.attended.total]


def calls_page(db: Session, *, staff_id: int | None) -> CallsPage:
    """Calls to do and done."""
    missing, here = calls_to_do(db, limit=SHOWN_CALLS), sessions_of_day(db, today())
    mine_only = calls_to_do(db, staff_id=staff_id, limit=SHOWN_CALLS)
    done = [row for row in here if row.called_at is not None]
    counted = tallies(db, [row.id for row in done])
    begun = {row.id for row in missing} | {row.id for row in mine_only}
    later = [row for row in here if row.called_at is None and row.id not in begun and row.staff_id == staff_id]
    return CallsPage(
        [CallLine(row, "") for row in mine_only], [CallLine(row, "") for row in missing if row.staff_id != staff_id],
        [CallLine(row, _tally(counted.get(row.id, {}))) for row in done], [CallLine(row, "") for row in later],
        count_calls_to_do(db),
    )  # fmt: skip


def logs_page(db: Session, *, staff_id: int | None) -> LogsPage:
    """One's lessons to log and latest entries; who has never logged any sees everybody's latest."""
    if staff_id is not None:
        to_do, recent = logs_to_do(db, staff_id), recent_logs(db, staff_id)
        if to_do or recent:
            return LogsPage(to_do, recent, own=True, groups=groups_of_year(db))
    return LogsPage([], recent_logs(db, None), own=False, groups=groups_of_year(db), behind=logs_behind(db))


def hours_page(db: Session, period: Period, group_code: str) -> HoursPage:
    """The practice share of a period, of all groups or of one."""
    group = get_group(db, group_code) if group_code else None
    report = practice_share(db, period, group, planned=True)
    until = min(period.end, today()) if period.end else today()
    missing = sessions_without_call(db, Period(period.start, until), group, begun=True)
    years = list(range(school_year_number(today()), school_year_number(date(earliest_year(db), 9, 1)) - 2, -1))
    total = report.total
    coming = group_forecast(db, group.id if group else None, period, total.held, total.attended)
    return HoursPage(
        report,
        period,
        group,
        school_band(db),
        shares_of_months(db, period, group),
        missing,
        group_options(db),
        years,
        coming,
    )


def _tally(counts: dict[Attendance, int]) -> str:
    return tally_label(status for status, count in counts.items() for _ in range(count))
