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
    ticket_out,
)

__all__ = [
    "CenterLine", "CenterList", "GateOut", "JobOut", "OperationList", "OperationOut", "PointOut", "ReportOut",
    "RoutedOut", "SessionOut", "TemplateLine", "TemplateList", "TemplateOperationOut", "TemplateOut", "TicketLine",
    "TicketList", "TicketOut", "WorkOut", "gate_out", "job_out", "line_out", "template_line", "template_out",
    "ticket_out",
]  # fmt: skip
