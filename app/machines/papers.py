"""What the labour inspector is sent or shown: the declaration of derogation, and the list of the young people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.accounts.models import School
from app.core.pdf import draw
from app.machines.queries.printing import DeclarationFacts, YoungFacts
from app.machines.rules import ARTICLES, ClearanceResult, split_codes
from app.machines.rules.spans import OPINION_YEARS, last_day, said
from app.web.filters import NBSP, siren
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


def fill_declaration(facts: DeclarationFacts) -> DeclarationPaper:
    """The letter of a declaration with everything that was added to it."""
    found, school, content = facts.declared, facts.school, facts.declared.all
    sent = found.record.sent_on
    return DeclarationPaper(
        code=found.record.code, address=_address(school), siret=siren(school.siret) if school and school.siret else "",
        uai=(school.uai or "") if school else "", city=school.city if school else "",
        standing=_standing(sent, found.until), signed_on=said(sent) if sent else "", sector=found.record.sector,
        diplomas=[facts.names.diplomas.get(one, one) for one in content.diplomas], places=list(content.places),
        works=[DeclaredWork(one, ARTICLES[one].title if one in ARTICLES else "") for one in content.articles],
        machines=[_machine(one, *facts.benches.get(one, (one, ""))) for one in content.machines],
        supervisors=list(content.qualities),
    )  # fmt: skip


def fill_young_workers(facts: Iterable[YoungFacts], day: date, *, place: str) -> YoungWorkers:
    """The list of a day; the training lies in the school itself."""
    return YoungWorkers(said(day), [_young(one, [place] if place else []) for one in facts])


def _address(school: School | None) -> list[str]:
    lines = [school.address, f"{school.postal_code} {school.city}".strip()] if school else []
    return [line for line in lines if line]


def _standing(sent_on: date | None, until: date | None) -> str:
    if sent_on is None or until is None:
        return "En préparation, pas encore envoyée"
    return f"Envoyée le {said(sent_on)}, valable jusqu’au {said(until)}"


def _machine(code: str, label: str, articles: str) -> DeclaredMachine:
    return DeclaredMachine(code, label, ", ".join(split_codes(articles)))


def _young(one: YoungFacts, places: list[str]) -> YoungWorker:
    return YoungWorker(
        last_name=one.last_name, first_name=one.first_name, born_on=said(one.born_on), diploma=one.diploma, length="",
        places=places, medical=_medical(one.opinion) if one.opinion else "Aucun avis",
        safety=[_training(label, given) for label, given in sorted(one.trainings.items())], supervisors=one.masters,
    )  # fmt: skip


def _medical(row: Any) -> str:
    word = "apte" if row.result == ClearanceResult.FIT else "inapte"
    out = f" sauf {', '.join(split_codes(row.restriction))}" if row.restriction else ""
    return f"{said(row.on_date)}{NBSP}: {word}{out}, jusqu’au {said(last_day(row.on_date, OPINION_YEARS))}"


def _training(label: str, row: Any) -> str:
    return f"{label}, {said(row.on_date)}{NBSP}: {ClearanceResult(row.result).label.lower()}"
