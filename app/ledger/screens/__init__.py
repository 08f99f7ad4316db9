"""The pages of the hours ledger."""

from fastapi import APIRouter

from app.ledger.screens import counting, gaps, papers, projects, pupils, region, statements, volumes
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (pupils, gaps, volumes, statements, papers, region, counting, projects):
    router.include_router(part.router)
