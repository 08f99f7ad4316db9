"""The words of the workshop: states, kinds and causes, with the French of each."""

from enum import StrEnum


class JobState(StrEnum):
    """A job (*ordre de fabrication*). Derived from its order, its tickets and their reports; stored for the lists."""

    PLANNED = "planned"
    RELEASED = "released"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return JOB_LABELS[self]


class TicketState(StrEnum):
    """A ticket (*bon de travail*). Ready or waiting is never stored: it is computed from what is good upstream."""

    OPEN = "open"
    ASSIGNED = "assigned"
    RUNNING = "running"
    PAUSED = "paused"
    BLOCKED = "blocked"
    TO_RELEASE = "to_release"
    REJECTED = "rejected"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return TICKET_LABELS[self]


class OperationState(StrEnum):
    """Derived from quantities and tickets; told by the API."""

    WAITING = "waiting"
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return OPERATION_LABELS[self]


class Presence(StrEnum):
    """What the roll calls of a day say of a pupil, as far as the workshop is concerned."""

    HERE = "here"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class EndCause(StrEnum):
    """Why a work session ended."""

    SELF = "self"
    MASTER = "master"
    BREAK = "break"
    END_OF_HALF_DAY = "end_of_half_day"
    CANCEL = "cancel"
    IMPORT = "import"
    BY_HAND = "by_hand"


class TicketKind(StrEnum):
    """Why a ticket exists: the order, rejected pieces put right, lost pieces made again, or practice."""

    NORMAL = "normal"
    REWORK = "rework"
    REMAKE = "remake"
    EXERCISE = "exercise"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return KIND_LABELS[self]


class SessionWork(StrEnum):
    """What a work session was spent on."""

    SETUP = "setup"
    RUN = "run"
    CHECK = "check"
    HELP = "help"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return WORK_LABELS[self]


class CheckKind(StrEnum):
    """What a check point asks for."""

    MEASURE = "measure"
    ATTRIBUTE = "attribute"
    PHOTO = "photo"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return CHECK_LABELS[self]


class CheckStage(StrEnum):
    """Who checked: the pupil at the machine, or the master who releases."""

    SELF = "self"
    RELEASE = "release"


class ReleaseKind(StrEnum):
    """What a master released."""

    FIRST_ARTICLE = "first_article"
    FINAL = "final"


class DefectState(StrEnum):
    """A non-conformance (*fiche de non-conformité*)."""

    OPEN = "open"
    DECIDED = "decided"
    CLOSED = "closed"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return DEFECT_LABELS[self]


class DefectDecision(StrEnum):
    """What becomes of pieces that do not conform."""

    REWORK = "rework"
    SCRAP = "scrap"
    ACCEPT = "accept"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return DECISION_LABELS[self]


class MoveKind(StrEnum):
    """What happens to material."""

    RECEIVE = "receive"
    RESERVE = "reserve"
    FREE = "free"
    CONSUME = "consume"
    RETURN = "return"
    OFFCUT = "offcut"
    LOSS = "loss"

    @property
    def label(self) -> str:
        """The French word shown on screens."""
        return MOVE_LABELS[self]


T = TicketState
TICKET_LABELS = {
    T.OPEN: "À donner",
    T.ASSIGNED: "Donné",
    T.RUNNING: "En cours",
    T.PAUSED: "En pause",
    T.BLOCKED: "Bloqué",
    T.TO_RELEASE: "À contrôler",
    T.REJECTED: "À reprendre",
    T.DONE: "Terminé",
    T.CANCELLED: "Annulé",
}
JOB_LABELS = {
    JobState.PLANNED: "Prévu",
    JobState.RELEASED: "Lancé",
    JobState.RUNNING: "En cours",
    JobState.DONE: "Terminé",
    JobState.CANCELLED: "Annulé",
}
OPERATION_LABELS = {
    OperationState.WAITING: "En attente",
    OperationState.READY: "Prête",
    OperationState.RUNNING: "En cours",
    OperationState.DONE: "Terminée",
    OperationState.CANCELLED: "Annulée",
}
JOB_OVER = frozenset({JobState.DONE, JobState.CANCELLED})
CAUSE_LABELS = {
    EndCause.SELF: "",
    EndCause.MASTER: "",
    EndCause.BREAK: "Pause",
    EndCause.END_OF_HALF_DAY: "Arrêt automatique",
    EndCause.CANCEL: "Bon annulé",
    EndCause.IMPORT: "Repris des fichiers",
    EndCause.BY_HAND: "Saisi à la main",
}
KIND_LABELS = {
    TicketKind.NORMAL: "Commande",
    TicketKind.REWORK: "Retouche",
    TicketKind.REMAKE: "À refaire",
    TicketKind.EXERCISE: "Exercice",
}
WORK_LABELS = {
    SessionWork.SETUP: "Réglage",
    SessionWork.RUN: "Fabrication",
    SessionWork.CHECK: "Contrôle",
    SessionWork.HELP: "Aide",
}
CHECK_LABELS = {
    CheckKind.MEASURE: "Mesure",
    CheckKind.ATTRIBUTE: "Bon ou pas bon",
    CheckKind.PHOTO: "Photo",
}
DEFECT_LABELS = {DefectState.OPEN: "À décider", DefectState.DECIDED: "Décidée", DefectState.CLOSED: "Close"}
DECISION_LABELS = {
    DefectDecision.REWORK: "Retouche",
    DefectDecision.SCRAP: "Rebut",
    DefectDecision.ACCEPT: "Acceptée par le client",
}
MOVE_LABELS = {
    MoveKind.RECEIVE: "Reçu",
    MoveKind.RESERVE: "Réservé",
    MoveKind.FREE: "Libéré",
    MoveKind.CONSUME: "Consommé",
    MoveKind.RETURN: "Rendu au client",
    MoveKind.OFFCUT: "Chute remise en stock",
    MoveKind.LOSS: "Perdu",
}
