"""The pages of the timetable and of the calendar."""

from fastapi import APIRouter

from app.timetable.screens import calendar, sessions, weeks
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (weeks, sessions, calendar):
    router.include_router(part.router)
