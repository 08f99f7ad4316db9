"""The safety page of a pupil: which machines, on what papers; one fact written down, one voided."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from pydantic import TypeAdapter, ValidationError
from starlette.responses import Response

from app.accounts.deps import Me, allow, note_reading
from app.core.clock import today
from app.core.permissions import Permission
from app.machines import queries, service
from app.machines.forms import FactForm, VoidForm
from app.machines.rules import ARTICLES, ON_A_CENTER, RESULTS_OF, ClearanceKind, ClearanceResult
from app.machines.rules.entry import HEALTH, NEW_LABELS, WITH_END
from app.machines.rules.papers import ELECTRICAL_LEVELS
from app.pedagogy.models import Pupil
from app.pedagogy.queries import get_pupil_by_code
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Day, Id
from app.web.forms import Form, blank_form
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ, EDIT = [allow(Permission.SAFETY_READ)], [allow(Permission.SAFETY_EDIT)]
_DAY: TypeAdapter[date] = TypeAdapter(Day)
FACT_LABELS = {
    "kind": "Papier", "result": "Résultat", "on_date": "Date", "assessed_on": "Évaluée le", "work_center": "Machine",
    "restriction": "Articles exclus", "detail": "Précision", "ends_on": "Fin", "given_by": "Par qui",
}  # fmt: skip
OPENING_RESULT = {ClearanceKind.SAFETY: ClearanceResult.NOT_ASSESSED, ClearanceKind.PERMIT: ClearanceResult.SUPERVISED}


def day_asked(listing: Listing, name: str = "le") -> date:
    """The day of the address, as a link or a person writes it; today when it has none or nonsense."""
    try:
        return _DAY.validate_python(listing.values.get(name, ""))
    except ValidationError:
        return today()


def day_form(day: date) -> Form[Any]:
    """A field that asks for another day."""
    return blank_form({"le": day})


@router.get("/securite/eleves/{code}", name="machines.show_pupil", dependencies=READ)
def show_pupil(request: Request, db: Db, code: str, listing: Listing) -> Response:
    """Which machines this pupil may work on that day, and every paper. Reading it is noted."""
    found = queries.pupil_page(db, code, day_asked(listing))
    note_reading(request, db, "pupil_health", found.folder.pupil.id, "Page de sécurité lue")
    return page(
        request, "machines/pupil_show.html", page=found, folder=found.folder, tab="securite", kinds=ClearanceKind,
        ends_on=queries.ends_on, new_labels=NEW_LABELS, form=day_form(found.day),
    )  # fmt: skip


@router.get("/securite/eleves/{code}/noter", name="machines.new_fact", dependencies=EDIT)
def new_fact(request: Request, db: Db, me: Me, code: str, listing: Listing) -> Response:
    """A blank fact of one kind."""
    pupil, kind = get_pupil_by_code(db, code), _kind(listing.values.get("type", ""))
    result = OPENING_RESULT.get(kind, RESULTS_OF[kind][0])
    values = {"kind": kind, "result": result, "on_date": today(), "work_center": listing.values.get("poste", "")}
    if given := listing.values.get("dispensee", ""):
        values |= {"on_date": given, "assessed_on": today(), "result": ClearanceResult.PASSED}
    return _fact_page(request, db, me, blank_form(values), pupil)


@router.post("/securite/eleves/{code}/noter", name="machines.add_fact", dependencies=EDIT)
def add_fact(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Write a fact down."""
    pupil, form = get_pupil_by_code(db, code, lock=True), posted.read(FactForm)
    with form.refusals():
        if form.ok:
            if training := form.valid.training:
                service.record_training(db, pupil, training, by=me)
            else:
                service.record_fact(db, pupil, form.valid.entry, given_by=form.valid.given_by, by=me)
            return redirect(request, url(request, "machines.show_pupil", code=code), flash="Papier noté.")
    return _fact_page(request, db, me, form, pupil, status=form.status)


@router.get("/securite/papiers/{clearance_id}/annuler", name="machines.ask_void", dependencies=EDIT)
def ask_void(request: Request, db: Db, clearance_id: Id) -> Response:
    """Why was it wrong?"""
    return _void_page(request, db, blank_form(), clearance_id)


@router.post("/securite/papiers/{clearance_id}/annuler", name="machines.void_fact", dependencies=EDIT)
def void_fact(request: Request, db: Db, me: Me, clearance_id: Id, posted: PostedForm) -> Response:
    """A fact that was wrong counts no more."""
    clearance, form = queries.get_clearance(db, clearance_id, lock=True), posted.read(VoidForm)
    with form.refusals():
        if form.ok:
            service.void_fact(db, clearance, reason=form.valid.reason, by=me)
            target = url(request, "machines.show_pupil", code=clearance.pupil.code)
            return redirect(request, target, flash="Papier annulé. Il reste lisible.")
    return _void_page(request, db, form, clearance_id, status=form.status)


def _kind(text: str) -> ClearanceKind:
    return ClearanceKind(text) if text in set(ClearanceKind) else ClearanceKind.MEDICAL


def _fact_page(request: Request, db: Db, me: Me, form: Form[Any], pupil: Pupil, *, status: int = 200) -> Response:
    kind = _kind(form.raw("kind"))
    return page(
        request, "machines/fact_new.html", status=status, form=form, pupil=pupil, kind=kind, title=NEW_LABELS[kind],
        results=[(one.value, one.label) for one in RESULTS_OF[kind]], labels=FACT_LABELS, levels=ELECTRICAL_LEVELS,
        on_center=kind in ON_A_CENTER, with_end=kind in WITH_END, health=kind in HEALTH,
        centers=queries.center_options(db) if kind in ON_A_CENTER else [], articles=list(ARTICLES.values()),
        givers=queries.giver_options(db), mine=me.code,
    )  # fmt: skip


def _void_page(request: Request, db: Db, form: Form[Any], clearance_id: int, status: int = 200) -> Response:
    clearance = queries.get_clearance(db, clearance_id)
    return page(
        request, "machines/fact_void.html", status=status, form=form, paper=clearance,
        kind=ClearanceKind(clearance.kind), result=ClearanceResult(clearance.result), labels={"reason": "Raison"},
    )  # fmt: skip
