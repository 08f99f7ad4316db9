"""What a week does to the planned practice share of each group: this week, the year to its end, the whole year."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from app.core.clock import monday_of
from app.core.db import run
from app.pedagogy.models import PupilGroup, TimetableSession
from app.pedagogy.rules import Minutes, SessionKind, SessionState, school_year_of


@dataclass(frozen=True, slots=True)
class PlannedShare:
    """A group's planned minutes: of the week, of the school year up to the end of the week, of the whole year."""

    code: str
    label: str
    week: Minutes
    to_date: Minutes
    year: Minutes


def planned_shares(db: Session, day: date, groups: Collection[int]) -> list[PlannedShare]:
    """The planned shares of some groups around the week of a day; one statement, none without a group."""
    if not groups:
        return []
    period, monday = school_year_of(day), monday_of(day)
    values = {
        "start": period.start, "end": period.end, "monday": monday, "sunday": monday + timedelta(days=6),
        "groups": sorted(groups),
    }  # fmt: skip
    return [
        PlannedShare(row[0], row[1], *(Minutes(int(row[at] or 0), int(row[at + 1] or 0)) for at in (2, 4, 6)))
        for row in run(db, _SHARES, values).all()
    ]


def _sums() -> list[Any]:
    session = TimetableSession
    length = session.end_minute - session.start_minute
    week = session.on_date.between(bindparam("monday"), bindparam("sunday"))
    spans = (week, session.on_date <= bindparam("sunday"), session.on_date <= bindparam("end"))
    return [
        func.sum(case((and_(session.kind == kind, span), length), else_=0))
        for span in spans for kind in (SessionKind.PRACTICE, SessionKind.THEORY)
    ]  # fmt: skip


_SHARES = (
    select(PupilGroup.code, PupilGroup.label, *_sums())
    .join(TimetableSession, TimetableSession.group_id == PupilGroup.id)
    .where(
        TimetableSession.state == SessionState.PLANNED,
        TimetableSession.on_date.between(bindparam("start"), bindparam("end")),
        PupilGroup.id.in_(bindparam("groups", expanding=True)),
    )
    .group_by(PupilGroup.id, PupilGroup.code, PupilGroup.label)
    .order_by(PupilGroup.code)
)
