"""Reads of the pupil's file, by subject."""

from app.records.queries.files import (
    DUE_FILTERS,
    SORTS,
    adjustments_of,
    documents_of,
    due_list,
    get_adjustment,
    get_document,
    get_note,
    notes_for,
    reader_of,
    support_choices,
)
from app.records.queries.settings import diplomas, required
from app.records.queries.years import first_call, get_change, groups_of_year, left_behind, year_page, year_runs

__all__ = [
    "DUE_FILTERS", "SORTS", "adjustments_of", "diplomas", "documents_of", "due_list", "first_call", "get_adjustment",
    "get_change", "get_document", "get_note", "groups_of_year", "left_behind", "notes_for", "reader_of", "required",
    "support_choices", "year_page", "year_runs",
]  # fmt: skip
