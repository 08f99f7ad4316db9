"""The JSON door to the timetable and the calendar: the same services as the pages, by the school's own codes."""

from fastapi import APIRouter

from app.timetable.api import calendar, rules, sessions
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute)
for part in (sessions, rules, calendar):
    router.include_router(part.router)
