"""The school's own sheet."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts import queries, rules, service
from app.accounts.deps import Me, allow
from app.accounts.forms import SchoolForm
from app.core.permissions import Permission
from app.web.deps import Db, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
MANAGE = [allow(Permission.SCHOOL_MANAGE)]


@router.get("/ecole", name="accounts.edit_school", dependencies=MANAGE)
def edit_school(request: Request, db: Db) -> Response:
    """The school's sheet, as a form."""
    school = queries.find_school(db)
    values = {name: getattr(school, name) for name in (*rules.SCHOOL_LABELS, "version")} if school else {}
    if school:
        values["practice_target"] = school.practice_target * 100
    return _school_page(request, blank_form(values))


@router.post("/ecole", name="accounts.change_school", dependencies=MANAGE)
def change_school(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Change the school's sheet."""
    form = posted.read(SchoolForm)
    with form.refusals():
        if form.ok:
            values = form.valid.model_dump()
            values["practice_target"] /= 100
            service.change_school(db, values=values, seen_version=form.valid.version, by=me)
            return redirect(request, url(request, "accounts.edit_school"), flash="Fiche de l’école enregistrée.")
    return _school_page(request, form, status=form.status)


def _school_page(request: Request, form: Form[SchoolForm], status: int = 200) -> Response:
    return page(request, "accounts/school.html", status=status, form=form, labels=rules.SCHOOL_LABELS)
