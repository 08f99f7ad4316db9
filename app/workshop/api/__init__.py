"""The JSON door to the workshop."""

from fastapi import APIRouter

from app.web.routing import UnitOfWorkRoute
from app.workshop.api import gate, jobs, templates, tickets

router = APIRouter(route_class=UnitOfWorkRoute)

for part in (tickets, gate, jobs, templates):
    router.include_router(part.router)
