"""Papers as answers: what stands in the head of each, and the response that a browser shows."""

import re

from starlette.responses import Response

from app.core.clock import local, now
from app.core.pdf import Sheet
from app.core.text import fold
from app.web.filters import clock, date_fr

_UNFIT = re.compile(r"[^a-z0-9]+")


def new_sheet(kind: str, number: str, *, school: str, several: str = "") -> Sheet:
    """The head of a paper that is printed now: « Fiche suiveuse », OF2026-0203, the school, the day and the minute.

    A file of several papers has a title of its own; each has its number from the template.
    """
    moment = now().replace(second=0, microsecond=0)
    return Sheet(kind, number, school, f"{date_fr(local(moment).date())} à {clock(moment)}", moment, several)


def show_pdf(name: str, content: bytes) -> Response:
    """A paper, shown by the browser under a plain file name. Nothing of it stays in a shared machine's cache."""
    plain = _UNFIT.sub("-", fold(name)).strip("-") or "document"
    headers = {"Content-Disposition": f'inline; filename="{plain}.pdf"', "Cache-Control": "no-store"}
    return Response(content, media_type="application/pdf", headers=headers)
