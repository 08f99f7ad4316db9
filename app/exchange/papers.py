"""All the data of one pupil as a paper."""

from dataclasses import dataclass

from app.core.pdf import draw
from app.exchange.person import PersonData
from app.web.papers import new_sheet


@dataclass(frozen=True, slots=True)
class PersonSection:
    """A table of the paper."""

    title: str
    heads: list[str]
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class PersonPaper:
    """Everything about one pupil, as ready French texts."""

    name: str
    sections: list[PersonSection]
    withheld: str


def draw_person(data: PersonData, *, school: str) -> bytes:
    """The paper for the pupil or those who answer for him."""
    withheld = f"{data.withheld} note(s) privée(s) à demander à leur auteur." if data.withheld else ""
    told = PersonPaper(
        data.pupil.full_name, [PersonSection(one.title, one.heads, one.rows) for one in data.sections], withheld
    )
    return draw(
        "exchange/templates/pdf/person.typ", new_sheet("Données d’un jeune", data.pupil.code, school=school), told
    )
