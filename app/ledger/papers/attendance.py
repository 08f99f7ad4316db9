"""The signed attendance sheet of a group and the certificate of a pupil, as ready French texts: what is frozen."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from app.core.clock import local
from app.core.pdf import Sheet, draw
from app.ledger.queries import Assiduity, Register
from app.pedagogy.rules import Attendance
from app.web.filters import clock, date_fr, day_short, duration, percent

NOON = 12 * 60
TEMPLATES = {
    "sheet": "ledger/templates/pdf/sheet.typ", "certificate": "ledger/templates/pdf/certificate.typ",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class HalfDay:
    """A column of the sheet: « lun. 23 nov. », « matin », its hours, who taught."""

    day: str
    half: str
    hours: str
    staff: str


@dataclass(frozen=True, slots=True)
class Signing:
    """A row of the sheet: the name and, for each half-day, what the register says (empty: not of the group)."""

    name: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class SheetPaper:
    """A group's days with room to sign."""

    group: str
    period: str
    halves: list[HalfDay]
    rows: list[Signing]


@dataclass(frozen=True, slots=True)
class CertificatePaper:
    """What a pupil attended in a period."""

    name: str
    born_on: str
    group: str
    period: str
    practice: str
    theory: str
    total: str
    held: str
    rate: str


def fill_sheet(register: Register, start: date, end: date) -> SheetPaper:
    """The register of some days by half-days."""
    halves: dict[tuple[date, bool], list[Any]] = {}
    for session in register.sessions:
        halves.setdefault((session.on_date, session.start_minute < NOON), []).append(session)
    ordered = sorted(halves.items(), key=lambda item: (item[0][0], not item[0][1]))
    rows = [
        Signing(name, [_cell(register, pupil_id, sessions) for _, sessions in ordered])
        for pupil_id, name in register.pupils.items()
    ]
    return SheetPaper(register.group.label, _period(start, end), [_half(*item) for item in ordered], rows)


def fill_certificate(told: Assiduity, start: date, end: date) -> CertificatePaper:
    """A pupil's attended hours of a period, against those held."""
    pupil, came, held = told.pupil, told.attended, told.held
    rate = percent(came.total / held.total) if held.total else "–"
    return CertificatePaper(
        pupil.full_name, date_fr(pupil.born_on), pupil.group.label, _period(start, end), duration(came.practice),
        duration(came.theory), duration(came.total), duration(held.total), rate,
    )  # fmt: skip


def draw_issued(kind: str, number: str, title: str, content: Any, *, school: str, at: datetime) -> bytes:
    """An issued paper, drawn again from what it said when it was issued: the same bytes every time."""
    moment = at.replace(second=0, microsecond=0)
    sheet = Sheet(title, number, school, f"{date_fr(local(moment).date())} à {clock(moment)}", moment)
    return draw(TEMPLATES[kind], sheet, content)


def _half(key: tuple[date, bool], sessions: list[Any]) -> HalfDay:
    hours = f"{clock(sessions[0].start_minute)} à {clock(sessions[-1].end_minute)}"
    staff = ", ".join(dict.fromkeys(f"{one.first_name[:1]}. {one.last_name}" for one in sessions))
    return HalfDay(day_short(key[0]), "matin" if key[1] else "après-midi", hours, staff)


def _cell(register: Register, pupil_id: int, sessions: list[Any]) -> str:
    if not register.belongs(pupil_id, sessions[0].on_date):
        return "–"
    found = [register.said.get((session.id, pupil_id)) for session in sessions]
    said = [one for one in found if one is not None]
    if not said:
        return ""
    came = sum(one.attended_minutes for one in said)
    if came == 0:
        return "Excusé" if all(one.status == Attendance.EXCUSED for one in said) else "Absent"
    whole = sum(session.end_minute - session.start_minute for session in sessions)
    return duration(came) if came == whole else f"{duration(came)} sur {duration(whole)}"


def _period(start: date, end: date) -> str:
    return f"le {date_fr(start)}" if start == end else f"du {date_fr(start)} au {date_fr(end)}"
