"""Writes of absences: reasons, notices, letters."""

from app.absences.service.letters import issue_letter
from app.absences.service.notices import Message, Sent, note_call, send_notices
from app.absences.service.reasons import (
    LABELS,
    ReasonDraft,
    correct_reason,
    decide_reason,
    give_reason,
    withdraw_reason,
)

__all__ = [
    "LABELS", "Message", "ReasonDraft", "Sent", "correct_reason", "decide_reason", "give_reason", "issue_letter",
    "note_call", "send_notices", "withdraw_reason",
]  # fmt: skip
