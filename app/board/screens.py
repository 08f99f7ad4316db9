"""The home of each role, and the search."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.board import pages, queries
from app.board.rules import scale_top
from app.core.clock import today
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)


@router.get("/", name="board.home", dependencies=[allow(Permission.HOME_READ)])
def home(request: Request, db: Db, me: Me) -> Response:
    """What this person must do now, then the figures that matter to them."""
    if me.can(Permission.STAFF_MANAGE):
        found = pages.director_home(db, me, today())
        return page(request, "board/director.html", home=found, scale_top=scale_top)
    if me.can(Permission.FIGURES_READ):
        return page(request, "board/office.html", home=pages.office_home(db, me, today()), scale_top=scale_top)
    if me.can(Permission.TICKET_GIVE):
        return redirect(request, url(request, "workshop.show_today"))
    return page(request, "board/teacher.html", home=pages.teacher_home(db, me, today()))


@router.get("/chercher", name="board.search", dependencies=[allow(Permission.SEARCH)])
def search(request: Request, db: Db, me: Me, q: str = "") -> Response:
    """What a few letters find."""
    words = q.strip()[:100]
    hits = queries.search(db, words, me, today())
    return page(request, "board/search.html", words=words, hits=hits)
