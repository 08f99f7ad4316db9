"""The page of one job: its routing with what each operation asks for, where that was copied from, its tickets."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clients.models import Company
from app.core.db import run
from app.core.journal import Deed, history
from app.machines.models import WorkCenter
from app.orders.models import CustomerOrder
from app.workshop.models import Operation, RoutingTemplate
from app.workshop.queries.drafts import drafts_of_job
from app.workshop.queries.drawings import DrawingSet, drawing_sets
from app.workshop.queries.jobs import get_job
from app.workshop.queries.learning import outlooks
from app.workshop.queries.material_uses import Use, material_of_jobs
from app.workshop.queries.routing import Routing, routing_of_job
from app.workshop.queries.templates import template_of_job
from app.workshop.queries.tickets import TicketRow, ticket_rows
from app.workshop.rules import Draft, Outlook


@dataclass(frozen=True, slots=True)
class JobPage:
    """A job with its routing and its tickets. `copied`: the template it came from, and its revision then."""

    routing: Routing
    drafts: list[Draft]
    ppe: dict[str, str]
    copied: tuple[RoutingTemplate, int] | None
    outlook: Outlook | None
    drawings: list[DrawingSet]
    client: str
    tickets: list[TicketRow]
    material: list[Use]
    journal: list[Deed]

    @property
    def centers(self) -> dict[str, str]:
        """The machines by code."""
        return {operation.center: operation.center_label for operation in self.routing.operations}

    @property
    def behind(self) -> bool:
        """The template has changed since it was copied."""
        return self.copied is not None and self.copied[0].revision != self.copied[1]

    def tickets_of(self, operation_id: int) -> list[TicketRow]:
        """The tickets of one operation."""
        return [ticket for ticket in self.tickets if ticket.operation_id == operation_id]


def job_page(db: Session, number: str) -> JobPage:
    """A job, its operations, its tickets and its journal."""
    job = get_job(db, number)
    client = db.execute(select(Company.name).join(CustomerOrder).where(CustomerOrder.id == job.order_id)).scalar_one()
    template = template_of_job(db, job)
    copied = (template, job.template_revision or 0) if template else None
    routing = routing_of_job(db, job.id)
    return JobPage(
        routing, drafts_of_job(db, job.id), _ppe(db, job.id), copied, outlooks(db, [routing]).get(job.id),
        drawing_sets(db, [job.line_id]).get(job.line_id, []), client,
        ticket_rows(db, Operation.job_id == job.id), material_of_jobs(db, [job.id]),
        history(db, "job", job.id),
    )  # fmt: skip


def _ppe(db: Session, job_id: int) -> dict[str, str]:
    """What to wear at each machine of a job."""
    query = select(WorkCenter.code, WorkCenter.ppe).join(Operation).where(Operation.job_id == job_id)
    return {row[0]: row[1] for row in run(db, query).all()}
