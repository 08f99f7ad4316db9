"""The pages about machines and who may work on them."""

from fastapi import APIRouter

from app.machines.screens import centers
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (centers,):
    router.include_router(part.router)
