"""The JSON door to jobs and their routing: the same services as the screens."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.accounts.deps import Me, allow
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.fields import Code
from app.web.pages import url
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules, schemas, service
from app.workshop.forms import JobForm, NewJobForm
from app.workshop.models import Job
from app.workshop.schemas import JobOut, OperationList

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["workshop"])
READ, JOB = [allow(Permission.TICKET_READ)], [allow(Permission.JOB_EDIT)]


@router.get("/operations", name="workshop.api_list_operations", dependencies=READ)
def list_operations(db: Db, order: Annotated[Code, Query()]) -> OperationList:
    """The operations of an order with the sums of their bookings (booked minutes, good, scrap) and their state."""
    rows = queries.operations_of_order(db, order)
    return OperationList(items=[schemas.OperationOut.model_validate(row, from_attributes=True) for row in rows])


def _document(db: Db, job: Job) -> JobOut:
    db.flush()  # what was just written, so that the document read again shows it
    template = queries.template_of_job(db, job)
    copied = (template.code if template else None, job.template_revision)
    routing = queries.routing_of_job(db, job.id)
    clocks = rules.total(queries.clocks_of_job(db, job.id).values())
    plan = (clocks, queries.outlooks(db, [routing]).get(job.id))
    return schemas.job_out(routing, queries.drafts_of_job(db, job.id), copied, plan)


@router.get("/jobs/{number}", name="workshop.api_show_job", dependencies=READ)
def show_job(db: Db, number: str) -> JobOut:
    """One job with its routing."""
    return _document(db, queries.get_job(db, number))


@router.post("/jobs", name="workshop.api_create_job", status_code=201, dependencies=JOB)
def create_job(request: Request, db: Db, me: Me, body: NewJobForm, response: Response) -> JobOut:
    """The job of an order line with its routing. With `template` it is a copy of that, check points included;
    `operations` given beside it are what the copy says.
    """
    line = queries.get_line(db, body.order, body.line, lock=True)
    template = queries.get_template(db, body.template, lock=True) if body.template else None
    origin = service.origin_of_template(db, template) if template else None
    drafts = body.drafts or (queries.drafts_of_template(db, template.id) if template else [])
    job = service.create_job(db, line, operations=drafts, quantity=body.quantity, origin=origin, by=me)
    response.headers["Location"] = url(request, "workshop.api_show_job", number=job.number)
    return _document(db, job)


@router.put("/jobs/{number}", name="workshop.api_change_job", dependencies=JOB)
def change_job(db: Db, me: Me, number: str, body: JobForm) -> JobOut:
    """Change a job's routing; `version` is the one that was read. What is left out of an operation stays as it is."""
    job = queries.get_job(db, number, lock=True)
    service.change_routing(
        db, job, operations=body.drafts, quantity=body.quantity, seen_version=body.version, by=me
    )  # fmt: skip
    return _document(db, job)
