"""The pages of the tablets: for the staff who look after them, and for the pupils who sit at them."""

from fastapi import APIRouter

from app.kiosk.screens import badges, devices, door, tickets, work
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (devices, badges, door, tickets, work):
    router.include_router(part.router)
