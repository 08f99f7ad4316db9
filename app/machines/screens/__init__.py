"""The pages about machines and who may work on them."""

from fastapi import APIRouter

from app.machines.screens import (
    answers,
    centers,
    changes,
    deadlines,
    declarations,
    groups,
    matrix,
    printing,
    pupils,
    settings,
    supervisors,
)
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
PARTS = (
    centers, pupils, groups, matrix, deadlines, changes, declarations, printing, supervisors, settings, answers
)  # fmt: skip
for part in PARTS:
    router.include_router(part.router)
