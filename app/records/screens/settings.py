"""Which documents the school asks for."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.records import queries, rules, service
from app.records.forms import RequiredForm
from app.web.deps import Db, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
EDIT = [allow(Permission.RECORD_EDIT)]
KINDS = [(kind.value, label) for kind, label in rules.DOCUMENT_LABELS.items() if kind != rules.DocumentKind.OTHER]


@router.get("/dossiers/documents/demandes", name="records.edit_required", dependencies=EDIT)
def edit_required(request: Request, db: Db) -> Response:
    """What is asked for: of everybody, and beside it per diploma."""
    now = queries.required(db)
    beside = [f"{code}:{kind}" for code, kinds in now.beside.items() for kind in kinds]
    return _shown(request, db, blank_form({"everyone": now.everyone, "beside": beside, "version": now.version}))


@router.post("/dossiers/documents/demandes", name="records.set_required", dependencies=EDIT)
def set_required(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Keep it."""
    form = posted.read(RequiredForm)
    with form.refusals():
        if form.ok:
            given = form.valid
            service.set_required(db, given.everyone, given.by_diploma, seen_version=given.version, by=me)
            return redirect(request, url(request, "records.list_due"), flash="Documents demandés enregistrés.")
    return _shown(request, db, form, form.status)


def _shown(request: Request, db: Db, form: Form[RequiredForm], status: int = 200) -> Response:
    return page(
        request, "records/required.html", status=status, form=form, kinds=KINDS, diplomas=queries.diplomas(db),
    )  # fmt: skip
