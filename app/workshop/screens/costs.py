"""What a job costs: for those who sell."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from app.accounts.deps import allow
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.pages import page
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, rules

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
COST = [allow(Permission.COST_READ)]


@router.get("/atelier/of/{number}/cout", name="workshop.show_job_cost", dependencies=COST)
def show_job_cost(request: Request, db: Db, number: str) -> Response:
    """Professional hours at the market rate, machine hours, learning hours, pieces lost, material, margin."""
    found = queries.job_page(db, number)
    return page(
        request, "workshop/job_cost.html", page=found, cost=queries.job_cost(db, number), minutes=rules.minutes
    )  # fmt: skip
