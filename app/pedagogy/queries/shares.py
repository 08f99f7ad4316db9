"""The practice share: attended minutes from the daily summary, planned and held ones from timetable × membership.

Statements are put together once for each shape they take; only their values change.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.queries import find_band
from app.core.clock import today
from app.core.db import run
from app.core.money import HUNDRED
from app.pedagogy.models import AttendanceDay, Membership, Pupil, PupilGroup, TimetableSession
from app.pedagogy.queries.activities import Counted, counted
from app.pedagogy.queries.rolls import present_minute, started
from app.pedagogy.rules import DEFAULT_BAND, Band, Minutes, Period, SessionKind, SessionState

Of = Literal["everybody", "group", "pupil"]
NONE = Minutes()


@dataclass(slots=True)
class ShareRow:
    """One group or pupil: minutes planned (not cancelled), held (roll called) and attended.

    A group's minutes are summed over its members of the day, so that the three compare.
    """

    code: str
    name: str
    group: str
    planned: Minutes
    held: Minutes
    attended: Minutes


@dataclass(frozen=True, slots=True)
class ShareReport:
    """The report of a period. `sessions_without_call`: not cancelled, and no roll call speaks of anybody in them."""

    groups: list[ShareRow]
    pupils: list[ShareRow]
    sessions_without_call: int

    @property
    def total(self) -> ShareRow:
        """All groups together."""
        rows = self.groups
        return ShareRow(
            "", "", "", sum((row.planned for row in rows), NONE), sum((row.held for row in rows), NONE),
            sum((row.attended for row in rows), NONE),
        )  # fmt: skip


Sums = dict[int, Minutes]


def practice_share(
    db: Session, period: Period, group: PupilGroup | None = None, *, planned: bool = False
) -> ShareReport:
    """Attended minutes of a period per group and pupil; `planned` adds what was planned and held.

    With a group: its row, its sessions, and the pupils who belonged to it in the period with their minutes in those
    sessions only. Without: every pupil under the present group, over all groups. Who has no minute is listed with 0.
    Four statements, six with `planned`, whatever the history.
    """
    values = _bounds(period) | {"of": group.id if group else None}
    of: Of = "group" if group else "everybody"
    of_groups, of_pupils = _attended(db, values, of)
    due = _due(db, values, of) if planned else ({}, {}, {}, {})
    rows = [
        ShareRow(code, label, code, due[0].get(key, NONE), due[1].get(key, NONE), of_groups.get(key, NONE))
        for key, code, label in run(db, _groups(of), values).all()
    ]
    people = [
        ShareRow(code, f"{first} {last}", group.code if group else present, due[2].get(key, NONE),
                 due[3].get(key, NONE), of_pupils.get(key, NONE))
        for key, code, first, last, present in run(db, _people(of), values).all()
    ]  # fmt: skip
    return ShareReport(rows, people, sessions_without_call(db, period, group))


def within(column: Any, period: Period) -> list[ColumnElement[bool]]:
    """The conditions that keep a date column inside a period, both ends included."""
    bounds = []
    if period.start is not None:
        bounds.append(column >= period.start)
    if period.end is not None:
        bounds.append(column <= period.end)
    return bounds


def _bounds(period: Period) -> dict[str, Any]:
    """The values of `_inside`: no limit is the first or the last day there is."""
    return {"start": period.start or date.min, "end": period.end or date.max}


def _inside(column: Any) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column >= bindparam("start"), column <= bindparam("end")


def sessions_without_call(db: Session, period: Period, group: PupilGroup | None = None, *, begun: bool = False) -> int:
    """Sessions of the period that are not cancelled and have no roll call at all; `begun`: only if they have begun."""
    values = _bounds(period) | present_minute() | {"of": group.id if group else None}
    return int(run(db, _without_call(of_group=group is not None, begun=begun), values).scalar_one())


@cache
def _without_call(*, of_group: bool, begun: bool) -> Any:
    session = TimetableSession
    query = select(func.count()).where(
        session.called_at.is_(None), session.state == SessionState.PLANNED, *_inside(session.on_date)
    )
    if of_group:
        query = query.where(session.group_id == bindparam("of"))
    return query.where(started()) if begun else query


_DAY = AttendanceDay
_ATTENDED = select(func.sum(_DAY.practice_minutes), func.sum(_DAY.theory_minutes)).where(*_inside(_DAY.on_date))
_ATTENDED_BY_ONE = _ATTENDED.where(_DAY.pupil_id == bindparam("of"))
_ATTENDED_IN_GROUP = _ATTENDED.where(_DAY.group_id == bindparam("of"))


def _minutes(row: Any) -> Minutes:
    return Minutes(int(row[0] or 0), int(row[1] or 0))


def pupil_minutes(db: Session, pupil_id: int, period: Period) -> tuple[Minutes, Minutes, Minutes]:
    """Planned, held and attended minutes of one pupil over all groups; three statements."""
    values = _bounds(period) | {"of": pupil_id}
    attended = _minutes(run(db, _ATTENDED_BY_ONE, values).one()) + _sum(_come(db, values, "pupil"))
    *_, planned, held = _due(db, values, "pupil")
    return planned.get(pupil_id, NONE), held.get(pupil_id, NONE), attended


def group_minutes(db: Session, period: Period, group_id: int) -> Minutes:
    """Attended minutes in a group's sessions, over its members of the day."""
    values = _bounds(period) | {"of": group_id}
    return _minutes(run(db, _ATTENDED_IN_GROUP, values).one()) + _sum(_come(db, values, "group"))


