"""The JSON door to the workshop."""

from fastapi import APIRouter

from app.web.routing import UnitOfWorkRoute
from app.workshop.api import costs, drawings, gate, jobs, load, material, quality, templates, tickets, times

router = APIRouter(route_class=UnitOfWorkRoute)

for part in (tickets, quality, gate, jobs, templates, times, material, costs, load, drawings):
    router.include_router(part.router)
