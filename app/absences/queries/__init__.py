"""Reads of absences, by subject."""

from app.absences.queries.letters import LetterFacts, asked_month, find_letter, get_letter, letter_facts, month_words
from app.absences.queries.outbox import OutboxPage, outbox_page
from app.absences.queries.pages import (
    DayLine,
    DayPage,
    ListLine,
    MonthLine,
    MonthPage,
    PupilPage,
    Watch,
    absence_watch,
    count_to_tell,
    day_lines,
    day_page,
    list_absences,
    month_page,
    pupil_page,
)
from app.absences.queries.reasons import get_reason, staff_names
from app.absences.queries.register import CalledSession, Register, register_of
from app.pedagogy.queries.absences import Away, Late, Who, away_between, late_between, whole_half_days

__all__ = [
    "Away", "CalledSession", "DayLine", "DayPage", "Late", "LetterFacts", "ListLine", "MonthLine", "MonthPage",
    "OutboxPage", "PupilPage", "Register", "Watch", "Who", "absence_watch", "asked_month", "away_between",
    "count_to_tell", "day_lines", "day_page", "find_letter", "get_letter", "get_reason", "late_between",
    "letter_facts", "list_absences", "month_page", "month_words", "outbox_page", "pupil_page",
    "register_of", "staff_names", "whole_half_days",
]  # fmt: skip
