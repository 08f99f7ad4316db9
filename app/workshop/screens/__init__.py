"""The pages of the workshop."""

from fastapi import APIRouter

from app.web.routing import UnitOfWorkRoute
from app.workshop.screens import (
    calls,
    centers,
    checks,
    costs,
    days,
    defects,
    drawings,
    gate,
    handout,
    jobs,
    load,
    material,
    material_jobs,
    papers,
    parts,
    past,
    points,
    quality,
    releases,
    rotation,
    templates,
    tickets,
    time,
    today,
    together,
    verbs,
    week,
)

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)

for part in (
    gate,
    today,
    week,
    handout,
    tickets,
    verbs,
    checks,
    releases,
    defects,
    quality,
    parts,
    days,
    time,
    jobs,
    centers,
    calls,
    papers,
    past,
    templates,
    points,
    together,
    material,
    material_jobs,
    costs,
    load,
    drawings,
    rotation,
):
    router.include_router(part.router)
