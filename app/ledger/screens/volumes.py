"""Hours held against the yearly volume."""

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.accounts.queries import get_staff
from app.core.clock import today
from app.core.permissions import Permission, Role
from app.ledger import queries
from app.pedagogy import queries as school
from app.pedagogy.queries.logs import groups_of_year
from app.web.deps import Db, Listing
from app.web.listing import Column, ListQuery, export
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.HOURS_READ)]
COLUMNS = (
    Column("Groupe", lambda row: row.group), Column("Matière", lambda row: row.subject),
    Column("Type", lambda row: row.kind_label), Column("Intervenant", lambda row: row.staff),
    Column("Volume annuel (min)", lambda row: row.yearly), Column("Prévu dans l’année (min)", lambda row: row.planned),
    Column("Prévu à ce jour (min)", lambda row: row.due), Column("Tenu (min)", lambda row: row.held),
    Column("Sans appel (min)", lambda row: row.uncalled), Column("À rattraper (min)", lambda row: row.to_catch_up),
    Column("Rattrapage prévu (min)", lambda row: row.coming),
)  # fmt: skip


@router.get("/heures/volumes", name="ledger.show_volumes", dependencies=READ)
def show_volumes(request: Request, db: Db, me: Me, listing: Listing) -> Response:
    """Planned, held and to catch up, by group, subject and teacher; a teacher sees their own first."""
    asked = _asked(db, me, listing)
    return page(
        request, "ledger/volumes.html", listing=listing, rows=_rows(db, me, listing), asked=asked,
        groups=groups_of_year(db), people=school.staff_options(db),
    )  # fmt: skip


@router.get("/heures/volumes/export.{kind}", name="ledger.export_volumes", dependencies=READ)
def export_volumes(db: Db, me: Me, listing: Listing, kind: str) -> Response:
    """The same as a table file, in minutes."""
    return export("volumes", kind, COLUMNS, _rows(db, me, listing))


def _rows(db: Db, me: Me, listing: ListQuery) -> list[queries.Volume]:
    group, staff, day = _asked(db, me, listing)
    return queries.volumes(db, day, group=group, staff=staff)


def _asked(db: Db, me: Me, listing: ListQuery) -> tuple[str, str, date]:
    staff = listing.values.get("personne", "")
    if me.role == Role.TEACHER and "personne" not in listing.values and me.staff_id is not None:
        staff = get_staff(db, me.staff_id).code
    return listing.values.get("groupe", ""), staff, today()
