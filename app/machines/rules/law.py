"""Checks 1 to 10: what the Code du travail asks before a minor may do regulated work (R4153-39 to R4153-45)."""

from datetime import date

from app.machines.rules.articles import ELECTRICITY, Article, Status
from app.machines.rules.case import ADULT, Case, missing
from app.machines.rules.checks import Check
from app.machines.rules.facts import Declaration, Finding, Supervision
from app.machines.rules.kinds import ClearanceResult
from app.machines.rules.spans import (
    DECLARATION_YEARS,
    NBSP,
    OPINION_YEARS,
    birthday,
    holds,
    last_day,
    latest_by_level,
    listed,
    said,
    up_to,
)

C = Check
PAPER = "Il manque un papier. Demande à ton maître."
NOT_YET = "Tu n’as pas encore l’âge pour ce poste."
EARLY_MINUTES = 15
# Where R4153-41 asks for what a declaration lacks, by the few words said of it.
POINT_OF = {
    "Article non déclaré": "R4153-41 4°", "Diplôme non déclaré": "R4153-41 2°", "Lieu non déclaré": "R4153-41 3°",
}  # fmt: skip


def forbidden(case: Case) -> Finding | None:
    """G01: work that no declaration opens. A threshold only forbids where the assessment says it may be passed."""
    if not case.minor or not case.articles:
        return None
    found = next((one for one in case.articles if _is_forbidden(case, one)), None)
    told = f"Ce travail est interdit avant {ADULT}{NBSP}ans."
    if found is None:
        return case.passes(C.FORBIDDEN, "Aucun article interdit sans dérogation.")
    if found.status == Status.THRESHOLD:
        when = f" du {said(case.machine.assessed_on)}" if case.machine.assessed_on else ""
        reason = f"{found.title}{NBSP}: l’évaluation du poste{when} dit que la limite peut être dépassée."
        return case.fails(C.FORBIDDEN, reason, "Limite dépassable", told, article=found.code)
    reason = f"{found.title}{NBSP}: interdit aux moins de {ADULT}{NBSP}ans, sans dérogation."
    return case.fails(C.FORBIDDEN, reason, "Interdit aux mineurs", told, article=found.code)


def _is_forbidden(case: Case, one: Article) -> bool:
    if one.status == Status.THRESHOLD:
        return one.code in case.machine.exceeds
    if one.code == ELECTRICITY:
        # R4153-50: within an electrical habilitation the work is open; its level is check 12.
        return not any(paper.in_force(case.day) for paper in latest_by_level(case.facts.electrical, case.day))
    return one.status == Status.FORBIDDEN


def age(case: Case) -> Finding | None:
    """G02: at least 15 on the day of the work, 16 for ionising radiation."""
    if not case.minor:
        return None
    need = case.min_age
    reached = birthday(case.young.born_on, need)
    law = next((one.code for one in case.articles if one.min_age == need and need > 15), "")
    if case.day >= reached:
        return case.passes(C.AGE, f"{need}{NBSP}ans depuis le {said(reached)}.", law)
    reason = f"Ce travail demande {need}{NBSP}ans le jour même{NBSP}: ce sera le {said(reached)}."
    return case.fails(C.AGE, reason, f"Moins de {need}{NBSP}ans", NOT_YET, article=law)


def declaration(case: Case) -> Finding | None:
    """G03: a declaration sent, and less than three years old."""
    if not case.regulated:
        return None
    if case.valid:
        latest = max(case.valid, key=lambda one: one.sent_on)
        until = last_day(latest.sent_on, DECLARATION_YEARS)
        return case.passes(C.DECLARATION, f"{_named(latest)}, valable jusqu’au {said(until)}.")
    sent = [one for one in case.facts.declarations if one.sent_on <= case.day]
    if not sent:
        reason = f"Aucune déclaration de dérogation envoyée au {said(case.day)}."
    else:
        last = max(sent, key=lambda one: one.sent_on)
        reason = f"{_named(last)}, {_end(last, case.day)}."
    return case.fails(C.DECLARATION, reason, "Pas de déclaration valable", PAPER)


