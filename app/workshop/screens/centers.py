"""Machines and benches: the list with their load, the page of one. What is known of them is changed in `machines`."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow
from app.core.permissions import Permission
from app.web.deps import Db, Listing
from app.web.listing import Column, export
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.TICKET_READ)]
COLUMNS = (
    Column("Code", lambda row: row.code), Column("Intitulé", lambda row: row.label),
    Column("Capacité", lambda row: row.capacity), Column("Travaux réglementés", lambda row: row.articles),
    Column("Évaluation des risques", lambda row: row.risk_assessed_on),
    Column("État", lambda row: row.state.label), Column("Au travail", lambda row: row.working),
    Column("Bons donnés", lambda row: row.tickets),
    Column("Charge (minutes)", lambda row: rules.minutes(row.load_seconds)),
)  # fmt: skip


@router.get("/atelier/machines", name="workshop.list_work_centers", dependencies=READ)
def list_work_centers(request: Request, db: Db, listing: Listing) -> Response:
    """Every machine with its load."""
    text = listing.values.get("q", "")[:200].strip()
    rows = queries.list_work_centers(db, text)
    return page(request, "workshop/center_list.html", rows=rows, text=text, listing=listing, minutes=rules.minutes)


@router.get("/atelier/machines/export.{kind}", name="workshop.export_work_centers", dependencies=READ)
def export_work_centers(db: Db, listing: Listing, kind: str) -> Response:
    """The machines as a table file."""
    return export("machines", kind, COLUMNS, queries.list_work_centers(db, listing.values.get("q", "")[:200].strip()))


@router.get("/atelier/machines/{code}", name="workshop.show_work_center", dependencies=READ)
def show_work_center(request: Request, db: Db, code: str) -> Response:
    """One machine: who is on it, what waits for it."""
    found = queries.center_page(db, code)
    return page(request, "workshop/center_show.html", page=found, minutes=rules.minutes, days_late=rules.days_late)
