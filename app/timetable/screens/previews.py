"""Mass changes are looked at first: the form is asked by GET, shown with what it would do, then posted."""

from collections.abc import Callable
from typing import TypeVar

from fastapi import Request
from pydantic import BaseModel
from starlette.datastructures import FormData

from app.timetable.queries import Preview, preview_of
from app.timetable.rules.plans import Plan
from app.web.deps import Db
from app.web.forms import Form, Posted

LOOK = "voir"
M = TypeVar("M", bound=BaseModel)


def asked(request: Request, model: type[M]) -> Form[M] | None:
    """The form as it stands in the address, once somebody asked to see what it does."""
    values = request.query_params
    if LOOK not in values:
        return None
    return Posted(FormData([(name, value) for name, value in values.multi_items() if name != LOOK])).read(model)


def look(db: Db, form: Form[M], plan_of: Callable[[M], Plan]) -> Preview | None:
    """What a sound form would do; what refuses it lies at its field."""
    found = None
    with form.refusals():
        if form.data is not None:
            found = preview_of(db, plan_of(form.data))
    return found
