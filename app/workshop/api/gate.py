"""The JSON door to the gate."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.accounts.deps import Me, allow
from app.core.clock import today
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.fields import Code, Day
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, schemas, service
from app.workshop.forms import OverrideForm
from app.workshop.schemas import GateOut, TicketOut

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["workshop"])
READ, GIVE = [allow(Permission.TICKET_READ)], [allow(Permission.TICKET_GIVE)]


@router.get("/gate", name="workshop.api_ask_gate", dependencies=READ)
def ask_gate(
    db: Db, pupil: Annotated[Code, Query()], work_center: Annotated[Code, Query()],
    on: Annotated[Day | None, Query()] = None,
) -> GateOut:  # fmt: skip
    """May this pupil work on this work centre on that day (today without one)? Answered from the records alone."""
    return schemas.gate_out(queries.ask_gate(db, pupil, work_center, on or today()))


@router.post("/tickets/{number}/override", name="workshop.api_pass_over", dependencies=GIVE)
def pass_over(db: Db, me: Me, number: str, body: OverrideForm) -> TicketOut:
    """Go past the school's own rules for one pupil on one ticket, with a reason; law has no such door."""
    pupil_id = queries.pupil_ids(db, [body.pupil], field="pupil")[0]
    ticket = queries.get_ticket(db, number, lock=True)
    service.pass_over(db, ticket, pupil_id=pupil_id, reason=body.reason, seen_version=body.version, by=me)
    db.flush()  # what was just written, so that the document read again shows it
    return schemas.ticket_out(queries.ticket_page(db, number, by=me))
