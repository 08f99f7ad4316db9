"""All the data of one pupil: seen in counts, then handed out as PDF or JSON. Each export stands in the journal."""

import json

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core import journal
from app.core.clock import now
from app.core.permissions import Permission
from app.exchange.papers import draw_person
from app.exchange.person import collect, count_rows, withheld
from app.pedagogy import queries as pedagogy
from app.web.deps import Db
from app.web.pages import page
from app.web.papers import show_pdf
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
EXPORT = [allow(Permission.DATA_EXPORT)]


@router.get("/eleves/{code}/donnees", name="exchange.show_person", dependencies=EXPORT)
def show_person(request: Request, db: Db, me: Me, code: str) -> Response:
    """What would be handed out: each kind of data with how many rows."""
    folder = pedagogy.pupil_folder(db, code)
    return page(
        request, "exchange/person.html", folder=folder, counts=count_rows(db, folder.pupil, me),
        withheld=withheld(db, folder.pupil, me), tab="dossier",
    )  # fmt: skip


@router.post("/eleves/{code}/donnees.pdf", name="exchange.print_person", dependencies=EXPORT)
def print_person(db: Db, me: Me, code: str) -> Response:
    """The paper."""
    pupil = pedagogy.get_pupil_by_code(db, code)
    content = draw_person(collect(db, pupil, me), school=me.school_name)
    journal.record(db, pupil, "export", "Toutes les données remises en PDF (droit d’accès)", by=me)
    return show_pdf(f"donnees {code}", content)


@router.post("/eleves/{code}/donnees.json", name="exchange.export_person", dependencies=EXPORT)
def export_person(db: Db, me: Me, code: str) -> Response:
    """The same for a machine: each table by its name."""
    pupil = pedagogy.get_pupil_by_code(db, code)
    data = collect(db, pupil, me)
    document = {
        "pupil": pupil.code, "name": pupil.full_name, "exported_at": now().isoformat(), "withheld_notes": data.withheld,
        "data": {section.name: section.stored for section in data.sections},
    }  # fmt: skip
    journal.record(db, pupil, "export", "Toutes les données remises en fichier (droit d’accès)", by=me)
    headers = {
        "Content-Disposition": f'attachment; filename="donnees-{pupil.id}.json"', "Cache-Control": "no-store"
    }  # fmt: skip
    return Response(json.dumps(document, ensure_ascii=False, indent=2), media_type="application/json", headers=headers)