def _end(declaration: Declaration, day: date) -> str:
    withdrawn = declaration.withdrawn_on
    if withdrawn is not None and withdrawn <= day and holds(declaration.sent_on, DECLARATION_YEARS, day):
        return f"a été retirée le {said(withdrawn)}"
    return f"n’est valable que jusqu’au {said(last_day(declaration.sent_on, DECLARATION_YEARS))}"


def _named(declaration: Declaration) -> str:
    return f"La déclaration {declaration.code}, envoyée le {said(declaration.sent_on)}"


def scope(case: Case) -> Finding | None:
    """G04, once a declaration holds: one of them has every article, the diploma, and the place if it names any."""
    if not case.regulated or not case.valid:
        return None
    if found := case.covering():
        latest = max(found, key=lambda one: one.sent_on)
        return case.passes(C.SCOPE, f"Articles et diplôme dans la déclaration {latest.code}.")
    if not case.young.diploma:
        reason = f"Dans aucune classe le {said(case.day)}{NBSP}: aucun diplôme à trouver dans la déclaration."
        return case.fails(C.SCOPE, reason, "Diplôme inconnu", PAPER, article="R4153-41 2°")
    nearest = min(case.valid, key=lambda one: (len(missing(case, one)), -one.sent_on.toordinal()))
    lacks = missing(case, nearest)
    reason = f"{_named(nearest)}, {listed(text for _, text in lacks)}."
    return case.fails(C.SCOPE, reason, lacks[0][0], PAPER, article=POINT_OF[lacks[0][0]])


def machine(case: Case) -> Finding | None:
    """G05, for dangerous machines and maintenance: the declaration names it."""
    if not case.regulated or not case.valid or not any(one.names_machine for one in case.declared):
        return None
    asked = case.covering() or case.valid
    found = next((one for one in asked if case.machine.code in one.machines), None)
    if found is not None:
        return case.passes(C.MACHINE, f"Nommée dans la déclaration {found.code}.")
    nearest = max(asked, key=lambda one: one.sent_on)
    reason = f"{_named(nearest)}, ne nomme pas «{NBSP}{case.machine.label}{NBSP}»."
    return case.fails(C.MACHINE, reason, "Absente de la déclaration", PAPER)


def assessment(case: Case) -> Finding | None:
    """G06: the risks of this work centre were assessed, young people included."""
    if not case.regulated:
        return None
    done = case.machine.assessed_on
    if done is not None and done <= case.day:
        return case.passes(C.ASSESSMENT, f"Risques du poste évalués le {said(done)}.")
    when = f"{NBSP}: elle est datée du {said(done)}" if done else ""
    reason = (
        f"L’évaluation des risques de «{NBSP}{case.machine.label}{NBSP}» n’est pas faite au {said(case.day)}{when}."
    )
    return case.fails(C.ASSESSMENT, reason, "Poste non évalué", PAPER)


def training(case: Case) -> Finding | None:
    """G07: the pupil was taught the safety of this machine."""
    if not case.regulated:
        return None
    if last := up_to(case.facts.trainings, case.day):
        return case.passes(C.TRAINING, f"Formation à la sécurité du {said(last.on)}.")
    reason = f"Aucune formation à la sécurité sur «{NBSP}{case.machine.label}{NBSP}» au {said(case.day)}."
    return case.fails(C.TRAINING, reason, "Formation à faire", "Tu n’as pas encore suivi la formation sécurité.")


