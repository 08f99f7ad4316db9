"""What the API says of the workshop, by noun."""

from app.workshop.schemas.costs import JobCostOut, OperationCostOut, job_cost_out
from app.workshop.schemas.drawings import DrawingList, DrawingOut, drawing_out
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
from app.workshop.schemas.load import LoadOut, PromiseOut, load_out, promise_out
from app.workshop.schemas.material import (
    LotLine,
    LotList,
    LotOut,
    MaterialMoveList,
    MaterialMoveOut,
    MaterialUseList,
    MaterialUseOut,
    lot_line,
    lot_out,
    move_out,
    use_out,
)
from app.workshop.schemas.quality import (
    CheckOut,
    DefectLine,
    DefectList,
    DefectOut,
    QualityOut,
    SheetOut,
    WaitingList,
    WaitingOut,
    defect_line,
    defect_out,
    quality_out,
    sheet_out,
    waiting_out,
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
    "BatchOut", "CenterLine", "CenterList", "CheckOut", "ClocksOut", "DayOut", "DefectLine", "DefectList",
    "DefectOut", "DrawingList", "DrawingOut", "GateOut", "JobCostOut", "JobOut", "LoadOut", "LotLine", "LotList",
    "LotOut", "MaterialMoveList", "MaterialMoveOut", "MaterialUseList", "MaterialUseOut", "OperationCostOut",
    "OperationList", "OperationOut", "PointOut", "PromiseOut", "QualityOut", "ReportOut", "RoutedOut", "SessionOut",
    "SheetOut", "TemplateLine", "TemplateList", "TemplateOperationOut", "TemplateOut", "TicketLine", "TicketList",
    "TicketOut", "TicketsOut", "ValidationOut", "WaitingList", "WaitingOut", "WorkOut", "clocks_out", "day_out",
    "defect_line", "defect_out", "drawing_out", "gate_out", "job_cost_out", "job_out", "line_out", "load_out",
    "lot_line", "lot_out", "move_out", "promise_out", "quality_out", "session_out", "sheet_out", "template_line",
    "template_out", "ticket_out", "use_out", "validation_out", "waiting_out",
]  # fmt: skip
