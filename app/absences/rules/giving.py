"""What a reason must hold to be kept, the kinds of letters, and the words of a notice."""

from datetime import date
from enum import StrEnum

from app.pedagogy.rules.reasons import REASON_CODES, TO_DECIDE, Span

LONGEST = 60  # days that one reason may speak of
AHEAD = 120  # days ahead that an absence may be announced
LETTER_SERIES = "absence"
NBSP = "\u00a0"


class LetterKind(StrEnum):
    """A letter to those who answer for the pupil, or the report to the authority (R131-7)."""

    LETTER = "letter"
    REPORT = "report"

    @property
    def label(self) -> str:
        """The French word of screens."""
        return LETTER_LABELS[self]


LETTER_LABELS = {
    LetterKind.LETTER: "Courrier aux responsables", LetterKind.REPORT: "Signalement à l’autorité académique",
}  # fmt: skip


def why_not_span(span: Span, today: date) -> tuple[str, str] | None:
    """A reason ends after it starts, speaks of sixty days at most, and is not given years ahead: the field, and why."""
    if (span.ends_on, span.end_minute) <= (span.starts_on, span.start_minute):
        return "ends_on", "La fin vient après le début."
    if (span.ends_on - span.starts_on).days > LONGEST:
        return "ends_on", f"Un motif couvre {LONGEST} jours au plus{NBSP}: enregistrez-en plusieurs."
    if (span.starts_on - today).days > AHEAD:
        return "starts_on", f"Une absence s’annonce {AHEAD} jours à l’avance au plus."
    return None


def why_not_kept(code: str, comment: str | None, *, with_file: bool) -> tuple[str, str] | None:
    """Of health only the code is kept (no diagnosis, no certificate): the field, and why."""
    known = REASON_CODES.get(code)
    if known is None:
        return "code", "Ce motif n’est pas dans la liste."
    if not known.health:
        return None
    if comment:
        return "comment", "Pour la santé, seul le code est gardé : effacez ce commentaire."
    return ("file", "Pour la santé, seul le code est gardé : cochez « justificatif vu ».") if with_file else None


def why_not_decide(code: str) -> str | None:
    """The direction decides only where the law leaves it open."""
    return None if code == TO_DECIDE else "Ce motif ne se décide pas : la loi le fait."


def legitimate_by_law(code: str) -> bool | None:
    """What the code says by itself; None while the direction decides, or where it does not matter."""
    return REASON_CODES[code].legitimate


def when_words(starts_on: date, start_minute: int, ends_on: date, end_minute: int) -> str:
    """« le 24/11/2026, matin », « du 24/11/2026 au 26/11/2026 », « le 24/11/2026 de 10:00 à 11:30 »."""
    if starts_on != ends_on:
        return f"du {starts_on:%d/%m/%Y} au {ends_on:%d/%m/%Y}"
    day = f"le {starts_on:%d/%m/%Y}"
    if (start_minute, end_minute) in PARTS:
        return f"{day}{PARTS[start_minute, end_minute]}"
    return f"{day} de {_clock(start_minute)} à {_clock(end_minute)}"


PARTS = {(0, 1440): "", (0, 750): ", matin", (750, 1440): ", après-midi"}


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def notice_subject(pupil: str, day: date) -> str:
    """« Absence de Léa Martin, 24/11/2026 »."""
    return f"Absence de {pupil}, {day:%d/%m/%Y}"


def notice_body(pupil: str, when: str, *, school: str, signed: str, to_self: bool) -> str:
    """The message as it is prepared; the office may change every word of it."""
    told = (
        f"vous étiez absent(e) à l’appel {when}" if to_self
        else f"{pupil} n’était pas présent(e) à l’appel {when}"
    )  # fmt: skip
    return (
        f"Bonjour,\n\nNous vous informons que {told}, et nous n’en connaissons pas le motif.\n\n"
        "Merci de nous le dire dès que possible, par retour de ce message ou par téléphone.\n\n"
        f"Bien cordialement,\n{signed}\n{school}"
    )
