"""Rules of absences: reasons, what counts by the law, letters and notices; and what becomes of a message."""

from app.absences.rules.giving import (
    LETTER_LABELS,
    LETTER_SERIES,
    LetterKind,
    legitimate_by_law,
    notice_body,
    notice_subject,
    when_words,
    why_not_decide,
    why_not_kept,
    why_not_span,
)
from app.core.mail import MAIL, MailState
from app.pedagogy.rules.absences import (
    THRESHOLD,
    Absence,
    Given,
    Judged,
    Missed,
    MissedHalf,
    Standing,
    Tally,
    absences_of,
    by_month,
    half_days,
    judge,
    tally,
)

__all__ = [
    "LETTER_LABELS", "LETTER_SERIES", "MAIL", "THRESHOLD", "Absence", "Given", "Judged", "LetterKind", "MailState",
    "Missed", "MissedHalf", "Standing", "Tally", "absences_of", "by_month", "half_days", "judge", "legitimate_by_law",
    "notice_body", "notice_subject", "tally", "when_words", "why_not_decide", "why_not_kept", "why_not_span",
]  # fmt: skip
