"""Checks 11 to 13 and 15 to 17: driving, electricity, loads, vibration, the school's machine permit, protections."""

from datetime import date
from decimal import Decimal
from math import sqrt

from app.machines.rules.articles import DRIVING, ELECTRICITY, HANDLING
from app.machines.rules.case import Case
from app.machines.rules.checks import Check, Severity
from app.machines.rules.facts import Finding, Paper
from app.machines.rules.kinds import ClearanceResult
from app.machines.rules.law import PAPER
from app.machines.rules.spans import (
    ATTESTATION_YEARS,
    NBSP,
    OPINION_YEARS,
    holds,
    last_day,
    lasting,
    latest_by_level,
    listed,
    said,
    up_to,
)

C = Check
ATTESTATION_SINCE = date(2025, 10, 1)
LOAD_SHARE = Decimal("0.2")
DAY_MINUTES = 480
ACTION_LEVEL = Decimal("2.5")
# A(8)² × 480: what the squares of the levels times their minutes may add up to (R4443-2).
VIBRATION_BUDGET = ACTION_LEVEL**2 * DAY_MINUTES


def driving(case: Case) -> Finding | None:
    """G11: trained to drive it (R4323-55); with a permit where the machine asks for one, and since 1 October 2025 an
    attestation under five years old. The last two are asked at any age.
    """
    asks_permit = case.machine.driving_permit
    if not asks_permit and not (case.minor and case.has(DRIVING)):
        return None
    day, told = case.day, "Tu n’as pas encore l’autorisation de conduire."
    trained = up_to(case.facts.driving_trainings, day)
    if trained is None or not trained.good:
        reason = f"Aucune formation à la conduite (R4323-55) au {said(day)}."
        if trained is not None:
            reason = f"Formation à la conduite du {said(trained.on)}{NBSP}: pas réussie."
        return case.fails(C.DRIVING, reason, "Formation conduite à faire", told)
    allowed = up_to(case.facts.driving_permits, day)
    if asks_permit and (allowed is None or not allowed.in_force(day)):
        reason = _why_closed("L’autorisation de conduite", "Aucune autorisation de conduite", allowed, day)
        return case.fails(C.DRIVING, reason, "Autorisation de conduite", told, article="R4323-56")
    if asks_permit and day >= ATTESTATION_SINCE:
        seen = up_to(case.facts.driving_attestations, day)
        if seen is None or not seen.good or not holds(seen.on, ATTESTATION_YEARS, day):
            last = f"{NBSP}: la dernière est du {said(seen.on)}" if seen else ""
            reason = f"Aucune attestation médicale de conduite valable (cinq ans) au {said(day)}{last}."
            return case.fails(C.DRIVING, reason, "Attestation de conduite", PAPER, article="R4323-56")
    return case.passes(C.DRIVING, f"Formation à la conduite du {said(trained.on)}.")


def _why_closed(name: str, nothing: str, last: Paper | None, day: date) -> str:
    """That a paper has ended, was taken back, or was never given."""
    if last is None:
        return f"{nothing} au {said(day)}."
    if not last.good:
        return f"{name} est retirée depuis le {said(last.on)}."
    return f"{name} n’est valable que jusqu’au {said(last.until or last.on)}."


def electricity(case: Case) -> Finding | None:
    """G12, at any age: an electrical habilitation of the level the work asks for, in force that day."""
    need = case.machine.electrical
    if not need and not (case.minor and case.has(ELECTRICITY)):
        return None
    known = latest_by_level(case.facts.electrical, case.day)
    held = [paper for paper in known if paper.in_force(case.day)]
    found = next((paper for paper in held if not need or paper.level == need), None)
    if found is not None:
        return case.passes(C.ELECTRICITY, f"Habilitation {found.level} du {said(found.on)}.")
    level = f" {need}" if need else ""
    has = f"{NBSP}: habilitation {listed(sorted(paper.level for paper in held))} seulement" if held else ""
    same = next((paper for paper in known if paper.level == need), None)
    reason = _why_closed(f"L’habilitation{level}", f"Aucune habilitation électrique{level}", same, case.day)
    return case.fails(
        C.ELECTRICITY, f"{reason[:-1]}{has}.", "Habilitation électrique", "Il te manque l’habilitation électrique."
    )  # fmt: skip


def load(case: Case) -> Finding | None:
    """G13: over a fifth of their weight a minor carries only what a doctor found them fit for.

    Where the school has marked the work as such (R4153-52) the opinion is asked even if weight or load is unknown;
    a load alone, with the weight unknown, is a warning.
    """
    weight, kilos = case.young.weight_kg, case.machine.load_kg
    marked = case.has(HANDLING)
    if not case.minor or not (marked or kilos):
        return None
    if weight and kilos and kilos <= weight * LOAD_SHARE:
        return case.passes(C.LOAD, f"Charge de {_kg(kilos)}{NBSP}: au plus 20{NBSP}% de son poids.")
    if fit := _fit_to_carry(case):
        return case.passes(C.LOAD, fit)
    known = marked or (weight and kilos)
    what = f"Charge de {_kg(kilos)}" if kilos else "Charges de plus de 20\u00a0% de son poids"
    reason = f"{what}{NBSP}: aucun avis médical favorable à la manutention au {said(case.day)}."
    if not known:
        reason = (
            f"Charge de {_kg(kilos or Decimal(0))}{NBSP}: poids du jeune inconnu, pas d’avis de manutention valable."
        )
    severity = None if known else Severity.WARNING
    told = "Cette charge est lourde. Demande de l’aide."
    return case.fails(C.LOAD, reason, "Charge trop lourde", told, severity=severity)


