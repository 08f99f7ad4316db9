"""Exam results, job offers and what became of those who left; how the figures are counted."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from app.core.money import ratio


class ExamVerdict(StrEnum):
    """The outcome of a session."""

    PASSED = "passed"
    FAILED = "failed"


class Contract(StrEnum):
    """The kind of contract a company offers."""

    PERMANENT = "permanent"
    FIXED_TERM = "fixed_term"
    APPRENTICESHIP = "apprenticeship"
    TEMP = "temp"


class OfferState(StrEnum):
    """Where a job offer stands; every state counts as an offer received."""

    ANNOUNCED = "announced"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Situation(StrEnum):
    """What a leaver does."""

    JOB = "job"
    APPRENTICESHIP = "apprenticeship"
    STUDIES = "studies"
    SEARCHING = "searching"


class UnitMode(StrEnum):
    """How a unit is sat. A school outside the State contract sits final exams, unless its diploma's setting says so."""

    FINAL = "final"
    CONTINUOUS = "continuous"


class UnitStanding(StrEnum):
    """What a candidate does with a unit: sits it, keeps an earlier mark, or is exempt."""

    TAKEN = "taken"
    KEPT = "kept"
    EXEMPT = "exempt"


class UnitOutcome(StrEnum):
    """What came of a unit."""

    MARK = "mark"
    ABSENT = "absent"


MODE_LABELS = {UnitMode.FINAL: "Épreuve ponctuelle", UnitMode.CONTINUOUS: "Contrôle en cours de formation"}
STANDING_LABELS = {
    UnitStanding.TAKEN: "À passer",
    UnitStanding.KEPT: "Note conservée",
    UnitStanding.EXEMPT: "Dispensé",
}
VERDICT_LABELS = {ExamVerdict.PASSED: "Admis", ExamVerdict.FAILED: "Ajourné"}
CONTRACT_LABELS = {
    Contract.PERMANENT: "CDI",
    Contract.FIXED_TERM: "CDD",
    Contract.APPRENTICESHIP: "Apprentissage",
    Contract.TEMP: "Intérim",
}
OFFER_LABELS = {
    OfferState.ANNOUNCED: "Promesse",
    OfferState.ACCEPTED: "Acceptée",
    OfferState.DECLINED: "Déclinée",
}
SITUATION_LABELS = {
    Situation.JOB: "Emploi",
    Situation.APPRENTICESHIP: "Apprentissage",
    Situation.STUDIES: "Études",
    Situation.SEARCHING: "Recherche",
}


@dataclass(frozen=True, slots=True)
class CohortFigures:
    """The figures of one exam session."""

    presented: int
    graduates: int
    pass_rate: Decimal | None
    offers: int
    offers_per_graduate: Decimal | None
    per_graduate: dict[int, int]


def cohort_figures(results: Iterable[tuple[int, ExamVerdict]], offers: Iterable[tuple[int, str]]) -> CohortFigures:
    """Figures of a session from (pupil id, verdict) and (pupil id, company name) pairs.

    Presented: pupils with any result, each once. Graduates: those with a pass. Offers: distinct (pupil, company)
    pairs of graduates, names compared letter by letter; a graduate without any counts as 0 and is listed.
    """
    listed = list(results)
    presented = {pupil for pupil, _ in listed}
    graduates = {pupil for pupil, verdict in listed if verdict == ExamVerdict.PASSED}
    pairs = {(pupil, company) for pupil, company in offers if pupil in graduates}
    per_graduate = dict.fromkeys(sorted(graduates), 0)
    for pupil, _ in pairs:
        per_graduate[pupil] += 1
    return CohortFigures(
        len(presented), len(graduates), ratio(len(graduates), len(presented)), len(pairs),
        ratio(len(pairs), len(graduates)), per_graduate,
    )  # fmt: skip


REFERENCE_OFFERS = (Decimal(5), Decimal(6))
REFERENCE_PASS_RATE = Decimal("0.93")
OFFER_FIELDS = {
    "pupil": "Élève", "company_name": "Entreprise", "siret": "SIRET", "offered_on": "Date", "contract": "Contrat",
    "state": "Suite donnée",
}  # fmt: skip


def why_not_offer(offered_on: date, *, entered_on: date, today: date) -> str | None:
    """Why an offer cannot be noted: it is dated, after the pupil came, and not in the future."""
    if offered_on > today:
        return "Une promesse se note une fois reçue : cette date est à venir."
    if offered_on < entered_on:
        return f"L’élève n’est entré à l’école que le {entered_on:%d/%m/%Y}."
    return None


def session_of(day: date) -> int:
    """The exam session a school year leads to: September 2025 to August 2026 is session 2026."""
    return day.year + 1 if day.month >= 9 else day.year


@dataclass(frozen=True, slots=True)
class UnitMark:
    """A unit of an entry, as far as the average is concerned."""

    coefficient: Decimal
    optional: bool
    standing: UnitStanding
    outcome: UnitOutcome | None
    points: Decimal | None


def exam_average(units: Iterable[UnitMark]) -> Decimal | None:
    """Σ points × coefficient ÷ Σ coefficients out of 20, rounded half up to two decimals; for information only.

    An exempt unit counts in neither sum. An absence counts as 0, as the jury counts it. Of an optional unit only the
    points above 10 count, and add no coefficient. None as long as a compulsory unit has no result: the jury decides.
    """
    points, coefficients = Decimal(0), Decimal(0)
    for unit in units:
        if unit.standing == UnitStanding.EXEMPT:
            continue
        mark = Decimal(0) if unit.outcome == UnitOutcome.ABSENT else unit.points
        if unit.optional:
            points += max(Decimal(0), (mark or Decimal(0)) - 10) * unit.coefficient
            continue
        if mark is None:
            return None
        points += mark * unit.coefficient
        coefficients += unit.coefficient
    return (points / coefficients).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP) if coefficients else None


def why_not_unit(mode: UnitMode, *, ccf_allowed: bool) -> str | None:
    """A unit assessed in the course of training needs the diploma's setting: the rectorate must have allowed it."""
    if mode == UnitMode.CONTINUOUS and not ccf_allowed:
        return "Ce diplôme se passe en épreuves ponctuelles : le contrôle en cours de formation n’est pas autorisé."
    return None


def why_not_points(standing: UnitStanding, outcome: UnitOutcome | None, points: Decimal | None) -> str | None:
    """A mark goes from 0 to 20; a kept unit has one, an exempt one has none, nobody is absent and marked."""
    if points is not None and not 0 <= points <= 20:
        return "Une note d’examen va de 0 à 20."
    if standing == UnitStanding.EXEMPT and (points is not None or outcome is not None):
        return "Une épreuve dont l’élève est dispensé n’a pas de note."
    if outcome == UnitOutcome.ABSENT and points is not None:
        return "Absent ou noté : l’un ou l’autre."
    if standing == UnitStanding.KEPT and points is None:
        return "Notez la note conservée."
    if standing == UnitStanding.KEPT and outcome == UnitOutcome.ABSENT:
        return "Une note conservée n’est pas une absence."
    return None
