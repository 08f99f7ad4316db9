"""The two papers for the labour inspector, drawn when they are asked for."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow, note_reading
from app.core.clock import today
from app.core.permissions import Permission
from app.machines import papers
from app.machines.queries.printing import declaration_facts, young_facts
from app.machines.screens.pupils import day_asked
from app.web.deps import Db, Listing
from app.web.papers import show_pdf
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.SAFETY_READ)]


@router.get("/securite/declarations/{code}/declaration.pdf", name="machines.print_declaration", dependencies=READ)
def print_declaration(db: Db, me: Me, code: str) -> Response:
    """The declaration as a letter."""
    told = papers.fill_declaration(declaration_facts(db, code, today()))
    return show_pdf(f"declaration {code}", papers.draw_declaration(told, school=me.school_name))


@router.get("/securite/jeunes.pdf", name="machines.print_young", dependencies=READ)
def print_young(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """The list of R4153-45, kept at the inspector's disposal. Reading it is noted."""
    day = day_asked(listing)
    told = papers.fill_young_workers(young_facts(db, day), day, place=me.school_name)
    note_reading(request, db, "school_health", 1, "Liste des jeunes imprimée (R4153-45)")
    return show_pdf(f"jeunes {day}", papers.draw_young_workers(told, school=me.school_name))
