"""Groups and the school's closures: small lists that the office keeps."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.pedagogy import queries, service
from app.pedagogy.forms import GroupChange, GroupForm
from app.pedagogy.models import PupilGroup
from app.pedagogy.rules import school_year_label
from app.web.deps import Db, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.PUPIL_READ)], [allow(Permission.PUPIL_EDIT)]
LABELS = {"code": "Code", "label": "Intitulé", "diploma": "Diplôme", "school_year": "Année scolaire"}
CLOSURE_LABELS = {"starts_on": "Premier jour", "ends_on": "Dernier jour", "label": "Motif"}


@router.get("/groupes", name="pedagogy.list_groups", dependencies=READ)
def list_groups(request: Request, db: Db) -> Response:
    """Every group with how many pupils belong to it today."""
    counts = queries.head_counts(db, today())
    return page(request, "pedagogy/group_list.html", groups=queries.list_groups(db), counts=counts)


@router.get("/groupes/nouveau", name="pedagogy.new_group", dependencies=EDIT)
def new_group(request: Request, db: Db) -> Response:
    """An empty group."""
    return _group_page(request, db, blank_form({"school_year": school_year_label(today())}), None, 200)


@router.post("/groupes", name="pedagogy.create_group", dependencies=EDIT)
def create_group(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Create a group."""
    form = posted.read(GroupForm)
    with form.refusals():
        if form.ok:
            service.create_group(db, values=form.valid.model_dump(), by=me)
            return redirect(request, url(request, "pedagogy.list_groups"), flash="Groupe créé.")
    return _group_page(request, db, form, None, form.status)


@router.get("/groupes/{code}/modifier", name="pedagogy.edit_group", dependencies=EDIT)
def edit_group(request: Request, db: Db, code: str) -> Response:
    """The group's form, filled."""
    group = queries.get_group(db, code)
    values = {name: getattr(group, name) for name in GroupChange.model_fields}
    return _group_page(request, db, blank_form(values), group, 200)


@router.post("/groupes/{code}/modifier", name="pedagogy.change_group", dependencies=EDIT)
def change_group(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Change a group's name or school year."""
    group = queries.get_group(db, code, lock=True)
    form = posted.read(GroupChange)
    with form.refusals():
        if form.ok:
            values, seen = form.valid.model_dump(), form.valid.version
            service.change_group(db, group, values=values, seen_version=seen, by=me)
            return redirect(request, url(request, "pedagogy.list_groups"), flash="Groupe enregistré.")
    return _group_page(request, db, form, group, form.status)


def _group_page(
    request: Request, db: Db, form: Form[GroupForm] | Form[GroupChange], group: PupilGroup | None, status: int
) -> Response:
    return page(
        request, "pedagogy/group_edit.html", status=status, form=form, group=group, labels=LABELS,
        diplomas=queries.diploma_options(db),
    )  # fmt: skip
