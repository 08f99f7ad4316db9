"""Writes of school life, by subject."""

from app.pedagogy.service.attendance import recompute_days, refresh_attendance
from app.pedagogy.service.evidence import Source, record_evidence, void_evidence
from app.pedagogy.service.guardians import add_guardian, change_guardian, end_guardian
from app.pedagogy.service.logs import log_lesson
from app.pedagogy.service.photos import keep_photo, note_consent, remove_photo
from app.pedagogy.service.pupils import (
    cancel_move,
    change_group,
    change_pupil,
    create_group,
    create_pupil,
    move_pupil,
    settle_groups,
)
from app.pedagogy.service.roll import Called, call_roll

__all__ = [
    "Called", "Source", "add_guardian", "call_roll", "cancel_move", "change_group", "change_guardian", "change_pupil",
    "create_group", "create_pupil", "end_guardian", "keep_photo", "log_lesson", "move_pupil", "note_consent",
    "recompute_days", "record_evidence", "refresh_attendance", "remove_photo", "settle_groups", "void_evidence",
]  # fmt: skip
