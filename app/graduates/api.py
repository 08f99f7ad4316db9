"""The JSON door to results and offers."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app.accounts.deps import Me, allow
from app.core.errors import Refused
from app.core.paging import ListRequest
from app.core.permissions import Permission
from app.graduates import queries, service
from app.graduates.forms import OfferForm, OutcomeForm, ResultsForm
from app.graduates.queries import exams as exam_queries
from app.graduates.schemas import (
    ExamLine,
    ExamOut,
    OfferList,
    OfferOut,
    OfferRow,
    OffersReport,
    exam_line,
    exam_out,
    offer_out,
    offers_report,
)
from app.web.deps import Db
from app.web.fields import Id, Year
from app.web.routing import UnitOfWorkRoute

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["graduates"])
READ = [allow(Permission.GRADUATE_READ)]


@router.get("/reports/job-offers", name="graduates.api_report", dependencies=READ)
def report_job_offers(db: Db, session: Year) -> OffersReport:
    """Offers per graduate and pass rate of a session."""
    figures, codes = queries.session_figures(db, session)
    return offers_report(session, figures, codes)


@router.get("/offers", name="graduates.api_list_offers", dependencies=READ)
def list_offers(
    db: Db,
    q: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> OfferList:
    """Offers, latest first."""
    asked = ListRequest(q=q, sort="date", descending=True, page=page, size=size)
    found = queries.list_offers(db, asked, exact=True)
    rows = [
        OfferRow(id=r.id, pupil=r.pupil_code, company_name=r.company_name, offered_on=r.offered_on,
                 contract=r.contract, state=r.state)
        for r in found.items
    ]  # fmt: skip
    return OfferList(items=rows, total=found.total, page=page, size=size)


@router.post("/offers", name="graduates.api_create_offer", status_code=201,
             dependencies=[allow(Permission.OFFER_EDIT)])  # fmt: skip
def create_offer(db: Db, me: Me, body: OfferForm, response: Response) -> OfferOut:
    """Note an offer."""
    offer = service.create_offer(db, values=body.model_dump(), by=me)
    response.headers["Location"] = f"/api/v1/offers/{offer.id}"
    return offer_out(queries.get_offer(db, offer.id))


@router.get("/offers/{offer_id}", name="graduates.api_show_offer", dependencies=READ)
def show_offer(db: Db, offer_id: Id) -> OfferOut:
    """One offer."""
    return offer_out(queries.get_offer(db, offer_id))


@router.put("/offers/{offer_id}", name="graduates.api_change_offer", dependencies=[allow(Permission.OFFER_EDIT)])
def change_offer(db: Db, me: Me, offer_id: Id, body: OfferForm) -> OfferOut:
    """Change an offer; it stays with its pupil."""
    offer = queries.get_offer(db, offer_id, lock=True)
    if body.pupil != offer.pupil.code:
        raise Refused("Une promesse reste à son élève.", field="pupil")
    return offer_out(service.change_offer(db, offer, values=body.model_dump(), by=me))


@router.put("/results/{session}/{group}", name="graduates.api_record_results", status_code=204,
            dependencies=[allow(Permission.GRADUATE_EDIT)])  # fmt: skip
def record_results(db: Db, me: Me, session: Year, group: str, body: ResultsForm) -> None:
    """The results of a group at its diploma in a session."""
    verdicts = {row.pupil: row.verdict for row in body.rows}
    service.record_results(db, queries.get_group(db, group), session, verdicts=verdicts, by=me)


@router.post("/pupils/{code}/outcomes", name="graduates.api_record_outcome", status_code=204,
             dependencies=[allow(Permission.GRADUATE_EDIT)])  # fmt: skip
def record_outcome(db: Db, me: Me, code: str, body: OutcomeForm) -> None:
    """What a leaver does on a date."""
    service.record_outcome(db, queries.get_pupil(db, code), values=body.model_dump(), by=me)


@router.get("/exams", name="graduates.api_list_exams", dependencies=READ)
def list_exams(db: Db) -> list[ExamLine]:
    """Sessions per diploma with their pass rate, the latest first."""
    return [exam_line(row) for row in exam_queries.list_exams(db)]


@router.get("/exams/{exam_id}", name="graduates.api_show_exam", dependencies=READ)
def show_exam(db: Db, exam_id: Id) -> ExamOut:
    """A session with its units, candidates and results."""
    return exam_out(exam_queries.exam_page(db, exam_queries.get_exam(db, exam_id)))
