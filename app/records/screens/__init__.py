"""The pages of the pupil's file."""

from fastapi import APIRouter

from app.records.screens import files, notes, photos, settings, years
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (settings, files, photos, notes, years):
    router.include_router(part.router)
