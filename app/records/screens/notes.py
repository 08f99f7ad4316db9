"""Private notes, and who belongs to the socio-educational team."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow, note_reading
from app.core.permissions import Permission
from app.pedagogy import queries as pedagogy
from app.records import queries, rules, service
from app.records.forms import NoteForm, SupportForm
from app.web.deps import Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
WRITE, MANAGE = [allow(Permission.NOTE_WRITE)], [allow(Permission.SUPPORT_MANAGE)]
AUDIENCES = [(audience.value, label) for audience, label in rules.AUDIENCE_LABELS.items()]
LABELS = {"content": "Note", "audience": "Qui peut la lire"}


@router.get("/eleves/{code}/notes", name="records.list_notes", dependencies=WRITE)
def list_notes(request: Request, db: Db, me: Me, code: str) -> Response:
    """The notes on a pupil that concern this person; reading them is noted."""
    return _notes_page(request, db, me, code, blank_form({"audience": rules.Audience.SUPPORT}))


@router.post("/eleves/{code}/notes", name="records.write_note", dependencies=WRITE)
def write_note(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Write a private note."""
    form = posted.read(NoteForm)
    with form.refusals():
        if form.ok:
            pupil = pedagogy.get_pupil_by_code(db, code, lock=True)
            service.write_note(db, pupil, content=form.valid.content, audience=form.valid.audience, by=me)
            return redirect(request, url(request, "records.list_notes", code=code), flash="Note enregistrée.")
    return _notes_page(request, db, me, code, form, status=form.status)


@router.post("/eleves/{code}/notes/{note_id}/retrait", name="records.take_back_note", dependencies=WRITE)
def take_back_note(request: Request, db: Db, me: Me, code: str, note_id: Id) -> Response:
    """The author takes a note back."""
    pupil = pedagogy.get_pupil_by_code(db, code)
    service.take_back_note(db, queries.get_note(db, pupil, note_id, me.staff_id or 0), by=me)
    return redirect(request, url(request, "records.list_notes", code=code), flash="Note retirée.")


@router.get("/dossiers/suivi", name="records.edit_support", dependencies=MANAGE)
def edit_support(request: Request, db: Db) -> Response:
    """Who belongs to the socio-educational team."""
    choices = queries.support_choices(db)
    members = [staff.code for staff, member in choices if member]
    return page(request, "records/support.html", form=blank_form({"members": members}), choices=choices)


@router.post("/dossiers/suivi", name="records.set_support", dependencies=MANAGE)
def set_support(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Change the team."""
    form = posted.read(SupportForm)
    if form.ok:
        service.set_support(db, form.valid.members, by=me)
        return redirect(request, url(request, "records.edit_support"), flash="Équipe enregistrée.")
    choices = queries.support_choices(db)
    return page(request, "records/support.html", status=form.status, form=form, choices=choices)


def _notes_page(request: Request, db: Db, me: Me, code: str, form: Form[NoteForm], *, status: int = 200) -> Response:
    folder = pedagogy.pupil_folder(db, code)
    notes = queries.notes_for(db, folder.pupil.id, queries.reader_of(db, me))
    shown = page(
        request, "records/notes.html", status=status, folder=folder, tab="notes", notes=notes, form=form, labels=LABELS,
        audiences=AUDIENCES, audience_labels=rules.AUDIENCE_LABELS,
    )  # fmt: skip
    if request.method == "GET" and any(note.author_id != me.staff_id for note in notes):
        note_reading(request, db, "pupil", folder.pupil.id, "Notes privées lues")
    return shown
