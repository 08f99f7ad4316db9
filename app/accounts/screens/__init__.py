"""The pages of signing in, of staff and of the school."""

from fastapi import APIRouter

from app.accounts.screens import account, door, school, staff
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (door, account, staff, school):
    router.include_router(part.router)
