"""Quality over a period: rates, causes, cost in time. Machines, operations and classes, never a ranking of pupils."""

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow
from app.core.clock import today
from app.core.permissions import Permission
from app.pedagogy.queries import group_options
from app.pedagogy.rules import school_year_of
from app.web.deps import Db, Listing
from app.web.forms import Form
from app.web.listing import Column, ListQuery, export
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules
from app.workshop.forms import PeriodForm, read_period

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.TICKET_READ)]
COLUMNS = (
    Column("Répartition", lambda row: row[0]), Column("Valeur", lambda row: row[1]),
    Column("Pièces passées", lambda row: row[2].passed), Column("Bonnes", lambda row: row[2].good),
    Column("Rebuts", lambda row: row[2].scrap), Column("Retouchées", lambda row: row[2].reworked),
    Column("Acceptées", lambda row: row[2].accepted), Column("Taux de rebut", lambda row: row[2].scrap_rate_here),
    Column("Taux de retouche", lambda row: row[2].rework_rate_here),
    Column("Bon du premier coup", lambda row: row[2].first_pass_rate_here),
)  # fmt: skip


@router.get("/atelier/qualite", name="workshop.show_quality", dependencies=READ)
def show_quality(request: Request, db: Db, listing: Listing) -> Response:
    """Rates and causes of a period: the school year to today unless asked otherwise."""
    form, first, last = _period(listing)
    found = _asked(db, listing, first, last)
    months = [(month, found.pieces.months.get(month)) for month in rules.months_of(first, last)][-12:]
    return page(
        request, "workshop/quality.html", status=422 if form.errors else 200, found=found, months=months, form=form,
        listing=listing, centers=queries.center_options(db), groups=group_options(db), minutes=rules.minutes,
        to_decide=queries.count_open_defects(db), to_release=queries.count_releases(db),
    )  # fmt: skip


@router.get("/atelier/qualite/export.{kind}", name="workshop.export_quality", dependencies=READ)
def export_quality(db: Db, listing: Listing, kind: str) -> Response:
    """The same figures as a table file."""
    _, first, last = _period(listing)
    pieces = _asked(db, listing, first, last).pieces
    parts = (
        ("Mois", pieces.months), ("Machine", pieces.centers), ("Opération", pieces.operations),
        ("Classe", pieces.groups),
    )  # fmt: skip
    rows = [("Total", "", pieces.total)]
    rows += [(part, key, tally) for part, tallies in parts for key, tally in sorted(tallies.items())]
    return export("qualité", kind, COLUMNS, rows)


def _period(listing: ListQuery) -> tuple[Form[PeriodForm], date, date]:
    form = read_period(listing.values)
    first, last = school_year_of(today()).start or today(), today()
    if form.ok:
        asked = form.valid.du or first, form.valid.au or last
        if sentence := rules.why_not_period(*asked):
            form.refuse(sentence, "au")
        else:
            first, last = asked
    form.values.setdefault("du", "")
    form.values["du"] = form.values["du"] or first.isoformat()
    form.values["au"] = form.values.get("au") or last.isoformat()
    return form, first, last


def _asked(db: Db, listing: ListQuery, first: date, last: date) -> queries.Quality:
    return queries.quality_of(
        db, first, last, center=listing.values.get("poste") or None, group=listing.values.get("classe") or None
    )  # fmt: skip