def training_assessed(case: Case) -> Finding | None:
    """G08, once G07 holds: the latest training was assessed, and passed."""
    if not case.regulated or (last := up_to(case.facts.trainings, case.day)) is None:
        return None
    when = said(last.on)
    if last.result == ClearanceResult.PASSED:
        return case.passes(C.TRAINING_ASSESSED, f"Formation du {when} évaluée et réussie.")
    if last.result == ClearanceResult.NOT_ASSESSED:
        reason = f"Formation à la sécurité suivie le {when}. Elle n’a pas été évaluée."
        return case.fails(
            C.TRAINING_ASSESSED, reason, "Formation non évaluée", "Ta formation sécurité n’est pas encore évaluée."
        )
    reason = f"Formation à la sécurité du {when}{NBSP}: l’évaluation n’est pas réussie."
    return case.fails(
        C.TRAINING_ASSESSED, reason, "Évaluation non réussie", "Refais d’abord la formation sécurité."
    )  # fmt: skip


def opinion(case: Case) -> Finding | None:
    """G09: the latest medical opinion is under a year old, favourable, and excludes none of the articles."""
    if not case.regulated:
        return None
    last = up_to(case.facts.opinions, case.day)
    if last is None:
        return case.fails(C.OPINION, f"Aucun avis médical au {said(case.day)}.", "Avis médical absent", PAPER)
    end = last_day(last.on, OPINION_YEARS)
    if not last.fit:
        reason = f"L’avis médical du {said(last.on)} est défavorable."
        return case.fails(C.OPINION, reason, "Avis médical défavorable", PAPER)
    if not holds(last.on, OPINION_YEARS, case.day):
        reason = f"L’avis médical du {said(last.on)} n’est valable que jusqu’au {said(end)}."
        return case.fails(C.OPINION, reason, f"Avis médical échu le {end:%d/%m}", PAPER)
    if excluded := [one.code for one in case.articles if one.code in last.excluded]:
        reason = f"L’avis médical du {said(last.on)} exclut {listed(excluded)}."
        return case.fails(C.OPINION, reason, "Exclu par l’avis médical", PAPER)
    return case.passes(C.OPINION, f"Avis médical du {said(last.on)}, valable jusqu’au {said(end)}.")


def supervisor(case: Case) -> Finding | None:
    """G10: a competent person leads the pupil's class in the workshop then, with a quality the declaration names."""
    if not case.regulated:
        return None
    then = [one for one in case.facts.supervisions if _is_then(one, case.request.minute)]
    here = [one for one in then if not one.absent]
    asked = case.covering() or case.valid
    found = next((one for one in here if _has_quality(one, asked)), None)
    if found is not None:
        return case.passes(C.SUPERVISOR, f"{found.name} encadre l’atelier le {said(case.day)}.")
    return case.fails(
        C.SUPERVISOR, _why_nobody(case, then, here, asked),
        "Qualité non déclarée" if here else "Pas d’encadrant présent", "Aucun maître n’est là pour t’accompagner.",
        article="R4153-41 5°" if here else "",
    )  # fmt: skip


def _has_quality(one: Supervision, asked: tuple[Declaration, ...]) -> bool:
    """One of the qualities that a declaration names; nothing is asked where there is none to compare with."""
    return not asked or any(not each.qualities or set(each.qualities) & set(one.qualities) for each in asked)


def _is_then(one: Supervision, minute: int | None) -> bool:
    return minute is None or one.start - EARLY_MINUTES <= minute < one.end


def _why_nobody(
    case: Case, then: list[Supervision], here: list[Supervision], asked: tuple[Declaration, ...]
) -> str:  # fmt: skip
    when = said(case.day)
    if here:
        names = listed(dict.fromkeys(one.name for one in here))
        named = listed(dict.fromkeys(quality for each in asked for quality in each.qualities))
        return f"Aucune qualité nommée dans la déclaration ({named}) pour {names} le {when}."
    if then:
        return f"Aucun encadrant le {when}{NBSP}: absence de {listed(dict.fromkeys(one.name for one in then))}."
    hour = "" if case.request.minute is None else ", à cette heure"
    return f"Aucune séance d’atelier de sa classe le {when}{hour}."
