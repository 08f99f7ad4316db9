"""Writes of the timetable, by subject."""

from app.timetable.service.closures import add_closure, plan_closure, remove_closure
from app.timetable.service.rules import add_rule, change_rule, end_rule, generate_again, read_pattern, undo
from app.timetable.service.sessions import cancel_session, change_session, create_session, objections, plan_session
from app.timetable.service.weeks import copy_week, plan_copy, plan_replacement, replace_day

__all__ = [
    "add_closure", "add_rule", "cancel_session", "change_rule", "change_session", "copy_week", "create_session",
    "end_rule", "generate_again", "objections", "plan_closure", "plan_copy", "plan_replacement", "plan_session",
    "read_pattern", "remove_closure", "replace_day", "undo",
]  # fmt: skip
