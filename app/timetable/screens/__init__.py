"""The pages of the timetable and of the calendar."""

from fastapi import APIRouter

from app.timetable.screens import calendar, feeds, rules, sessions, tables, weekplans, weeks
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (weeks, weekplans, rules, sessions, calendar, tables, feeds):
    router.include_router(part.router)
