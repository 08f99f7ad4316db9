"""Writes of the timetable, by subject."""

from app.timetable.service.activities import add_activity, change_activity, remove_activity
from app.timetable.service.closures import add_closure, plan_closure, remove_closure
from app.timetable.service.feeds import issue_own_feed, issue_pupil_feed, revoke_feed
from app.timetable.service.rules import (
    add_rule,
    change_rule,
    end_rule,
    generate_again,
    read_pattern,
    refuse_outside,
    undo,
)
from app.timetable.service.sessions import (
    cancel_session,
    change_session,
    create_session,
    move_session,
    moved_plan,
    plan_session,
    warnings,
)
from app.timetable.service.tables import (
    add_room,
    change_room,
    change_setting,
    check_holidays,
    import_holidays,
    remove_holiday,
    remove_room,
    set_school_year,
)
from app.timetable.service.weeks import copy_week, plan_copy, plan_replacement, replace_person

__all__ = [
    "add_activity", "add_closure", "add_room", "add_rule", "cancel_session", "change_activity", "change_room",
    "change_rule", "change_session", "change_setting", "check_holidays", "copy_week", "create_session", "end_rule",
    "generate_again", "import_holidays", "issue_own_feed", "issue_pupil_feed", "move_session", "moved_plan",
    "plan_closure", "plan_copy", "plan_replacement", "plan_session", "read_pattern", "refuse_outside",
    "remove_activity", "remove_closure", "remove_holiday", "remove_room", "replace_person", "revoke_feed",
    "set_school_year", "undo", "warnings",
]  # fmt: skip
