"""Past assignments, with what the gate says of them by the facts on record."""

import re
from datetime import date, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow
from app.core.clock import today
from app.core.permissions import Permission
from app.machines.queries import Span, center_options
from app.machines.rules import Check
from app.pedagogy.queries import earliest_year
from app.pedagogy.rules import SCHOOL_YEAR_STARTS, school_year_number
from app.web.deps import Db, Listing
from app.web.listing import Column, export
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute
from app.workshop.queries.past import past_answers

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.SAFETY_READ)]
FILTERS = ("reponse", "code", "eleve", "poste")
EXPORT_ROWS = 20_000
COLUMNS = (
    Column("Jour", lambda row: row.day), Column("Bon", lambda row: row.number), Column("Élève", lambda row: row.name),
    Column("Machine", lambda row: row.center_label), Column("Donné par", lambda row: row.master),
    Column("Réponse", lambda row: row.word.may.label),
    Column("Contrôles", lambda row: ", ".join(check.value for check in row.codes)),
    Column("Pourquoi", lambda row: row.verdict.refusal.reason if row.verdict.refusal else ""),
)  # fmt: skip


@router.get("/securite/affectations", name="workshop.list_past", dependencies=READ)
def list_past(request: Request, db: Db, listing: Listing) -> Response:
    """What was given in a school year, and what the gate says of it."""
    asked = listing.request(sorts=(), default="", filters=FILTERS)
    found = past_answers(db, _days(listing), asked)
    return page(
        request, "workshop/past_list.html", listing=listing, asked=asked, past=found, found=found.page,
        years=_years(db), checks=[(check.value, check.label) for check in Check if check != Check.PPE],
        centers=center_options(db),
    )  # fmt: skip


@router.get("/securite/affectations/export.{kind}", name="workshop.export_past", dependencies=READ)
def export_past(db: Db, listing: Listing, kind: str) -> Response:
    """The filtered list as a table file."""
    asked = listing.request(sorts=(), default="", filters=FILTERS, size=EXPORT_ROWS)
    return export("affectations-passees", kind, COLUMNS, past_answers(db, _days(listing), asked).page.items)


def _days(listing: Listing) -> Span:
    """The school year of the address, up to today; this one without."""
    asked, this = listing.values.get("annee", ""), school_year_number(today())
    year = int(asked) if re.fullmatch(r"(19|20)\d\d", asked) and int(asked) <= this else this
    last = date(year + 1, SCHOOL_YEAR_STARTS, 1) - timedelta(days=1)
    return Span(date(year, SCHOOL_YEAR_STARTS, 1), min(last, today()))


def _years(db: Db) -> list[tuple[str, str]]:
    """School years with a timetable, the present one aside."""
    this = school_year_number(today())
    return [(str(year), f"{year}-{year + 1}") for year in range(this - 1, earliest_year(db) - 1, -1)]
