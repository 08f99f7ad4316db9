"""Writes of the pupil's file, by subject."""

from app.records.service.files import (
    add_adjustment,
    add_document,
    end_adjustment,
    remove_document,
    set_support,
    take_back_note,
    write_note,
)
from app.records.service.settings import set_required
from app.records.service.years import Choice, change_year, create_groups, last_days, plan_year, undo_year

__all__ = [
    "Choice", "add_adjustment", "add_document", "change_year", "create_groups", "end_adjustment", "last_days",
    "plan_year", "remove_document", "set_required", "set_support", "take_back_note", "undo_year", "write_note",
]  # fmt: skip
