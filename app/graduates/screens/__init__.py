"""The pages of exams, results, offers and leavers."""

from fastapi import APIRouter

from app.graduates.screens import exams, offers
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (offers, exams):
    router.include_router(part.router)
