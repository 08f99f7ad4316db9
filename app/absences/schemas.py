"""What other programs read about absences; keys are the school's own codes."""

from datetime import date, datetime

from pydantic import BaseModel

from app.absences.queries import ListLine, MonthPage, PupilPage
from app.absences.rules import Standing
from app.pedagogy.models import AbsenceReason
from app.pedagogy.rules import HalfDay
from app.pedagogy.rules.reasons import Channel


class AbsenceOut(BaseModel):
    """A run of missed sessions. `standing` is that of its worst session; `code` the reason's, null without one."""

    pupil: str
    group: str
    first_day: date
    first_half: HalfDay
    last_day: date
    last_half: HalfDay
    sessions: list[int]
    minutes: int
    half_days: int
    standing: Standing
    code: str | None
    told: str | None


class AbsenceList(BaseModel):
    """The absences of a period, the latest first."""

    items: list[AbsenceOut]


class MonthOut(BaseModel):
    """Half-days of a calendar month; `flagged` from four without legitimate reason on (R131-7)."""

    month: date
    without_reason: int
    to_decide: int
    legitimate: int
    flagged: bool


class PupilAbsences(BaseModel):
    """A pupil's half-days of this school year, and minutes counted apart."""

    pupil: str
    months: list[MonthOut]
    times_late: int
    minutes_late: int
    minutes_early: int


class PupilMonthOut(MonthOut):
    """A pupil's half-days of a calendar month, with what is counted apart from them."""

    pupil: str
    group: str
    times_late: int
    minutes_late: int
    minutes_early: int


class MonthList(BaseModel):
    """Everybody who missed a half-day in a calendar month, those without reason first."""

    month: date
    items: list[PupilMonthOut]


class ReasonOut(BaseModel):
    """A reason as it was kept."""

    id: int
    pupil: str
    starts_on: date
    start_minute: int
    ends_on: date
    end_minute: int
    code: str
    legitimate: bool | None
    given_by: str
    channel: Channel
    at: datetime


def absence_out(line: ListLine) -> AbsenceOut:
    """One absence."""
    absence = line.absence
    return AbsenceOut(
        pupil=line.who.code, group=line.who.group_code, first_day=absence.first.on_date,
        first_half=absence.first.half, last_day=absence.last.on_date, last_half=absence.last.half,
        sessions=list(absence.session_ids), minutes=absence.minutes, half_days=line.halves,
        standing=absence.standing, code=absence.given.code if absence.given else None,
        told=line.notice.told if line.notice else None,
    )  # fmt: skip


def pupil_absences(code: str, page: PupilPage) -> PupilAbsences:
    """One pupil’s year."""
    months = [
        MonthOut(month=month, without_reason=tally.without, to_decide=tally.pending, legitimate=tally.legitimate,
                 flagged=tally.flagged)
        for month, tally in page.months.items()
    ]  # fmt: skip
    late = page.late
    return PupilAbsences(
        pupil=code, months=months, times_late=late.times, minutes_late=late.minutes, minutes_early=late.early_minutes
    )


def month_list(page: MonthPage, group: str | None) -> MonthList:
    """A month, perhaps of one group only."""
    items = [
        PupilMonthOut(
            pupil=line.who.code, group=line.who.group_code, month=page.month, without_reason=line.tally.without,
            to_decide=line.tally.pending, legitimate=line.tally.legitimate, flagged=line.tally.flagged,
            times_late=line.late.times, minutes_late=line.late.minutes, minutes_early=line.late.early_minutes,
        )
        for line in page.lines
        if group in (None, line.who.group_code)
    ]  # fmt: skip
    return MonthList(month=page.month, items=items)


def reason_out(code: str, row: AbsenceReason) -> ReasonOut:
    """One reason."""
    return ReasonOut(
        id=row.id, pupil=code, starts_on=row.starts_on, start_minute=row.start_minute, ends_on=row.ends_on,
        end_minute=row.end_minute, code=row.code, legitimate=row.legitimate, given_by=row.given_by,
        channel=row.channel, at=row.at,
    )  # fmt: skip
