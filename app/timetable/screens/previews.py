"""Mass changes are looked at first: the form is asked by GET, shown with what it would do, then posted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from fastapi import Request
from pydantic import BaseModel
from starlette.datastructures import FormData
from starlette.responses import Response

from app.timetable.queries import Preview, preview_of
from app.timetable.rules.plans import Plan
from app.web.deps import Db
from app.web.forms import Form, Posted, blank_form

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


@dataclass(frozen=True)
class Page(Generic[M]):
    """A page that previews: what its form may say, what that would do, how it is shown with or without an effect."""

    model: type[M]
    plan_of: Callable[[M], Plan]
    shown: Callable[[Form[M], Preview | None, int], Response]

    def asked(self, request: Request, db: Db, start: Mapping[str, Any]) -> Response:
        """The blank form that begins with `start`; once somebody asked, the form with what it would do."""
        form = asked(request, self.model)
        if form is None:
            return self.shown(blank_form(start), None, 200)
        preview = look(db, form, self.plan_of)
        return self.shown(form, preview, 200 if preview else 422)

    def posted(self, db: Db, form: Form[M], carry_out: Callable[[M], Response]) -> Response:
        """What was previewed, carried out; refused, or changed meanwhile, it is shown again with its new effect."""
        with form.refusals():
            if form.ok:
                return carry_out(form.valid)
        return self.shown(form, look(db, form, self.plan_of), form.status)
