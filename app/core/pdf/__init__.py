"""Papers as PDF: `draw`, `Sheet`, `qr_svg`."""

from app.core.pdf.engine import BadPaper, Sheet, draw
from app.core.pdf.qr import qr_svg

__all__ = ["BadPaper", "Sheet", "draw", "qr_svg"]