def _sum(found: Iterable[Counted]) -> Minutes:
    return sum((one.minutes for one in found), NONE)


def timetable_minutes(db: Session, period: Period, group_id: int) -> tuple[Minutes, Minutes]:
    """Planned and held minutes of a group's own timetable, each session counted once."""
    row = run(db, _timetable(), _bounds(period) | {"of": group_id}).one()
    return _minutes(row[:2]), _minutes(row[2:])


@cache
def _timetable() -> Any:
    session = TimetableSession
    return select(*_sums()).where(
        session.group_id == bindparam("of"), session.state == SessionState.PLANNED, *_inside(session.on_date)
    )


def shares_of_months(db: Session, period: Period, group: PupilGroup | None = None) -> list[tuple[int, int, Minutes]]:
    """(year, month, attended minutes) of a period, in order; months without an attended day are left out."""
    values = _bounds(period) | {"of": group.id if group else None}
    sums: dict[tuple[int, int], Minutes] = {}
    for day, practice, theory in run(db, _days(of_group=group is not None), values).all():
        month = (day.year, day.month)
        sums[month] = sums.get(month, NONE) + Minutes(int(practice), int(theory))
    for one in _come(db, values, "group" if group else "everybody"):
        month = (one.day.year, one.day.month)
        sums[month] = sums.get(month, NONE) + one.minutes
    return [(year, month, minutes) for (year, month), minutes in sorted(sums.items())]


@cache
def _days(*, of_group: bool) -> Any:
    """Day by day, as the summary's index lies: the engines have no common word for a month that is as quick."""
    query = select(_DAY.on_date, func.sum(_DAY.practice_minutes), func.sum(_DAY.theory_minutes))
    query = query.where(*_inside(_DAY.on_date)).group_by(_DAY.on_date).order_by(_DAY.on_date)
    return query.where(_DAY.group_id == bindparam("of")) if of_group else query


def school_band(db: Session) -> Band:
    """The band of the school's settings, 62 to 72 % before there is a school."""
    band = find_band(db)
    return Band(band[0] / HUNDRED, band[1] / HUNDRED) if band else DEFAULT_BAND


def earliest_year(db: Session) -> int:
    """The calendar year of the first session of the timetable, for the choice of a school year."""
    first = run(db, _EARLIEST).scalar_one()
    return (first or today()).year


