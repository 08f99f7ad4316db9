"""What a person may type in the workshop, by noun: the same models for the pages and for JSON."""

from app.workshop.forms.gate import OverrideForm
from app.workshop.forms.jobs import JobForm, NewJobForm, OperationForm, job_form, job_labels, with_rows_changed
from app.workshop.forms.tickets import (
    AssignmentForm,
    CorrectCountsForm,
    CorrectTimeForm,
    CountsForm,
    DayForm,
    DropTimeForm,
    FinishForm,
    GestureForm,
    GiveForm,
    MoveForm,
    NoteForm,
    ReasonForm,
    ReplaceForm,
    SpanForm,
    SplitForm,
    TicketForm,
    TimeForm,
    VersionForm,
    read_day,
    time_form,
)

__all__ = [
    "AssignmentForm", "CorrectCountsForm", "CorrectTimeForm", "CountsForm", "DayForm", "DropTimeForm", "FinishForm",
    "GestureForm", "GiveForm", "JobForm", "MoveForm", "NewJobForm", "NoteForm", "OperationForm", "OverrideForm",
    "ReasonForm", "ReplaceForm", "SpanForm", "SplitForm", "TicketForm", "TimeForm", "VersionForm", "job_form",
    "job_labels", "read_day", "time_form", "with_rows_changed",
]  # fmt: skip
