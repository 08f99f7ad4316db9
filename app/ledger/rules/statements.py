"""Rules of the monthly statement of a teacher's hours (*état des vacations*): what counts, what is put right later."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.ledger.rules import LineKind


@dataclass(frozen=True, slots=True)
class Line:
    """A session with the minutes that it counts for; of a correction the difference to what was stated before."""

    kind: LineKind
    session_id: int
    on_date: date
    start_minute: int
    end_minute: int
    subject: str
    group: str
    minutes: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Held:
    """A session as it stands now. It counts once its roll is called: the minutes logged, else its length."""

    session_id: int
    on_date: date
    start_minute: int
    end_minute: int
    subject: str
    group: str
    called: bool
    logged: bool
    taught_minutes: int | None

    @property
    def minutes(self) -> int:
        """What it counts for."""
        if not self.called:
            return 0
        return self.end_minute - self.start_minute if self.taught_minutes is None else self.taught_minutes

    def line(self, kind: LineKind, minutes: int, note: str = "") -> Line:
        """The line of a statement about it."""
        return Line(
            kind, self.session_id, self.on_date, self.start_minute, self.end_minute, self.subject, self.group,
            minutes, note,
        )  # fmt: skip


def draft_lines(month: date, sessions: Iterable[Held], stated: Mapping[int, Line], settled: set[date]) -> list[Line]:
    """The lines of a month's statement: its sessions that count, then the corrections of months already confirmed.

    `sessions`: those of the person up to the end of the month. `stated`: by session, what earlier statements say of it,
    its minutes summed. `settled`: the first days of the months that are confirmed. A correction is the difference
    between what a session counts for now and what was stated; one that is the person's no more counts for nothing.
    """
    lines, corrections = [], []
    for one in sessions:
        before = stated.get(one.session_id)
        known = before.minutes if before else 0
        if one.on_date.replace(day=1) == month:
            if one.minutes - known:
                lines.append(one.line(LineKind.SESSION, one.minutes - known))
        elif one.on_date.replace(day=1) in settled and one.minutes != known:
            note = f"{_said(known)} déclarées, {_said(one.minutes)} à compter"
            corrections.append(one.line(LineKind.CORRECTION, one.minutes - known, note))
    present = {one.session_id for one in sessions}
    for session_id, line in stated.items():
        if session_id not in present and line.minutes:
            note = f"{_said(line.minutes)} déclarées, la séance n’est plus la vôtre"
            corrections.append(replace(line, kind=LineKind.CORRECTION, minutes=-line.minutes, note=note))
    return sorted(lines, key=_when) + sorted(corrections, key=_when)


def _when(line: Line) -> tuple[date, int, int]:
    return line.on_date, line.start_minute, line.session_id


def _said(minutes: int) -> str:
    return f"{minutes} min"


def statement_number(number: int, month: date) -> str:
    """« V2026-0012 »: gap-free within the year of the month."""
    return f"V{month.year}-{number:04d}"


def why_not_confirm(month: date, today: date, calls_missing: int) -> str | None:
    """A month is confirmed once its last session may have been held and every roll of it is called."""
    if month > today.replace(day=1):
        return "Ce mois n’a pas commencé."
    if calls_missing:
        plural = "s" if calls_missing > 1 else ""
        return (
            f"{calls_missing} séance{plural} de ce mois n’{'ont' if plural else 'a'} pas d’appel : faites-le d’abord."
        )
    return None
