"""Reads of the timetable, by subject."""

from app.timetable.queries.grid import calendar, load_grid, moment, placed_where, wanted, week_letters
from app.timetable.queries.rules import (
    first_change_of,
    get_change,
    get_rule,
    get_rule_even_void,
    holds_day,
    last_change,
    lines_of,
    list_rules,
    made_by,
    origin_of,
    pattern_of,
    placed_as,
    placed_of_change,
    plan_change,
    plan_closing,
    plan_copy,
    plan_end,
    plan_generation,
    plan_replacement,
    standing_of,
)
from app.timetable.queries.sessions import SessionChoices, SessionPage, session_choices, session_page
from app.timetable.queries.weekpages import GroupFigures, WeekPage, group_figures, week_page
from app.timetable.queries.weeks import WeekView, week_view

__all__ = [
    "GroupFigures", "SessionChoices", "SessionPage", "WeekPage", "WeekView", "calendar", "first_change_of",
    "get_change", "get_rule", "get_rule_even_void", "group_figures", "holds_day", "last_change", "lines_of",
    "list_rules", "load_grid", "made_by", "moment", "origin_of", "pattern_of", "placed_as", "placed_of_change",
    "placed_where", "plan_change", "plan_closing", "plan_copy", "plan_end", "plan_generation", "plan_replacement",
    "session_choices", "session_page", "standing_of", "wanted", "week_letters", "week_page", "week_view",
]  # fmt: skip
