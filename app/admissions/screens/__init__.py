"""The pages of admissions."""

from fastapi import APIRouter

from app.admissions.screens import applicants, lists, steps
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (lists, applicants, steps):
    router.include_router(part.router)
