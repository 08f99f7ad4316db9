"""Papers as PDF: `draw`, `Sheet`, `qr_svg`; a page of somebody's PDF as a picture: `first_page`."""

from app.core.pdf.engine import BadPaper, Sheet, draw
from app.core.pdf.picture import first_page
from app.core.pdf.qr import qr_svg

__all__ = ["BadPaper", "Sheet", "draw", "first_page", "qr_svg"]
