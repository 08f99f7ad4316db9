"""The regulated work of the Code du travail (D4153-15 to -37, R4153-52): what a minor may do, and on what terms."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

MACHINES, MAINTENANCE = "D4153-28", "D4153-29"
DRIVING, ELECTRICITY, HANDLING, IONISING = "D4153-27", "D4153-24", "R4153-52", "D4153-21"
AT_LEAST = 15


class Status(StrEnum):
    """How the law treats a kind of work for those under 18."""

    FORBIDDEN = "forbidden"
    DEROGABLE = "derogable"
    THRESHOLD = "threshold"
    CONDITIONAL = "conditional"

    @property
    def label(self) -> str:
        """The French words shown on screens."""
        return STATUS_LABELS[self]


STATUS_LABELS = {
    Status.FORBIDDEN: "Interdit aux moins de 18 ans",
    Status.DEROGABLE: "Possible avec une déclaration",
    Status.THRESHOLD: "Interdit au-delà d’une limite",
    Status.CONDITIONAL: "Possible avec un avis médical",
}


@dataclass(frozen=True, slots=True)
class Article:
    """One article. `declared`: only under a declaration of derogation; `names_machine`: which must name the machine."""

    code: str
    status: Status
    title: str
    min_age: int = AT_LEAST

    @property
    def declared(self) -> bool:
        """Whether a declaration must cover it."""
        return self.status == Status.DEROGABLE

    @property
    def needs_opinion(self) -> bool:
        """Whether a doctor must have found the young person fit for it."""
        return self.status in {Status.DEROGABLE, Status.CONDITIONAL}

    @property
    def names_machine(self) -> bool:
        """Whether the declaration must name the machine (R4153-41 4°)."""
        return self.code in {MACHINES, MAINTENANCE}


_F, _D, _T, _C = Status.FORBIDDEN, Status.DEROGABLE, Status.THRESHOLD, Status.CONDITIONAL
ARTICLES: dict[str, Article] = {
    article.code: article
    for article in (
        Article("D4153-16", _F, "Intégrité physique ou morale"),
        Article("D4153-17", _D, "Agents chimiques dangereux (ACD/CMR)"),
        Article("D4153-18", _D, "Amiante niveaux 1 et 2 (niveau 3 interdit)"),
        Article("D4153-19", _F, "Agents biologiques groupes 3 et 4"),
        Article("D4153-20", _T, "Vibrations mécaniques"),
        Article(IONISING, _D, "Rayonnements ionisants", min_age=16),
        Article("D4153-22", _D, "Rayonnements optiques artificiels"),
        Article("R4153-22-1", _T, "Champs électromagnétiques"),
        Article("D4153-23", _D, "Milieu hyperbare"),
        Article(ELECTRICITY, _F, "Risque électrique"),
        Article("D4153-25", _F, "Effondrement et ensevelissement"),
        Article("D4153-26", _F, "Quadricycles et tracteurs non protégés"),
        Article(DRIVING, _D, "Équipements mobiles automoteurs et levage"),
        Article(MACHINES, _D, "Machines dangereuses"),
        Article(MAINTENANCE, _D, "Maintenance non consignée"),
        Article("D4153-30", _D, "Travaux temporaires en hauteur"),
        Article("D4153-31", _D, "Échafaudages"),
        Article("D4153-32", _F, "Hauteur dans les arbres"),
        Article("D4153-33", _D, "Appareils à pression"),
        Article("D4153-34", _D, "Milieu confiné"),
        Article("D4153-35", _D, "Verre ou métal en fusion"),
        Article("D4153-36", _T, "Températures extrêmes"),
        Article("D4153-37", _F, "Animaux"),
        Article(HANDLING, _C, "Manutentions manuelles > 20\u00a0% du poids"),
    )
}


def article(code: str) -> Article:
    """The article of a code. One the law does not list here is treated as the safe side: only under a declaration."""
    return ARTICLES.get(code) or Article(code, Status.DEROGABLE, "Travail réglementé")


def split_codes(joined: str | None) -> tuple[str, ...]:
    """The codes of a column that joins them by « + », each once, in their order."""
    return tuple(dict.fromkeys(part for piece in (joined or "").split("+") if (part := piece.strip())))


def join_codes(codes: Iterable[str]) -> str:
    """What `split_codes` reads."""
    return "+".join(dict.fromkeys(codes))
