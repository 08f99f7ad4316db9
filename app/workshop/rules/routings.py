"""What a routing says: operations and check points as asked for, what is wrong with them, how two routings differ."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any

from app.core.text import fold
from app.workshop.rules.checks import Spec, figure, tolerance_words
from app.workshop.rules.words import CheckKind

FACTORS = (Decimal(3), Decimal("2.5"), Decimal(2))
MAX_POINTS = 40
DIFFICULTY_LABELS = {1: "Facile", 2: "Courante", 3: "Difficile", 4: "Très difficile"}
ALIKE = 0.6
LIMITS_FROM = Decimal("0.8")
STEP_LABELS = {
    "label": "Intitulé", "work_center": "Machine", "setup_seconds": "Réglage", "unit_seconds": "Temps par pièce",
    "skill": "Compétence", "skills": "Autres compétences", "difficulty": "Difficulté",
    "factor_1": "Coefficient 1re année", "factor_2": "Coefficient 2e année", "factor_3": "Coefficient 3e année",
    "instruction": "Consigne", "ppe": "Protections", "qualification": "Qualification",
    "first_article": "Première pièce à valider",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PointDraft:
    """A check point as asked for. With a nominal, lower and upper are the deviations the drawing writes; without one
    they are the limits. `seq` None: the next ten. `every` 0: the first piece only.
    """

    label: str
    kind: CheckKind
    nominal: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    unit: str = "mm"
    gauge: str = ""
    every: int = 0
    is_key: bool = False
    seq: int | None = None

    @property
    def tolerance(self) -> str:
        """As the drawing writes it: « Ø12 ±0,05 »; nothing for what is only good or not."""
        if self.kind != CheckKind.MEASURE:
            return ""
        return tolerance_words(Spec(0, self.label, self.kind, self.nominal, self.lower, self.upper, self.unit))

    @property
    def rhythm(self) -> str:
        """« chaque pièce », « 1 pièce sur 10 », « première pièce »."""
        return {0: "première pièce", 1: "chaque pièce"}.get(self.every, f"1 pièce sur {self.every}")


@dataclass(frozen=True, slots=True)
class Draft:
    """An operation as asked for; times in professional seconds. `seq` None: the next ten.

    What is None is not said: it stays as it is, or as it is by default. `points` None leaves the check points alone.
    """

    label: str
    work_center: str
    setup_seconds: int
    unit_seconds: int
    seq: int | None = None
    skill: str | None = None
    factor_1: Decimal | None = None
    factor_2: Decimal | None = None
    factor_3: Decimal | None = None
    difficulty: int | None = None
    skills: str | None = None
    instruction: str | None = None
    ppe: str | None = None
    qualification: str | None = None
    first_article: bool | None = None
    points: tuple[PointDraft, ...] | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """What one operation says otherwise than its template: (« Machine », mine, theirs). `kind` added: only the
    template has it; removed: only the job has it.
    """

    seq: int
    label: str
    kind: str
    rows: tuple[tuple[str, str, str], ...] = ()


def joined(text: str, mark: str) -> str:
    """« C4+C5 » as « C4 + C5 »: words between marks, each once, in the order they were said."""
    return f" {mark} ".join(split_words(text, mark))


def split_words(text: str, mark: str) -> list[str]:
    """The words between marks, each once."""
    return list(dict.fromkeys(part.strip() for part in text.split(mark) if part.strip()))


def why_not_point(point: PointDraft) -> tuple[str, str] | None:
    """The field of a check point that is wrong, and why. With a nominal the other two are the drawing's deviations."""
    low, high = point.lower, point.upper
    if point.kind != CheckKind.MEASURE:
        given = any(each is not None for each in (point.nominal, low, high))
        return ("nominal", "Seule une mesure a des cotes.") if given else None
    if low is None and high is None:
        return "lower", "Une mesure a une limite au moins. Exemple : 12, −0,05, +0,05."
    if low is not None and high is not None and low > high:
        return "upper", f"La limite haute ne peut pas être sous la basse ({figure(low)})."
    if point.nominal is not None and _are_limits(point.nominal, low, high):
        return "lower" if low is not None else "upper", (
            f"Avec une cote nominale, notez les écarts du plan, pas les limites. Exemple : {figure(point.nominal)},"
            " −0,05, +0,05."
        )
    return None


