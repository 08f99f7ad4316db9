"""The pages of the hours ledger."""

from fastapi import APIRouter

from app.ledger.screens import projects
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (projects,):
    router.include_router(part.router)
