"""The ledger of one pupil: a year by months, a month by weeks, a week by days, a day down to each statement."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow
from app.core.permissions import Permission
from app.ledger import queries
from app.ledger.rules.periods import Grain
from app.ledger.screens.addresses import bounded, read_day
from app.pedagogy import queries as school
from app.pedagogy.forms import read_period
from app.web.deps import Db, Listing
from app.web.listing import Column, export
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.HOURS_READ)]
COLUMNS = (
    Column("Jour", lambda line: line.start),
    Column("Atelier prévu (min)", lambda line: line.figures.planned.practice),
    Column("Cours prévu (min)", lambda line: line.figures.planned.theory),
    Column("Atelier tenu (min)", lambda line: line.figures.held.practice),
    Column("Cours tenu (min)", lambda line: line.figures.held.theory),
    Column("Atelier présent (min)", lambda line: line.figures.attended.practice),
    Column("Cours présent (min)", lambda line: line.figures.attended.theory),
    Column("Sur les bons (min)", lambda line: line.figures.worked),
)  # fmt: skip


@router.get("/heures/eleves/{code}", name="ledger.show_pupil", dependencies=READ)
def show_pupil(request: Request, db: Db, code: str, listing: Listing) -> Response:
    """A pupil's hours over a period, by months, weeks or days."""
    form, period = read_period(listing.values)
    start, end = bounded(period, school.get_pupil_by_code(db, code).entered_on)
    ledger = queries.pupil_ledger(db, code, start, end)
    return page(
        request, "ledger/pupil_show.html", status=422 if form.errors else 200, listing=listing, form=form,
        ledger=ledger, folder=school.pupil_folder(db, code),
    )  # fmt: skip


@router.get("/heures/eleves/{code}/export.{kind}", name="ledger.export_pupil", dependencies=READ)
def export_pupil(db: Db, code: str, listing: Listing, kind: str) -> Response:
    """The same day by day as a table file, in minutes."""
    start, end = bounded(read_period(listing.values)[1], school.get_pupil_by_code(db, code).entered_on)
    return export(f"heures-{code}", kind, COLUMNS, queries.pupil_ledger(db, code, start, end, Grain.DAY).lines)


@router.get("/heures/eleves/{code}/jours/{day}", name="ledger.show_day", dependencies=READ)
def show_day(request: Request, db: Db, code: str, day: str) -> Response:
    """Where each minute of a day comes from."""
    found = queries.day_of_pupil(db, code, read_day(day))
    return page(request, "ledger/day_show.html", page=found)
