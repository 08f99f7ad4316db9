"""What a group covers of its framework, and what was seen at work and waits to be assessed."""

from datetime import timedelta
from operator import itemgetter

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.learning.forms import SeenForm, SessionForm
from app.learning.queries import coverage as queries
from app.learning.queries.frameworks import group_with_diploma
from app.learning.queries.missing import missing_page
from app.learning.service import evidence
from app.learning.service.frameworks import set_session
from app.pedagogy.queries import level_names
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.listing import Column, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, ASSESS = [allow(Permission.SKILL_READ)], [allow(Permission.SKILL_ASSESS)]
COLUMNS = tuple(
    Column(label, itemgetter(place))
    for place, label in enumerate(("Élève", "Unité", "Compétence", "Intitulé", "Fois", "Dernière fois", "Niveau"))
)


MISSING = tuple(
    Column(label, itemgetter(place))
    for place, label in enumerate((
        "Élève", "Groupe", "Session", "Examen le", "Jours restants", "Unité", "Compétence", "Intitulé", "Fois",
        "Dernière fois", "Niveau",
    ))
)  # fmt: skip


@router.get("/competences", name="learning.show_coverage", dependencies=READ)
def show_coverage(request: Request, db: Db, listing: Listing) -> Response:
    """Group × skill: how often, to which level, when last; « jamais vu » first."""
    return _matrix(request, db, listing.values.get("groupe", ""), blank_form())


@router.get("/competences/export.{kind}", name="learning.export_coverage", dependencies=READ)
def export_coverage(db: Db, listing: Listing, kind: str) -> Response:
    """The matrix as a table file, a line per pupil and skill."""
    found, names = queries.coverage_page(db, listing.values.get("groupe", "")), level_names(db)
    rows = [
        (row.name, skill.block_code, skill.code, skill.label, cell.times, cell.last_on,
         names[cell.level] if cell.level else None)
        for row in found.rows
        for skill, cell in zip(found.skills, row.cells, strict=True)
    ]  # fmt: skip
    return export(f"competences-{found.group.code if found.group else ''}", kind, COLUMNS, rows)


@router.get("/competences/avant-examen", name="learning.list_missing", dependencies=READ)
def list_missing(request: Request, db: Db, listing: Listing) -> Response:
    """Whom what is missing before the exam, the most urgent first."""
    found = missing_page(db, listing.values.get("groupe", ""))
    return page(request, "learning/missing_list.html", found=found, names=level_names(db), listing=listing)


@router.get("/competences/avant-examen/export.{kind}", name="learning.export_missing", dependencies=READ)
def export_missing(db: Db, listing: Listing, kind: str) -> Response:
    """The same as a table file, a line per pupil and missing skill."""
    found, names = missing_page(db, listing.values.get("groupe", "")), level_names(db)
    rows = [
        (one.name, one.group, one.session, one.exam_on, one.days_left, each.skill.block_code, each.skill.code,
         each.skill.label, each.cell.times, each.cell.last_on, names[each.cell.level] if each.cell.level else None)
        for one in found.rows for each in one.missing
    ]  # fmt: skip
    return export("avant-examen", kind, MISSING, rows)


@router.post("/competences/{group}/session", name="learning.set_session",
             dependencies=[allow(Permission.FRAMEWORK_EDIT)])  # fmt: skip
def set_group_session(request: Request, db: Db, me: Me, group: str, posted: PostedForm) -> Response:
    """The exam session that a group prepares: it decides which version holds."""
    form = posted.read(SessionForm)
    with form.refusals():
        if form.ok:
            set_session(db, group_with_diploma(db, group, lock=True), form.valid.session, by=me)
            target = url(request, "learning.show_coverage", query={"groupe": group})
            return redirect(request, target, flash="Session enregistrée.")
    return _matrix(request, db, group, form, status=form.status)


@router.get("/competences/a-evaluer", name="learning.list_seen", dependencies=ASSESS)
def list_seen(request: Request, db: Db) -> Response:
    """Skills shown in released work that nobody has assessed yet."""
    return _seen_page(request, db, blank_form())


@router.post("/competences/a-evaluer", name="learning.assess_seen", dependencies=ASSESS)
def assess_seen(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """The levels that were ticked; the others wait."""
    form = posted.read(SeenForm)
    with form.refusals():
        if form.ok:
            count = evidence.assess_seen(db, [(row.id, row.level) for row in form.valid.seen], by=me)
            words = f"{count} compétences évaluées." if count > 1 else "Compétence évaluée."
            return redirect(request, url(request, "learning.list_seen"), flash=words)
    return _seen_page(request, db, form, status=form.status)


def _matrix(request: Request, db: Db, group: str, form: Form[SessionForm], status: int = 200) -> Response:
    found = queries.coverage_page(db, group)
    if found.group:
        form.values.setdefault("session", str(found.group.session))
    return page(request, "learning/coverage.html", status=status, found=found, form=form, names=level_names(db))


def _seen_page(request: Request, db: Db, form: Form[SeenForm], status: int = 200) -> Response:
    found = queries.unassessed(db, today() - timedelta(days=queries.SINCE_DAYS))
    levels = list(level_names(db).items())
    return page(request, "learning/seen_list.html", status=status, found=found, form=form, levels=levels)
