"""Hours held against the yearly volume, by group, subject and teacher."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, select
from sqlalchemy.orm import Session, aliased

from app.accounts.models import Staff
from app.core.db import run
from app.pedagogy.models import PupilGroup, Subject, TimetableSession
from app.pedagogy.queries.rolls import present_minute, started
from app.pedagogy.rules import KIND_LABELS, SessionKind, SessionState, school_year_of
from app.timetable.models import CatchUp
from app.timetable.queries.catchups import missed_rows


@dataclass(frozen=True, slots=True)
class Volume:
    """A subject of a group with one teacher, in minutes.

    `due`: sessions that have begun, and of the missed ones what no session begun since makes up for. `held`: called,
    for the minutes taught. `uncalled`: begun, and nobody called. `planned`: of the whole year, cancelled ones left out.
    `coming`: of what is missed, what sessions still to come make up for. `yearly`: what the diploma's programme asks of
    the subject, whoever teaches it.

    Missed are the sessions that were cancelled, neither moved nor taken out by the calendar or the pattern of the
    week. Two hours of the 10th fall out, two of the 17th make up for them: until the 17th two hours are to catch up,
    two of them to come; from then on the 17th alone is due, and nothing is to catch up once it is held.
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
    coming: int

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
            int(row.coming),
        )
        for row in rows
    ]  # fmt: skip


def _made_up() -> Any:
    """Of each missed session, the minutes of sessions that make up for it: begun, and still to come."""
    maker = aliased(TimetableSession)
    length = maker.end_minute - maker.start_minute
    begun = started(maker)
    return (
        select(CatchUp.missed_id, func.sum(case((begun, length), else_=0)).label("begun"),
               func.sum(case((begun, 0), else_=length)).label("coming"))
        .join(maker, maker.id == CatchUp.session_id)
        .where(maker.state == SessionState.PLANNED)
        .group_by(CatchUp.missed_id)
        .subquery("made_up")
    )  # fmt: skip


def _least(one: Any, other: Any) -> ColumnElement[Any]:
    return case((one < other, one), else_=other)


@cache
def _volumes(*, of_group: bool, of_staff: bool) -> Any:
    session = TimetableSession
    length = session.end_minute - session.start_minute
    live, called = session.state == SessionState.PLANNED, session.called_at.is_not(None)
    made_up = _made_up()
    # What was to make up for another and fell out itself is owed once: by the other.
    missed = and_(missed_rows(), CatchUp.session_id.is_(None))
    owed = length - _least(length, func.coalesce(made_up.c.begun, 0))

    def total(what: Any, *conditions: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.sum(case((and_(*conditions), what), else_=0))

    taught = func.coalesce(session.taught_minutes, length)
    query = (
        select(
            PupilGroup.code.label("group_code"), PupilGroup.label.label("group"), Subject.label.label("subject"),
            Subject.kind, Subject.yearly_hours, Staff.code.label("staff_code"), Staff.first_name, Staff.last_name,
            total(length, live).label("planned"),
            (total(length, live, started()) + total(owed, missed, started())).label("due"),
            total(taught, live, called).label("held"),
            total(length, live, session.called_at.is_(None), started()).label("uncalled"),
            total(_least(owed, func.coalesce(made_up.c.coming, 0)), missed, started()).label("coming"),
        )
        .join(PupilGroup, PupilGroup.id == session.group_id)
        .join(Subject, Subject.id == session.subject_id)
        .join(Staff, Staff.id == session.staff_id)
        .outerjoin(CatchUp, CatchUp.session_id == session.id)
        .outerjoin(made_up, made_up.c.missed_id == session.id)
        .where(session.on_date >= bindparam("start"), session.on_date <= bindparam("end"))
        .group_by(PupilGroup.code, PupilGroup.label, Subject.id, Subject.label, Subject.kind, Subject.yearly_hours,
                  Staff.code, Staff.first_name, Staff.last_name)
        .order_by(PupilGroup.code, Subject.kind, Subject.label, Staff.code)
    )  # fmt: skip
    if of_group:
        query = query.where(PupilGroup.code == bindparam("group"))
    return query.where(Staff.code == bindparam("staff")) if of_staff else query
