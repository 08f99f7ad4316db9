"""Rules of the papers about attendance: their numbers, and for which days they are issued."""

from datetime import date

from app.ledger.rules import PaperKind

PREFIXES = {PaperKind.SHEET: "EM", PaperKind.CERTIFICATE: "AT"}
DAYS_OF_SHEET = 7


def paper_number(kind: PaperKind, year: int, number: int) -> str:
    """« AT2026-0007 »: gap-free within kind and year."""
    return f"{PREFIXES[kind]}{year}-{number:04d}"


def why_not_issue(kind: PaperKind, start: date, end: date, today: date) -> str | None:
    """A sheet is of a week at most; a certificate tells what was attended, so its last day is not to come."""
    if end < start:
        return "Le dernier jour vient après le premier."
    if kind == PaperKind.SHEET and (end - start).days >= DAYS_OF_SHEET:
        return "Une feuille d’émargement couvre une semaine au plus."
    if kind == PaperKind.CERTIFICATE and end > today:
        return "Une attestation dit ce qui a été suivi : son dernier jour n’est pas à venir."
    return None
