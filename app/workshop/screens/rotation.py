"""Who never ran which machine, did which work, showed which skill."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow
from app.core.permissions import Permission
from app.web.deps import Db, Listing
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries
from app.workshop.queries.rotation_page import VIEWS

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.TICKET_READ)]


@router.get("/atelier/rotation", name="workshop.show_rotation", dependencies=READ)
def show_rotation(request: Request, db: Db, listing: Listing) -> Response:
    """The matrix of a class, and what waits for somebody to learn on it."""
    view = listing.values.get("vue", "")
    found = queries.rotation_page(db, group=listing.values.get("groupe", ""), view=view if view in VIEWS else VIEWS[0])
    return page(request, "workshop/rotation.html", found=found, listing=listing)
