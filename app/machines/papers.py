"""What the labour inspector is sent or shown: the declaration of derogation, and the list of the young people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.accounts.models import School
from app.core.pdf import draw
from app.machines.models import DeclarationChange
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
class DeclaredChange:
    """What was added since (R4153-42, R4153-43): when, told or not yet, and each thing that it names."""

    standing: str
    lines: list[str]


@dataclass(frozen=True, slots=True)
class DeclarationPaper:
    """What a declaration held when it was sent, in the order of R4153-41, as ready French texts; then each change.

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
    changes: list[DeclaredChange]


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
    """The letter of a declaration as it was sent, then what was added to it, told or not yet."""
    found, school, content = facts.declared, facts.school, facts.declared.own
    sent = found.record.sent_on
    return DeclarationPaper(
        code=found.record.code, address=_address(school), siret=siren(school.siret) if school and school.siret else "",
        uai=(school.uai or "") if school else "", city=school.city if school else "",
        standing=_standing(sent, found.until), signed_on=said(sent) if sent else "", sector=found.record.sector,
        diplomas=[facts.names.diplomas.get(one, one) for one in content.diplomas], places=list(content.places),
        works=[DeclaredWork(one, ARTICLES[one].title if one in ARTICLES else "") for one in content.articles],
        machines=[_machine(facts, one, content.articles) for one in content.machines],
        supervisors=list(content.qualities), changes=[_change(facts, change) for change in found.changes],
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


def _machine(facts: DeclarationFacts, code: str, declared: tuple[str, ...]) -> DeclaredMachine:
    """A machine, for those of its works that the declaration holds: of the others the inspector was told nothing."""
    label, articles = facts.benches.get(code, (code, ""))
    return DeclaredMachine(code, label, ", ".join(one for one in split_codes(articles) if one in declared))


def _change(facts: DeclarationFacts, change: DeclarationChange) -> DeclaredChange:
    content, means = facts.declared.content(change), change.sent_by_means
    lines = [f"Travaux {one}{', ' + ARTICLES[one].title if one in ARTICLES else ''}" for one in content.articles]
    for code in content.machines:
        named = _machine(facts, code, facts.declared.all.articles)
        lines.append(f"Machine {code}, {named.label}{', pour ' + named.articles if named.articles else ''}")
    lines += [f"Formation {facts.names.diplomas.get(one, one)}" for one in content.diplomas]
    lines += [f"Lieu{NBSP}: {one}" for one in content.places]
    lines += [f"Encadrement{NBSP}: {one}" for one in content.qualities]
    if change.sent_on:
        told = f"envoyé le {said(change.sent_on)}{', ' + means.lower() if means else ''}"
    else:
        told = "à envoyer sous huit jours (R4153-42)" if content.must_be_told else "tenu à disposition (R4153-43)"
    return DeclaredChange(f"Changement du {said(change.changed_on)}, {told}", lines)


def _young(one: YoungFacts, places: list[str]) -> YoungWorker:
    return YoungWorker(
        last_name=one.last_name, first_name=one.first_name, born_on=said(one.born_on), diploma=one.diploma,
        length=f"Depuis le {said(one.entered_on)}",
        places=places, medical=_medical(one.opinion) if one.opinion else "Aucun avis",
        safety=[_training(label, given) for label, given in sorted(one.trainings.items())], supervisors=one.masters,
    )  # fmt: skip


def _medical(row: Any) -> str:
    word = "apte" if row.result == ClearanceResult.FIT else "inapte"
    out = f" sauf {', '.join(split_codes(row.restriction))}" if row.restriction else ""
    return f"{said(row.on_date)}{NBSP}: {word}{out}, jusqu’au {said(last_day(row.on_date, OPINION_YEARS))}"


def _training(label: str, row: Any) -> str:
    return f"{label}, {said(row.on_date)}{NBSP}: {ClearanceResult(row.result).label.lower()}"
