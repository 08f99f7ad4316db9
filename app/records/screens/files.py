"""Documents, consent and adjustments of a pupil; what is due over the school."""

from collections.abc import Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import Response

from app.accounts.deps import Me, allow, note_reading, recheck
from app.core.clock import today
from app.core.documents import StoredFile
from app.core.errors import NotFound
from app.core.filetypes import DRAWINGS
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.pedagogy import queries as pedagogy
from app.pedagogy import service as school
from app.pedagogy.models import Pupil
from app.pedagogy.rules.photos import USE_LABELS, PhotoUse
from app.records import queries, rules, service
from app.records.forms import AdjustmentForm, ConsentForm, DocumentForm
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.listing import Column, ListQuery, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute
from app.web.uploads import receive, show_file

M = TypeVar("M", bound=BaseModel)
router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.PUPIL_CONTACTS)], [allow(Permission.RECORD_EDIT)]
UPLOAD = [allow(Permission.RECORD_EDIT, before_lock=True)]
KINDS = [(kind.value, label) for kind, label in rules.DOCUMENT_LABELS.items()]
STATES = [(state.value, label) for state, label in rules.STATE_LABELS.items() if state != rules.DocumentState.GOOD]
USES = [(use.value, label) for use, label in USE_LABELS.items()]
LABELS = {
    "kind": "Document", "label": "Précision", "on_date": "Daté du", "ends_on": "Valable jusqu’au", "file": "Fichier",
    "wording": "Aménagement", "since": "À partir du", "until": "Jusqu’au", "said_by": "Qui l’a dit", "said_on": "Le",
    "photo": "Photo",
}  # fmt: skip
COLUMNS = (
    Column("Élève", lambda row: f"{row.pupil.last_name} {row.pupil.first_name}"),
    Column("Groupe", lambda row: row.pupil.group_label),
    Column("Document", lambda row: rules.DOCUMENT_LABELS[row.due.kind]),
    Column("État", lambda row: rules.STATE_LABELS[row.due.state]), Column("Fin", lambda row: row.due.ends_on),
)  # fmt: skip


@router.get("/eleves/{code}/dossier", name="records.show_file", dependencies=READ)
def show_pupil_file(request: Request, db: Db, code: str) -> Response:
    """Documents with what is missing, the photo and its consents, what is arranged for the pupil."""
    return file_page(request, db, code, _blank(), 200)


@router.post("/eleves/{code}/documents", name="records.add_document", dependencies=UPLOAD)
def add_document(request: Request, db: Db, code: str, posted: PostedForm) -> Response:
    """A document is handed in."""
    form = posted.read(DocumentForm)
    kept = None
    with form.refusals():
        kept = receive(request, posted, "file", kinds=DRAWINGS, optional=True)
    me = recheck(request, db, Permission.RECORD_EDIT)

    def add(pupil: Pupil, typed: DocumentForm) -> str:
        paper = rules.Paper(typed.kind, typed.label, typed.on_date, typed.ends_on)
        service.add_document(db, pupil, paper, file=kept, by=me)
        return "Document ajouté."

    return _keep(request, db, code, "document", form=form, keep=add)


@router.get("/eleves/{code}/documents/{document_id}", name="records.read_document", dependencies=EDIT)
def read_document(request: Request, db: Db, code: str, document_id: Id) -> Response:
    """The file of a document; who reads it is noted."""
    pupil = pedagogy.get_pupil_by_code(db, code)
    document = queries.get_document(db, pupil, document_id)
    if document.file_id is None:
        raise NotFound("Ce document n’a pas de fichier.")
    shown = show_file(request, db.get_one(StoredFile, document.file_id))
    label = f"Document lu : {document.label or rules.DOCUMENT_LABELS[document.kind]}"
    note_reading(request, db, "pupil_document", document.id, label)
    return shown


@router.post("/eleves/{code}/documents/{document_id}/retrait", name="records.remove_document", dependencies=EDIT)
def remove_document(request: Request, db: Db, me: Me, code: str, document_id: Id) -> Response:
    """Take a document out of the file."""
    pupil = pedagogy.get_pupil_by_code(db, code, lock=True)
    service.remove_document(db, pupil, queries.get_document(db, pupil, document_id), by=me)
    return redirect(request, url(request, "records.show_file", code=code), flash="Document retiré.")


