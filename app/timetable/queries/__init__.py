"""Reads of the timetable, by subject."""

from app.timetable.queries.activities import (
    ACTIVITY_SORTS,
    activities_at,
    get_activity,
    held_beside,
    list_activities,
)
from app.timetable.queries.catchups import (
    Link,
    catch_up_of,
    catch_ups_of,
    find_missed,
    links_around,
    missed_sessions,
)
from app.timetable.queries.feeds import get_feed, list_feeds, open_feed
from app.timetable.queries.grid import calendar, load_grid, moment, placed_where, wanted, week_letters
from app.timetable.queries.previews import Effect, Preview, preview_of
from app.timetable.queries.rules import (
    first_change_of,
    get_change,
    get_rule,
    get_rule_even_void,
    held_by,
    holds_day,
    last_change,
    lines_of,
    list_rules,
    lock_rules,
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
    rules_page,
    standing_of,
)
from app.timetable.queries.sessions import SessionChoices, SessionPage, session_choices, session_page
from app.timetable.queries.tables import (
    CLOSURE_SORTS,
    ROOM_SORTS,
    CalendarPage,
    calendar_page,
    closures_listed,
    find_room,
    find_school_year,
    find_setting,
    get_room,
    get_school_holiday,
    list_rooms,
    list_school_holidays,
    list_school_years,
)
from app.timetable.queries.weekpages import GroupFigures, WeekPage, group_figures, week_page
from app.timetable.queries.weeks import WeekView, week_view

__all__ = [
    "ACTIVITY_SORTS", "CLOSURE_SORTS", "ROOM_SORTS", "CalendarPage", "Effect", "GroupFigures", "Link", "Preview",
    "SessionChoices", "SessionPage", "WeekPage", "WeekView", "activities_at", "calendar", "calendar_page",
    "catch_up_of", "catch_ups_of", "closures_listed", "find_missed", "find_room", "find_school_year", "find_setting",
    "first_change_of", "get_activity", "get_change", "get_feed", "get_room", "get_rule", "get_rule_even_void",
    "get_school_holiday", "group_figures", "held_beside", "held_by", "holds_day", "last_change", "lines_of",
    "links_around", "list_activities", "list_feeds", "list_rooms", "list_rules", "list_school_holidays",
    "list_school_years", "load_grid", "lock_rules", "made_by", "missed_sessions", "moment", "open_feed", "origin_of",
    "pattern_of", "placed_as", "placed_of_change", "placed_where", "plan_change", "plan_closing", "plan_copy",
    "plan_end", "plan_generation", "plan_replacement", "preview_of", "rules_page", "session_choices", "session_page",
    "standing_of", "wanted", "week_letters", "week_page", "week_view",
]  # fmt: skip
