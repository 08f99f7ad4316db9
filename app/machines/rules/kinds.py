"""The words of the facts that the gate judges by."""

from enum import StrEnum


class ClearanceKind(StrEnum):
    """What a dated fact about a pupil is about. Health: only the conclusion is kept, never a reason."""

    MEDICAL = "medical"  # yearly opinion for regulated work (R4153-40 5°)
    HANDLING = "handling"  # medical opinion for heavy loads (R4153-52)
    SAFETY = "safety"  # safety training on one work centre, and its evaluation (R4153-40 3° b)
    PERMIT = "permit"  # internal machine permit, given by a master
    DRIVING_TRAINING = "driving_training"  # R4323-55
    DRIVING_AUTHORISATION = "driving_authorisation"  # R4323-56
    DRIVING_MEDICAL = "driving_medical"  # attestation, five years, since 1 October 2025
    ELECTRICAL = "electrical"  # habilitation, its symbol in `detail` (R4544-9)
    WEIGHT = "weight"  # kilograms in `detail`, for the limit of a fifth of it (R4153-52)

    @property
    def label(self) -> str:
        """The French words shown on screens."""
        return CLEARANCE_LABELS[self]


class ClearanceResult(StrEnum):
    """The conclusion."""

    FIT = "fit"
    UNFIT = "unfit"
    PASSED = "passed"
    FAILED = "failed"
    NOT_ASSESSED = "not_assessed"
    SUPERVISED = "supervised"  # permit: only with a master beside
    ALONE = "alone"  # permit
    WITHDRAWN = "withdrawn"  # permit, authorisation, habilitation taken back
    GIVEN = "given"

    @property
    def label(self) -> str:
        """The French words shown on screens."""
        return RESULT_LABELS[self]


class CenterState(StrEnum):
    """Whether a machine can be worked on at all."""

    IN_SERVICE = "in_service"
    DOWN = "down"
    MAINTENANCE = "maintenance"

    @property
    def label(self) -> str:
        """The French words shown on screens."""
        return CENTER_LABELS[self]


class AskedFor(StrEnum):
    """When the gate was asked."""

    ASSIGN = "assign"
    START = "start"
    PLAN = "plan"
    TABLET = "tablet"

    @property
    def label(self) -> str:
        """The French words shown on screens."""
        return ASKED_LABELS[self]


K, R = ClearanceKind, ClearanceResult
ASKED_LABELS = {
    AskedFor.ASSIGN: "Bon à donner", AskedFor.START: "Bon à démarrer", AskedFor.PLAN: "Plan",
    AskedFor.TABLET: "Tablette",
}  # fmt: skip
CLEARANCE_LABELS = {
    K.MEDICAL: "Avis médical", K.HANDLING: "Avis médical pour la manutention",
    K.SAFETY: "Formation à la sécurité", K.PERMIT: "Permis machine",
    K.DRIVING_TRAINING: "Formation à la conduite", K.DRIVING_AUTHORISATION: "Autorisation de conduite",
    K.DRIVING_MEDICAL: "Attestation médicale de conduite", K.ELECTRICAL: "Habilitation électrique",
    K.WEIGHT: "Poids",
}  # fmt: skip
RESULT_LABELS = {
    R.FIT: "Apte", R.UNFIT: "Inapte", R.PASSED: "Réussie", R.FAILED: "Échouée", R.NOT_ASSESSED: "Non évaluée",
    R.SUPERVISED: "Avec le maître à côté", R.ALONE: "Seul", R.WITHDRAWN: "Retiré", R.GIVEN: "Délivré",
}  # fmt: skip
CENTER_LABELS = {
    CenterState.IN_SERVICE: "En service",
    CenterState.DOWN: "En panne",
    CenterState.MAINTENANCE: "En maintenance",
}
# What each kind may conclude, and which kinds name a work centre.
RESULTS_OF: dict[ClearanceKind, tuple[ClearanceResult, ...]] = {
    K.MEDICAL: (R.FIT, R.UNFIT), K.HANDLING: (R.FIT, R.UNFIT), K.SAFETY: (R.PASSED, R.FAILED, R.NOT_ASSESSED),
    K.PERMIT: (R.SUPERVISED, R.ALONE, R.WITHDRAWN), K.DRIVING_TRAINING: (R.PASSED, R.FAILED),
    K.DRIVING_AUTHORISATION: (R.GIVEN, R.WITHDRAWN), K.DRIVING_MEDICAL: (R.FIT, R.UNFIT),
    K.ELECTRICAL: (R.GIVEN, R.WITHDRAWN), K.WEIGHT: (R.GIVEN,),
}  # fmt: skip
ON_A_CENTER = frozenset({K.SAFETY, K.PERMIT, K.DRIVING_AUTHORISATION})
