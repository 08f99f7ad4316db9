"""A pupil calls: why, how long a call is open, what the pupil is told."""

from datetime import datetime, timedelta
from enum import StrEnum

ANSWER_SHOWN = timedelta(minutes=15)
FORGOTTEN = timedelta(hours=12)  # an unanswered call of yesterday is over


class HelpReason(StrEnum):
    """Why somebody calls from a tablet."""

    HELP = "help"
    FIRST_ARTICLE = "first_article"
    REFUSED = "refused"
    KEPT = "kept"
    TABLET_LOCKED = "tablet_locked"

    @property
    def label(self) -> str:
        """What the master reads."""
        return HELP_LABELS[self]

    @property
    def is_trouble(self) -> bool:
        """Something to look at, and not only somebody to go to."""
        return self in {HelpReason.KEPT, HelpReason.TABLET_LOCKED}

    @property
    def alike(self) -> list["HelpReason"]:
        """Reasons that are one call: a pupil who calls again is still waiting, a trouble stands for itself."""
        return [self] if self.is_trouble else [each for each in HelpReason if not each.is_trouble]


class HelpState(StrEnum):
    """A call, as the pupil who made it sees it."""

    NONE = "none"
    OPEN = "open"
    COMING = "coming"


HELP_LABELS = {
    HelpReason.HELP: "Demande de l’aide",
    HelpReason.FIRST_ARTICLE: "Première pièce à signer",
    HelpReason.REFUSED: "Bon refusé à la tablette",
    HelpReason.KEPT: "Travail hors réseau à vérifier",
    HelpReason.TABLET_LOCKED: "Tablette bloquée, cinq codes faux",
}


def help_state(at: datetime | None, answered_at: datetime | None, *, now: datetime) -> HelpState:
    """Open until a master says that they come; that is shown for a quarter of an hour, then it is over."""
    if at is None:
        return HelpState.NONE
    if answered_at is None:
        return HelpState.OPEN
    return HelpState.COMING if now - answered_at < ANSWER_SHOWN else HelpState.NONE