_EARLIEST = select(func.min(TimetableSession.on_date))


def _attended(db: Session, values: dict[str, Any], of: Of) -> tuple[Sums, Sums]:
    of_groups: Sums = {}
    of_pupils: Sums = {}
    for group_id, pupil_id, practice, theory in run(db, _attended_sums(of), values).all():
        minutes = Minutes(int(practice), int(theory))
        _add(of_groups, group_id, minutes)
        _add(of_pupils, pupil_id, minutes)
    for one in _come(db, values, of):
        _add(of_groups, one.group_id, one.minutes)
        _add(of_pupils, one.pupil_id, one.minutes)
    return of_groups, of_pupils


def _come(db: Session, values: dict[str, Any], of: Of) -> list[Counted]:
    """What counts of exams, placements and visits up to today."""
    return [one for one in counted(db, values, of) if one.day <= today()]


@cache
def _attended_sums(of: Of) -> Any:
    query = (
        select(_DAY.group_id, _DAY.pupil_id, func.sum(_DAY.practice_minutes), func.sum(_DAY.theory_minutes))
        .where(*_inside(_DAY.on_date))
        .group_by(_DAY.group_id, _DAY.pupil_id)
    )
    return query.where(_DAY.group_id == bindparam("of")) if of == "group" else query


def _stays(of: Of) -> Iterable[ColumnElement[bool]]:
    """The conditions that keep the stays sharing a day with the period, of everybody, a group or a pupil."""
    yield Membership.starts_on <= bindparam("end")
    yield or_(Membership.ends_on.is_(None), Membership.ends_on >= bindparam("start"))
    if of == "group":
        yield Membership.group_id == bindparam("of")
    if of == "pupil":
        yield Membership.pupil_id == bindparam("of")


