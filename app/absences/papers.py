"""What goes out on paper: the letter and the report of a month, the register of a day."""

import json
from dataclasses import dataclass

from app.absences.models import AbsenceLetter
from app.absences.queries import CalledSession, Register
from app.absences.rules import LetterKind
from app.core.pdf import draw
from app.pedagogy.rules.reasons import REASON_CODES
from app.web.filters import date_fr, hour, moment_fr
from app.web.papers import new_sheet


@dataclass(frozen=True, slots=True)
class LetterPaper:
    """An issued letter, word for word as it was frozen."""

    school: list[str]
    uai: str
    city: str
    to: list[str]
    to_pupil: bool
    reach: list[str]
    pupil: str
    born_on: str
    group: str
    month: str
    on: str
    signed: str
    halves: list[str]
    others: list[str]
    late: str
    notices: list[str]


@dataclass(frozen=True, slots=True)
class RegisterMark:
    """One pupil who was not simply there."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class RegisterSession:
    """One session of the register."""

    time: str
    what: str
    teacher: str
    called: str
    present: int
    marks: list[RegisterMark]


@dataclass(frozen=True, slots=True)
class RegisterPaper:
    """The roll calls of a day."""

    day: str
    sessions: list[RegisterSession]
    codes: list[str]


def draw_letter(letter: AbsenceLetter, *, school: str) -> bytes:
    """The letter to those who answer for the pupil, or the report to the authority."""
    told = LetterPaper(**json.loads(letter.content))
    sheet = new_sheet(letter.kind.label, letter.number, school=school)
    name = "letter" if letter.kind == LetterKind.LETTER else "report"
    return draw(f"absences/templates/pdf/{name}.typ", sheet, told)


def draw_register(register: Register, *, school: str) -> bytes:
    """The register of a day, with the codes that occur in it explained."""
    used = sorted({mark.code for one in register.sessions for mark in one.marks if mark.code})
    told = RegisterPaper(
        date_fr(register.day), [_session(one) for one in register.sessions],
        [f"{code} : {REASON_CODES[code].label}" for code in used if code in REASON_CODES],
    )  # fmt: skip
    return draw("absences/templates/pdf/register.typ", new_sheet("Registre d’appel", told.day, school=school), told)


def _session(one: CalledSession) -> RegisterSession:
    row, marks = one.row, one.marks
    return RegisterSession(
        f"{hour(row.start_minute)} à {hour(row.end_minute)}", f"{row.group_label}, {row.subject_label}",
        f"{row.first_name} {row.last_name}", moment_fr(row.called_at) if row.called_at else "Appel non fait",
        one.present,
        [RegisterMark(mark.name, ", ".join(filter(None, (mark.words, mark.code)))) for mark in marks],
    )  # fmt: skip
