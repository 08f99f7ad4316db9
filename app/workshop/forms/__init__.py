"""What a person may type in the workshop, by noun: the same models for the pages and for JSON."""

from app.workshop.forms.gate import OverrideForm
from app.workshop.forms.jobs import (
    AdoptForm,
    JobForm,
    NamingForm,
    NewJobForm,
    NewTemplateForm,
    OperationForm,
    PointForm,
    PointsForm,
    TemplateForm,
    point_labels,
    points_form,
    routing_form,
    routing_labels,
    with_rows_changed,
)
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
from app.workshop.forms.together import (
    BatchBody,
    BatchDoneBody,
    BatchDoneForm,
    BatchForm,
    HelpForm,
    WorkForm,
    batch_done_form,
    batch_form,
)

__all__ = [
    "AdoptForm", "AssignmentForm", "BatchBody", "BatchDoneBody", "BatchDoneForm", "BatchForm", "ConfirmBody",
    "ConfirmForm", "CorrectCountsForm", "CorrectTimeForm", "CountsForm", "DayForm", "DropTimeForm", "FinishForm",
    "GestureForm", "GiveForm", "HalfDayForm", "HalfForm", "HelpForm", "JobForm", "MoveForm", "NamingForm",
    "NewJobForm", "NewTemplateForm", "NoteForm", "OperationForm", "OverrideForm", "PointForm", "PointsForm",
    "ReasonForm", "ReplaceForm", "SpanForm", "SplitForm", "TemplateForm", "TicketForm", "TimeForm", "VersionForm",
    "WorkForm", "batch_done_form", "batch_form", "confirm_form", "point_labels", "points_form", "read_day",
    "read_half", "routing_form", "routing_labels", "time_form", "with_rows_changed",
]  # fmt: skip
