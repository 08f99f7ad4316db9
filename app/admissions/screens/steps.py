"""What happens to an application: its steps, its observation weeks, the admission, the end."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.admissions import queries, rules, service
from app.admissions.forms import AdmitForm, StepForm, WeekForm
from app.admissions.screens.applicants import file_page
from app.core.permissions import Permission
from app.web.deps import Db, PostedForm
from app.web.fields import Id
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
EDIT = [allow(Permission.ADMISSION_EDIT)]


@router.post("/candidats/{number}/etape", name="admissions.move_on", dependencies=EDIT)
def move_on(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The next step."""
    applicant = queries.get_applicant(db, number, lock=True)
    form = posted.read(StepForm)
    with form.refusals():
        if form.ok and form.valid.action in {action.name for action in rules.ADMISSION.actions}:
            typed = form.valid
            service.move_on(db, applicant, typed.action, note=typed.note, seen_version=typed.version, by=me)
            where = url(request, "admissions.show_applicant", number=number)
            return redirect(request, where, flash=f"Dossier : {rules.STEP_LABELS[applicant.step].lower()}.")
        form.refuse("Cette étape n’existe pas.", "action")
    return file_page(request, db, number, {"step": form}, status=form.status)


@router.post("/candidats/{number}/semaines", name="admissions.book_week", dependencies=EDIT)
def book_week(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """Book an observation week."""
    applicant = queries.get_applicant(db, number, lock=True)
    form = posted.read(WeekForm)
    with form.refusals():
        if form.ok:
            service.book_week(db, applicant, service.Week(**form.valid.model_dump()), by=me)
            where = url(request, "admissions.show_applicant", number=number)
            return redirect(request, where, flash="Semaine d’observation réservée.")
    return file_page(request, db, number, {"week": form}, status=form.status)


@router.post("/candidats/{number}/semaines/{week_id}/annulation", name="admissions.cancel_week", dependencies=EDIT)
def cancel_week(request: Request, db: Db, me: Me, number: str, week_id: Id) -> Response:
    """The week does not take place."""
    applicant = queries.get_applicant(db, number, lock=True)
    service.cancel_week(db, applicant, queries.get_week(db, applicant, week_id), by=me)
    return redirect(request, url(request, "admissions.show_applicant", number=number), flash="Semaine annulée.")


@router.post("/candidats/{number}/admission", name="admissions.admit", dependencies=EDIT)
def admit(request: Request, db: Db, me: Me, number: str, posted: PostedForm) -> Response:
    """The applicant becomes a pupil."""
    applicant = queries.get_applicant(db, number, lock=True)
    form = posted.read(AdmitForm)
    with form.refusals():
        if form.ok:
            typed = form.valid
            pupil = service.admit(
                db, applicant, group=typed.into, entered_on=typed.entered_on, seen_version=typed.version, by=me
            )
            where = url(request, "pedagogy.show_record", code=pupil.code)
            return redirect(request, where, flash=f"{pupil.full_name} est inscrit : élève {pupil.code}.")
    return file_page(request, db, number, {"admit": form}, status=form.status)


@router.get("/candidats/{number}/anonymisation", name="admissions.confirm_anonymise", dependencies=EDIT)
def confirm_anonymise(request: Request, db: Db, number: str) -> Response:
    """What anonymising takes away, before it is done."""
    return page(request, "admissions/anonymise.html", applicant=queries.get_applicant(db, number))


@router.post("/candidats/{number}/anonymisation", name="admissions.anonymise", dependencies=EDIT)
def anonymise(request: Request, db: Db, me: Me, number: str) -> Response:
    """Take the person out of a closed application."""
    service.anonymise(db, queries.get_applicant(db, number, lock=True), by=me)
    return redirect(request, url(request, "admissions.show_retention"), flash="Candidature anonymisée.")
