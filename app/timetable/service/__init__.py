"""Writes of the timetable, by subject."""

from app.timetable.service.closures import add_closure, remove_closure
from app.timetable.service.sessions import cancel_session, change_session, create_session, plan_session

__all__ = ["add_closure", "cancel_session", "change_session", "create_session", "plan_session", "remove_closure"]