def _sums() -> list[ColumnElement[Any]]:
    """Minutes planned for practice and theory, then held ones."""
    session = TimetableSession
    length, called = session.end_minute - session.start_minute, session.called_at.is_not(None)

    def total(kind: SessionKind, *held: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.sum(case((and_(session.kind == kind, *held), length), else_=0))

    practice, theory = SessionKind.PRACTICE, SessionKind.THEORY
    return [total(practice), total(theory), total(practice, called), total(theory, called)]


@cache
def _due_sums(of: Of) -> Any:
    session, columns = TimetableSession, (Membership.group_id, Membership.starts_on, Membership.ends_on)
    stays = select(*columns).where(*_stays(of)).distinct().subquery()
    return (
        select(stays, *_sums())
        .join(session, session.group_id == stays.c.group_id)
        .where(
            session.state == SessionState.PLANNED, *_inside(session.on_date),
            session.on_date >= stays.c.starts_on, or_(stays.c.ends_on.is_(None), session.on_date <= stays.c.ends_on),
        )
        .group_by(stays.c.group_id, stays.c.starts_on, stays.c.ends_on)
    )  # fmt: skip


@cache
def _own_stays(of: Of) -> Any:
    columns = (Membership.pupil_id, Membership.group_id, Membership.starts_on, Membership.ends_on)
    return select(*columns).where(*_stays(of))


def _due(db: Session, values: dict[str, Any], of: Of) -> tuple[Sums, Sums, Sums, Sums]:
    """Planned and held minutes of groups, then of pupils, over the stays that hold each session.

    Pupils who share the same days in a group share one sum, so that the timetable is read once a group, not a pupil.
    """
    found = {tuple(row[:3]): (_minutes(row[3:5]), _minutes(row[5:])) for row in run(db, _due_sums(of), values).all()}
    sums: tuple[Sums, Sums, Sums, Sums] = ({}, {}, {}, {})
    for pupil_id, *stay in run(db, _own_stays(of), values).all():
        planned, held = found.get(tuple(stay), (NONE, NONE))
        _add(sums[0], stay[0], planned)
        _add(sums[1], stay[0], held)
        _add(sums[2], pupil_id, planned)
        _add(sums[3], pupil_id, held)
    for one in counted(db, values, of):
        come = one.minutes if one.day <= today() else NONE
        for into, key, minutes in zip(
            sums, (one.group_id, one.group_id, one.pupil_id, one.pupil_id),
            (one.minutes, come, one.minutes, come), strict=True,
        ):  # fmt: skip
            _add(into, key, minutes)
    return sums


def due_minutes(db: Session, period: Period, of: Of, key: int | None = None) -> tuple[Minutes, Minutes]:
    """Planned and held minutes of a pupil, a group or everybody, over the members of each day; two statements."""
    planned, held, planned_of_pupils, held_of_pupils = _due(db, _bounds(period) | {"of": key}, of)
    if of == "pupil" and key is not None:
        return planned_of_pupils.get(key, NONE), held_of_pupils.get(key, NONE)
    return sum(planned.values(), NONE), sum(held.values(), NONE)


def remaining_minutes(db: Session, end: date, of: Of, key: int | None = None) -> Minutes:
    """What the timetable still plans from today to a day: not cancelled, no roll called yet. Two statements."""
    planned, held = due_minutes(db, Period(today(), end), of, key)
    return Minutes(planned.practice - held.practice, planned.theory - held.theory)


@cache
def _due_days() -> Any:
    stays = select(Membership.group_id, Membership.starts_on, Membership.ends_on).where(*_stays("pupil")).distinct()
    stay, session = stays.subquery(), TimetableSession
    return (
        select(session.on_date, *_sums())
        .join(stay, session.group_id == stay.c.group_id)
        .where(
            session.state == SessionState.PLANNED, *_inside(session.on_date),
            session.on_date >= stay.c.starts_on, or_(stay.c.ends_on.is_(None), session.on_date <= stay.c.ends_on),
        )
        .group_by(session.on_date)
    )  # fmt: skip


_ATTENDED_DAYS = (
    select(_DAY.on_date, func.sum(_DAY.practice_minutes), func.sum(_DAY.theory_minutes))
    .where(*_inside(_DAY.on_date), _DAY.pupil_id == bindparam("of"))
    .group_by(_DAY.on_date)
)


def pupil_days(db: Session, pupil_id: int, period: Period) -> dict[date, tuple[Minutes, Minutes, Minutes]]:
    """Planned, held and attended minutes of one pupil by day, as `pupil_minutes` sums them; two statements."""
    values = _bounds(period) | {"of": pupil_id}
    due = {row[0]: (_minutes(row[1:3]), _minutes(row[3:5])) for row in run(db, _due_days(), values).all()}
    attended = {row[0]: _minutes(row[1:]) for row in run(db, _ATTENDED_DAYS, values).all()}
    for one in counted(db, values, "pupil"):
        planned, held = due.get(one.day, (NONE, NONE))
        come = one.minutes if one.day <= today() else NONE
        due[one.day] = planned + one.minutes, held + come
        attended[one.day] = attended.get(one.day, NONE) + come
    return {day: (*due.get(day, (NONE, NONE)), attended.get(day, NONE)) for day in sorted(due.keys() | attended.keys())}


def _add(into: Sums, key: int, minutes: Minutes) -> None:
    into[key] = into.get(key, NONE) + minutes


@cache
def _groups(of: Of) -> Any:
    query = select(PupilGroup.id, PupilGroup.code, PupilGroup.label)
    if of == "group":
        return query.where(PupilGroup.id == bindparam("of"))
    return query.order_by(PupilGroup.school_year.desc(), PupilGroup.code)


@cache
def _people(of: Of) -> Any:
    query = (
        select(Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name, PupilGroup.code)
        .join(PupilGroup, PupilGroup.id == Pupil.group_id)
        .order_by(Pupil.sort_key, Pupil.code)
    )
    return query.where(Pupil.id.in_(select(Membership.pupil_id).where(*_stays(of)))) if of == "group" else query
