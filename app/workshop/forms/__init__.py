"""What a person may type in the workshop, by noun: the same models for the pages and for JSON."""

from app.workshop.forms.gate import OverrideForm
from app.workshop.forms.jobs import JobForm, NewJobForm, OperationForm, job_form, job_labels, with_rows_changed
from app.workshop.forms.tickets import (
    AssignmentForm,
    CorrectCountsForm,
    CorrectTimeForm,
    CountsForm,
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
    time_form,
)
from app.workshop.forms.times import (
    ConfirmBody,
    ConfirmForm,
    DayForm,
    HalfDayForm,
    HalfForm,
    confirm_form,
    read_day,
    read_half,
)

__all__ = [
    "AssignmentForm", "ConfirmBody", "ConfirmForm", "CorrectCountsForm", "CorrectTimeForm", "CountsForm", "DayForm",
    "DropTimeForm", "FinishForm", "GestureForm", "GiveForm", "HalfDayForm", "HalfForm", "JobForm", "MoveForm",
    "NewJobForm", "NoteForm", "OperationForm", "OverrideForm", "ReasonForm", "ReplaceForm", "SpanForm", "SplitForm",
    "TicketForm", "TimeForm", "VersionForm", "confirm_form", "job_form", "job_labels", "read_day", "read_half",
    "time_form", "with_rows_changed",
]  # fmt: skip
