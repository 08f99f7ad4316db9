"""The practice share: attended minutes from the daily summary, planned and held ones from timetable × membership."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case, extract, func, or_, select
from sqlalchemy.orm import Session

from app.accounts.queries import find_school
from app.core.clock import today
from app.core.money import HUNDRED
from app.pedagogy.models import AttendanceDay, Membership, Pupil, PupilGroup, TimetableSession
from app.pedagogy.queries.rolls import started
from app.pedagogy.rules import DEFAULT_BAND, Band, Minutes, Period, SessionKind, SessionState

NONE = Minutes()


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class _Person:
    id: int
    code: str
    name: str
    group: str


Sums = dict[int, Minutes]


def practice_share(
    db: Session, period: Period, group: PupilGroup | None = None, *, planned: bool = False
) -> ShareReport:
    """Attended minutes of a period per group and pupil; `planned` adds what was planned and held.

    With a group: its row, its sessions, and the pupils who belonged to it in the period with their minutes in those
    sessions only. Without: every pupil under the present group, over all groups. Who has no minute is listed with 0.
    Four statements, six with `planned`, whatever the history.
    """
    of_groups, of_pupils = _attended(db, period, group)
    due = _due(db, period, *_stays_of(group)) if planned else ({}, {}, {}, {})
    rows = [
        ShareRow(row.code, row.label, row.code, due[0].get(row.id, NONE), due[1].get(row.id, NONE),
                 of_groups.get(row.id, NONE))
        for row in db.execute(_groups(group))
    ]  # fmt: skip
    people = [
        ShareRow(one.code, one.name, one.group, due[2].get(one.id, NONE), due[3].get(one.id, NONE),
                 of_pupils.get(one.id, NONE))
        for one in _people(db, period, group)
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


def sessions_without_call(db: Session, period: Period, group: PupilGroup | None = None, *, begun: bool = False) -> int:
    """Sessions of the period that are not cancelled and have no roll call at all; `begun`: only if they have begun."""
    session = TimetableSession
    query = select(func.count()).where(
        session.called_at.is_(None), session.state == SessionState.PLANNED, *within(session.on_date, period)
    )
    if group is not None:
        query = query.where(session.group_id == group.id)
    if begun:
        query = query.where(started())
    return int(db.execute(query).scalar_one())


def pupil_minutes(db: Session, pupil_id: int, period: Period) -> tuple[Minutes, Minutes, Minutes]:
    """Planned, held and attended minutes of one pupil over all groups; three statements."""
    day = AttendanceDay
    practice, theory = db.execute(
        select(func.coalesce(func.sum(day.practice_minutes), 0), func.coalesce(func.sum(day.theory_minutes), 0))
        .where(day.pupil_id == pupil_id, *within(day.on_date, period))
    ).one()  # fmt: skip
    *_, planned, held = _due(db, period, Membership.pupil_id == pupil_id)
    return planned.get(pupil_id, NONE), held.get(pupil_id, NONE), Minutes(int(practice), int(theory))


def group_minutes(db: Session, period: Period, group_id: int) -> Minutes:
    """Attended minutes in a group's sessions, over its members of the day."""
    day = AttendanceDay
    practice, theory = db.execute(
        select(func.coalesce(func.sum(day.practice_minutes), 0), func.coalesce(func.sum(day.theory_minutes), 0))
        .where(day.group_id == group_id, *within(day.on_date, period))
    ).one()  # fmt: skip
    return Minutes(int(practice), int(theory))


def timetable_minutes(db: Session, period: Period, group_id: int) -> tuple[Minutes, Minutes]:
    """Planned and held minutes of a group's own timetable, each session counted once."""
    session = TimetableSession
    row = db.execute(
        select(*_sums(session.end_minute - session.start_minute)).where(
            session.group_id == group_id, session.state == SessionState.PLANNED, *within(session.on_date, period)
        )
    ).one()
    planned = Minutes(int(row.planned_practice or 0), int(row.planned_theory or 0))
    return planned, Minutes(int(row.held_practice or 0), int(row.held_theory or 0))


def shares_of_months(db: Session, period: Period, group: PupilGroup | None = None) -> list[tuple[int, int, Minutes]]:
    """(year, month, attended minutes) of a period, in order; months without an attended day are left out."""
    day = AttendanceDay
    year, month = extract("year", day.on_date), extract("month", day.on_date)
    query = (
        select(year, month, func.sum(day.practice_minutes), func.sum(day.theory_minutes))
        .where(*within(day.on_date, period))
        .group_by(year, month)
        .order_by(year, month)
    )
    if group is not None:
        query = query.where(day.group_id == group.id)
    return [(int(y), int(m), Minutes(int(p), int(t))) for y, m, p, t in db.execute(query)]


def school_band(db: Session) -> Band:
    """The band of the school's settings, 62 to 72 % before there is a school."""
    school = find_school(db)
    return Band(school.share_low / HUNDRED, school.share_high / HUNDRED) if school else DEFAULT_BAND


