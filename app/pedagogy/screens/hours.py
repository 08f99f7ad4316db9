"""Hours and practice share: planned, held, attended, per group and pupil, for a period."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow
from app.core.permissions import Permission
from app.pedagogy import queries
from app.pedagogy.forms import read_period
from app.pedagogy.queries import ShareRow
from app.pedagogy.rules import Minutes
from app.web.deps import Db, Listing
from app.web.listing import Column, ListQuery, export
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.HOURS_READ)]


def _column(label: str, name: str, kind: str) -> Column:
    def value(row: ShareRow) -> object:
        minutes: Minutes = getattr(row, name)
        return getattr(minutes, kind)

    return Column(label, value)


COLUMNS = (
    Column("Code", lambda row: row.code), Column("Nom", lambda row: row.name), Column("Groupe", lambda row: row.group),
    _column("Atelier prévu (min)", "planned", "practice"), _column("Cours prévu (min)", "planned", "theory"),
    _column("Part prévue", "planned", "share"),
    _column("Atelier tenu (min)", "held", "practice"), _column("Cours tenu (min)", "held", "theory"),
    _column("Part tenue", "held", "share"),
    _column("Atelier présent (min)", "attended", "practice"), _column("Cours présent (min)", "attended", "theory"),
    _column("Part présente", "attended", "share"),
)  # fmt: skip


@router.get("/heures", name="pedagogy.show_hours", dependencies=READ)
def show_hours(request: Request, db: Db, listing: Listing) -> Response:
    """The report of a period; this school year unless asked otherwise."""
    form, period = read_period(listing.values)
    found = queries.hours_page(db, period, listing.values.get("groupe", ""))
    return page(
        request, "pedagogy/hours.html", status=422 if form.errors else 200, listing=listing, form=form, page=found
    )


@router.get("/heures/export.{kind}", name="pedagogy.export_hours", dependencies=READ)
def export_hours(db: Db, listing: Listing, kind: str) -> Response:
    """The pupils of the report as a table file, in minutes."""
    return export("heures", kind, COLUMNS, _report(db, listing).pupils)


def _report(db: Db, listing: ListQuery) -> queries.ShareReport:
    _, period = read_period(listing.values)
    code = listing.values.get("groupe", "")
    return queries.practice_share(db, period, queries.get_group(db, code) if code else None, planned=True)
