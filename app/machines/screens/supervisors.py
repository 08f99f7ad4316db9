"""Those who supervise: qualities, absences, substitutes."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.machines import queries, service
from app.machines.forms import AbsenceForm, EndForm, QualityForm, SubstituteForm
from app.web.deps import Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.SAFETY_READ)], [allow(Permission.SAFETY_EDIT)]
LABELS = {
    "staff": "Qui", "quality": "Qualité", "starts_on": "Du", "ends_on": "Au", "substitute": "Remplacé par",
    "note": "Note",
}  # fmt: skip


@router.get("/securite/encadrants", name="machines.list_supervisors", dependencies=READ)
def list_supervisors(request: Request, db: Db) -> Response:
    """Who supervises, by what quality, and who is away."""
    return page(request, "machines/supervisor_list.html", found=queries.supervisors_page(db, today()))


@router.get("/securite/encadrants/absence", name="machines.new_absence", dependencies=EDIT)
def new_absence(request: Request, db: Db) -> Response:
    """A blank absence."""
    return _absence_page(request, db, blank_form({"starts_on": today(), "ends_on": today()}))


@router.post("/securite/encadrants/absence", name="machines.add_absence", dependencies=EDIT)
def add_absence(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Somebody is away."""
    form = posted.read(AbsenceForm)
    with form.refusals():
        if form.ok:
            service.add_absence(db, form.valid.staff, form.valid.away, by=me)
            return _to_list(request, "Absence notée.")
    return _absence_page(request, db, form, status=form.status)


@router.get("/securite/absences/{absence_id}", name="machines.ask_substitute", dependencies=EDIT)
def ask_substitute(request: Request, db: Db, absence_id: Id) -> Response:
    """Who stands in?"""
    absence = queries.get_absence(db, absence_id)
    code = absence.substitute.code if absence.substitute else ""
    return _substitute_page(request, db, blank_form({"substitute": code}), absence_id)


@router.post("/securite/absences/{absence_id}", name="machines.set_substitute", dependencies=EDIT)
def set_substitute(request: Request, db: Db, me: Me, absence_id: Id, posted: PostedForm) -> Response:
    """Name who stands in, or nobody."""
    absence, form = queries.get_absence(db, absence_id, lock=True), posted.read(SubstituteForm)
    with form.refusals():
        if form.ok:
            service.set_substitute(db, absence, form.valid.substitute, by=me)
            return _to_list(request, "Remplacement noté.")
    return _substitute_page(request, db, form, absence_id, status=form.status)


@router.post("/securite/absences/{absence_id}/annulation", name="machines.cancel_absence", dependencies=EDIT)
def cancel_absence(request: Request, db: Db, me: Me, absence_id: Id) -> Response:
    """It does not take place."""
    service.cancel_absence(db, queries.get_absence(db, absence_id, lock=True), by=me)
    return _to_list(request, "Absence annulée.")


@router.get("/securite/encadrants/qualite", name="machines.new_quality", dependencies=EDIT)
def new_quality(request: Request, db: Db) -> Response:
    """A blank quality."""
    return _quality_page(request, db, blank_form({"starts_on": today()}))


@router.post("/securite/encadrants/qualite", name="machines.add_quality", dependencies=EDIT)
def add_quality(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Somebody holds a quality that declarations name."""
    form = posted.read(QualityForm)
    with form.refusals():
        if form.ok:
            asked = form.valid
            service.add_quality(
                db, asked.staff, asked.quality, starts_on=asked.starts_on, ends_on=asked.ends_on, by=me
            )  # fmt: skip
            return _to_list(request, "Qualité notée.")
    return _quality_page(request, db, form, status=form.status)


@router.get("/securite/qualites/{quality_id}/fin", name="machines.ask_end", dependencies=EDIT)
def ask_end(request: Request, db: Db, quality_id: Id) -> Response:
    """Its last day?"""
    return _end_page(request, db, blank_form({"ends_on": today()}), quality_id)


@router.post("/securite/qualites/{quality_id}/fin", name="machines.end_quality", dependencies=EDIT)
def end_quality(request: Request, db: Db, me: Me, quality_id: Id, posted: PostedForm) -> Response:
    """It ends."""
    row, form = queries.get_quality(db, quality_id, lock=True), posted.read(EndForm)
    with form.refusals():
        if form.ok:
            service.end_quality(db, row, on=form.valid.ends_on, by=me)
            return _to_list(request, "Fin de qualité notée.")
    return _end_page(request, db, form, quality_id, status=form.status)


def _to_list(request: Request, words: str) -> Response:
    return redirect(request, url(request, "machines.list_supervisors"), flash=words)


def _absence_page(request: Request, db: Db, form: Form[Any], status: int = 200) -> Response:
    return page(
        request, "machines/absence_new.html", status=status, form=form, labels=LABELS, staff=queries.staff_options(db)
    )  # fmt: skip


def _substitute_page(request: Request, db: Db, form: Form[Any], absence_id: int, status: int = 200) -> Response:
    return page(
        request, "machines/absence_edit.html", status=status, form=form, labels=LABELS,
        absence=queries.get_absence(db, absence_id), staff=queries.staff_options(db),
    )  # fmt: skip


def _quality_page(request: Request, db: Db, form: Form[Any], status: int = 200) -> Response:
    current = queries.current_declaration(db, today())
    return page(
        request, "machines/quality_new.html", status=status, form=form, labels=LABELS, staff=queries.staff_options(db),
        named=current.all.qualities if current else (),
    )  # fmt: skip


def _end_page(request: Request, db: Db, form: Form[Any], quality_id: int, status: int = 200) -> Response:
    return page(
        request, "machines/quality_end.html", status=status, form=form, labels=LABELS,
        row=queries.get_quality(db, quality_id),
    )  # fmt: skip
