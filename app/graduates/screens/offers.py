"""The pages of results, offers and leavers."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.graduates import queries, rules, service
from app.graduates.forms import OfferForm, OutcomeForm, ResultsForm
from app.web.deps import Db, Listing, PostedForm
from app.web.fields import Id, Year
from app.web.forms import Form, blank_form
from app.web.listing import Column, export
from app.web.pages import page, redirect, url
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
READ = [allow(Permission.GRADUATE_READ)]
EDIT = [allow(Permission.GRADUATE_EDIT)]
OFFER = [allow(Permission.OFFER_EDIT)]
EXPORT_ROWS = 20_000
COLUMNS = (
    Column("Date", lambda row: row.offered_on), Column("Élève", lambda row: f"{row.last_name} {row.first_name}"),
    Column("Groupe", lambda row: row.group_code), Column("Entreprise", lambda row: row.company_name),
    Column("Contrat", lambda row: rules.CONTRACT_LABELS[row.contract]),
    Column("Suite donnée", lambda row: rules.OFFER_LABELS[row.state]),
)  # fmt: skip


@router.get("/debouches", name="graduates.show_cohort", dependencies=READ)
def show_cohort(request: Request, db: Db, listing: Listing) -> Response:
    """The figures of an exam session and its candidates, one by one."""
    asked = listing.values.get("session", "")
    found = queries.cohort_page(db, int(asked) if asked.isdecimal() and len(asked) == 4 else None, today())
    return page(request, "graduates/cohort.html", cohort=found, rules=rules)


@router.get("/debouches/promesses", name="graduates.list_offers", dependencies=READ)
def list_offers(request: Request, db: Db, listing: Listing) -> Response:
    """Offers, latest first."""
    asked = listing.request(sorts=queries.OFFER_SORTS, default="-date", filters=("suite",))
    found = queries.list_offers(db, asked)
    return page(request, "graduates/offer_list.html", listing=listing, asked=asked, found=found, rules=rules)


@router.get("/debouches/promesses/export.{kind}", name="graduates.export_offers", dependencies=READ)
def export_offers(db: Db, listing: Listing, kind: str) -> Response:
    """The filtered offers as a table file."""
    asked = listing.request(sorts=queries.OFFER_SORTS, default="-date", filters=("suite",), size=EXPORT_ROWS)
    return export("promesses", kind, COLUMNS, queries.list_offers(db, asked).items)


@router.get("/debouches/promesses/nouvelle", name="graduates.new_offer", dependencies=OFFER)
def new_offer(request: Request, db: Db, listing: Listing) -> Response:
    """An empty offer, for a pupil when one is named."""
    initial = {"pupil": listing.values.get("eleve", ""), "offered_on": today(), "state": rules.OfferState.ANNOUNCED}
    return _offer_page(request, db, blank_form(initial), None)


@router.post("/debouches/promesses", name="graduates.create_offer", dependencies=OFFER)
def create_offer(request: Request, db: Db, me: Me, posted: PostedForm) -> Response:
    """Note an offer."""
    form = posted.read(OfferForm)
    with form.refusals():
        if form.ok:
            service.create_offer(db, values=form.valid.model_dump(), by=me)
            target = url(request, "graduates.show_future", code=form.valid.pupil)
            return redirect(request, target, flash="Promesse notée.")
    return _offer_page(request, db, form, None, status=form.status)


@router.get("/debouches/promesses/{offer_id}", name="graduates.edit_offer", dependencies=OFFER)
def edit_offer(request: Request, db: Db, offer_id: Id) -> Response:
    """An offer's form, filled."""
    offer = queries.get_offer(db, offer_id)
    values = {name: getattr(offer, name) for name in OfferForm.model_fields if name != "pupil"}
    return _offer_page(request, db, blank_form(values | {"pupil": offer.pupil.code}), offer_id)


