"""From roll calls and reasons to absences, half-days and minutes late: each in a constant number of statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, case, func, select
from sqlalchemy.orm import Session

from app.accounts.models import School
from app.core.db import run
from app.pedagogy.models import AttendanceRecord, Pupil, PupilGroup, TimetableSession
from app.pedagogy.queries.reasons import standing_reasons
from app.pedagogy.rules import Attendance, Period, SessionState
from app.pedagogy.rules.absences import (
    Absence,
    Given,
    Judged,
    Missed,
    MissedHalf,
    Tally,
    absences_of,
    half_days,
    judge,
    tally,
)
from app.pedagogy.rules.halves import MORNING_ENDS
from app.pedagogy.rules.reasons import Span

AWAY = (Attendance.ABSENT, Attendance.EXCUSED)
LOOK_BACK = timedelta(days=45)  # how far back the beginning of an absence is looked for
_S, _A = TimetableSession, AttendanceRecord


@dataclass(frozen=True, slots=True)
class Who:
    """A pupil as lists show them."""

    pupil_id: int
    code: str
    first_name: str
    last_name: str
    group_code: str
    group_label: str

    @property
    def name(self) -> str:
        """First name then last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def initials(self) -> str:
        """Two letters."""
        return f"{self.first_name[:1]}{self.last_name[:1]}".upper()


@dataclass(frozen=True, slots=True)
class Away:
    """What one pupil missed in a stretch of time, judged."""

    who: Who
    sessions: list[Judged]

    @property
    def absences(self) -> list[Absence]:
        """Runs of missed sessions."""
        return absences_of(self.sessions)

    def halves(self, period: Period, *, whole: bool) -> list[MissedHalf]:
        """The half-days of a period that count as missed."""
        return [one for one in half_days(self.sessions, whole=whole) if period.holds(one.on_date)]


@dataclass(frozen=True, slots=True)
class Late:
    """How often a pupil was late or left early, and for how many minutes in all."""

    times: int = 0
    minutes: int = 0
    departures: int = 0
    early_minutes: int = 0


def _missed(*, of_pupils: bool) -> Any:
    """Every called session with its place among the pupil's own and the size of its half-day; then those missed."""
    half = case((_S.start_minute < MORNING_ENDS, 0), else_=1)
    inner = (
        select(
            _A.pupil_id, _A.session_id, _A.status, _S.on_date, _S.start_minute, _S.end_minute,
            func.row_number()
            .over(partition_by=_A.pupil_id, order_by=(_S.on_date, _S.start_minute, _S.id))
            .label("place"),
            func.count().over(partition_by=(_A.pupil_id, _S.on_date, half)).label("in_half"),
        )
        .join(_S, _S.id == _A.session_id)
        .where(
            _S.state == SessionState.PLANNED, _S.on_date >= bindparam("start"), _S.on_date <= bindparam("end"),
        )
    )  # fmt: skip
    if of_pupils:
        inner = inner.where(_A.pupil_id.in_(bindparam("pupils", expanding=True)))
    told = inner.subquery()
    return (
        select(
            told, Pupil.code, Pupil.first_name, Pupil.last_name, PupilGroup.code.label("group_code"),
            PupilGroup.label.label("group_label"),
        )
        .join(Pupil, Pupil.id == told.c.pupil_id)
        .join(PupilGroup, PupilGroup.id == Pupil.group_id)
        .where(told.c.status.in_(AWAY))
        .order_by(Pupil.sort_key, Pupil.id, told.c.place)
    )  # fmt: skip


_MISSED, _MISSED_OF = _missed(of_pupils=False), _missed(of_pupils=True)


def away_between(db: Session, start: date, end: date, pupil_ids: Collection[int] | None = None) -> list[Away]:
    """Who missed something between two days, by name; two statements. Of these pupils only, or of all."""
    values: dict[str, Any] = {"start": start, "end": end}
    if pupil_ids is None:
        rows = run(db, _MISSED, values).all()
    else:
        rows = run(db, _MISSED_OF, values | {"pupils": sorted(pupil_ids)}).all()
    reasons: dict[int, list[Given]] = {}
    for row in standing_reasons(db, start, end, pupil_ids):
        reasons.setdefault(row.pupil_id, []).append(given_of(row))
    found: dict[int, tuple[Who, list[Missed]]] = {}
    for row in rows:
        who = Who(row.pupil_id, row.code, row.first_name, row.last_name, row.group_code, row.group_label)
        found.setdefault(row.pupil_id, (who, []))[1].append(_missed_of(row))
    return [Away(who, judge(missed, reasons.get(who.pupil_id, []))) for who, missed in found.values()]


def given_of(row: Any) -> Given:
    """A stored reason as the rules know it."""
    return Given(row.id, Span(row.starts_on, row.start_minute, row.ends_on, row.end_minute), row.code, row.legitimate)


def _missed_of(row: Any) -> Missed:
    return Missed(
        row.session_id, row.on_date, row.start_minute, row.end_minute, row.place, row.in_half,
        excused=row.status == Attendance.EXCUSED,
    )  # fmt: skip


_LATE = (
    select(
        _A.pupil_id, func.count(case((_A.status == Attendance.LATE, 1))), func.sum(_A.minutes_late),
        func.count(case((_A.minutes_early > 0, 1))), func.sum(_A.minutes_early),
    )
    .join(_S, _S.id == _A.session_id)
    .where(_S.state == SessionState.PLANNED, _S.on_date >= bindparam("start"), _S.on_date <= bindparam("end"))
    .group_by(_A.pupil_id)
)  # fmt: skip
_LATE_OF = _LATE.where(_A.pupil_id.in_(bindparam("pupils", expanding=True)))


def late_between(db: Session, start: date, end: date, pupil_ids: Collection[int] | None = None) -> dict[int, Late]:
    """Who of these pupils (None: all) was late or left early between two days. One statement."""
    values: dict[str, Any] = {"start": start, "end": end}
    if pupil_ids is None:
        rows = run(db, _LATE, values).all()
    else:
        rows = run(db, _LATE_OF, values | {"pupils": sorted(pupil_ids)}).all()
    return {row[0]: Late(int(row[1]), int(row[2] or 0), int(row[3]), int(row[4] or 0)) for row in rows}


_RULES = select(School.whole_half_days, School.call_grace, School.name).where(School.id == 1)


def whole_half_days(db: Session) -> bool:
    """The school's setting: whether a half-day counts only when all of it was missed."""
    found = run(db, _RULES).one_or_none()
    return bool(found and found[0])


def tally_of(away: Away, period: Period, *, whole: bool) -> Tally:
    """The half-days of a period."""
    return tally(away.halves(period, whole=whole))


def absences_between(found: Sequence[Away], start: date, end: date) -> list[tuple[Who, Absence]]:
    """The absences that touch these days, the latest first, then by name."""
    pairs = [
        (one.who, absence) for one in found for absence in one.absences
        if absence.first.on_date <= end and absence.last.on_date >= start
    ]  # fmt: skip
    return sorted(pairs, key=lambda pair: -pair[1].first.on_date.toordinal())