def _are_limits(nominal: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    """Whether what should be deviations are the limits themselves: no drawing moves a dimension by so much."""
    first = low if low is not None else high
    return first is not None and nominal > 0 and first >= nominal * LIMITS_FROM


def likeness(one: str, other: str) -> float:
    """How alike two articles' names are, 0 to 1: by their words, whatever their order, case and accents."""
    mine, theirs = _tokens(one), _tokens(other)
    if not mine or not theirs:
        return 0.0
    if mine == theirs:
        return 1.0
    shared = len(set(mine) & set(theirs)) * 2 / (len(set(mine)) + len(set(theirs)))
    first, second = sorted((" ".join(mine), " ".join(theirs)))
    return max(shared, SequenceMatcher(None, first, second).ratio() * 0.9)


def _tokens(text: str) -> list[str]:
    return sorted(re.findall(r"[a-z0-9,.]+", fold(text)))


def step_changes(before: Draft, after: Draft) -> tuple[str, str]:
    """What an operation said and says, the fields that changed only, for the journal; two empty texts when none did."""
    rows = _rows(replace(before, points=None), replace(after, points=None))
    return ", ".join(f"{label} {one}" for label, one, _ in rows), ", ".join(f"{label} {two}" for label, _, two in rows)


def differences(mine: Sequence[Draft], theirs: Sequence[Draft]) -> list[Difference]:
    """How a job's routing differs from its template's, operation by operation, in their order."""
    ours, others = {d.seq or 0: d for d in mine}, {d.seq or 0: d for d in theirs}
    found = []
    for seq in sorted(ours.keys() | others.keys()):
        one, other = ours.get(seq), others.get(seq)
        if one is None or other is None:
            only = one or other
            found.append(Difference(seq, only.label if only else "", "added" if one is None else "removed"))
        elif rows := _rows(one, other):
            found.append(Difference(seq, one.label, "changed", tuple(rows)))
    return found


def _rows(one: Draft, other: Draft) -> list[tuple[str, str, str]]:
    rows = [
        (label, said(name, getattr(one, name)), said(name, getattr(other, name)))
        for name, label in STEP_LABELS.items()
        if said(name, getattr(one, name)) != said(name, getattr(other, name))
    ]
    mine, theirs = point_words(one.points or ()), point_words(other.points or ())
    return rows if mine == theirs else [*rows, ("Points de contrôle", mine, theirs)]


def said(name: str, value: Any) -> str:
    """A field of an operation as a person reads it; « – » for nothing."""
    if value is None or value == "":
        return "–"
    if name.endswith("_seconds"):
        return f"{figure(round(Decimal(value) / 60, 2))}\u00a0min"
    if name == "difficulty":
        return DIFFICULTY_LABELS.get(int(value), str(value))
    if isinstance(value, bool):
        return "oui" if value else "non"
    return figure(value) if isinstance(value, Decimal) else str(value)


def point_words(points: Iterable[PointDraft]) -> str:
    """Check points in a line: « Alésage (Ø12 +0,027/0), chaque pièce ; Aspect, première pièce »"""
    parts = []
    for point in points:
        what = f"{point.label} ({point.tolerance})" if point.tolerance else point.label
        how = ", ".join(part for part in (point.rhythm, point.gauge, "cote clé" if point.is_key else "") if part)
        parts.append(f"{what}, {how}")
    return " ; ".join(parts) or "–"


def same_point(one: PointDraft, other: PointDraft) -> bool:
    """Whether two check points ask for the same, whatever their number."""
    names = [field.name for field in fields(PointDraft) if field.name != "seq"]
    return all(getattr(one, name) == getattr(other, name) for name in names)


def with_factors(draft: Draft) -> Draft:
    """The usual factors where none are said."""
    said_ = (draft.factor_1, draft.factor_2, draft.factor_3)
    first, second, third = (given if given is not None else usual for given, usual in zip(said_, FACTORS, strict=True))
    return replace(draft, factor_1=first, factor_2=second, factor_3=third)
