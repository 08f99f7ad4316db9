"""Guardians of a pupil: entered, copied from a brother or sister, changed, ended."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.pedagogy import queries, service
from app.pedagogy.forms import GuardianForm
from app.pedagogy.models import Guardian, Pupil
from app.pedagogy.rules.guardians import RELATION_LABELS
from app.pedagogy.service.guardians import LABELS
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
EDIT = [allow(Permission.PUPIL_EDIT)]
RELATIONS = [(relation.value, label) for relation, label in RELATION_LABELS.items()]
COPIED = ("name", "relation", "email", "phone", "address", "notified")


@router.get("/eleves/{code}/responsables/nouveau", name="pedagogy.new_guardian", dependencies=EDIT)
def new_guardian(request: Request, db: Db, code: str, listing: Listing) -> Response:
    """An empty guardian, or one copied from another pupil (`copie`)."""
    pupil = queries.get_pupil_by_code(db, code)
    copied = listing.values.get("copie", "")
    model = queries.get_copied(db, int(copied)) if copied.isdecimal() and len(copied) < 10 else None
    values = {name: getattr(model, name) for name in COPIED} if model else {"notified": True}
    rank = 2 if queries.guardians_of(db, pupil.id) else 1
    return _form_page(request, db, blank_form(values | {"rank": rank}), pupil, words=listing.values.get("q", ""))


@router.post("/eleves/{code}/responsables", name="pedagogy.add_guardian", dependencies=EDIT)
def add_guardian(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Enter a guardian."""
    pupil = queries.get_pupil_by_code(db, code, lock=True)
    form = posted.read(GuardianForm)
    with form.refusals():
        if form.ok:
            service.add_guardian(db, pupil, values=form.valid.model_dump(), by=me)
            return redirect(request, _record(request, pupil), flash="Responsable ajouté.")
    return _form_page(request, db, form, pupil, status=form.status)


@router.get("/eleves/{code}/responsables/{guardian_id}", name="pedagogy.edit_guardian", dependencies=EDIT)
def edit_guardian(request: Request, db: Db, code: str, guardian_id: Id) -> Response:
    """The guardian's form, filled."""
    pupil = queries.get_pupil_by_code(db, code)
    guardian = queries.get_guardian(db, pupil, guardian_id)
    values = {name: getattr(guardian, name) for name in GuardianForm.model_fields}
    return _form_page(request, db, blank_form(values), pupil, guardian=guardian)


@router.post("/eleves/{code}/responsables/{guardian_id}", name="pedagogy.change_guardian", dependencies=EDIT)
def change_guardian(
    request: Request, db: Db, me: Me, posted: PostedForm, *, code: str, guardian_id: Id
) -> Response:  # fmt: skip
    """Change a guardian."""
    pupil = queries.get_pupil_by_code(db, code, lock=True)
    guardian = queries.get_guardian(db, pupil, guardian_id, lock=True)
    form = posted.read(GuardianForm)
    with form.refusals():
        if form.ok:
            values, seen = form.valid.model_dump(), form.valid.version
            service.change_guardian(db, pupil, guardian, values=values, seen_version=seen, by=me)
            return redirect(request, _record(request, pupil), flash="Responsable enregistré.")
    return _form_page(request, db, form, pupil, guardian=guardian, status=form.status)


@router.post("/eleves/{code}/responsables/{guardian_id}/fin", name="pedagogy.end_guardian", dependencies=EDIT)
def end_guardian(request: Request, db: Db, me: Me, code: str, guardian_id: Id) -> Response:
    """A guardian answers no longer."""
    pupil = queries.get_pupil_by_code(db, code, lock=True)
    service.end_guardian(db, pupil, queries.get_guardian(db, pupil, guardian_id, lock=True), by=me)
    return redirect(request, _record(request, pupil), flash="Ce responsable ne répond plus de l’élève.")


def _record(request: Request, pupil: Pupil) -> str:
    return url(request, "pedagogy.show_record", code=pupil.code)


def _form_page(
    request: Request, db: Db, form: Form[GuardianForm], pupil: Pupil, *, guardian: Guardian | None = None,
    status: int = 200, words: str = "",
) -> Response:  # fmt: skip
    return page(
        request, "pedagogy/guardian_edit.html", status=status, form=form, pupil=pupil, guardian=guardian, labels=LABELS,
        relations=RELATIONS, words=words, like=[] if guardian else queries.guardians_like(db, pupil, words),
    )  # fmt: skip
