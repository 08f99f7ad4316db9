"""Rules of admissions: the steps of an application as data, observation weeks, what is erased when."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from app.core.permissions import Permission
from app.core.workflow import Action, Workflow

YOUNGEST = 12
OBSERVATION_DAYS = 7  # a week of observation is at most that long
KEPT_MONTHS = 12  # a closed application, until the school says otherwise


class Step(StrEnum):
    """Where an application stands."""

    RECEIVED = "received"
    CONTACTED = "contacted"
    OBSERVATION = "observation"
    INTERVIEW = "interview"
    ADMITTED = "admitted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


STEP_LABELS = {
    Step.RECEIVED: "Candidature", Step.CONTACTED: "Contact pris", Step.OBSERVATION: "Semaine d’observation",
    Step.INTERVIEW: "Entretien", Step.ADMITTED: "Admis", Step.REFUSED: "Refusé", Step.WITHDRAWN: "Désisté",
}  # fmt: skip
OPEN = frozenset({Step.RECEIVED, Step.CONTACTED, Step.OBSERVATION, Step.INTERVIEW})
CLOSED = frozenset({Step.REFUSED, Step.WITHDRAWN})

ADMISSION = Workflow(
    "applicant",
    Step.RECEIVED,
    (
        Action("contact", "Noter le contact", frozenset({Step.RECEIVED}), Step.CONTACTED, Permission.ADMISSION_EDIT),
        Action(
            "observe", "Passer en observation", frozenset({Step.RECEIVED, Step.CONTACTED}), Step.OBSERVATION,
            Permission.ADMISSION_EDIT,
        ),
        Action(
            "interview", "Passer à l’entretien", frozenset({Step.RECEIVED, Step.CONTACTED, Step.OBSERVATION}),
            Step.INTERVIEW, Permission.ADMISSION_EDIT,
        ),
        Action("admit", "Admettre", OPEN, Step.ADMITTED, Permission.ADMISSION_EDIT),
        Action("refuse", "Refuser", OPEN, Step.REFUSED, Permission.ADMISSION_EDIT, needs_note=True, danger=True),
        Action("withdraw", "Noter le désistement", OPEN, Step.WITHDRAWN, Permission.ADMISSION_EDIT),
        Action("reopen", "Rouvrir le dossier", CLOSED, Step.RECEIVED, Permission.ADMISSION_EDIT),
    ),
    STEP_LABELS,
)  # fmt: skip


def why_not_week(starts_on: date, ends_on: date) -> str | None:
    """A week of observation ends after it starts and is no longer than a week."""
    if ends_on < starts_on:
        return f"La fin ({ends_on:%d/%m/%Y}) vient avant le début ({starts_on:%d/%m/%Y})."
    if (ends_on - starts_on).days >= OBSERVATION_DAYS:
        return "Une semaine d’observation dure sept jours au plus."
    return None


def kept_after_refusal(months: int = KEPT_MONTHS) -> timedelta:
    """How long a closed application is kept after the last contact; twelve months are 365 days."""
    return timedelta(days=months * 365 // 12)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long one kind of data is kept: in use, then what is done with it, and the source."""

    data: str
    in_use: str
    then: str
    source: str

    @property
    def words(self) -> str:
        """In one line."""
        return f"{self.in_use}, puis {self.then}" + (f" ({self.source})" if self.source else "")


# What holds until the school says otherwise; the applications stand before it, with their months.
RETENTION = (
    Retention("Identité et contacts de l’élève et des responsables", "durée de présence",
              "archive 10 ans (dossier scolaire)", "CNIL, dispense de 2012 ; instruction 2005-003"),
    Retention("Notes et évaluations", "année scolaire, au plus le cycle", "archive 10 ans",
              "CNIL, dispense de 2012 ; instruction 2005-003"),
    Retention("Registre d’appel", "année scolaire", "archive 10 ans", "instruction 2005-003"),
    Retention("Dossier d’absences", "année scolaire seulement", "suppression", "Code de l’éducation, R131-6"),
    Retention("Avis médical (conclusion)", "validité et l’année", "archive 3 ans (durée de la déclaration)",
              "R4153-45 ; choix de l’école"),
    Retention("Formation à la sécurité et permis machine", "durée de présence", "archive 10 ans après la sortie",
              "R4153-45 ; choix de l’école"),
    Retention("Bons de travail nominatifs", "année scolaire et la suivante", "anonymisation, totaux gardés",
              "minimisation"),
    Retention("Suivi des anciens", "24 mois", "anonymisation", "consentement ou intérêt légitime"),
    Retention("Photos d’élèves", "durée de l’autorisation", "suppression", "autorisation des responsables"),
)  # fmt: skip
