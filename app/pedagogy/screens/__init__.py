"""The pages of school life."""

from fastapi import APIRouter

from app.pedagogy.screens import calls, groups, guardians, hours, logs, pupils
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (pupils, guardians, groups, calls, logs, hours):
    router.include_router(part.router)
