"""What a letter says, put together from what is known on its day; and letters that were issued."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.absences.models import AbsenceLetter
from app.absences.queries.pages import notices_of
from app.absences.rules import THRESHOLD, LetterKind
from app.accounts.queries import find_school
from app.core.clock import today
from app.core.errors import NotFound
from app.pedagogy.models import Pupil
from app.pedagogy.queries import guardians_to_tell
from app.pedagogy.queries.absences import absences_between, away_between, late_between, tally_of, whole_half_days
from app.pedagogy.rules import month_of
from app.pedagogy.rules.reasons import CHANNEL_LABELS, Channel

FIRST_YEAR, LAST_YEAR = 2000, 2100
MONTHS = ("janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
          "novembre", "décembre")  # fmt: skip


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What a letter would say, as plain texts and lists of texts."""

    without: int
    content: dict[str, Any]

    @property
    def flagged(self) -> bool:
        """Whether the month calls for a letter."""
        return self.without >= THRESHOLD


def month_words(month: date) -> str:
    """« novembre 2026 »."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def asked_month(text: str) -> date:
    """A month as an address or a form names it (2026-11, 2026-11-01, 01/11/2026); this one when it makes no sense."""
    for pattern in ("%Y-%m-%d", "%Y-%m", "%d/%m/%Y"):
        try:
            month = datetime.strptime(text.strip(), pattern).date().replace(day=1)  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
        if FIRST_YEAR <= month.year <= LAST_YEAR:
            return month
    return today().replace(day=1)


def letter_facts(db: Session, pupil: Pupil, month: date, signed: str) -> LetterFacts:
    """Everything that the letter and the report of a month say."""
    period = month_of(month)
    start, end = period.start or month, period.end or month
    found = away_between(db, start, end, [pupil.id])
    whole = whole_half_days(db)
    halves = found[0].halves(period, whole=whole) if found else []
    counted = tally_of(found[0], period, whole=whole) if found else None
    told = notices_of(db, absences_between(found, start, end))
    school, late = find_school(db), late_between(db, start, end, [pupil.id]).get(pupil.id)
    contacts = guardians_to_tell(db, [pupil.id], today())[pupil.id]
    addressed = [line for one in contacts for line in (one.name, *(one.address or "").splitlines()) if line]
    content = {
        "school": [school.name, school.address, f"{school.postal_code} {school.city}".strip()] if school else [],
        "uai": (school.uai or "") if school else "", "city": school.city if school else "",
        "to": addressed, "to_pupil": any(one.is_pupil for one in contacts),
        "reach": [", ".join(part for part in (one.name, one.phone, one.email) if part) for one in contacts],
        "pupil": pupil.full_name, "born_on": f"{pupil.born_on:%d/%m/%Y}", "group": pupil.group.label,
        "month": month_words(month), "on": f"{today():%d/%m/%Y}", "signed": signed,
        "halves": [one.words for one in halves if one.standing.against],
        "others": [f"{one.words} : {one.standing.label.lower()}" for one in halves if not one.standing.against],
        "late": f"{late.times} fois, {late.minutes} min" if late and late.times else "",
        "notices": [f"{one.at:%d/%m/%Y}, {CHANNEL_LABELS[Channel(one.channel)].lower()} : {one.told}"
                    for one in told.values()],
    }  # fmt: skip
    return LetterFacts(counted.without if counted else 0, content)


def find_letter(db: Session, pupil_id: int, month: date, kind: LetterKind) -> AbsenceLetter | None:
    """The issued letter of a pupil's month, if there is one."""
    letter = AbsenceLetter
    query = select(letter).where(letter.pupil_id == pupil_id, letter.month == month, letter.kind == kind)
    return db.execute(query).scalar_one_or_none()


def get_letter(db: Session, number: str) -> AbsenceLetter:
    """An issued letter by its number."""
    found = db.execute(select(AbsenceLetter).where(AbsenceLetter.number == number)).scalar_one_or_none()
    if found is None:
        raise NotFound("Ce courrier n’existe pas.")
    return found
