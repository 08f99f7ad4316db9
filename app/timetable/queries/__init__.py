"""Reads of the timetable, by subject."""

from app.timetable.queries.sessions import SessionChoices, SessionPage, session_choices, session_page
from app.timetable.queries.weekpages import GroupFigures, WeekPage, group_figures, week_page
from app.timetable.queries.weeks import WeekView, week_view

__all__ = [
    "GroupFigures", "SessionChoices", "SessionPage", "WeekPage", "WeekView", "group_figures", "session_choices",
    "session_page", "week_page", "week_view",
]  # fmt: skip
