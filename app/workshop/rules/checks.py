"""Checks: what a drawing allows, whether a measure is within it, which pieces are to be checked, what is missing."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.workshop.rules.flow import NBSP
from app.workshop.rules.words import CheckKind

FAR, FAR_FROM_LIMIT = 2, 5  # so many times the drawing's figure, or its limit where there is no nominal: a slip
MAX_PIECE = 100_000
ROUND = ("ø", "diam", "alésage", "perçage")


@dataclass(frozen=True, slots=True)
class Spec:
    """A check point as the rules need it. With a nominal, lower and upper are deviations; without, limits."""

    id: int
    label: str
    kind: CheckKind
    nominal: Decimal | None = None
    lower: Decimal | None = None
    upper: Decimal | None = None
    unit: str = "mm"
    every: int = 0
    is_key: bool = False
    gauge: str = ""

    @property
    def limits(self) -> tuple[Decimal | None, Decimal | None]:
        """The least and the most that conform."""
        base = self.nominal or Decimal(0)
        return (
            None if self.lower is None else base + self.lower,
            None if self.upper is None else base + self.upper,
        )

    @property
    def tolerance(self) -> str:
        """As the drawing writes it: « Ø12 ±0,05 »; nothing for what is only good or not."""
        return tolerance_words(self) if self.kind == CheckKind.MEASURE else ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A check that is due and was not done."""

    piece: int
    point: Spec

    @property
    def words(self) -> str:
        """« Pièce 3 : Ø12 »"""
        return f"Pièce {self.piece}{NBSP}: {self.point.label}"


def is_within(value: Decimal, spec: Spec) -> bool:
    """Whether a measure conforms; a limit itself does."""
    lower, upper = spec.limits
    return (lower is None or value >= lower) and (upper is None or value <= upper)


def verdict_words(spec: Spec, value: Decimal | None, *, conforms: bool) -> str:
    """« Conforme », « Trop grand de 0,01 », « Bon », « Pas bon »."""
    if value is None:
        return "Bon" if conforms else "Pas bon"
    lower, upper = spec.limits
    if upper is not None and value > upper:
        return f"Trop grand de {figure(value - upper)}"
    if lower is not None and value < lower:
        return f"Trop petit de {figure(lower - value)}"
    return "Conforme"


def why_doubtful(value: Decimal, spec: Spec) -> str | None:
    """The question to ask before a measure is believed that is off by a slip of unit or of comma, not by a tool."""
    if is_within(value, spec):
        return None
    reference, factor = (spec.nominal, FAR) if spec.nominal else (_limit(spec), FAR_FROM_LIMIT)
    if not reference:
        return None
    ratio = value / reference
    if Decimal(1) / factor <= ratio <= factor:
        return None
    what = "La cote est" if spec.nominal else "La limite est"
    return f"{figure(value)}{_unit(spec)}{NBSP}? {what} {figure(reference)}. Renvoyez pour confirmer."


def _limit(spec: Spec) -> Decimal | None:
    return max((abs(limit) for limit in spec.limits if limit is not None), default=None)


def why_not_value(value: Decimal | None, spec: Spec) -> str | None:
    """A measure needs its value; the other kinds take none."""
    if spec.kind == CheckKind.MEASURE:
        return "Indiquez la mesure lue." if value is None else None
    return None if value is None else "Ce contrôle ne se mesure pas : dites s’il est bon."


def is_due(spec: Spec, piece: int, count: int) -> bool:
    """Every point on the first piece; then each so many pieces; the important ones on the last piece as well."""
    if not 1 <= piece <= count:
        return False
    return piece == 1 or (spec.every > 0 and piece % spec.every == 0) or (spec.is_key and piece == count)


def due_points(specs: Iterable[Spec], piece: int, count: int) -> list[Spec]:
    """What is to be checked on a piece of a series of so many."""
    return [spec for spec in specs if is_due(spec, piece, count)]


def due_pieces(spec: Spec, count: int) -> list[int]:
    """The pieces of a series on which a point is to be checked, in order."""
    if count < 1:
        return []
    steps = range(spec.every, count + 1, spec.every) if spec.every > 0 else ()
    return sorted({1, *steps, *((count,) if spec.is_key else ())})


def missing_checks(specs: Sequence[Spec], count: int, done: Collection[tuple[int, int]]) -> list[Missing]:
    """What is due on so many pieces and not done, by piece; `done` holds (point, piece)."""
    found = [
        Missing(piece, spec) for spec in specs for piece in due_pieces(spec, count) if (spec.id, piece) not in done
    ]
    places = {spec.id: place for place, spec in enumerate(specs)}
    return sorted(found, key=lambda each: (each.piece, places[each.point.id]))


def why_not_release(missing: int, bad: int, settled: int) -> str | None:
    """Why finished work is not released without a reason: checks are missing, or pieces are out and nothing was said.

    `bad` pieces have a check that does not conform; `settled` ones were scrapped, held, reworked or accepted.
    """
    if missing:
        return f"Il manque {missing}{NBSP}{'contrôles' if missing > 1 else 'contrôle'}."
    if bad > settled:
        left = bad - settled
        words = "pièces ne sont pas conformes" if left > 1 else "pièce n’est pas conforme"
        return f"{left}{NBSP}{words}{NBSP}: ouvrez une fiche, ou dites pourquoi vous validez."
    return None


def why_not_beyond_first(good_before: int, good: int, *, asked: bool, released: bool) -> str | None:
    """The first piece is released before the series goes on; a scrapped one is not a first piece."""
    if not asked or released or good_before + good <= 1:
        return None
    return "La première pièce n’est pas encore validée : faites-la contrôler avant de continuer la série."


def skill_codes(skill: str | None, others: str) -> list[str]:
    """The skills that an operation trains, each once: its first, then those joined by « + »."""
    listed = [*([skill] if skill else []), *others.split("+")]
    return list(dict.fromkeys(code for each in listed if (code := each.strip())))


def figure(value: Decimal) -> str:
    """A figure as the drawing writes it: « 12,05 », « −0,034 »."""
    text = f"{abs(value):f}"
    text = (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",") or "0"
    return f"−{text}" if value < 0 else text


def _unit(spec: Spec) -> str:
    return f"{NBSP}{spec.unit}" if spec.unit else ""


def tolerance_words(spec: Spec) -> str:
    """« Ø12 ±0,05 », « 25 +0,018/0 », « ≤ 3,2 µm », « 0,8 à 1,2 mm »."""
    unit = "" if spec.unit == "mm" and spec.nominal is not None else _unit(spec)
    lower, upper = spec.lower, spec.upper
    if spec.nominal is None:
        if lower is not None and upper is not None:
            return f"{figure(lower)} à {figure(upper)}{unit}"
        if lower is not None:
            return f"≥{NBSP}{figure(lower)}{unit}"
        return f"≤{NBSP}{figure(upper)}{unit}" if upper is not None else ""
    sign = "Ø" if spec.label.lower().startswith(ROUND) else ""
    return f"{sign}{figure(spec.nominal)}{_deviations(lower, upper)}{unit}"


def _deviations(lower: Decimal | None, upper: Decimal | None) -> str:
    if lower is not None and upper is not None and lower == -upper:
        return f" ±{figure(abs(upper))}" if upper else ""
    signed = [_signed(each) for each in (upper, lower) if each is not None]
    return f" {'/'.join(signed)}" if signed else ""


def _signed(value: Decimal) -> str:
    return f"+{figure(value)}" if value > 0 else figure(value)
