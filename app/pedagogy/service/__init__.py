"""Writes of school life, by subject."""

from app.pedagogy.service.attendance import recompute_days, refresh_attendance
from app.pedagogy.service.evidence import Source, record_evidence
from app.pedagogy.service.logs import log_lesson
from app.pedagogy.service.pupils import (
    add_closure,
    change_group,
    change_pupil,
    create_group,
    create_pupil,
    move_pupil,
    remove_closure,
)
from app.pedagogy.service.roll import Called, call_roll
from app.pedagogy.service.sessions import cancel_session, change_session, create_session, plan_session

__all__ = [
    "Called", "Source", "add_closure", "call_roll", "cancel_session", "change_group", "change_pupil",
    "change_session", "create_group", "create_pupil", "create_session", "log_lesson", "move_pupil", "plan_session",
    "recompute_days", "record_evidence", "refresh_attendance", "remove_closure",
]  # fmt: skip
