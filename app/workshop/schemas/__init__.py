"""What the API says of the workshop, by noun."""

from app.workshop.schemas.gate import GateOut, gate_out
from app.workshop.schemas.jobs import JobOut, OperationList, OperationOut, RoutedOut, job_out
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
    "CenterLine", "CenterList", "GateOut", "JobOut", "OperationList", "OperationOut", "ReportOut", "RoutedOut",
    "SessionOut", "TicketLine", "TicketList", "TicketOut", "gate_out", "job_out", "line_out", "ticket_out",
]  # fmt: skip
