"""The papers of the workshop, drawn when they are asked for: nothing is stored, nothing is written."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.errors import NotFound
from app.core.permissions import Permission
from app.web.deps import Db, Listing
from app.web.filters import day_fr
from app.web.pages import url
from app.web.papers import show_pdf
from app.web.routing import UnitOfWorkRoute
from app.workshop import papers, queries

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.TICKET_READ)]


@router.get("/atelier/of/{number}/fiche.pdf", name="workshop.print_traveller", dependencies=READ)
def print_traveller(request: Request, db: Db, me: Me, number: str) -> Response:
    """The traveller of a job."""
    facts = queries.traveller(db, number)
    address = request.app.state.settings.address + url(request, "workshop.show_job", number=number)
    drawn = papers.draw_traveller(facts, address=address, school=me.school_name)
    return show_pdf(f"fiche suiveuse {number}", drawn)


@router.get("/atelier/bons/{number}/bon.pdf", name="workshop.print_ticket", dependencies=READ)
def print_ticket(request: Request, db: Db, me: Me, number: str) -> Response:
    """One ticket as a slip."""
    return _slips(request, me.school_name, f"bon de travail {number}", [queries.slip(db, number)])


@router.get("/atelier/bons/du-jour.pdf", name="workshop.print_day", dependencies=READ)
def print_day(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """Every ticket that the board shows in somebody's hands, in the board's order."""
    day, mine = today(), {"moi": True, "tous": False}.get(listing.values.get("vue", ""))
    slips = queries.slips_of_day(db, day, staff_id=me.staff_id, mine=mine)
    if not slips:
        raise NotFound(f"Aucun bon n’est donné pour le {day_fr(day)}.")
    return _slips(request, me.school_name, f"bons du {day:%Y-%m-%d}", slips)


def _slips(request: Request, school: str, name: str, slips: list[queries.SlipFacts]) -> Response:
    def address(number: str) -> str:
        return str(request.app.state.settings.address + url(request, "workshop.show_ticket", number=number))

    return show_pdf(name, papers.draw_slips(slips, address=address, school=school))
