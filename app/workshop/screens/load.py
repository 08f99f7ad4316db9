"""The load of the workshop, and a date for new work."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow
from app.core.permissions import Permission
from app.web.deps import Db, Listing
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules
from app.workshop.forms import read_load

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.TICKET_READ)]


@router.get("/atelier/charge", name="workshop.show_load", dependencies=READ)
def show_load(request: Request, db: Db, listing: Listing) -> Response:
    """What is left to make against the hours of machines and pupils; with a routing and a quantity, a date."""
    form = read_load(listing.values)
    promised = None
    with form.refusals():
        if form.ok and form.valid.gamme and form.valid.pieces:
            promised = queries.load_page(db, template=form.valid.gamme, quantity=form.valid.pieces)
    found = promised or queries.load_page(db)
    return page(
        request, "workshop/load.html", status=422 if form.errors else 200, load=found, form=form,
        templates=queries.template_options(db), minutes=rules.minutes, days_late=rules.days_late,
    )  # fmt: skip
