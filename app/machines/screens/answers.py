"""The journal of the gate's answers."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow, note_reading
from app.core.permissions import Permission
from app.machines import queries
from app.machines.queries.answers import FILTERS, SORTS
from app.machines.rules import SHEETS, AskedFor, Check, source_line
from app.web.deps import Db, Listing
from app.web.fields import Id
from app.web.listing import Column, export
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.SAFETY_READ)]
EXPORT_ROWS = 20_000
COLUMNS = (
    Column("Demandé le", lambda one: one.row.at), Column("Par", lambda one: one.row.by_name),
    Column("Pour", lambda one: AskedFor(one.row.asked_for).label), Column("Élève", lambda one: one.pupil_name),
    Column("Machine", lambda one: one.row.center_label), Column("Bon", lambda one: one.row.subject),
    Column("Jour du travail", lambda one: one.row.on_date), Column("Permis", lambda one: one.row.allowed),
    Column("Contrôles", lambda one: ", ".join(check.value for check in one.codes)),
    Column("Passé outre", lambda one: one.row.override_reason),
)  # fmt: skip


@router.get("/securite/decisions", name="machines.list_decisions", dependencies=READ)
def list_decisions(request: Request, db: Db, listing: Listing) -> Response:
    """Every answer, the latest first."""
    asked = listing.request(sorts=SORTS, default="-date", filters=FILTERS)
    return page(
        request, "machines/decision_list.html", listing=listing, asked=asked, found=queries.list_answers(db, asked),
        checks=[(check.value, check.label) for check in Check if check != Check.PPE], asked_for=AskedFor,
        centers=queries.center_options(db),
    )  # fmt: skip


@router.get("/securite/decisions/export.{kind}", name="machines.export_decisions", dependencies=READ)
def export_decisions(db: Db, listing: Listing, kind: str) -> Response:
    """The filtered answers as a table file."""
    asked = listing.request(sorts=SORTS, default="-date", filters=FILTERS, size=EXPORT_ROWS)
    return export("decisions", kind, COLUMNS, queries.list_answers(db, asked).items)


@router.get("/securite/decisions/{number}", name="machines.show_decision", dependencies=READ)
def show_decision(request: Request, db: Db, number: Id) -> Response:
    """One answer: the facts as they were, judged again. Reading it is noted."""
    found = queries.answer_given(db, number)
    note_reading(request, db, "gate_decision", number, "Réponse gardée lue")
    return page(
        request, "machines/decision_show.html", page=found, sheets=SHEETS, asked_for=AskedFor, source_line=source_line
    )