def earliest_year(db: Session) -> int:
    """The calendar year of the first session of the timetable, for the choice of a school year."""
    first = db.execute(select(func.min(TimetableSession.on_date))).scalar_one()
    return (first or today()).year


def _attended(db: Session, period: Period, group: PupilGroup | None) -> tuple[Sums, Sums]:
    day = AttendanceDay
    query = (
        select(day.group_id, day.pupil_id, func.sum(day.practice_minutes), func.sum(day.theory_minutes))
        .where(*within(day.on_date, period))
        .group_by(day.group_id, day.pupil_id)
    )
    if group is not None:
        query = query.where(day.group_id == group.id)
    of_groups: Sums = {}
    of_pupils: Sums = {}
    for group_id, pupil_id, practice, theory in db.execute(query):
        minutes = Minutes(int(practice), int(theory))
        _add(of_groups, group_id, minutes)
        _add(of_pupils, pupil_id, minutes)
    return of_groups, of_pupils


def _meeting(period: Period) -> list[ColumnElement[bool]]:
    """The conditions that keep the stays that share a day with the period."""
    kept: list[ColumnElement[bool]] = []
    if period.end is not None:
        kept.append(Membership.starts_on <= period.end)
    if period.start is not None:
        kept.append(or_(Membership.ends_on.is_(None), Membership.ends_on >= period.start))
    return kept


def _stays_of(group: PupilGroup | None) -> list[ColumnElement[bool]]:
    return [] if group is None else [Membership.group_id == group.id]


def _sums(length: Any, session: Any = TimetableSession) -> list[ColumnElement[Any]]:
    def total(kind: SessionKind, *held: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.sum(case((and_(session.kind == kind, *held), length), else_=0))

    called = session.called_at.is_not(None)
    return [
        total(SessionKind.PRACTICE).label("planned_practice"), total(SessionKind.THEORY).label("planned_theory"),
        total(SessionKind.PRACTICE, called).label("held_practice"),
        total(SessionKind.THEORY, called).label("held_theory"),
    ]  # fmt: skip


def _due(db: Session, period: Period, *wanted: ColumnElement[bool]) -> tuple[Sums, Sums, Sums, Sums]:
    """Planned and held minutes of groups, then of pupils, over the stays that hold each session.

    Pupils who share the same days in a group share one sum, so that the timetable is read once a group, not a pupil.
    """
    session = TimetableSession
    wanted = (*wanted, *_meeting(period))
    stays = select(Membership.group_id, Membership.starts_on, Membership.ends_on).where(*wanted).distinct().subquery()
    query = (
        select(stays, *_sums(session.end_minute - session.start_minute))
        .join(session, session.group_id == stays.c.group_id)
        .where(
            session.state == SessionState.PLANNED, *within(session.on_date, period),
            session.on_date >= stays.c.starts_on, or_(stays.c.ends_on.is_(None), session.on_date <= stays.c.ends_on),
        )
        .group_by(stays.c.group_id, stays.c.starts_on, stays.c.ends_on)
    )  # fmt: skip
    found = {
        (row.group_id, row.starts_on, row.ends_on): (
            Minutes(int(row.planned_practice), int(row.planned_theory)),
            Minutes(int(row.held_practice), int(row.held_theory)),
        )
        for row in db.execute(query)
    }
    sums: tuple[Sums, Sums, Sums, Sums] = ({}, {}, {}, {})
    own = select(Membership.pupil_id, Membership.group_id, Membership.starts_on, Membership.ends_on).where(*wanted)
    for row in db.execute(own):
        planned, held = found.get((row.group_id, row.starts_on, row.ends_on), (NONE, NONE))
        _add(sums[0], row.group_id, planned)
        _add(sums[1], row.group_id, held)
        _add(sums[2], row.pupil_id, planned)
        _add(sums[3], row.pupil_id, held)
    return sums


def _add(into: Sums, key: int, minutes: Minutes) -> None:
    into[key] = into.get(key, NONE) + minutes


def _groups(group: PupilGroup | None) -> Any:
    query = select(PupilGroup.id, PupilGroup.code, PupilGroup.label)
    if group is not None:
        return query.where(PupilGroup.id == group.id)
    return query.order_by(PupilGroup.school_year.desc(), PupilGroup.code)


def _people(db: Session, period: Period, group: PupilGroup | None) -> Iterable[_Person]:
    query = (
        select(Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name, PupilGroup.code)
        .join(PupilGroup, PupilGroup.id == Pupil.group_id)
        .order_by(Pupil.sort_key, Pupil.code)
    )
    if group is not None:
        stays = select(Membership.pupil_id).where(Membership.group_id == group.id, *_meeting(period))
        query = query.where(Pupil.id.in_(stays))
    for pupil_id, code, first, last, present in db.execute(query):
        yield _Person(pupil_id, code, f"{first} {last}", group.code if group else present)
