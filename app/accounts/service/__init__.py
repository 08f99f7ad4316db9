"""Writes about signing in, staff and the school."""

from app.accounts.service.entry import (
    Check,
    change_password,
    check_password,
    end_all_sessions,
    end_session,
    end_session_of,
    new_password_hash,
    open_session,
    require_own_password,
    set_password,
    set_theme,
    settle,
)
from app.accounts.service.first_run import FirstDirector, create_director, new_setup_code
from app.accounts.service.tokens import create_token, revoke_token

__all__ = [
    "Check",
    "FirstDirector",
    "change_password",
    "check_password",
    "create_director",
    "create_token",
    "end_all_sessions",
    "end_session",
    "end_session_of",
    "new_password_hash",
    "new_setup_code",
    "open_session",
    "require_own_password",
    "revoke_token",
    "set_password",
    "set_theme",
    "settle",
]
