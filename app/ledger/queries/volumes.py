"""Hours held against the yearly volume, by group, subject and teacher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, not_, select
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core.db import run
from app.pedagogy.models import PupilGroup, Subject, TimetableSession
from app.pedagogy.queries.rolls import present_minute, started
from app.pedagogy.rules import KIND_LABELS, SessionKind, SessionState, school_year_of

MOVED = "Déplacée%"  # what a move writes as the reason of the session it leaves behind


@dataclass(frozen=True, slots=True)
class Volume:
    """A subject of a group with one teacher, in minutes.

    `due`: sessions that have begun, those cancelled and not moved too. `held`: called, for the minutes taught.
    `uncalled`: begun, and nobody called. `planned`: of the whole year, cancelled ones left out. `yearly`: what the
    diploma's programme asks of the subject, whoever teaches it.
    """

    group_code: str
    group: str
    subject: str
    kind: SessionKind
    staff_code: str
    staff: str
    yearly: int
    planned: int
    due: int
    held: int
    uncalled: int

    @property
    def to_catch_up(self) -> int:
        """What was due and was neither held nor waits for its roll call."""
        return max(0, self.due - self.held - self.uncalled)

    @property
    def kind_label(self) -> str:
        """« Atelier » or « Cours »."""
        return KIND_LABELS[self.kind]


def volumes(db: Session, day: date, *, group: str = "", staff: str = "") -> list[Volume]:
    """The volumes of the school year of a day, of one group or one teacher if asked. One statement."""
    year = school_year_of(day)
    values = {"start": year.start, "end": year.end, "group": group, "staff": staff} | present_minute()
    rows: Sequence[Any] = run(db, _volumes(of_group=bool(group), of_staff=bool(staff)), values).all()
    return [
        Volume(
            row.group_code, row.group, row.subject, row.kind, row.staff_code, f"{row.first_name} {row.last_name}",
            int(Decimal(row.yearly_hours) * 60), int(row.planned), int(row.due), int(row.held), int(row.uncalled),
        )
        for row in rows
    ]  # fmt: skip


@cache
def _volumes(*, of_group: bool, of_staff: bool) -> Any:
    session = TimetableSession
    length = session.end_minute - session.start_minute
    live, called = session.state == SessionState.PLANNED, session.called_at.is_not(None)
    moved = and_(not_(live), session.cancel_reason.like(MOVED))

    def total(what: Any, *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.sum(case((and_(*conditions), what), else_=0))

    taught = func.coalesce(session.taught_minutes, length)
    query = (
        select(
            PupilGroup.code.label("group_code"), PupilGroup.label.label("group"), Subject.label.label("subject"),
            Subject.kind, Subject.yearly_hours, Staff.code.label("staff_code"), Staff.first_name, Staff.last_name,
            total(length, live).label("planned"), total(length, started(), not_(moved)).label("due"),
            total(taught, live, called).label("held"),
            total(length, live, session.called_at.is_(None), started()).label("uncalled"),
        )
        .join(PupilGroup, PupilGroup.id == session.group_id)
        .join(Subject, Subject.id == session.subject_id)
        .join(Staff, Staff.id == session.staff_id)
        .where(session.on_date >= bindparam("start"), session.on_date <= bindparam("end"))
        .group_by(PupilGroup.code, PupilGroup.label, Subject.id, Subject.label, Subject.kind, Subject.yearly_hours,
                  Staff.code, Staff.first_name, Staff.last_name)
        .order_by(PupilGroup.code, Subject.kind, Subject.label, Staff.code)
    )  # fmt: skip
    if of_group:
        query = query.where(PupilGroup.code == bindparam("group"))
    return query.where(Staff.code == bindparam("staff")) if of_staff else query
