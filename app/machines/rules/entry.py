"""What may be written down as a fact about a pupil: each refusal a French sentence and the field it belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from app.core.permissions import Role
from app.machines.rules.kinds import ON_A_CENTER, RESULTS_OF, ClearanceKind, ClearanceResult
from app.machines.rules.papers import ELECTRICAL_LEVELS, unknown_articles

K, R = ClearanceKind, ClearanceResult
Why = tuple[str, str]  # the sentence, the field it belongs to
HEALTH = frozenset({K.MEDICAL, K.HANDLING, K.DRIVING_MEDICAL, K.WEIGHT})
WITH_END = frozenset({K.PERMIT, K.DRIVING_AUTHORISATION, K.ELECTRICAL})
OPENS = frozenset({R.GIVEN, R.SUPERVISED, R.ALONE})
LIGHTEST, HEAVIEST = Decimal(20), Decimal(250)
NEW_LABELS = {
    K.MEDICAL: "Noter un avis médical", K.HANDLING: "Noter un avis de manutention",
    K.SAFETY: "Noter une formation à la sécurité", K.PERMIT: "Délivrer un permis machine",
    K.DRIVING_TRAINING: "Noter une formation à la conduite", K.DRIVING_AUTHORISATION: "Délivrer une conduite",
    K.DRIVING_MEDICAL: "Noter une attestation de conduite", K.ELECTRICAL: "Noter une habilitation",
    K.WEIGHT: "Noter le poids",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact as somebody wants it written down. `center` is a machine's code, `detail` a symbol or kilograms."""

    kind: ClearanceKind
    result: ClearanceResult
    on: date
    center: str = ""
    excluded: tuple[str, ...] = ()
    detail: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact already written down of the same pupil, kind, machine (or symbol) and day, and not void."""

    result: ClearanceResult
    excluded: tuple[str, ...] = ()
    detail: str = ""


def why_not_shaped(entry: Entry) -> Why | None:
    """Why an entry is not one of its kind, whoever it is about."""
    allowed = RESULTS_OF[entry.kind]
    if entry.result not in allowed:
        words = " ou ".join(f"« {result.label} »" for result in allowed)
        return f"{entry.kind.label} : {words} est attendu.", "result"
    return _wrong_center(entry) or _wrong_articles(entry) or _wrong_detail(entry) or _wrong_end(entry)


def _wrong_center(entry: Entry) -> Why | None:
    if entry.kind in ON_A_CENTER and not entry.center:
        return "Choisissez la machine : ce papier vaut pour une seule.", "work_center"
    if entry.kind not in ON_A_CENTER and entry.center:
        return f"{entry.kind.label} ne porte pas sur une machine.", "work_center"
    return None


def _wrong_articles(entry: Entry) -> Why | None:
    if entry.excluded and entry.kind != K.MEDICAL:
        return "Seul un avis médical exclut des articles.", "restriction"
    if entry.excluded and entry.result == R.UNFIT:
        return "Inapte vaut pour tous les travaux réglementés : laissez les articles vides.", "restriction"
    if strange := unknown_articles(entry.excluded):
        return f"« {strange[0]} » n’est pas un article connu. Exemple : D4153-22.", "restriction"
    return None


def _wrong_detail(entry: Entry) -> Why | None:
    if entry.kind == K.ELECTRICAL:
        return None if entry.detail in ELECTRICAL_LEVELS else ("Choisissez le symbole. Exemple : B0.", "detail")
    if entry.kind == K.WEIGHT:
        kilos = kilograms(entry.detail)
        if kilos is None or not LIGHTEST <= kilos <= HEAVIEST:
            return f"Un poids entre {LIGHTEST} et {HEAVIEST} kg est attendu.", "detail"
        return None
    return (f"{entry.kind.label} ne porte pas cette précision.", "detail") if entry.detail else None


def _wrong_end(entry: Entry) -> Why | None:
    if entry.until is None:
        return None
    if entry.kind not in WITH_END or entry.result not in OPENS:
        return "Ce papier n’a pas de date de fin à saisir.", "ends_on"
    if entry.until < entry.on:
        return f"La fin vient avant le début, le {entry.on:%d/%m/%Y}.", "ends_on"
    return None


def kilograms(text: str) -> Decimal | None:
    """A weight as it was typed, with a comma or a point."""
    try:
        kilos = Decimal(text.replace(",", ".").removesuffix("kg").strip())
    except InvalidOperation:
        return None
    return kilos if kilos.is_finite() else None


def why_not_dated(entry: Entry, *, entered_on: date, left_on: date | None, today: date) -> Why | None:
    """Why the day cannot be: to come, before the pupil was there, after they left. A doctor may see them before."""
    if entry.on > today:
        return f"Cette date est à venir : aujourd’hui, c’est le {today:%d/%m/%Y}.", "on_date"
    if entry.on < entered_on and entry.kind not in HEALTH:
        return f"L’élève n’est à l’école que depuis le {entered_on:%d/%m/%Y}.", "on_date"
    if left_on is not None and entry.on > left_on:
        return f"L’élève a quitté l’école le {left_on:%d/%m/%Y}.", "on_date"
    return None


def why_not_beside(entry: Entry, same_day: Iterable[Recorded]) -> Why | None:
    """Why an entry contradicts, or only repeats, what is written down of the same day.

    A paper may be taken back on its day, and a training assessed on its day; anything else is an error of one of both.
    """
    for known in same_day:
        if (known.result, set(known.excluded), known.detail) == (entry.result, set(entry.excluded), entry.detail):
            return f"C’est déjà noté au {entry.on:%d/%m/%Y}.", "on_date"
        if entry.result != R.WITHDRAWN and known.result != R.NOT_ASSESSED:
            return f"Le même jour, il est noté {_said(known, entry)}. Annulez d’abord ce qui est faux.", "result"
    return None


def _said(known: Recorded, entry: Entry) -> str:
    if entry.kind == K.WEIGHT:
        return f"{known.detail.replace('.', ',')} kg"
    other = " avec d’autres articles" if known.result == entry.result else ""
    return f"« {known.result.label} »{other}"


def why_not_assessed(given_on: date, assessed_on: date | None, result: ClearanceResult) -> Why | None:
    """Why the evaluation of a training cannot be: before the training, or a date without a result, or the reverse."""
    if assessed_on is None:
        return None
    if result == R.NOT_ASSESSED:
        return "Une évaluation datée a un résultat : réussie ou échouée.", "result"
    if assessed_on < given_on:
        return f"L’évaluation vient avant la formation, dispensée le {given_on:%d/%m/%Y}.", "assessed_on"
    return None


def why_may_not_give(kind: ClearanceKind, role: Role, *, disabled: bool) -> str | None:
    """Why somebody may not give a paper of the school's own: masters and the head answer for it."""
    if kind not in {K.PERMIT, K.DRIVING_AUTHORISATION}:
        return None
    if disabled or role not in {Role.MASTER, Role.DIRECTOR}:
        return "Un permis est délivré par un maître professionnel ou par la direction."
    return None
