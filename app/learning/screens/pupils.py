"""The skills of one pupil: progress per block, every piece of evidence, one more by hand."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.learning.forms import EvidenceForm, VoidForm
from app.learning.queries import pupils as queries
from app.learning.service.evidence import add_evidence
from app.pedagogy.queries import get_pupil_by_code, level_names, pupil_folder
from app.pedagogy.rules.skills import BY_HAND, SOURCE_LABELS
from app.pedagogy.service import void_evidence
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, ASSESS = [allow(Permission.SKILL_READ)], [allow(Permission.SKILL_ASSESS)]
LABELS = {
    "skill": "Compétence", "level": "Niveau", "source": "Où", "label": "Travail", "on_date": "Date",
    "self_assessed": "Auto-évaluation", "comment": "Remarque", "reason": "Pourquoi",
}  # fmt: skip


@router.get("/eleves/{code}/competences", name="learning.show_pupil", dependencies=READ)
def show_pupil(request: Request, db: Db, code: str, listing: Listing) -> Response:
    """Where a pupil stands, with the evidence of one skill opened where one is named."""
    chosen = listing.values.get("competence", "")
    return _skills_page(request, db, code, blank_form({"on_date": today(), "skill": chosen}), chosen=chosen)


@router.post("/eleves/{code}/competences", name="learning.add_evidence", dependencies=ASSESS)
def add_by_hand(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """One more assessment by hand."""
    form = posted.read(EvidenceForm)
    with form.refusals():
        if form.ok:
            add_evidence(db, get_pupil_by_code(db, code, lock=True), values=form.valid.model_dump(), by=me)
            target = url(request, "learning.show_pupil", code=code, query={"competence": form.valid.skill})
            return redirect(request, target, flash="Évaluation notée.")
    return _skills_page(request, db, code, form, chosen=form.raw("skill"), status=form.status)


@router.get("/competences/preuves/{evidence_id}", name="learning.ask_void", dependencies=ASSESS)
def ask_void(request: Request, db: Db, evidence_id: Id) -> Response:
    """Why is it wrong?"""
    return _void_page(request, db, evidence_id, blank_form())


@router.post("/competences/preuves/{evidence_id}", name="learning.void_evidence", dependencies=ASSESS)
def void_wrong(request: Request, db: Db, me: Me, evidence_id: Id, posted: PostedForm) -> Response:
    """Take a piece of evidence back, with the reason."""
    form = posted.read(VoidForm)
    with form.refusals():
        if form.ok:
            found, pupil = queries.evidence_with_pupil(db, evidence_id, lock=True)
            void_evidence(db, found, reason=form.valid.reason, by=me)
            target = url(request, "learning.show_pupil", code=pupil.code, query={"competence": found.skill_code})
            return redirect(request, target, flash="Preuve annulée.")
    return _void_page(request, db, evidence_id, form, status=form.status)


def _skills_page(
    request: Request, db: Db, code: str, form: Form[EvidenceForm], *, chosen: str, status: int = 200
) -> Response:
    folder = pupil_folder(db, code)
    found: Any = queries.pupil_skills(db, folder.pupil)
    return page(
        request, "learning/pupil_skills.html", status=status, folder=folder, tab="competences", found=found, form=form,
        chosen=chosen, names=level_names(db), labels=LABELS, sources=SOURCE_LABELS,
        by_hand=[(one, SOURCE_LABELS[one]) for one in BY_HAND],
    )  # fmt: skip


def _void_page(request: Request, db: Db, evidence_id: Id, form: Form[VoidForm], status: int = 200) -> Response:
    found, pupil = queries.evidence_with_pupil(db, evidence_id)
    return page(
        request, "learning/evidence_void.html", status=status, found=found, pupil=pupil, form=form, labels=LABELS,
        names=level_names(db), sources=SOURCE_LABELS,
    )  # fmt: skip
