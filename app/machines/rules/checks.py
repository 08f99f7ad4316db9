"""The seventeen checks in their order: code, what is checked, where it is written, whether a school may soften it."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """Whether a failing check stops the work or only warns."""

    BLOCKING = "blocking"
    WARNING = "warning"


class Check(StrEnum):
    """A check, by the code that messages and logs use."""

    FORBIDDEN = "G01_INTERDIT"
    AGE = "G02_AGE"
    DECLARATION = "G03_DECLARATION"
    SCOPE = "G04_PERIMETRE"
    MACHINE = "G05_MACHINE"
    ASSESSMENT = "G06_EVALUATION"
    TRAINING = "G07_FORMATION"
    TRAINING_ASSESSED = "G08_EVALUATION_FORMATION"
    OPINION = "G09_AVIS_MEDICAL"
    SUPERVISOR = "G10_ENCADRANT"
    DRIVING = "G11_CONDUITE"
    ELECTRICITY = "G12_HABILITATION"
    LOAD = "G13_CHARGE"
    HOURS = "G14_DUREE"
    VIBRATION = "G15_VIBRATION"
    PERMIT = "G16_HABILITATION_INTERNE"
    PPE = "G17_EPI"

    @property
    def order(self) -> int:
        """1 to 17."""
        return ORDER[self]

    @property
    def label(self) -> str:
        """What it looks at, in a few French words."""
        return SHEETS[self].label

    @property
    def is_setting(self) -> bool:
        """Whether the school says if it blocks: then a master may pass over it with a reason. Law has no such door."""
        return self in SETTINGS


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written about a check: its name, its source, what it does when nobody has said otherwise."""

    label: str
    law: str
    severity: Severity = Severity.BLOCKING


C = Check
SHEETS: dict[Check, Sheet] = {
    C.FORBIDDEN: Sheet("Travail permis aux mineurs", "D4153-15"),
    C.AGE: Sheet("Âge le jour du travail", "R4153-39"),
    C.DECLARATION: Sheet("Déclaration de dérogation", "R4153-40"),
    C.SCOPE: Sheet("Article, diplôme et lieu déclarés", "R4153-41"),
    C.MACHINE: Sheet("Machine nommée dans la déclaration", "R4153-41 4°"),
    C.ASSESSMENT: Sheet("Évaluation des risques du poste", "R4153-40 1°"),
    C.TRAINING: Sheet("Formation à la sécurité", "R4153-40 3° b"),
    C.TRAINING_ASSESSED: Sheet("Formation à la sécurité évaluée", "R4153-40 3° b"),
    C.OPINION: Sheet("Avis médical", "R4153-40 5°"),
    C.SUPERVISOR: Sheet("Encadrant compétent présent", "R4153-40 4°"),
    C.DRIVING: Sheet("Conduite d’équipement", "R4323-55"),
    C.ELECTRICITY: Sheet("Habilitation électrique", "R4544-9"),
    C.LOAD: Sheet("Charge à porter", "R4153-52"),
    C.HOURS: Sheet("Horaires du jeune", "L3162-1", Severity.WARNING),
    C.VIBRATION: Sheet("Vibrations du jour", "D4153-20"),
    C.PERMIT: Sheet("Permis machine", "", Severity.WARNING),
    C.PPE: Sheet("Protections (EPI)", "", Severity.WARNING),
}
ORDER = {check: place for place, check in enumerate(Check, 1)}
SETTINGS = frozenset({Check.HOURS, Check.PERMIT})


def source_line(check: Check, law: str) -> str:
    """« Contrôle 8 sur 17 · Code du travail, art. R4153-40 3° b »"""
    where = f"Code du travail, art.\u00a0{law}" if law else "Règle de l’atelier"
    return f"Contrôle {check.order} sur {len(Check)} · {where}"