@router.post("/eleves/{code}/amenagements", name="records.add_adjustment", dependencies=EDIT)
def add_adjustment(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Something is arranged for a pupil."""

    def add(pupil: Pupil, typed: AdjustmentForm) -> str:
        service.add_adjustment(db, pupil, wording=typed.wording, starts_on=typed.since, ends_on=typed.until, by=me)
        return "Aménagement ajouté."

    return _keep(request, db, code, "adjustment", form=posted.read(AdjustmentForm), keep=add)


@router.post("/eleves/{code}/amenagements/{adjustment_id}/fin", name="records.end_adjustment", dependencies=EDIT)
def end_adjustment(request: Request, db: Db, me: Me, code: str, adjustment_id: Id) -> Response:
    """It ends today."""
    pupil = pedagogy.get_pupil_by_code(db, code, lock=True)
    service.end_adjustment(db, pupil, queries.get_adjustment(db, pupil, adjustment_id), by=me)
    return redirect(request, url(request, "records.show_file", code=code), flash="Aménagement terminé.")


@router.post("/eleves/{code}/photo/accord", name="records.note_consent", dependencies=EDIT)
def note_consent(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Who agreed to which use of the photo."""

    def note(pupil: Pupil, typed: ConsentForm) -> str:
        answers = {use: use in typed.uses for use in PhotoUse}
        school.note_consent(db, pupil, answers, on=typed.said_on, said_by=typed.said_by, by=me)
        return "Accord enregistré."

    return _keep(request, db, code, "consent", form=posted.read(ConsentForm), keep=note)


def _keep(
    request: Request, db: Db, code: str, name: str, *, form: Form[M], keep: Callable[[Pupil, M], str]
) -> Response:
    """What one form of the file keeps of a pupil who is held; refused, it is shown again among the others."""
    with form.refusals():
        if form.ok:
            flash = keep(pedagogy.get_pupil_by_code(db, code, lock=True), form.valid)
            return redirect(request, url(request, "records.show_file", code=code), flash=flash)
    return file_page(request, db, code, {name: form}, form.status)


def _asked(listing: ListQuery) -> ListRequest:
    return listing.request(sorts=queries.SORTS, default="fin", filters=queries.DUE_FILTERS)


@router.get("/dossiers/documents", name="records.list_due", dependencies=EDIT)
def list_due(request: Request, db: Db, listing: Listing) -> Response:
    """What is missing or over: every pupil and document of the school."""
    asked = _asked(listing)
    return page(
        request, "records/due_list.html", found=queries.due_list(db, today(), asked), asked=asked, rules=rules,
        groups=pedagogy.group_options(db), listing=listing, kinds=KINDS, states=STATES,
    )  # fmt: skip


@router.get("/dossiers/documents/export.{kind}", name="records.export_due", dependencies=EDIT)
def export_due(db: Db, listing: Listing, kind: str) -> Response:
    """The same as a table file."""
    return export("documents", kind, COLUMNS, queries.due_list(db, today(), _asked(listing)))


def file_page(request: Request, db: Db, code: str, forms: dict[str, Form[Any]], status: int) -> Response:
    """The file of a pupil; a refused form is shown again among the others."""
    folder = pedagogy.pupil_folder(db, code)
    documents = queries.documents_of(db, folder.pupil.id)
    return page(
        request, "records/file.html", status=status, folder=folder, tab="dossier", documents=documents,
        due=rules.documents_due(
            [(row.kind, row.ends_on) for row in documents], today(),
            queries.required(db).of(folder.pupil.group.diploma.code),
        ),
        rules=rules, kinds=KINDS,
        uses=USES, agreed=pedagogy.uses_agreed(db, folder.pupil.id), labels=LABELS,
        consents=pedagogy.consents_of(db, folder.pupil.id)[::-1], use_labels=USE_LABELS,
        has_photo=pedagogy.has_photo(db, folder.pupil.id), forms=_blank(folder.pupil.id, db) | forms,
        adjustments=queries.adjustments_of(db, folder.pupil.id),
    )  # fmt: skip


def _blank(pupil_id: int = 0, db: Db | None = None) -> dict[str, Form[Any]]:
    agreed = pedagogy.uses_agreed(db, pupil_id) if db is not None else {}
    uses = [use.value for use, given in agreed.items() if given]
    return {
        "document": blank_form({"on_date": today()}), "adjustment": blank_form({"since": today()}),
        "consent": blank_form({"said_on": today(), "uses": uses}), "photo": blank_form(),
    }  # fmt: skip
