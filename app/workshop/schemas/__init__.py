"""What the API says of the workshop, by noun."""

from app.workshop.schemas.gate import GateOut, gate_out
from app.workshop.schemas.jobs import (
    JobOut,
    OperationList,
    OperationOut,
    PointOut,
    RoutedOut,
    TemplateLine,
    TemplateList,
    TemplateOperationOut,
    TemplateOut,
    WorkOut,
    job_out,
    template_line,
    template_out,
)
from app.workshop.schemas.tickets import (
    CenterLine,
    CenterList,
    ReportOut,
    SessionOut,
    TicketLine,
    TicketList,
    TicketOut,
    line_out,
    session_out,
    ticket_out,
)
from app.workshop.schemas.times import (
    BatchOut,
    ClocksOut,
    DayOut,
    TicketsOut,
    ValidationOut,
    clocks_out,
    day_out,
    validation_out,
)

__all__ = [
    "BatchOut", "CenterLine", "CenterList", "ClocksOut", "DayOut", "GateOut", "JobOut", "OperationList",
    "OperationOut", "PointOut", "ReportOut", "RoutedOut", "SessionOut", "TemplateLine", "TemplateList",
    "TemplateOperationOut", "TemplateOut", "TicketLine", "TicketList", "TicketOut", "TicketsOut", "ValidationOut",
    "WorkOut", "clocks_out", "day_out", "gate_out", "job_out", "line_out", "session_out", "template_line",
    "template_out", "ticket_out", "validation_out",
]  # fmt: skip
