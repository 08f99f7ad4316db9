"""The pages of exchange: taking files over, the school-life product, all the data of one person."""

from fastapi import APIRouter

from app.exchange.screens import imports, person, school_life
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (imports, person, school_life):
    router.include_router(part.router)
