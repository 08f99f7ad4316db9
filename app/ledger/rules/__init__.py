"""Rules of the hours ledger: kinds of lines and papers, statements of hours, gaps between the three sources."""

from enum import StrEnum


class StatementState(StrEnum):
    """A statement is confirmed by its owner, then closed by the office for payroll."""

    CONFIRMED = "confirmed"
    CLOSED = "closed"


class LineKind(StrEnum):
    """A session of the month, or what has changed since of a month that was already confirmed."""

    SESSION = "session"
    CORRECTION = "correction"


class PaperKind(StrEnum):
    """What the school hands out about hours."""

    SHEET = "sheet"
    CERTIFICATE = "certificate"


STATEMENT_LABELS = {StatementState.CONFIRMED: "Vérifié", StatementState.CLOSED: "Clos pour la paie"}
PAPER_LABELS = {PaperKind.SHEET: "Feuille d’émargement", PaperKind.CERTIFICATE: "Attestation d’assiduité"}