@router.post("/debouches/promesses/{offer_id}", name="graduates.change_offer", dependencies=OFFER)
def change_offer(request: Request, db: Db, me: Me, offer_id: Id, posted: PostedForm) -> Response:
    """Change an offer."""
    offer = queries.get_offer(db, offer_id, lock=True)
    form = posted.read(OfferForm)
    if form.ok and form.valid.pupil != offer.pupil.code:
        form.refuse("Une promesse reste à son élève.", "pupil")
    with form.refusals():
        if form.ok:
            service.change_offer(db, offer, values=form.valid.model_dump(), by=me)
            target = url(request, "graduates.show_future", code=offer.pupil.code)
            return redirect(request, target, flash="Promesse enregistrée.")
    return _offer_page(request, db, form, offer_id, status=form.status)


@router.get("/debouches/resultats/{session}/{group}", name="graduates.edit_results", dependencies=EDIT)
def edit_results(request: Request, db: Db, session: Year, group: str) -> Response:
    """The sheet of a group's results."""
    sheet = queries.result_sheet(db, group, session)
    values = {f"rows-{i}-verdict": verdict for i, (_, verdict) in enumerate(sheet)}
    return _results_page(request, db, session, group, blank_form(values))


@router.post("/debouches/resultats/{session}/{group}", name="graduates.record_results", dependencies=EDIT)
def record_results(request: Request, db: Db, me: Me, posted: PostedForm, *, session: Year, group: str) -> Response:
    """Write the results of a group."""
    form = posted.read(ResultsForm)
    with form.refusals():
        if form.ok:
            verdicts = {row.pupil: row.verdict for row in form.valid.rows}
            service.record_results(db, queries.get_group(db, group), session, verdicts=verdicts, by=me)
            target = url(request, "graduates.show_cohort", query={"session": session})
            return redirect(request, target, flash="Résultats enregistrés.")
    return _results_page(request, db, session, group, form, status=form.status)


@router.get("/debouches/resultats", name="graduates.choose_results", dependencies=EDIT)
def choose_results(request: Request, db: Db) -> Response:
    """Which group, which session."""
    year = rules.session_of(today())
    return page(request, "graduates/results_choose.html", sessions=queries.groups_of_sessions(db, [year - 1, year]))


@router.get("/debouches/eleves/{code}", name="graduates.show_future", dependencies=READ)
def show_future(request: Request, db: Db, code: str) -> Response:
    """Results, offers and situations of one pupil."""
    return _future_page(request, db, code, blank_form({"as_of": today()}))


@router.post("/debouches/eleves/{code}/situation", name="graduates.record_outcome", dependencies=EDIT)
def record_outcome(request: Request, db: Db, me: Me, code: str, posted: PostedForm) -> Response:
    """Note what a leaver does."""
    form = posted.read(OutcomeForm)
    with form.refusals():
        if form.ok:
            service.record_outcome(db, queries.get_pupil(db, code), values=form.valid.model_dump(), by=me)
            return redirect(request, url(request, "graduates.show_future", code=code), flash="Situation notée.")
    return _future_page(request, db, code, form, status=form.status)


def _offer_page(request: Request, db: Db, form: Form[OfferForm], offer_id: Id | None, status: int = 200) -> Response:
    return page(
        request, "graduates/offer_edit.html", status=status, form=form, offer_id=offer_id, rules=rules,
        pupils=queries.pupil_options(db), companies=queries.company_names(db),
    )  # fmt: skip


def _results_page(
    request: Request, db: Db, session: Year, group: str, form: Form[ResultsForm], *, status: int = 200
) -> Response:
    sheet = queries.result_sheet(db, group, session)
    found = queries.get_group(db, group)
    return page(request, "graduates/results_edit.html", status=status, form=form, sheet=sheet, group=found,
                session=session, rules=rules)  # fmt: skip


def _future_page(request: Request, db: Db, code: str, form: Form[OutcomeForm], status: int = 200) -> Response:
    found = queries.pupil_future(db, code)
    return page(request, "graduates/future.html", status=status, future=found, form=form, rules=rules)
