"""What the labour inspector is sent or shown: the declaration of derogation, and the list of the young people."""

from dataclasses import dataclass

from app.core.pdf import draw
from app.web.papers import new_sheet


@dataclass(frozen=True, slots=True)
class DeclaredWork:
    """Regulated work by its article, with its French title: « D4153-28 », « Machines dangereuses »."""

    article: str
    title: str


@dataclass(frozen=True, slots=True)
class DeclaredMachine:
    """A machine that the declaration names, and the articles it is named for."""

    code: str
    label: str
    articles: str


@dataclass(frozen=True, slots=True)
class DeclarationPaper:
    """What a declaration holds, in the order of R4153-41, as ready French texts.

    `standing` says when it was sent and until when it is valid, or that it is in preparation. `signed_on` is empty on a
    paper still to be signed.
    """

    code: str
    address: list[str]
    siret: str
    uai: str
    city: str
    standing: str
    signed_on: str
    sector: str
    diplomas: list[str]
    places: list[str]
    works: list[DeclaredWork]
    machines: list[DeclaredMachine]
    supervisors: list[str]


@dataclass(frozen=True, slots=True)
class YoungWorker:
    """One young person as R4153-45 lists them. Health: the conclusion and its days, nothing more."""

    last_name: str
    first_name: str
    born_on: str
    diploma: str
    length: str
    places: list[str]
    medical: str
    safety: list[str]
    supervisors: list[str]


@dataclass(frozen=True, slots=True)
class YoungWorkers:
    """The list on one day."""

    on: str
    pupils: list[YoungWorker]


def draw_declaration(told: DeclarationPaper, *, school: str) -> bytes:
    """The declaration as a letter to sign and send."""
    sheet = new_sheet("Déclaration de dérogation", told.code, school=school)
    return draw("machines/templates/pdf/declaration.typ", sheet, told)


def draw_young_workers(told: YoungWorkers, *, school: str) -> bytes:
    """The list kept at the inspector's disposal. It bears full names and birth dates: for those who may read both."""
    return draw("machines/templates/pdf/young_workers.typ", new_sheet("Liste des jeunes", "", school=school), told)
