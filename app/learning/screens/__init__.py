"""The pages of learning."""

from fastapi import APIRouter

from app.learning.screens import coverage, frameworks, marks, pupils, reports

router = APIRouter(include_in_schema=False)
for part in (frameworks, coverage, pupils, marks, reports):
    router.include_router(part.router)
