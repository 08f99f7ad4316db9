"""Frameworks: versions, their import with a preview, the names of the four steps."""

from operator import itemgetter

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.core.tabular import Table, read_table
from app.learning.forms import FrameworkForm, LevelNamesForm
from app.learning.queries import frameworks as queries
from app.learning.rules.frameworks import NEEDED, blocks_of
from app.learning.service import frameworks as service
from app.pedagogy.queries import level_names
from app.web.deps import Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, Posted, blank_form
from app.web.listing import Column, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.SKILL_READ)], [allow(Permission.FRAMEWORK_EDIT)]
LABELS = {"label": "Nom de la version", "from_session": "Première session", "file": "Fichier"}
LEVEL_LABELS = {f"level_{level}": f"Niveau {level}" for level in range(1, 5)}
COLUMNS = tuple(Column(name, itemgetter(place)) for place, name in enumerate((*NEEDED, "indicator")))


@router.get("/referentiels", name="learning.list_frameworks", dependencies=READ)
def list_frameworks(request: Request, db: Db) -> Response:
    """Every diploma with its versions, and the names of the four steps."""
    return _list_page(request, db, blank_form({f"level_{n}": name for n, name in level_names(db).items()}))


@router.post("/referentiels/niveaux", name="learning.name_levels", dependencies=EDIT)
def name_levels(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """The school's own words for the four steps."""
    form = posted.read(LevelNamesForm)
    with form.refusals():
        if form.ok:
            service.name_levels(db, form.valid.names, by=me)
            return redirect(request, url(request, "learning.list_frameworks"), flash="Noms des niveaux enregistrés.")
    return _list_page(request, db, form, status=form.status)


@router.get("/referentiels/import", name="learning.new_framework", dependencies=EDIT)
def new_framework(request: Request) -> Response:
    """Which file, which session it begins with."""
    return _import_page(request, blank_form({"from_session": today().year + 1, "label": f"Version {today().year}"}))


@router.post("/referentiels/apercu", name="learning.preview_framework", dependencies=EDIT)
def preview_framework(request: Request, db: Db, posted: PostedForm) -> Response:
    """What the file would change, or every line that is wrong; nothing is stored."""
    form = posted.read(FrameworkForm)
    with form.refusals():
        table = _table(posted, form)
        if form.ok and table is not None:
            plan = queries.plan_import(db, table, form.valid.from_session)
            status = 200 if plan.ok else 422
            form.values["table"] = table.as_text()
            return page(request, "learning/framework_preview.html", status=status, form=form, plan=plan)
    return _import_page(request, form, status=form.status)


@router.post("/referentiels", name="learning.store_framework", dependencies=EDIT)
def store_framework(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Store what was previewed, checked again: all of the file or nothing."""
    form = posted.read(FrameworkForm)
    with form.refusals():
        table = _table(posted, form)
        if form.ok and table is not None:
            typed = form.valid
            stored = service.store_frameworks(db, table, label=typed.label, from_session=typed.from_session, by=me)
            target = url(request, "learning.show_framework", framework_id=stored[0].id)
            return redirect(request, target, flash="Référentiel enregistré.")
    return _import_page(request, form, status=form.status)


@router.get("/referentiels/{framework_id}", name="learning.show_framework", dependencies=READ)
def show_framework(request: Request, db: Db, framework_id: Id) -> Response:
    """A version: its blocks, skills and indicators."""
    found = queries.get_framework(db, framework_id)
    blocks = blocks_of(queries.skills_of(db, [found.id])[found.id])
    return page(request, "learning/framework_show.html", found=found, blocks=blocks)


@router.get("/referentiels/{framework_id}/export.{kind}", name="learning.export_framework", dependencies=READ)
def export_framework(db: Db, framework_id: Id, kind: str) -> Response:
    """The version as the file it may be imported from again."""
    found = queries.get_framework(db, framework_id)
    rows = [
        (found.diploma.code, skill.block_code, skill.block_title, skill.code, skill.label, indicator)
        for skill in queries.skills_of(db, [found.id])[found.id]
        for indicator in (skill.indicators or ("",))
    ]
    return export(f"referentiel-{found.diploma.code}-{found.from_session}", kind, COLUMNS, rows)


def _table(posted: Posted, form: Form[FrameworkForm]) -> Table | None:
    """The file that was handed in, else the text of the preview."""
    files = posted.files("file")
    if files:
        return read_table(files[0].file.read())
    if form.raw("table"):
        return read_table(form.raw("table").encode())
    form.refuse("Choisissez un fichier .csv ou .xlsx.", "file")
    return None


def _list_page(request: Request, db: Db, form: Form[LevelNamesForm], status: int = 200) -> Response:
    found = queries.list_frameworks(db)
    return page(request, "learning/framework_list.html", status=status, found=found, form=form, labels=LEVEL_LABELS)


def _import_page(request: Request, form: Form[FrameworkForm], status: int = 200) -> Response:
    form.values.pop("table", None)
    return page(request, "learning/framework_import.html", status=status, form=form, labels=LABELS)
