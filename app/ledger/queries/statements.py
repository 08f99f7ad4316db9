"""Monthly statements of hours: what a month comes to now, what was confirmed, what still has to be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session, joinedload

from app.accounts.models import Staff
from app.accounts.queries import get_staff_by_code
from app.core.clock import today
from app.core.db import run
from app.core.errors import NotFound
from app.core.journal import Deed, history
from app.ledger.models import HoursStatement, HoursStatementLine
from app.ledger.rules.statements import Held, Line, draft_lines, why_not_confirm
from app.pedagogy.models import PupilGroup, Subject, TimetableSession
from app.pedagogy.queries.rolls import present_minute, started
from app.pedagogy.rules import SessionState, month_of, school_year_of


@dataclass(frozen=True, slots=True)
class StatementPage:
    """A person's month: confirmed (its frozen lines), or as it would be confirmed now.

    `missing`: sessions of the month that have begun without a roll call; `unlogged`: that count without a log.
    """

    staff: Staff
    month: date
    statement: HoursStatement | None
    lines: list[Line]
    missing: Sequence[Any]
    why_not: str | None
    journal: list[Deed]

    @property
    def minutes(self) -> int:
        """The total."""
        return sum(line.minutes for line in self.lines)


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A month of somebody in a list; `minutes` are those confirmed, else those held so far."""

    code: str
    name: str
    month: date
    minutes: int
    missing: int
    statement: HoursStatement | None


_HELD = (
    select(
        TimetableSession.id, TimetableSession.on_date, TimetableSession.start_minute, TimetableSession.end_minute,
        Subject.label.label("subject"), PupilGroup.label.label("group"), TimetableSession.called_at,
        TimetableSession.logged_at, TimetableSession.taught_minutes,
    )
    .join(Subject, Subject.id == TimetableSession.subject_id)
    .join(PupilGroup, PupilGroup.id == TimetableSession.group_id)
    .where(
        TimetableSession.staff_id == bindparam("staff"), TimetableSession.state == SessionState.PLANNED,
        TimetableSession.on_date >= bindparam("start"), TimetableSession.on_date <= bindparam("end"),
    )
    .order_by(TimetableSession.on_date, TimetableSession.start_minute)
)  # fmt: skip
_STATED = (
    select(
        HoursStatementLine.kind, HoursStatementLine.session_id, HoursStatementLine.on_date,
        HoursStatementLine.start_minute, HoursStatementLine.end_minute, HoursStatementLine.subject,
        HoursStatementLine.group, HoursStatementLine.minutes, HoursStatementLine.note,
    )
    .join(HoursStatement, HoursStatement.id == HoursStatementLine.statement_id)
)  # fmt: skip
_STATED_OF = _STATED.where(
    HoursStatement.staff_id == bindparam("staff"), HoursStatement.month >= bindparam("start"),
    HoursStatementLine.on_date <= bindparam("end"),
).order_by(HoursStatementLine.id)  # fmt: skip
_LINES = _STATED.where(HoursStatement.id == bindparam("statement")).order_by(HoursStatementLine.id)
_MISSING = (
    select(TimetableSession.id, TimetableSession.on_date, TimetableSession.start_minute, TimetableSession.end_minute,
           Subject.label.label("subject"), PupilGroup.label.label("group"))
    .join(Subject, Subject.id == TimetableSession.subject_id)
    .join(PupilGroup, PupilGroup.id == TimetableSession.group_id)
    .where(
        TimetableSession.staff_id == bindparam("staff"), TimetableSession.state == SessionState.PLANNED,
        TimetableSession.called_at.is_(None), TimetableSession.on_date >= bindparam("start"),
        TimetableSession.on_date <= bindparam("end"), started(),
    )
    .order_by(TimetableSession.on_date, TimetableSession.start_minute)
)  # fmt: skip


def find_statement(db: Session, staff_id: int, month: date, *, lock: bool = False) -> HoursStatement | None:
    """A confirmed month of somebody."""
    query = select(HoursStatement).where(HoursStatement.staff_id == staff_id, HoursStatement.month == month)
    return db.execute(query.with_for_update() if lock else query).scalar_one_or_none()


def get_statement(db: Session, code: str, month: date, *, lock: bool = False) -> HoursStatement:
    """A confirmed month, or NotFound."""
    found = find_statement(db, get_staff_by_code(db, code).id, month, lock=lock)
    if found is None:
        raise NotFound("Cet état n’est pas encore vérifié.")
    return found


