"""Writes about signing in, staff and the school."""

from app.accounts.service.entry import (
    Check,
    change_password,
    check_password,
    confirm_password,
    end_all_sessions,
    end_session,
    end_session_of,
    new_password_hash,
    open_session,
    set_password,
    set_theme,
    settle,
)
from app.accounts.service.first_run import FirstDirector, create_director, new_setup_code
from app.accounts.service.people import (
    GONE,
    accept_invitation,
    change_staff,
    close_sessions,
    create_staff,
    disable_staff,
    enable_staff,
    invite_staff,
)
from app.accounts.service.school import change_school
from app.accounts.service.tokens import create_token, revoke_token

__all__ = [
    "GONE",
    "Check",
    "FirstDirector",
    "accept_invitation",
    "change_password",
    "change_school",
    "change_staff",
    "check_password",
    "close_sessions",
    "confirm_password",
    "create_director",
    "create_staff",
    "create_token",
    "disable_staff",
    "enable_staff",
    "end_all_sessions",
    "end_session",
    "end_session_of",
    "invite_staff",
    "new_password_hash",
    "new_setup_code",
    "open_session",
    "revoke_token",
    "set_password",
    "set_theme",
    "settle",
]
