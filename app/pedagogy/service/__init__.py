"""Writes of school life, by subject."""

from app.pedagogy.service.attendance import recompute_days, refresh_attendance
from app.pedagogy.service.evidence import Source, record_evidence, void_evidence
from app.pedagogy.service.guardians import add_guardian, change_guardian, end_guardian
from app.pedagogy.service.logs import log_lesson
from app.pedagogy.service.pupils import change_group, change_pupil, create_group, create_pupil, move_pupil
from app.pedagogy.service.roll import Called, call_roll

__all__ = [
    "Called", "Source", "add_guardian", "call_roll", "change_group", "change_guardian", "change_pupil",
    "create_group", "create_pupil", "end_guardian", "log_lesson", "move_pupil", "recompute_days", "record_evidence",
    "refresh_attendance", "void_evidence",
]  # fmt: skip
