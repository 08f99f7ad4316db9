"""What goes out as PDF about hours: statements, attendance sheets, certificates."""

from app.ledger.papers.attendance import (
    CertificatePaper,
    HalfDay,
    SheetPaper,
    Signing,
    draw_issued,
    fill_certificate,
    fill_sheet,
)
from app.ledger.papers.statements import StatementPaper, draw_statement, fill_statement

__all__ = [
    "CertificatePaper", "HalfDay", "SheetPaper", "Signing", "StatementPaper", "draw_issued", "draw_statement",
    "fill_certificate", "fill_sheet", "fill_statement",
]  # fmt: skip
