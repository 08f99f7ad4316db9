"""Reads of school life, by subject."""

from app.pedagogy.queries.calendar import closed_days, closures_between, get_closure, holidays_of_year, list_closures
from app.pedagogy.queries.folders import Hours, PupilFolder, pupil_folder, pupil_hours, pupil_journal, pupil_stays
from app.pedagogy.queries.guardians import (
    Recipient,
    first_guardian,
    get_copied,
    get_guardian,
    guardians_like,
    guardians_of,
    guardians_to_tell,
)
from app.pedagogy.queries.pages import calls_page, hours_page, logs_page
from app.pedagogy.queries.photos import consents_of, has_photo, photo_file, photos_shown, uses_agreed
from app.pedagogy.queries.pupils import (
    SORTS,
    Member,
    attendance_on,
    diploma_options,
    find_diploma,
    find_group,
    find_pupil_by_code,
    find_subject,
    first_attended_day,
    get_group,
    get_pupil_by_code,
    get_subject,
    group_name,
    group_options,
    groups_to_settle,
    head_counts,
    hold_pupils,
    initials_of,
    is_present,
    last_attended_day,
    list_groups,
    list_pupils,
    members_on,
    memberships_of,
    pupil_choices,
    subject_options,
)
from app.pedagogy.queries.rolls import (
    RollSheet,
    calls_to_do,
    count_calls_to_do,
    get_session,
    logs_to_do,
    overdue_calls,
    recent_logs,
    roll_sheet,
    sessions_of_day,
    staff_name,
    tallies,
)
from app.pedagogy.queries.sessions import (
    find_by_key,
    find_staff,
    list_sessions,
    room_options,
    sessions_at_the_time,
    staff_options,
)
from app.pedagogy.queries.shares import (
    ShareReport,
    ShareRow,
    earliest_year,
    group_minutes,
    practice_share,
    pupil_minutes,
    school_band,
    sessions_without_call,
    shares_of_months,
    timetable_minutes,
)
from app.pedagogy.queries.skills import level_names, own_skills, skills_on

__all__ = [
    "SORTS", "Hours", "Member", "PupilFolder", "Recipient", "RollSheet", "ShareReport", "ShareRow", "attendance_on",
    "calls_page", "calls_to_do", "closed_days", "closures_between", "consents_of", "count_calls_to_do",
    "diploma_options", "earliest_year", "find_by_key", "find_diploma", "find_group", "find_pupil_by_code",
    "find_staff", "find_subject", "first_attended_day", "first_guardian", "get_closure", "get_copied", "get_group",
    "get_guardian", "get_pupil_by_code", "get_session", "get_subject", "group_minutes", "group_name", "group_options",
    "groups_to_settle", "guardians_like", "guardians_of", "guardians_to_tell", "has_photo", "head_counts",
    "hold_pupils", "holidays_of_year", "hours_page", "initials_of", "is_present", "last_attended_day", "level_names",
    "list_closures", "list_groups", "list_pupils", "list_sessions", "logs_page", "logs_to_do", "members_on",
    "memberships_of", "overdue_calls", "own_skills", "photo_file", "photos_shown", "practice_share", "pupil_choices",
    "pupil_folder", "pupil_hours", "pupil_journal", "pupil_minutes", "pupil_stays", "recent_logs", "roll_sheet",
    "room_options", "school_band", "sessions_at_the_time", "sessions_of_day", "sessions_without_call",
    "shares_of_months", "skills_on", "staff_name", "staff_options", "subject_options", "tallies", "timetable_minutes",
    "uses_agreed",
]  # fmt: skip
