"""Jobs with their routing, tickets given to pupils, the facts booked on them, checks and material."""

from app.workshop.models.material import MaterialLot, MaterialMove
from app.workshop.models.quality import CheckResult, Defect, HelpRequest, Release
from app.workshop.models.routings import (
    CheckPoint,
    Drawing,
    Job,
    Operation,
    RoutingTemplate,
    TemplateCheckPoint,
    TemplateOperation,
)
from app.workshop.models.tickets import Assignment, QuantityReport, Ticket, TimeValidation, WorkSession

__all__ = [
    "Assignment", "CheckPoint", "CheckResult", "Defect", "Drawing", "HelpRequest", "Job", "MaterialLot",
    "MaterialMove", "Operation", "QuantityReport", "Release", "RoutingTemplate",
    "TemplateCheckPoint", "TemplateOperation", "Ticket", "TimeValidation", "WorkSession",
]  # fmt: skip
