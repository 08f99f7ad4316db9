"""Check points on a page of their own, of a template's operation or a job's; how a job differs from its template."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.web.deps import Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules, service
from app.workshop.forms import AdoptForm, PointsForm, point_labels, points_form, with_rows_changed
from app.workshop.rules import CheckKind, PointDraft

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.TICKET_READ)], [allow(Permission.JOB_EDIT)]
RHYTHMS = (0, 1, 2, 5, 10, 20, 50)
KINDS = [(kind.value, kind.label) for kind in CheckKind]


@router.get("/atelier/gammes/{code}/operations/{seq}/controles", name="workshop.edit_points", dependencies=EDIT)
def edit_points(request: Request, db: Db, code: str, seq: Id) -> Response:
    """The check points of a template's operation."""
    template = queries.get_template(db, code)
    queries.template_operation(template, seq)
    draft = _draft(queries.drafts_of_template(db, template.id), seq)
    return _page(request, points_form(draft.points or (), template.version), ("template", code, seq, draft.label))


@router.post("/atelier/gammes/{code}/operations/{seq}/controles", name="workshop.change_points", dependencies=EDIT)
def change_points(request: Request, db: Db, me: Me, *, code: str, seq: Id, posted: PostedForm) -> Response:
    """All the check points as they should be from now on."""
    template = queries.get_template(db, code, lock=True)
    operation = queries.template_operation(template, seq)
    about = ("template", code, seq, operation.label)
    if changed := with_rows_changed(posted, "points"):
        return _page(request, changed, about, status=422)
    form = posted.read(PointsForm)
    with form.refusals():
        if form.ok:
            given = form.valid
            service.change_template_points(
                db, template, operation, points=given.drafts, seen_version=given.version, by=me
            )
            shown = url(request, "workshop.show_template", code=code)
            return redirect(request, shown, flash=f"Contrôles enregistrés, révision {template.revision}.")
    return _page(request, form, about, status=form.status)


@router.get("/atelier/of/{number}/operations/{seq}/controles", name="workshop.edit_job_points", dependencies=EDIT)
def edit_job_points(request: Request, db: Db, number: str, seq: Id) -> Response:
    """The check points of a job's operation."""
    job = queries.get_job(db, number)
    operation = queries.job_operation(db, job, seq)
    draft = _draft(queries.drafts_of_job(db, job.id), seq)
    return _page(request, points_form(draft.points or (), job.version), ("job", number, seq, operation.label))


@router.post("/atelier/of/{number}/operations/{seq}/controles", name="workshop.change_job_points", dependencies=EDIT)
def change_job_points(request: Request, db: Db, me: Me, *, number: str, seq: Id, posted: PostedForm) -> Response:
    """All the check points as they should be from now on; those with results are retired, not changed."""
    job = queries.get_job(db, number, lock=True)
    operation = queries.job_operation(db, job, seq)
    about = ("job", number, seq, operation.label)
    if changed := with_rows_changed(posted, "points"):
        return _page(request, changed, about, status=422)
    form = posted.read(PointsForm)
    with form.refusals():
        if form.ok:
            given = form.valid
            service.change_points(db, job, operation, points=given.drafts, seen_version=given.version, by=me)
            shown = url(request, "workshop.show_job", number=number)
            return redirect(request, shown, flash="Contrôles enregistrés.")
    return _page(request, form, about, status=form.status)


def _draft(drafts: list[rules.Draft], seq: int) -> rules.Draft:
    return next(draft for draft in drafts if draft.seq == seq)


def _page(request: Request, form: Form[Any], about: tuple[str, str, int, str], status: int = 200) -> Response:
    kind, key, seq, label = about
    typed = {int(form.raw(f"points-{place}-every") or 0) for place in form.rows("points")
             if (form.raw(f"points-{place}-every") or "0").isdecimal()}  # fmt: skip
    rhythms = [(n, _rhythm(n)) for n in sorted({*RHYTHMS, *typed})]
    return page(
        request, "workshop/points_edit.html", status=status, form=form, kind=kind, key=key, seq=seq, operation=label,
        labels=point_labels(form), kinds=KINDS, rhythms=rhythms,
    )  # fmt: skip


def _rhythm(every: int) -> str:
    words = PointDraft("", CheckKind.PHOTO, every=every).rhythm
    return words[:1].upper() + words[1:]


@router.get("/atelier/of/{number}/differences", name="workshop.show_differences", dependencies=READ)
def show_differences(request: Request, db: Db, number: str) -> Response:
    """How a job's routing differs from what its template says today."""
    return _differences(request, db, number, blank_form())


@router.post("/atelier/of/{number}/differences", name="workshop.adopt_template", dependencies=EDIT)
def adopt_template(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The chosen operations become as the template says."""
    job, form = queries.get_job(db, number, lock=True), posted.read(AdoptForm)
    template = queries.template_of_job(db, job)
    with form.refusals():
        if form.ok and template is not None:
            given = form.valid
            service.adopt_template(db, job, template, seqs=given.seqs, seen_version=given.version, by=me)
            return redirect(request, url(request, "workshop.show_job", number=number), flash="Gamme mise à jour.")
    return _differences(request, db, number, form, status=form.status)


def _differences(request: Request, db: Db, number: str, form: Form[Any], status: int = 200) -> Response:
    job, template, found = queries.differences_of_job(db, number)
    form.values.setdefault("version", str(job.version))
    return page(
        request, "workshop/job_differences.html", status=status, job=job, source=template, found=found, form=form
    )  # fmt: skip
