"""Statements of hours: their owner confirms, the office closes. What is confirmed is frozen in rows of its own."""

from datetime import date

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.accounts.models import Staff
from app.core import journal
from app.core.actor import Actor
from app.core.clock import now, today
from app.core.errors import Forbidden, Refused
from app.core.numbering import next_number
from app.ledger import policies
from app.ledger.models import HoursStatement, HoursStatementLine
from app.ledger.queries import statements as queries
from app.ledger.rules import StatementState
from app.ledger.rules.statements import Line, statement_number, why_not_confirm
from app.pedagogy.rules import month_of

SERIES = "vacations"
COLUMNS = ("session_id", "kind", "on_date", "start_minute", "end_minute", "subject", "group", "minutes", "note")


def confirm_statement(db: Session, staff: Staff, *, month: date, seen_minutes: int, by: Actor) -> HoursStatement:
    """Freeze a month as its owner has just read it. Refused while a roll of it is missing, or if it came to something
    else since; once only.
    """
    if reason := policies.why_not_confirm(by, staff):
        raise Forbidden(reason)
    db.get(Staff, staff.id, with_for_update=True)  # two confirmations of one person see each other
    if queries.find_statement(db, staff.id, month) is not None:
        raise Refused("Cet état est déjà vérifié : ce qui change ensuite sera corrigé sur le suivant.")
    if reason := why_not_confirm(month, today(), len(queries.missing_calls(db, staff.id, month))):
        raise Refused(reason)
    lines = queries.draft(db, staff.id, month)
    total = sum(line.minutes for line in lines)
    if total != seen_minutes:
        raise Refused("Des séances ont changé depuis que vous avez ouvert cette page : relisez puis vérifiez.")
    return _freeze(db, staff, month, lines, by)


def close_statement(db: Session, statement: HoursStatement, *, by: Actor) -> None:
    """Hand a confirmed month to payroll, once the month is over."""
    if statement.state == StatementState.CLOSED:
        raise Refused("Cet état est déjà clos.")
    if (month_of(statement.month).end or today()) > today():
        raise Refused("Ce mois n’est pas fini : il se clôt à la fin du mois.")
    statement.state = StatementState.CLOSED
    statement.closed_at, statement.closed_by_id = now(), by.staff_id
    statement.version += 1
    move = journal.Move("close", StatementState.CONFIRMED, StatementState.CLOSED)
    journal.record(db, statement, move, "Clos pour la paie", by=by)


def _freeze(db: Session, staff: Staff, month: date, lines: list[Line], by: Actor) -> HoursStatement:
    number = statement_number(next_number(db, SERIES, month.year), month)
    statement = HoursStatement(
        number=number, staff_id=staff.id, month=month, state=StatementState.CONFIRMED,
        minutes=sum(line.minutes for line in lines), confirmed_at=now(), confirmed_by_id=by.staff_id,
    )  # fmt: skip
    db.add(statement)
    db.flush()  # its id, for its lines
    rows = [{name: getattr(line, name) for name in COLUMNS} | {"statement_id": statement.id} for line in lines]
    if rows:
        db.execute(insert(HoursStatementLine), rows)
    journal.record(db, statement, "confirm", f"État {number} vérifié", by=by)
    return statement
