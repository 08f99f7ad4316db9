"""The absences of one pupil, for the school year."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.absences import queries
from app.absences.rules import when_words
from app.accounts.deps import allow
from app.core.permissions import Permission
from app.pedagogy.queries import pupil_folder
from app.pedagogy.rules.reasons import REASON_CODES
from app.web.deps import Db
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)


@router.get("/eleves/{code}/absences", name="absences.show_pupil", dependencies=[allow(Permission.ABSENCE_READ)])
def show_pupil(request: Request, db: Db, code: str) -> Response:
    """Absences, half-days by month, reasons and letters of this school year (R131-6)."""
    folder = pupil_folder(db, code)
    found = queries.pupil_page(db, folder.pupil.id)
    return page(
        request, "absences/pupil.html", folder=folder, tab="absences", page=found, codes=REASON_CODES,
        words=queries.month_words, when=when_words,
    )  # fmt: skip
