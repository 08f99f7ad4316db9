"""The pages of absences."""

from fastapi import APIRouter

from app.absences.screens import days, letters, months, outbox, pupils, reasons
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (days, reasons, months, letters, outbox, pupils):
    router.include_router(part.router)
