"""What the Région asks for: hours attended per pupil in a civil or school year."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow
from app.core.clock import today
from app.core.permissions import Permission
from app.ledger import queries
from app.pedagogy.queries import ShareRow, earliest_year
from app.pedagogy.rules import Minutes, school_year_number, school_year_of
from app.web.deps import Db, Listing
from app.web.listing import Column, ListQuery, export
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
PAPER = [allow(Permission.HOURS_PAPER)]
COLUMNS = (
    Column("Code", lambda row: row.code), Column("Nom", lambda row: row.name), Column("Groupe", lambda row: row.group),
    Column("Atelier (h)", lambda row: _hours(row.attended.practice)),
    Column("Cours (h)", lambda row: _hours(row.attended.theory)),
    Column("Total (h)", lambda row: _hours(row.attended.total)),
)  # fmt: skip


def _hours(minutes: int) -> Decimal:
    """Hours to the hundredth."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)


@router.get("/heures/region", name="ledger.show_region", dependencies=PAPER)
def show_region(request: Request, db: Db, listing: Listing) -> Response:
    """The pupils of a year with what they attended."""
    start, end, label = _year(listing)
    rows = queries.region_rows(db, start, end)
    total = sum((row.attended for row in rows), Minutes())
    return page(
        request, "ledger/region.html", listing=listing, rows=rows, total=total, start=start, end=end, label=label,
        years=_years(db),
    )  # fmt: skip


@router.get("/heures/region/export.{kind}", name="ledger.export_region", dependencies=PAPER)
def export_region(db: Db, listing: Listing, kind: str) -> Response:
    """The same as a table file, in hours, with the total as its last row."""
    start, end, label = _year(listing)
    rows = queries.region_rows(db, start, end)
    total = sum((row.attended for row in rows), Minutes())
    return export(f"region-{label}", kind, COLUMNS, [*rows, ShareRow("", "Total", "", Minutes(), Minutes(), total)])


def _year(listing: ListQuery) -> tuple[date, date, str]:
    """« civile-2026 » or « annee-2026 »; this civil year when it makes no sense."""
    asked = re.fullmatch(r"(civile|annee)-(20\d\d)", listing.values.get("annee", ""))
    number = int(asked[2]) if asked else today().year
    if asked and asked[1] == "annee":
        year = school_year_of(date(number, 9, 1))
        return year.start or today(), year.end or today(), f"{number}-{number + 1}"
    return date(number, 1, 1), date(number, 12, 31), str(number)


def _years(db: Db) -> list[tuple[str, str]]:
    first = earliest_year(db)
    civil = [(f"civile-{year}", f"Année civile {year}") for year in range(today().year - 1, first - 1, -1)]
    school = range(school_year_number(today()), first - 1, -1)
    return civil + [(f"annee-{year}", f"Année scolaire {year}-{year + 1}") for year in school]
