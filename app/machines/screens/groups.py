"""Facts about many pupils at once: a training for a class, a doctor's day."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow, note_reading
from app.core.clock import today
from app.core.permissions import Permission
from app.machines import queries, service
from app.machines.forms import TrainingForm, VisitsForm
from app.machines.rules import RESULTS_OF, ClearanceKind
from app.pedagogy.queries import group_options
from app.web.deps import Db, Listing, PostedForm
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
EDIT = [allow(Permission.SAFETY_EDIT)]
LABELS = {
    "groupe": "Groupe", "work_center": "Machine", "on_date": "Date", "assessed_on": "Évaluée le", "given_by": "Par qui",
    "rows": "Élèves",
}  # fmt: skip


def _results(kind: ClearanceKind) -> list[tuple[str, str]]:
    return [(one.value, one.label) for one in RESULTS_OF[kind]]


@router.get("/securite/formations", name="machines.new_training", dependencies=EDIT)
def new_training(request: Request, db: Db, listing: Listing) -> Response:
    """A training for a class on one machine."""
    values = {
        "groupe": listing.values.get("groupe", ""), "work_center": listing.values.get("poste", ""), "on_date": today()
    }  # fmt: skip
    return _training_page(request, db, blank_form(values))


@router.post("/securite/formations", name="machines.add_training", dependencies=EDIT)
def add_training(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Write it down for everybody who was there, all or none."""
    form = posted.read(TrainingForm)
    with form.refusals():
        if form.ok:
            count = service.record_trainings(db, form.valid.trainings, by=me)
            words = f"Formation notée pour {count} élève{'s' if count > 1 else ''}."
            target = url(request, "machines.show_matrix", query={"groupe": form.valid.groupe})
            return redirect(request, target, flash=words)
    return _training_page(request, db, form, status=form.status)


@router.get("/securite/visites", name="machines.new_visits", dependencies=EDIT)
def new_visits(request: Request, db: Db, listing: Listing) -> Response:
    """A doctor's day: the opinions of a class, with the ones in force. Reading it is noted."""
    values = {"groupe": listing.values.get("groupe", ""), "on_date": today()}
    return _visits_page(request, db, blank_form(values))


@router.post("/securite/visites", name="machines.add_visits", dependencies=EDIT)
def add_visits(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Write the opinions down, all or none."""
    form = posted.read(VisitsForm)
    with form.refusals():
        if form.ok:
            count = service.record_visits(db, form.valid.entries, doctor=form.valid.given_by, by=me)
            words = f"{count} avis noté{'s' if count > 1 else ''}."
            target = url(request, "machines.list_deadlines")
            return redirect(request, target, flash=words)
    return _visits_page(request, db, form, status=form.status)


def _training_page(request: Request, db: Db, form: Form[Any], status: int = 200) -> Response:
    group = queries.class_of(db, form.raw("groupe"), today())
    return page(
        request, "machines/training_new.html", status=status, form=form, group=group, groups=group_options(db),
        centers=queries.center_options(db), results=_results(ClearanceKind.SAFETY), labels=LABELS,
        given=queries.trained_on(db, group, form.raw("work_center")),
    )  # fmt: skip


def _visits_page(request: Request, db: Db, form: Form[Any], status: int = 200) -> Response:
    group = queries.class_of(db, form.raw("groupe"), today())
    opinions = queries.opinions_of(db, group)
    if group is not None and status == 200:
        note_reading(request, db, "group_health", group.id, f"Avis médicaux de {group.label} lus")
    return page(
        request, "machines/visits_new.html", status=status, form=form, group=group, groups=group_options(db),
        results=_results(ClearanceKind.MEDICAL), labels=LABELS, opinions=opinions,
    )  # fmt: skip
