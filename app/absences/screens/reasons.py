"""Why pupils are missing: given, corrected, decided, withdrawn; and the document that shows it."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.absences import queries, service
from app.absences.forms import PART_LABELS, DecisionForm, Part, ReasonChange, ReasonForm, part_of
from app.absences.service import LABELS
from app.accounts.deps import Me, allow, recheck
from app.core.clock import today
from app.core.documents import StoredFile, store
from app.core.errors import NotFound
from app.core.filetypes import DRAWINGS
from app.core.permissions import Permission
from app.pedagogy.models import AbsenceReason, Pupil
from app.pedagogy.queries import find_pupil_by_code, guardians_to_tell, pupil_choices
from app.pedagogy.rules.reasons import CHANNEL_LABELS, REASON_CODES
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.web.uploads import receive, show_file

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
P = Permission.ABSENCE_EDIT
READ, EDIT, UPLOAD = [allow(Permission.ABSENCE_READ)], [allow(P)], [allow(P, before_lock=True)]
DECIDE = [allow(Permission.ABSENCE_DECIDE)]
CODES = [(one.code, f"{one.code} · {one.label}") for one in REASON_CODES.values()]
PARTS = [(part.value, label) for part, label in PART_LABELS.items()]
CHANNELS = [(channel.value, label) for channel, label in CHANNEL_LABELS.items()]


@router.get("/absences/motifs/nouveau", name="absences.new_reason", dependencies=EDIT)
def new_reason(request: Request, db: Db, listing: Listing) -> Response:
    """A reason, given or announced: an empty form, its pupil and day filled when they are known."""
    day = listing.values.get("jour", "") or today().isoformat()
    until = listing.values.get("au", "") or day
    values = {"pupil": listing.values.get("eleve", ""), "starts_on": day, "ends_on": until, "part": "day",
              "channel": "phone"}  # fmt: skip
    return _form_page(request, db, blank_form(values), None, 200)


@router.post("/absences/motifs", name="absences.give_reason", dependencies=UPLOAD)
def give_reason(request: Request, db: Db, posted: PostedForm) -> Response:
    """Keep a reason."""
    form = posted.read(ReasonForm)
    with form.refusals():
        if form.ok:
            kept = receive(request, posted, "file", kinds=DRAWINGS, optional=True)
            me, pupil = recheck(request, db, P), find_pupil_by_code(db, form.valid.pupil, lock=True)
            if pupil is None:
                form.refuse("Choisissez un élève de la liste.", "pupil")
            else:
                draft = form.valid.draft(store(db, kept).id if kept else None)
                service.give_reason(db, pupil, draft, by=me)
                return redirect(request, _back(request, pupil), flash="Motif enregistré.")
    return _form_page(request, db, form, None, form.status)


@router.get("/absences/motifs/{reason_id}/modifier", name="absences.edit_reason", dependencies=EDIT)
def edit_reason(request: Request, db: Db, reason_id: Id) -> Response:
    """A reason's form, filled."""
    reason = queries.get_reason(db, reason_id)
    return _form_page(request, db, blank_form(_values(reason)), reason, 200)


@router.post("/absences/motifs/{reason_id}/modifier", name="absences.correct_reason", dependencies=UPLOAD)
def correct_reason(request: Request, db: Db, reason_id: Id, posted: PostedForm) -> Response:
    """A later row takes the place of a reason."""
    form = posted.read(ReasonChange)
    with form.refusals():
        if form.ok:
            kept = receive(request, posted, "file", kinds=DRAWINGS, optional=True)
            me, reason = recheck(request, db, P), queries.get_reason(db, reason_id, lock=True)
            draft = form.valid.draft(store(db, kept).id if kept else None)
            service.correct_reason(db, reason, draft, by=me)
            pupil = db.get_one(Pupil, reason.pupil_id)
            return redirect(request, _back(request, pupil), flash="Motif corrigé.")
    return _form_page(request, db, form, queries.get_reason(db, reason_id), form.status)


@router.post("/absences/motifs/{reason_id}/retrait", name="absences.withdraw_reason", dependencies=EDIT)
def withdraw_reason(request: Request, db: Db, me: Me, reason_id: Id) -> Response:
    """Void a reason; it stays readable."""
    reason = queries.get_reason(db, reason_id, lock=True)
    service.withdraw_reason(db, reason, by=me)
    return redirect(request, _back(request, db.get_one(Pupil, reason.pupil_id)), flash="Motif retiré.")


@router.post("/absences/motifs/{reason_id}/decision", name="absences.decide_reason", dependencies=DECIDE)
def decide_reason(request: Request, db: Db, me: Me, reason_id: Id, posted: PostedForm) -> Response:
    """The direction judges a reason that the law leaves open."""
    form = posted.read(DecisionForm)
    reason = queries.get_reason(db, reason_id, lock=True)
    pupil = db.get_one(Pupil, reason.pupil_id)
    if not form.ok:
        return redirect(request, _back(request, pupil), flash="Dites si le motif est légitime ou non.")
    service.decide_reason(db, reason, legitimate=form.valid.legitimate, by=me)
    words = "Motif jugé légitime." if form.valid.legitimate else "Motif refusé."
    return redirect(request, _back(request, pupil), flash=words)


@router.get("/absences/motifs/{reason_id}/justificatif", name="absences.show_proof", dependencies=READ)
def show_proof(request: Request, db: Db, reason_id: Id) -> Response:
    """The document as it was handed in."""
    file_id = queries.get_reason(db, reason_id).file_id
    stored = db.get(StoredFile, file_id) if file_id else None
    if stored is None:
        raise NotFound("Aucun justificatif n’est joint.")
    return show_file(request, stored)


def _back(request: Request, pupil: Pupil) -> str:
    return url(request, "absences.show_pupil", code=pupil.code)


def _values(reason: AbsenceReason) -> dict[str, Any]:
    part = part_of(reason.start_minute, reason.end_minute)
    timed = part == Part.HOURS
    return {
        "starts_on": reason.starts_on, "ends_on": reason.ends_on, "part": part, "code": reason.code,
        "start": _clock(reason.start_minute) if timed else None,
        "end": _clock(min(reason.end_minute, 1439)) if timed else None, "given_by": reason.given_by,
        "channel": reason.channel, "proof_seen": reason.proof_seen, "comment": reason.comment,
    }  # fmt: skip


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _form_page(request: Request, db: Db, form: Form[Any], reason: AbsenceReason | None, status: int) -> Response:
    pupil = db.get(Pupil, reason.pupil_id) if reason else find_pupil_by_code(db, form.raw("pupil"))
    contacts = guardians_to_tell(db, [pupil.id], today()).get(pupil.id, []) if pupil else []
    return page(
        request, "absences/reason.html", status=status, form=form, reason=reason, pupil=pupil, labels=LABELS,
        pupils=pupil_choices(db), codes=CODES, parts=PARTS, channels=CHANNELS, contacts=contacts,
    )  # fmt: skip
