"""The JSON door to what jobs cost, for those who sell."""

from fastapi import APIRouter

from app.accounts.deps import allow
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, schemas
from app.workshop.schemas import JobCostOut

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["workshop"])


@router.get("/jobs/{number}/cost", name="workshop.api_job_cost", dependencies=[allow(Permission.COST_READ)])
def job_cost(db: Db, number: str) -> JobCostOut:
    """A job's cost against the net of its order line; amounts in euros excluding VAT, lengths in minutes."""
    return schemas.job_cost_out(number, queries.job_cost(db, number))
