"""The pages of admissions."""

from fastapi import APIRouter

from app.admissions.screens import applicants, lists, retention, steps
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (retention, lists, applicants, steps):
    router.include_router(part.router)