def draft(db: Session, staff_id: int, month: date) -> list[Line]:
    """The lines of a month as they would be confirmed now; three statements.

    Corrections reach back over this school year and the one before: payroll of older months is closed for good.
    """
    start = school_year_of(month).start or month
    values = {"staff": staff_id, "start": start.replace(year=start.year - 1), "end": month_of(month).end}
    sessions = [_held(row) for row in run(db, _HELD, values).all()]
    stated: dict[int, Line] = {}
    for row in run(db, _STATED_OF, values).all():
        line, before = Line(*row), stated.get(row.session_id)
        stated[row.session_id] = line if before is None else _added(before, line.minutes)
    settled = set(db.scalars(select(HoursStatement.month).where(HoursStatement.staff_id == staff_id)))
    return draft_lines(month, sessions, stated, settled - {month})


def _held(row: Any) -> Held:
    return Held(
        row.id, row.on_date, row.start_minute, row.end_minute, row.subject, row.group,
        row.called_at is not None, row.logged_at is not None, row.taught_minutes,
    )  # fmt: skip


def _added(line: Line, minutes: int) -> Line:
    return Line(line.kind, line.session_id, line.on_date, line.start_minute, line.end_minute, line.subject, line.group,
                line.minutes + minutes, line.note)  # fmt: skip


def missing_calls(db: Session, staff_id: int, month: date) -> Sequence[Any]:
    """Sessions of a month that have begun and whose roll nobody called; one statement."""
    values = {"staff": staff_id, "start": month, "end": month_of(month).end} | present_minute()
    return run(db, _MISSING, values).all()


def statement_page(db: Session, code: str, month: date) -> StatementPage:
    """A person's month."""
    staff = get_staff_by_code(db, code)
    statement = find_statement(db, staff.id, month)
    if statement is not None:
        lines = [Line(*row) for row in run(db, _LINES, {"statement": statement.id}).all()]
        return StatementPage(staff, month, statement, lines, (), None, history(db, "hours_statement", statement.id))
    missing = missing_calls(db, staff.id, month)
    why_not = why_not_confirm(month, today(), len(missing))
    return StatementPage(staff, month, None, draft(db, staff.id, month), missing, why_not, [])


_length = TimetableSession.end_minute - TimetableSession.start_minute
_SUMS = (
    select(
        Staff.id, Staff.code, Staff.first_name, Staff.last_name, TimetableSession.on_date,
        func.sum(func.coalesce(TimetableSession.taught_minutes, _length)).label("minutes"),
        func.count(TimetableSession.id).label("sessions"), func.count(TimetableSession.called_at).label("called"),
    )
    .join(TimetableSession, TimetableSession.staff_id == Staff.id)
    .where(
        TimetableSession.state == SessionState.PLANNED, TimetableSession.on_date >= bindparam("start"),
        TimetableSession.on_date <= bindparam("end"), started(),
    )
    .group_by(Staff.id, Staff.code, Staff.first_name, Staff.last_name, TimetableSession.on_date, Staff.sort_key,
              TimetableSession.called_at.is_(None))
    .order_by(Staff.sort_key, TimetableSession.on_date)
)  # fmt: skip
_SUMS_OF = _SUMS.where(Staff.id == bindparam("staff"))
_STATEMENTS = (
    select(HoursStatement)
    .where(HoursStatement.month >= bindparam("start"), HoursStatement.month <= bindparam("end"))
    .options(joinedload(HoursStatement.staff))
)


def list_statements(db: Session, start: date, end: date, *, staff_id: int | None = None) -> list[StatementRow]:
    """The months of everybody who held sessions (or of one), the latest month first; two statements."""
    values = {"start": start, "end": end, "staff": staff_id} | present_minute()
    known = {(one.staff_id, one.month): one for one in db.scalars(_STATEMENTS, values)}
    found: dict[tuple[int, date], list[Any]] = {}
    for row in run(db, _SUMS_OF if staff_id else _SUMS, values).all():
        found.setdefault((row.id, row.on_date.replace(day=1)), []).append(row)
    rows = [_row(month, rows, known.get((person, month))) for (person, month), rows in found.items()]
    return sorted(rows, key=lambda row: row.month, reverse=True)


def _row(month: date, rows: list[Any], statement: HoursStatement | None) -> StatementRow:
    first = rows[0]
    held = sum(int(row.minutes) for row in rows if row.called)
    missing = sum(row.sessions - row.called for row in rows)
    minutes = statement.minutes if statement else held
    return StatementRow(first.code, f"{first.first_name} {first.last_name}", month, minutes, missing, statement)
