"""Where timetable, roll call and tickets do not agree."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow
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
SHOWN = 60
COLUMNS = (
    Column("Jour", lambda row: row.day), Column("Code", lambda row: row.pupil_code),
    Column("Élève", lambda row: row.name), Column("Groupe", lambda row: row.group),
    Column("Écart", lambda row: GAP_LABELS[row.gap]), Column("Minutes", lambda row: row.minutes),
    Column("Détail", lambda row: row.detail),
)  # fmt: skip


@router.get("/heures/ecarts", name="ledger.show_gaps", dependencies=READ)
def show_gaps(request: Request, db: Db, listing: Listing) -> Response:
    """The gaps of a period, this week unless asked otherwise."""
    period = dates_of(listing.values)
    rows = _asked(db, listing)
    kinds = [(gap, f"{words} ({sum(row.gap == gap for row in rows)})") for gap, words in GAP_LABELS.items()]
    kept = [row for row in rows if listing.values.get("quoi", "") in ("", row.gap)]
    return page(
        request, "ledger/gaps.html", listing=listing, period=period, rows=kept[:SHOWN], more=len(kept) - SHOWN,
        kinds=kinds, labels=GAP_LABELS, actions=ACTION_LABELS, groups=groups_of_year(db),
        form=blank_form(dict(zip(("du", "au"), period, strict=True))),
        asked=listing.request(sorts=SORTS, default="-jour"),
    )  # fmt: skip


@router.get("/heures/ecarts/export.{kind}", name="ledger.export_gaps", dependencies=READ)
def export_gaps(db: Db, listing: Listing, kind: str) -> Response:
    """The same as a table file."""
    return export("ecarts", kind, COLUMNS, _asked(db, listing))


def _asked(db: Db, listing: ListQuery) -> list[GapRow]:
    asked = listing.request(sorts=SORTS, default="-jour")
    rows = queries.list_gaps(db, *dates_of(listing.values), group=listing.values.get("groupe", ""))
    return sorted(rows, key=SORTS[asked.sort], reverse=asked.descending)
