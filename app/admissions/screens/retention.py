"""What is kept how long, in the school's own words."""

from dataclasses import asdict

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.admissions import queries, service
from app.admissions.forms import RetentionForm
from app.admissions.rules import Retention
from app.core.permissions import Permission
from app.web.deps import Db, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
EDIT = [allow(Permission.ADMISSION_EDIT)]


@router.get("/candidats/conservation/modifier", name="admissions.edit_retention", dependencies=EDIT)
def edit_retention(request: Request, db: Db) -> Response:
    """What is kept how long, with an empty row to add one."""
    now = queries.kept(db)
    rows = {f"rows-{place}-{name}": words for place, row in enumerate(now.rows) for name, words in asdict(row).items()}
    empty = {f"rows-{len(now.rows)}-data": ""}
    return _shown(request, blank_form({"months": now.months, "version": now.version} | rows | empty))


@router.post("/candidats/conservation/modifier", name="admissions.set_retention", dependencies=EDIT)
def set_retention(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Keep it."""
    form = posted.read(RetentionForm)
    with form.refusals():
        if form.ok:
            given = form.valid
            rows = [Retention(**row.model_dump()) for row in given.rows]
            service.set_retention(db, given.months, rows, seen_version=given.version, by=me)
            target = url(request, "admissions.show_retention")
            return redirect(request, target, flash="Durées de conservation enregistrées.")
    return _shown(request, form, form.status)


def _shown(request: Request, form: Form[RetentionForm], status: int = 200) -> Response:
    return page(request, "admissions/retention_edit.html", status=status, form=form)
