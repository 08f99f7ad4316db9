"""The list of applicants with its figures, what is kept how long, welcome sheets."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.accounts.queries import find_school
from app.admissions import papers, queries, rules
from app.core.clock import today
from app.core.errors import Refused
from app.core.paging import SCREEN_SIZE, ListRequest
from app.core.permissions import Permission
from app.pedagogy.rules import school_year_label, school_year_number
from app.web.deps import Db, Listing
from app.web.listing import Column, ListQuery, export
from app.web.pages import page
from app.web.papers import show_pdf
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.ADMISSION_READ)]
EXPORT_ROWS = 20_000
STEPS = [("ouverts", "En cours"), *((step.value, label) for step, label in rules.STEP_LABELS.items()), ("tous", "Tous")]
COLUMNS = (
    Column("Numéro", lambda row: row.number), Column("Nom", lambda row: row.last_name),
    Column("Prénom", lambda row: row.first_name), Column("Né(e) le", lambda row: row.born_on),
    Column("Étape", lambda row: rules.STEP_LABELS[row.step]), Column("Reçue le", lambda row: row.received_on),
    Column("Dernier contact", lambda row: row.last_contact_on), Column("Pour", lambda row: row.diploma),
    Column("Année scolaire", lambda row: row.school_year), Column("Vient de", lambda row: row.present_school),
)  # fmt: skip


def next_year() -> str:
    """The school year people apply for."""
    first = school_year_number(today()) + 1
    return f"{first}-{first + 1}"


def _asked(listing: ListQuery, size: int = SCREEN_SIZE) -> ListRequest:
    return listing.request(sorts=queries.SORTS, default="-date", filters=queries.FILTERS, size=size)


@router.get("/candidats", name="admissions.list_applicants", dependencies=READ)
def list_applicants(request: Request, db: Db, listing: Listing) -> Response:
    """The applicants on their way, with how many stand where."""
    asked = _asked(listing)
    years = sorted({*queries.years_of(db), next_year(), school_year_label(today())}, reverse=True)
    return page(
        request, "admissions/list.html", listing=listing, asked=asked, found=queries.list_applicants(db, asked),
        counts=queries.count_applicants(db, asked.filters.get("annee") or next_year(), today()), steps=STEPS,
        year=asked.filters.get("annee") or next_year(), years=[(year, year) for year in years],
        weeks=queries.weeks_ahead(db, today()), step_labels=rules.STEP_LABELS,
    )  # fmt: skip


@router.get("/candidats/export.{kind}", name="admissions.export_applicants", dependencies=READ)
def export_applicants(db: Db, listing: Listing, kind: str) -> Response:
    """The filtered applicants as a table file."""
    return export("candidats", kind, COLUMNS, queries.list_applicants(db, _asked(listing, EXPORT_ROWS)).items)


@router.get("/candidats/accueil.pdf", name="admissions.print_welcomes", dependencies=READ)
def print_welcomes(db: Db, me: Me) -> Response:
    """A welcome sheet for everybody whose observation week is ahead."""
    numbers = dict.fromkeys(week.number for week in queries.weeks_ahead(db, today()))
    files = [queries.applicant_file(db, number) for number in numbers]
    if not files:
        raise Refused("Aucune semaine d’observation n’est prévue.")
    return show_pdf("fiches accueil", papers.draw_welcome(files, find_school(db), name=me.school_name))


@router.get("/candidats/conservation", name="admissions.show_retention", dependencies=READ)
def show_retention(request: Request, db: Db) -> Response:
    """What is kept how long, and the applications whose time is over."""
    return page(
        request, "admissions/retention.html", retention=queries.kept(db).told, due=queries.due_to_erase(db, today()),
        step_labels=rules.STEP_LABELS,
    )  # fmt: skip
