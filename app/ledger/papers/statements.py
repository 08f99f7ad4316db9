"""Papers about hours: the monthly statement of somebody's hours."""

from dataclasses import dataclass

from app.core.clock import local
from app.core.pdf import draw
from app.ledger.queries import StatementPage
from app.ledger.rules import LineKind
from app.ledger.rules.statements import Line
from app.web.filters import MONTHS, clock, date_fr, duration
from app.web.papers import new_sheet


@dataclass(frozen=True, slots=True)
class StatementLinePaper:
    """A line as ready French texts."""

    day: str
    hours: str
    subject: str
    group: str
    length: str
    note: str


@dataclass(frozen=True, slots=True)
class StatementPaper:
    """A month of somebody's hours: sessions, corrections of earlier months, the total, who confirmed."""

    number: str
    name: str
    month: str
    standing: str
    sessions: list[StatementLinePaper]
    corrections: list[StatementLinePaper]
    total: str
    decimal: str


def fill_statement(found: StatementPage) -> StatementPaper:
    """The paper of a month, confirmed or not yet."""
    statement = found.statement
    lines = {kind: [_line(line) for line in found.lines if line.kind == kind] for kind in LineKind}
    standing = "Projet, pas encore vérifié"
    if statement is not None:
        standing = f"Vérifié par {found.staff.full_name} le {date_fr(local(statement.confirmed_at).date())}"
        if statement.closed_at is not None:
            standing += f", clos pour la paie le {date_fr(local(statement.closed_at).date())}"
    hundredths = f"{found.minutes / 60:.2f}".replace(".", ",")
    return StatementPaper(
        statement.number if statement else "", found.staff.full_name,
        f"{MONTHS[found.month.month - 1]} {found.month.year}", standing, lines[LineKind.SESSION],
        lines[LineKind.CORRECTION], signed(found.minutes), hundredths,
    )  # fmt: skip


def draw_statement(told: StatementPaper, *, school: str) -> bytes:
    """The statement on paper, with room to sign."""
    return draw("ledger/templates/pdf/statement.typ", new_sheet("État des vacations", told.number, school=school), told)


def _line(line: Line) -> StatementLinePaper:
    hours = f"{clock(line.start_minute)} à {clock(line.end_minute)}"
    return StatementLinePaper(date_fr(line.on_date), hours, line.subject, line.group, signed(line.minutes), line.note)


def signed(minutes: int) -> str:
    """« 2 h 00 », « −0 h 30 »."""
    return duration(minutes) if minutes >= 0 else f"−{duration(-minutes)}"
