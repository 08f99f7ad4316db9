"""The pages of the timetable and of the calendar."""

from fastapi import APIRouter

from app.timetable.screens import activities, calendar, feeds, holidays, rooms, rules, sessions, weekplans, weeks
from app.web.routing import UnitOfWorkRoute

router = APIRouter(route_class=UnitOfWorkRoute, include_in_schema=False)
for part in (weeks, weekplans, rules, sessions, calendar, holidays, activities, rooms, feeds):
    router.include_router(part.router)