def _kg(kilos: Decimal) -> str:
    return f"{kilos.normalize():f}".replace(".", ",") + f"{NBSP}kg"


def _fit_to_carry(case: Case) -> str:
    """The opinion that opens it: one on handling (« leur aptitude médicale à ces travaux »), under a year old, that no
    later yearly one takes back. The yearly one is about work under a declaration, and does not do.
    """
    special, last = up_to(case.facts.handling, case.day), up_to(case.facts.opinions, case.day)
    if special is None or not special.good or not holds(special.on, OPINION_YEARS, case.day):
        return ""
    if last is not None and last.on >= special.on and (not last.fit or HANDLING in last.excluded):
        return ""
    return f"Avis de manutention du {said(special.on)}, valable jusqu’au {said(last_day(special.on, OPINION_YEARS))}."


def vibration(case: Case) -> Finding | None:
    """G15: with this work, A(8) of the day stays under 2.5 m/s² hand-arm: √(Σ a²·t ÷ 480)."""
    level = case.machine.vibration
    if not case.minor or not level:
        return None
    done = sum((one.level**2 * one.minutes for one in case.facts.exposures), Decimal(0))
    left = max(0, int((VIBRATION_BUDGET - done - Decimal("0.000001")) // level**2))
    total = done + level**2 * case.request.planned_minutes
    daily = f"{sqrt(total / DAY_MINUTES):.1f}".replace(".", ",")
    if total < VIBRATION_BUDGET:
        return case.passes(C.VIBRATION, f"Exposition du jour{NBSP}: {daily}{NBSP}m/s² sur 2,5.")
    minutes = case.request.planned_minutes
    what = f"Avec {lasting(minutes)} de plus, " if minutes else "Déjà "
    reason = f"{what}{daily}{NBSP}m/s² sur la journée{NBSP}: la limite est 2,5. Il reste {lasting(left)} sur ce poste."
    return case.fails(C.VIBRATION, reason, "Vibrations du jour", "Tu as assez utilisé cet outil aujourd’hui.")


def permit(case: Case) -> Finding | None:
    """G16, a rule of the workshop for any age: the master gave the machine permit, to work alone or with him beside."""
    if not case.machine.permit:
        return case.passes(C.PERMIT, "Ce poste ne demande pas de permis.")
    day, name = case.day, f"«{NBSP}{case.machine.label}{NBSP}»"
    told = "Tu n’as pas encore ton permis machine."
    last = up_to(case.facts.permits, day)
    if last is None:
        return case.fails(C.PERMIT, f"Aucun permis sur {name} au {said(day)}.", "Permis à délivrer", told)
    if last.until is not None and last.until < day:
        reason = f"Le permis sur {name} n’est valable que jusqu’au {said(last.until)}."
        return case.fails(C.PERMIT, reason, "Permis échu", told)
    if last.level == ClearanceResult.WITHDRAWN:
        reason = f"Le permis sur {name} est retiré depuis le {said(last.on)}."
        return case.fails(C.PERMIT, reason, "Permis retiré", told)
    words = "avec un maître à côté" if last.level == ClearanceResult.SUPERVISED else "seul sur le poste"
    return case.passes(C.PERMIT, f"Permis du {said(last.on)}{NBSP}: {words}.")


def permit_asked(*, needs: bool | None, articles: str) -> bool:
    """Whether a work centre asks for the school's machine permit: as the school said, else where work is regulated."""
    return bool(articles) if needs is None else needs


def is_supervised(case: Case) -> bool:
    """Whether the permit in force asks for the master beside."""
    last = up_to(case.facts.permits, case.day)
    if not case.machine.permit or last is None or (last.until is not None and last.until < case.day):
        return False
    return last.level == ClearanceResult.SUPERVISED


def protections(case: Case) -> Finding | None:
    """G17, at any age: the pupil ticks the protections of the work centre when they start."""
    ppe = case.machine.ppe
    if not ppe or case.request.ppe_confirmed:
        return case.passes(
            C.PPE, f"Protections confirmées{NBSP}: {listed(ppe)}." if ppe else "Aucune protection exigée."
        )
    reason = f"À confirmer au démarrage{NBSP}: {listed(ppe)}."
    return case.fails(C.PPE, reason, "Protections à confirmer", "Mets tes protections avant de commencer.")
