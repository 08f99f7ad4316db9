"""The change of school year: who is where, where they go, what stands in the way."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.db import run
from app.core.errors import NotFound
from app.pedagogy.models import AttendanceRecord, Diploma, Membership, Pupil, PupilGroup, TimetableSession
from app.pedagogy.queries.pupils import belongs_on
from app.records.models import YearChange
from app.records.rules import Fate, GroupFact, following, level_of, proposed, same_again


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pupil of the year that ends: the stay he is in, what is proposed, and why nothing can be done for him."""

    pupil_id: int
    code: str
    name: str
    stay_id: int
    group: GroupFact
    fate: Fate
    target: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class YearRun:
    """One run of the change of year that holds: when, by whom, for how many."""

    id: int
    at: datetime
    by: str
    starts_on: date
    pupils: frozenset[str]

    @property
    def count(self) -> int:
        """How many it moved."""
        return len(self.pupils)


@dataclass(frozen=True, slots=True)
class YearPage:
    """The pupils still to be moved, group by group, the groups of both years, and the runs that hold, latest first."""

    from_year: str
    to_year: str
    coming: list[GroupFact]
    groups: list[tuple[GroupFact, list[Candidate]]] = field(default_factory=list)
    runs: list[YearRun] = field(default_factory=list)

    @property
    def candidates(self) -> dict[str, Candidate]:
        """Every pupil by code."""
        return {one.code: one for _, listed in self.groups for one in listed}


_GROUPS = (
    select(PupilGroup.id, PupilGroup.code, PupilGroup.label, PupilGroup.school_year, Diploma.code.label("diploma"))
    .join(Diploma, Diploma.id == PupilGroup.diploma_id)
    .where(PupilGroup.school_year == bindparam("year"))
    .order_by(PupilGroup.code)
)
_MEMBERS = (
    select(
        Pupil.id, Pupil.code, Pupil.first_name, Pupil.last_name, Pupil.left_on, Membership.id.label("stay_id"),
        PupilGroup.code.label("group_code"),
    )
    .join(Membership, Membership.pupil_id == Pupil.id)
    .join(PupilGroup, PupilGroup.id == Membership.group_id)
    .where(PupilGroup.school_year == bindparam("year"), belongs_on(bindparam("day")))
    .order_by(Pupil.sort_key, Pupil.id)
)  # fmt: skip
_AHEAD = (
    select(Membership.pupil_id, Membership.starts_on, PupilGroup.label)
    .join(PupilGroup, PupilGroup.id == Membership.group_id)
    .where(Membership.starts_on > bindparam("day"))
)
_CALLED = (
    select(AttendanceRecord.pupil_id, func.max(TimetableSession.on_date).label("last"))
    .join(TimetableSession, TimetableSession.id == AttendanceRecord.session_id)
    .where(TimetableSession.on_date > bindparam("day"))
    .group_by(AttendanceRecord.pupil_id)
)


_RUNS = (
    select(
        YearChange.id, YearChange.at, YearChange.starts_on, YearChange.content, Staff.first_name, Staff.last_name
    )
    .outerjoin(Staff, Staff.id == YearChange.by_id)
    .where(YearChange.to_year == bindparam("year"), YearChange.undone_at.is_(None))
    .order_by(YearChange.id.desc())
)  # fmt: skip
_BEHIND = (
    select(func.count(Membership.id))
    .join(PupilGroup, PupilGroup.id == Membership.group_id)
    .where(PupilGroup.school_year == bindparam("year"), belongs_on(bindparam("day")))
)


def groups_of_year(db: Session, year: str) -> list[GroupFact]:
    """The groups of a school year."""
    return [
        GroupFact(row.code, row.label, row.diploma, row.school_year, level_of(row.code, row.label))
        for row in run(db, _GROUPS, {"year": year})
    ]


def year_page(db: Session, from_year: str, to_year: str, last_day: date) -> YearPage:
    """Who belongs to the groups of `from_year` on its last day and was moved by no run yet, with what is proposed; six
    statements.
    """
    runs = year_runs(db, to_year)
    moved = frozenset[str]().union(*(one.pupils for one in runs))
    leaving, coming = groups_of_year(db, from_year), groups_of_year(db, to_year)
    ahead = {row.pupil_id: row for row in run(db, _AHEAD, {"day": last_day})}
    called = {row.pupil_id: row.last for row in run(db, _CALLED, {"day": last_day})}
    by_code = {group.code: group for group in leaving}
    listed: dict[str, list[Candidate]] = {group.code: [] for group in leaving}
    for row in run(db, _MEMBERS, {"year": from_year, "day": last_day}):
        if row.code in moved:
            continue
        group = by_code[row.group_code]
        listed[row.group_code].append(_candidate(row, group, (leaving, coming), _why_not(row, ahead, called, last_day)))
    groups = [(group, listed[group.code]) for group in leaving if listed[group.code]]
    return YearPage(from_year, to_year, coming, groups, runs)


def _candidate(row: Any, group: GroupFact, groups: tuple[list[GroupFact], list[GroupFact]], why_not: str) -> Candidate:
    leaving, coming = groups
    fate = Fate.SKIPPED if why_not else proposed(group, leaving, coming)
    target = following(group, coming) if fate == Fate.GOES_ON else same_again(group, coming)
    name = f"{row.first_name} {row.last_name}"
    return Candidate(row.id, row.code, name, row.stay_id, group, fate, target.code if target else "", why_not)


def _why_not(row: Any, ahead: dict[int, Any], called: dict[int, date], last_day: date) -> str:
    if row.id in ahead:
        other = ahead[row.id]
        return f"Passe déjà en {other.label} le {other.starts_on:%d/%m/%Y}."
    if row.id in called:
        return f"Un appel du {called[row.id]:%d/%m/%Y} le compte encore dans son groupe."
    if row.left_on is not None and row.left_on <= last_day:
        return f"Quitte déjà l’école le {row.left_on:%d/%m/%Y}."
    return ""


def year_runs(db: Session, to_year: str) -> list[YearRun]:
    """The runs into a school year that were done and not undone, the latest first."""
    return [
        YearRun(
            row.id, row.at, f"{row.first_name} {row.last_name}" if row.first_name else "", row.starts_on,
            frozenset(one["pupil"] for one in json.loads(row.content)),
        )
        for row in run(db, _RUNS, {"year": to_year})
    ]  # fmt: skip


def left_behind(db: Session, year: str, day: date) -> int:
    """How many pupils still belong to a group of a school year that is over on a day."""
    return int(run(db, _BEHIND, {"year": year, "day": day}).scalar_one())


def get_change(db: Session, change_id: int, *, lock: bool = False) -> YearChange:
    """One change of year."""
    query = select(YearChange).where(YearChange.id == change_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound("Ce changement d’année n’existe pas.")
    return found


def first_call(db: Session, change: YearChange) -> date | None:
    """The first day a roll was called in the groups that the change opened stays in."""
    opened = [row["opened"] for row in json.loads(change.content) if row["opened"]]
    if not opened:
        return None
    query = (
        select(func.min(TimetableSession.on_date))
        .join(AttendanceRecord, AttendanceRecord.session_id == TimetableSession.id)
        .join(
            Membership,
            (Membership.pupil_id == AttendanceRecord.pupil_id) & (Membership.group_id == TimetableSession.group_id),
        )
        .where(Membership.id.in_(opened), TimetableSession.on_date >= change.starts_on)
    )
    return db.execute(query).scalar_one()
