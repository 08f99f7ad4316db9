"""One applicant: received, shown, changed, printed."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.accounts.queries import find_school
from app.admissions import papers, queries, rules, service
from app.admissions.forms import ApplicantForm, ApplicantGuardianForm
from app.admissions.models import Applicant
from app.admissions.screens.lists import next_year
from app.core.clock import today
from app.core.permissions import Permission
from app.pedagogy import queries as pedagogy
from app.pedagogy.rules.guardians import RELATION_LABELS
from app.web.deps import Db, PostedForm
from app.web.fields import Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.papers import show_pdf
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.ADMISSION_READ)], [allow(Permission.ADMISSION_EDIT)]
RELATIONS = [(relation.value, label) for relation, label in RELATION_LABELS.items()]
LABELS = service.LABELS | {
    "diploma": "Diplôme", "note": "Raison", "starts_on": "Du", "ends_on": "Au", "group": "Groupe", "staff": "Accueil",
    "agreed_on": "Signée le", "entered_on": "Entrée", "into": "Groupe d’entrée",
} | {
    f"guardians-{rank}-{name}": f"{label} du responsable {rank + 1}"
    for rank in (0, 1) for name, label in (("name", "Nom"), ("email", "E-mail"), ("phone", "Téléphone"))
}  # fmt: skip


@router.get("/candidats/nouveau", name="admissions.new_applicant", dependencies=EDIT)
def new_applicant(request: Request, db: Db) -> Response:
    """An empty application."""
    return _form_page(request, db, blank_form({"school_year": next_year(), "received_on": today()}), None)


@router.post("/candidats", name="admissions.receive", dependencies=EDIT)
def receive(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Write an application down."""
    form = posted.read(ApplicantForm)
    with form.refusals():
        if form.ok:
            values, guardians = _parts(form.valid)
            applicant = service.receive(db, values=values, guardians=guardians, by=me)
            return redirect(request, _here(request, applicant.number), flash=f"Candidature {applicant.number} reçue.")
    return _form_page(request, db, form, None, status=form.status)


@router.get("/candidats/{number}", name="admissions.show_applicant", dependencies=READ)
def show_applicant(request: Request, db: Db, number: str) -> Response:
    """One application with its steps, weeks and papers."""
    return file_page(request, db, number, {})


@router.get("/candidats/{number}/modifier", name="admissions.edit_applicant", dependencies=EDIT)
def edit_applicant(request: Request, db: Db, number: str) -> Response:
    """The application's form, filled."""
    applicant = queries.get_applicant(db, number)
    values: dict[str, Any] = {name: getattr(applicant, name) for name in (*service.LABELS, "version")}
    values["diploma"] = queries.diploma_code(db, applicant.diploma_id)
    for rank, one in enumerate(queries.guardians_of(db, applicant.id)):
        values |= {f"guardians-{rank}-{name}": getattr(one, name) for name in ApplicantGuardianForm.model_fields}
    return _form_page(request, db, blank_form(values), applicant)


@router.post("/candidats/{number}/modifier", name="admissions.change_applicant", dependencies=EDIT)
def change_applicant(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """Change an application."""
    applicant = queries.get_applicant(db, number, lock=True)
    form = posted.read(ApplicantForm)
    with form.refusals():
        if form.ok:
            values, guardians = _parts(form.valid)
            seen = form.valid.version
            service.change(db, applicant, values=values, guardians=guardians, seen_version=seen, by=me)
            return redirect(request, _here(request, number), flash="Dossier enregistré.")
    return _form_page(request, db, form, applicant, status=form.status)


@router.get("/candidats/{number}/accueil.pdf", name="admissions.print_welcome", dependencies=READ)
def print_welcome(db: Db, me: Me, number: str) -> Response:
    """The welcome sheet of one applicant."""
    file = queries.applicant_file(db, number)
    return show_pdf(f"accueil {number}", papers.draw_welcome([file], find_school(db), name=me.school_name))


@router.get("/candidats/{number}/semaines/{week_id}.pdf", name="admissions.print_agreement", dependencies=READ)
def print_agreement(db: Db, me: Me, number: str, week_id: Id) -> Response:
    """The agreement of one observation week."""
    file = queries.applicant_file(db, number)
    queries.get_week(db, file.applicant, week_id)
    return show_pdf(f"convention {number}", papers.draw_agreement(file, week_id, find_school(db), name=me.school_name))


def file_page(request: Request, db: Db, number: str, forms: dict[str, Form[Any]], *, status: int = 200) -> Response:
    """One application; a refused form is shown again among the others."""
    blank = {"step": blank_form(), "week": blank_form(), "admit": blank_form()}
    return page(
        request, "admissions/show.html", status=status, file=queries.applicant_file(db, number), forms=blank | forms,
        labels=LABELS, rules=rules, relations=RELATION_LABELS, groups=pedagogy.group_options(db),
        staff=pedagogy.staff_options(db), actions=rules.ADMISSION.available,
    )  # fmt: skip


def _parts(typed: ApplicantForm) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    values = typed.model_dump(exclude={"guardians", "version"})
    return values, [one.model_dump() for one in typed.guardians]


def _here(request: Request, number: str) -> str:
    return url(request, "admissions.show_applicant", number=number)


def _form_page(
    request: Request, db: Db, form: Form[ApplicantForm], applicant: Applicant | None, *, status: int = 200
) -> Response:
    return page(
        request, "admissions/edit.html", status=status, form=form, applicant=applicant, labels=LABELS,
        relations=RELATIONS, diplomas=pedagogy.diploma_options(db),
    )  # fmt: skip
