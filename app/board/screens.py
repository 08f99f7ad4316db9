"""What mixes every domain: the home of each role and the search."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow
from app.core.permissions import Permission
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)


@router.get("/", name="board.home", dependencies=[allow(Permission.HOME_READ)])
def home(request: Request) -> Response:
    """What this person must do now."""
    return page(request, "board/home.html")


@router.get("/chercher", name="board.search", dependencies=[allow(Permission.SEARCH)])
def search(request: Request, q: str = "") -> Response:
    """What a few letters find."""
    return page(request, "board/home.html", q=q)
