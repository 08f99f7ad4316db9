"""The way out of a refusal: which fact to put right, and where. Nothing opens a law by itself."""

from dataclasses import dataclass

from app.core.permissions import Permission
from app.machines.rules.checks import Check
from app.machines.rules.kinds import ClearanceKind

K = ClearanceKind


@dataclass(frozen=True, slots=True)
class Fix:
    """A verb and where it is done: a paper of the pupil (`kind`), or a page by its route's name."""

    label: str
    permission: Permission
    kind: ClearanceKind | None = None
    route: str = ""


_PAPER, _DECLARATION = Permission.SAFETY_EDIT, Permission.DECLARATION_EDIT
FIXES: dict[Check, Fix] = {
    Check.DECLARATION: Fix("Préparer une déclaration", _DECLARATION, route="machines.list_declarations"),
    Check.SCOPE: Fix("Compléter la déclaration", _DECLARATION, route="machines.change_latest"),
    Check.MACHINE: Fix("Ajouter la machine à la déclaration", _DECLARATION, route="machines.change_latest"),
    Check.ASSESSMENT: Fix("Dater l’évaluation du poste", Permission.WORK_CENTER_EDIT,
                          route="machines.edit_work_center"),
    Check.TRAINING: Fix("Noter la formation", _PAPER, K.SAFETY),
    Check.TRAINING_ASSESSED: Fix("Noter l’évaluation", _PAPER, K.SAFETY),
    Check.OPINION: Fix("Noter un avis médical", _PAPER, K.MEDICAL),
    Check.SUPERVISOR: Fix("Nommer un remplaçant", _PAPER, route="machines.list_supervisors"),
    Check.DRIVING: Fix("Noter un papier de conduite", _PAPER, K.DRIVING_TRAINING),
    Check.ELECTRICITY: Fix("Noter l’habilitation", _PAPER, K.ELECTRICAL),
    Check.LOAD: Fix("Noter un avis de manutention", _PAPER, K.HANDLING),
    Check.HOURS: Fix("Voir la semaine", Permission.TIMETABLE_READ, route="timetable.show_week"),
    Check.PERMIT: Fix("Délivrer le permis", _PAPER, K.PERMIT),
}  # fmt: skip
