"""What the edge itself serves: the health check and, in development, the style guide."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from app.core.errors import NotFound
from app.core.health import database_answers
from app.web.deps import PUBLIC
from app.web.pages import page

router = APIRouter(include_in_schema=False)


@router.get("/health", name="web.health", dependencies=[PUBLIC])
def health(request: Request) -> Response:
    """200 when the database answers; says nothing else to strangers."""
    if not database_answers(request.app.state.database):
        return JSONResponse({"status": "unavailable"}, 503)
    return JSONResponse({"status": "ok"})


@router.get("/styleguide", name="web.styleguide", dependencies=[PUBLIC])
def styleguide(request: Request) -> Response:
    """Every component in every state, in development only."""
    if not request.app.state.settings.development:
        raise NotFound()
    return page(request, "web/styleguide.html")
