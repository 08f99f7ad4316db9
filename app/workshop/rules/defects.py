"""Non-conformances: their workflow, which pieces they hold, and what each decision needs."""

from dataclasses import dataclass
from datetime import date

from app.core.permissions import Permission
from app.core.workflow import Action, Workflow
from app.workshop.rules.flow import NBSP, SCRAP_REASONS, pieces
from app.workshop.rules.words import DEFECT_LABELS, DefectDecision, DefectState

DEFECT_SERIES = "defect"
CAUSES = SCRAP_REASONS  # one list: a pupil who scraps and a master who writes a sheet say the same words
_D = DefectState

DEFECT: Workflow[DefectState] = Workflow(
    "defect",
    _D.OPEN,
    (
        Action("decide", "Décider la suite", frozenset({_D.OPEN}), _D.DECIDED, Permission.TICKET_GIVE, icon="check"),
        # By itself, when the ticket that should have put the pieces right is cancelled.
        Action("reopen", "Revoir la décision", frozenset({_D.DECIDED}), _D.OPEN, Permission.TICKET_GIVE, icon="undo"),
        Action("close", "Clore la fiche", frozenset({_D.DECIDED}), _D.CLOSED, Permission.TICKET_GIVE, icon="check"),
    ),
    DEFECT_LABELS,
)


def defect_number(year: int, serial: int) -> str:
    """« FNC2026-0001 »: gap-free within the year."""
    return f"FNC{year}-{serial:04d}"


@dataclass(frozen=True, slots=True)
class Held:
    """What a ticket has of pieces when some of them do not conform: still to be stated, and stated good."""

    rest: int
    good: int


def counted_good(count: int, held: Held) -> int:
    """How many of the pieces must have been stated good: those that the ticket no longer has to state."""
    return max(0, count - held.rest)


def why_not_held(count: int, taken: int, held: Held) -> str | None:
    """Why so many pieces cannot be set aside, `taken` of them from those stated good."""
    if count < 1:
        return "Une fiche porte sur au moins une pièce."
    if taken < 0 or taken > count:
        return "Les pièces déjà comptées bonnes sont au plus celles de la fiche."
    if taken > held.good:
        return f"Ce bon n’a que {pieces(held.good)} de bonnes."
    if count - taken > held.rest:
        return f"Ce bon n’a que {pieces(held.rest + held.good)}{NBSP}: bonnes ou encore à déclarer."
    return None


def why_not_remake(count: int, lost: int) -> str | None:
    """Why pieces are not made again: each scrapped piece is made again once."""
    if count < 1:
        return "Indiquez au moins une pièce à refaire."
    if count > lost:
        return f"{pieces(max(0, lost))} au rebut {'restent' if lost >= 2 else 'reste'} à refaire sur ce bon."
    return None


def why_not_cause(cause: str) -> str | None:
    """A cause comes from the list."""
    return None if cause in CAUSES else "Choisissez une cause dans la liste."


def why_not_decided(
    decision: DefectDecision, *, agreed_by: str, agreed_on: date | None, opened_on: date, day: date
) -> tuple[str, str] | None:
    """What a decision lacks, as (field, sentence): accepting needs the client's written agreement, who and when."""
    if decision != DefectDecision.ACCEPT:
        return None
    if not agreed_by:
        return "agreed_by", "Indiquez qui a donné l’accord chez le client."
    if agreed_on is None:
        return "agreed_on", "Indiquez la date de l’accord écrit."
    if agreed_on > day:
        return "agreed_on", "Cet accord est daté d’un jour à venir."
    if agreed_on < opened_on:
        return "agreed_on", "L’accord ne peut pas être plus ancien que la fiche."
    return None
