"""What ends in the next sixty days, by week."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow
from app.core.clock import today
from app.core.permissions import Permission
from app.machines import queries
from app.machines.rules.deadlines import Deadline, Matter, by_week
from app.pedagogy.queries import group_options
from app.web.deps import Db, Listing
from app.web.listing import Column, export
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.SAFETY_READ)]
COLUMNS = (
    Column("Échéance", lambda row: row.due), Column("Quoi", lambda row: row.matter.label),
    Column("Qui", lambda row: row.who), Column("Précision", lambda row: row.detail),
    Column("Groupe", lambda row: row.group), Column("À faire", lambda row: row.matter.todo),
    Column("Par", lambda row: row.matter.whose),
)  # fmt: skip


@router.get("/securite/echeances", name="machines.list_deadlines", dependencies=READ)
def list_deadlines(request: Request, db: Db, listing: Listing) -> Response:
    """Week by week, with what to do and who."""
    rows, day = _rows(db, listing), today()
    return page(
        request, "machines/deadline_list.html", weeks=by_week(rows, day), count=len(rows), listing=listing,
        over=sum(1 for row in rows if row.is_over(day)), groups=group_options(db),
        matters=[(matter.value, matter.label) for matter in Matter], asked=listing.values,
    )  # fmt: skip


@router.get("/securite/echeances/export.{kind}", name="machines.export_deadlines", dependencies=READ)
def export_deadlines(db: Db, listing: Listing, kind: str) -> Response:
    """The same as a table file."""
    return export("echeances", kind, COLUMNS, _rows(db, listing))


def _rows(db: Db, listing: Listing) -> list[Deadline]:
    matter, group = listing.values.get("quoi", ""), listing.values.get("groupe", "")
    return [
        row for row in queries.deadlines(db, today())
        if matter in ("", row.matter.value) and group in ("", row.group)
    ]  # fmt: skip
