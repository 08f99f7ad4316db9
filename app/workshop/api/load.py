"""The JSON door to the workshop's load and to promises."""

from typing import Annotated

from fastapi import APIRouter, Query

from app.accounts.deps import allow
from app.core.permissions import Permission
from app.web.deps import Db
from app.web.fields import Code
from app.web.routing import UnitOfWorkRoute
from app.workshop import queries, schemas
from app.workshop.schemas import LoadOut, PromiseOut

router = APIRouter(prefix="/api/v1", route_class=UnitOfWorkRoute, tags=["workshop"])
READ = [allow(Permission.TICKET_READ)]


@router.get("/load", name="workshop.api_show_load", dependencies=READ)
def show_load(db: Db) -> LoadOut:
    """What is left to make against the hours of machines and pupils, week by week, and what does not fit."""
    return schemas.load_out(queries.load_page(db))


@router.get("/promise", name="workshop.api_promise", dependencies=READ)
def show_promise(
    db: Db, template: Annotated[Code, Query()], quantity: Annotated[int, Query(ge=1, le=100_000)]
) -> PromiseOut:
    """A date for so many pieces of a routing, with its reasons; nothing is reserved."""
    return schemas.promise_out(queries.load_page(db, template=template, quantity=quantity))
