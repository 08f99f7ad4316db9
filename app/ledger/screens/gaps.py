"""Where timetable, roll call and tickets do not agree."""

from collections import Counter
from dataclasses import replace

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.ledger import queries
from app.ledger.queries.gaps import SORTS, GapRow
from app.ledger.rules.gaps import ACTION_LABELS, GAP_LABELS
from app.ledger.screens.addresses import dates_of
from app.pedagogy.queries.logs import groups_of_year
from app.web.deps import Db, Listing
from app.web.forms import blank_form
from app.web.listing import Column, ListQuery, export
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.HOURS_READ)]
MOST_ROWS = 1_000_000
COLUMNS = (
    Column("Jour", lambda row: row.day), Column("Code", lambda row: row.pupil_code),
    Column("Élève", lambda row: row.name), Column("Groupe", lambda row: row.group),
    Column("Écart", lambda row: GAP_LABELS[row.gap]), Column("Minutes", lambda row: row.minutes),
    Column("Détail", lambda row: row.detail),
)  # fmt: skip


@router.get("/heures/ecarts", name="ledger.show_gaps", dependencies=READ)
def show_gaps(request: Request, db: Db, listing: Listing) -> Response:
    """The gaps of a period, this week unless asked otherwise."""
    period, asked = dates_of(listing.values), _request(listing)
    found = _found(db, listing)
    counts = Counter(row.gap for row in found)
    kinds = [(gap, f"{words} ({counts[gap]})") for gap, words in GAP_LABELS.items()]
    return page(
        request, "ledger/gaps.html", listing=listing, period=period, rows=queries.page_of_gaps(found, asked),
        kinds=kinds, labels=GAP_LABELS, actions=ACTION_LABELS, groups=groups_of_year(db), asked=asked,
        form=blank_form(dict(zip(("du", "au"), period, strict=True))),
    )  # fmt: skip


@router.get("/heures/ecarts/export.{kind}", name="ledger.export_gaps", dependencies=READ)
def export_gaps(db: Db, listing: Listing, kind: str) -> Response:
    """The same as a table file, with its filters and in its order; all of it."""
    rows = queries.page_of_gaps(_found(db, listing), replace(_request(listing), page=1, size=MOST_ROWS))
    return export("ecarts", kind, COLUMNS, rows.items)


def _request(listing: ListQuery) -> ListRequest:
    return listing.request(sorts=SORTS, default="-jour", filters=("quoi", "groupe"))


def _found(db: Db, listing: ListQuery) -> list[GapRow]:
    return queries.list_gaps(db, *dates_of(listing.values), group=listing.values.get("groupe", ""))
