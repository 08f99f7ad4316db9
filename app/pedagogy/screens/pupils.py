"""The pupils: list, folder, record."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.pedagogy import queries, service
from app.pedagogy.forms import MoveForm, PupilChange, PupilForm, VersionForm
from app.pedagogy.models import Pupil
from app.pedagogy.rules.guardians import RELATION_LABELS
from app.pedagogy.service.pupils import LABELS
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.listing import Column, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.PUPIL_READ)], [allow(Permission.PUPIL_EDIT)]
EXPORT_ROWS = 20_000
FILTERS = ("groupe", "etat")
COLUMNS = (
    Column("Code", lambda row: row.code), Column("Nom", lambda row: row.last_name),
    Column("Prénom", lambda row: row.first_name), Column("Groupe", lambda row: row.group_label),
    Column("Entrée", lambda row: row.entered_on), Column("Sortie", lambda row: row.left_on),
)  # fmt: skip
FORM_LABELS = LABELS | {
    "group": "Groupe",
    "code": "Code",
    "on_date": "À partir du",
    "ends_on": "Jusqu’au",
    "guardian_name": "Responsable",
    "guardian_email": "E-mail du responsable",
    "guardian_phone": "Téléphone du responsable",
}


@router.get("/eleves", name="pedagogy.list_pupils", dependencies=READ)
def list_pupils(request: Request, db: Db, listing: Listing) -> Response:
    """The pupils, by name, with what today's latest roll call says of them."""
    asked = listing.request(sorts=queries.SORTS, default="nom", filters=FILTERS)
    found = queries.list_pupils(db, asked)
    said = queries.attendance_on(db, today(), [row.id for row in found.items])
    groups = queries.group_options(db)
    return page(
        request, "pedagogy/pupil_list.html", listing=listing, asked=asked, found=found, said=said, groups=groups
    )


@router.get("/eleves/export.{kind}", name="pedagogy.export_pupils", dependencies=READ)
def export_pupils(db: Db, listing: Listing, kind: str) -> Response:
    """The filtered pupils as a table file."""
    asked = listing.request(sorts=queries.SORTS, default="nom", filters=FILTERS, size=EXPORT_ROWS)
    return export("eleves", kind, COLUMNS, queries.list_pupils(db, asked).items)


@router.get("/eleves/nouveau", name="pedagogy.new_pupil", dependencies=EDIT)
def new_pupil(request: Request, db: Db) -> Response:
    """An empty record."""
    return _form_page(request, db, blank_form({"entered_on": today()}), None, 200)


@router.post("/eleves", name="pedagogy.create_pupil", dependencies=EDIT)
def create_pupil(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Enrol a pupil."""
    form = posted.read(PupilForm)
    with form.refusals():
        if form.ok:
            pupil = service.create_pupil(db, values=form.valid.model_dump(), by=me)
            return redirect(request, url(request, "pedagogy.show_pupil", code=pupil.code), flash="Élève inscrit.")
    return _form_page(request, db, form, None, form.status)


@router.get("/eleves/{code}", name="pedagogy.show_pupil", dependencies=READ)
def show_pupil(request: Request, db: Db, code: str) -> Response:
    """A pupil's hours, share and absences of this school year."""
    folder = queries.pupil_folder(db, code)
    hours = queries.pupil_hours(db, folder.pupil)
    return page(request, "pedagogy/pupil_hours.html", folder=folder, hours=hours, tab="heures")


@router.get("/eleves/{code}/fiche", name="pedagogy.show_record", dependencies=READ)
def show_record(request: Request, db: Db, code: str) -> Response:
    """A pupil's record: identity, guardian, stays in groups."""
    return _record_page(request, db, code, blank_form({"on_date": today()}), 200)


@router.get("/eleves/{code}/journal", name="pedagogy.show_pupil_journal", dependencies=[allow(Permission.JOURNAL_READ)])
def show_pupil_journal(request: Request, db: Db, code: str) -> Response:
    """What was done to a pupil's record."""
    folder = queries.pupil_folder(db, code)
    journal = queries.pupil_journal(db, folder.pupil.id)
    return page(request, "pedagogy/pupil_journal.html", folder=folder, journal=journal, tab="journal")


@router.get("/eleves/{code}/modifier", name="pedagogy.edit_pupil", dependencies=EDIT)
def edit_pupil(request: Request, db: Db, code: str) -> Response:
    """The record's form, filled."""
    pupil = queries.get_pupil_by_code(db, code)
    values = {name: getattr(pupil, name) for name in PupilChange.model_fields}
    return _form_page(request, db, blank_form(values), pupil, 200)


@router.post("/eleves/{code}/modifier", name="pedagogy.change_pupil", dependencies=EDIT)
def change_pupil(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Change a pupil's record."""
    pupil = queries.get_pupil_by_code(db, code, lock=True)
    form = posted.read(PupilChange)
    with form.refusals():
        if form.ok:
            values, seen = form.valid.model_dump(), form.valid.version
            service.change_pupil(db, pupil, values=values, seen_version=seen, by=me)
            return redirect(request, url(request, "pedagogy.show_record", code=code), flash="Fiche enregistrée.")
    return _form_page(request, db, form, pupil, form.status)


@router.post("/eleves/{code}/groupe", name="pedagogy.move_pupil", dependencies=EDIT)
def move_pupil(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Move a pupil to another group from a day on."""
    pupil = queries.get_pupil_by_code(db, code, lock=True)
    form = posted.read(MoveForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            service.move_pupil(
                db, pupil, group=typed.group, on=typed.on_date, until=typed.ends_on, seen_version=typed.version, by=me
            )
            words = "Groupe changé." if typed.on_date <= today() else "Changement de groupe prévu."
            return redirect(request, url(request, "pedagogy.show_record", code=code), flash=words)
    return _record_page(request, db, code, form, form.status)


@router.post("/eleves/{code}/groupe/abandon", name="pedagogy.cancel_move", dependencies=EDIT)
def cancel_move(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Give up a move that is planned ahead."""
    pupil = queries.get_pupil_by_code(db, code, lock=True)
    form = posted.read(VersionForm)
    with form.refusals():
        if form.ok:
            service.cancel_move(db, pupil, seen_version=form.valid.version, by=me)
            where = url(request, "pedagogy.show_record", code=code)
            return redirect(request, where, flash="Changement de groupe abandonné.")
    return _record_page(request, db, code, blank_form(), form.status)


def _record_page(request: Request, db: Db, code: str, form: Form[MoveForm], status: int) -> Response:
    folder = queries.pupil_folder(db, code)
    return page(
        request, "pedagogy/pupil_record.html", status=status, folder=folder, tab="fiche", form=form,
        stays=queries.pupil_stays(db, folder.pupil.id), guardians=queries.guardians_of(db, folder.pupil.id),
        relations=RELATION_LABELS, groups=queries.group_options(db), labels=FORM_LABELS,
    )  # fmt: skip


def _form_page(
    request: Request, db: Db, form: Form[PupilForm] | Form[PupilChange], pupil: Pupil | None, status: int
) -> Response:
    return page(
        request, "pedagogy/pupil_edit.html", status=status, form=form, pupil=pupil, labels=FORM_LABELS,
        groups=queries.group_options(db),
    )  # fmt: skip
