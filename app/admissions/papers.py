"""Papers of an applicant: the agreement of an observation week, and the welcome sheet."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.accounts.models import School
from app.admissions.queries import File
from app.core.pdf import draw
from app.web.filters import date_fr
from app.web.papers import new_sheet


@dataclass(frozen=True, slots=True)
class AgreementPaper:
    """What the school, the young person and who answers for him sign before an observation week."""

    address: list[str]
    name: str
    born_on: str
    present_school: str
    guardians: list[str]
    starts_on: str
    ends_on: str
    workshop: str
    master: str
    city: str


@dataclass(frozen=True, slots=True)
class WelcomePaper:
    """What an applicant is told before coming: when, where, with whom, what to bring."""

    number: str
    name: str
    diploma: str
    weeks: list[str]
    address: list[str]


@dataclass(frozen=True, slots=True)
class WelcomePapers:
    """Several sheets in one file."""

    sheets: list[WelcomePaper]


def draw_agreement(file: File, week_id: int, school: School | None, *, name: str) -> bytes:
    """The agreement of one observation week."""
    week = next(one for one in file.weeks if one.id == week_id)
    who = file.applicant
    told = AgreementPaper(
        address=_address(school), name=who.full_name, born_on=date_fr(who.born_on) if who.born_on else "",
        present_school=who.present_school or "", guardians=[one.name for one in file.guardians],
        starts_on=date_fr(week.starts_on), ends_on=date_fr(week.ends_on), workshop=week.group_label,
        master=_person(week), city=school.city if school else "",
    )  # fmt: skip
    sheet = new_sheet("Convention d’observation", who.number, school=name)
    return draw("admissions/templates/pdf/agreement.typ", sheet, told)


def draw_welcome(files: Sequence[File], school: School | None, *, name: str) -> bytes:
    """The welcome sheets of these applicants, one page each."""
    sheets = [
        WelcomePaper(
            one.applicant.number, one.applicant.full_name, one.diploma,
            [f"du {date_fr(week.starts_on)} au {date_fr(week.ends_on)}, {week.group_label}"
             + (f", avec {_person(week)}" if _person(week) else "") for week in one.weeks],
            _address(school),
        )
        for one in files
    ]  # fmt: skip
    several = "Fiches d’accueil" if len(files) > 1 else ""
    number = files[0].applicant.number if len(files) == 1 else ""
    sheet = new_sheet("Fiche d’accueil", number, school=name, several=several)
    return draw("admissions/templates/pdf/welcome.typ", sheet, WelcomePapers(sheets))


def _person(week: object) -> str:
    first, last = getattr(week, "first_name", None), getattr(week, "last_name", None)
    return f"{first} {last}" if last else ""


def _address(school: School | None) -> list[str]:
    if school is None:
        return []
    town = f"{school.postal_code or ''} {school.city or ''}".strip()
    return [line for line in (school.name, school.address, town) if line]
