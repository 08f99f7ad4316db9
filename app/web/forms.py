"""HTML forms on Pydantic models: what was typed is kept, errors lie by field, nothing here ever raises."""

import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeVar, get_args

from fastapi import Request
from pydantic import BaseModel, ValidationError
from starlette.datastructures import FormData, UploadFile

from app.core.errors import Refused, Stale
from app.web.messages import field_name, sentence
from app.web.routing import MAX_FIELDS, MAX_FILES

M = TypeVar("M", bound=BaseModel)
_ROW = re.compile(r"([a-z_]+)-(\d{1,4})-([a-z][a-z0-9_]*)")


@dataclass(slots=True)
class Form(Generic[M]):
    """A form as a page shows it: raw text, typed data when sound, errors by field.

    Lines of a nested list are named `lines-0-quantity`. Blank rows are left out of the data; `places` remembers where
    each row of the data stands on the page, so that a refusal of the second line lands where it was typed.
    """

    values: dict[str, str] = field(default_factory=dict)
    data: M | None = None
    errors: dict[str, str] = field(default_factory=dict)
    key: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    stale: Stale | None = None
    places: dict[str, list[int]] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """How the page is answered that shows this form again: 409 when somebody was faster, else 422."""
        return 409 if self.stale else 422

    @property
    def ok(self) -> bool:
        """Sound so far: neither a field nor a rule has refused it."""
        return self.data is not None and not self.errors and self.stale is None

    @property
    def valid(self) -> M:
        """The typed data of a sound form."""
        if self.data is None:
            raise ValueError("the form was not sound")
        return self.data

    def raw(self, name: str) -> str:
        """What was typed, or the present value, or nothing."""
        return self.key if name == "_key" else self.values.get(name, "")

    def chosen(self, name: str) -> list[str]:
        """The values of a field that may bear several (boxes that were ticked)."""
        return [value for value in self.values.get(name, "").split("\n") if value]

    def error(self, name: str) -> str:
        """The sentence at a field, or nothing."""
        return self.errors.get(name, "")

    def refuse(self, sentence: str, name: str = "") -> None:
        """Put a sentence at a field (or on the whole form)."""
        self.errors.setdefault(self._on_page(name) or "_form", sentence)

    def rows(self, prefix: str, minimum: int = 0) -> list[int]:
        """The indexes of a nested list's rows that are there, at least `minimum` of them."""
        seen = {int(m[2]) for name in self.values if (m := _ROW.fullmatch(name)) and m[1] == prefix}
        return sorted(seen | set(range(minimum)))

    def _on_page(self, name: str) -> str:
        nested = _ROW.fullmatch(name)
        places = self.places.get(nested[1], []) if nested else []
        if nested is None or int(nested[2]) >= len(places):
            return name
        return f"{nested[1]}-{places[int(nested[2])]}-{nested[3]}"

    @contextmanager
    def refusals(self) -> Iterator[None]:
        """A rule that refuses inside lands at its field, and the page is shown again with `status`.

        Changed meanwhile: both versions are shown, what was typed stays, and saving again is a choice.
        """
        try:
            yield
        except Refused as refused:
            self.refuse(refused.sentence, refused.field)
            for name, sentence_ in refused.also.items():
                self.refuse(sentence_, name)
        except Stale as stale:
            self.stale = stale
            self.values["version"] = str(stale.version or "")


@dataclass(slots=True)
class Posted:
    """The body of an HTML post, read once."""

    form: FormData

    def read(self, model: type[M]) -> Form[M]:
        """Validate against a model. Blank is absent; errors of nested rows keep their place."""
        values = {k: v for k, v in self.form.multi_items() if isinstance(v, str)}
        for name in model.model_fields:
            if _is_list(model, name) and name in values:
                values[name] = "\n".join(v for v in self.form.getlist(name) if isinstance(v, str))
        shown: Form[M] = Form(values=values, key=values.get("_key") or secrets.token_urlsafe(12))
        data, shown.places = _structured(self.form, model)
        try:
            shown.data = model.model_validate(data)
        except ValidationError as refused:
            for error in refused.errors(include_input=False, include_url=False):
                location = tuple(part for part in error["loc"] if not _is_tag(part))
                shown.refuse(sentence(dict(error)), field_name(location))
        return shown

    def files(self, name: str) -> list[UploadFile]:
        """The files sent under a name, empty choices left out."""
        return [f for f in self.form.getlist(name) if isinstance(f, UploadFile) and f.filename]

    def text(self, name: str) -> str:
        """One plain value."""
        value = self.form.get(name)
        return value if isinstance(value, str) else ""


async def read_posted(request: Request) -> Posted:
    """The form of the request (read at most once)."""
    return Posted(await request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS))


def blank_form(initial: Mapping[str, Any] | None = None) -> Form[Any]:
    """A form nobody has filled yet, with its present values as a person would type them."""
    return Form(values={name: as_typed(value) for name, value in (initial or {}).items() if value is not None})


def as_typed(value: Any) -> str:
    """A value as a field shows it: dates ISO for the browser's date field, decimals with a comma."""
    if isinstance(value, bool):
        return "1" if value else ""
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "\n".join(map(str, value))
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return (text.rstrip("0").rstrip(".") if "." in text else text).replace(".", ",")
    return str(value)


def _structured(form: FormData, model: type[BaseModel]) -> tuple[dict[str, Any], dict[str, list[int]]]:
    """Names to nested data: `lines-0-label` becomes {"lines": [{"label": …}]}; blank values and rows are left out.

    Also the index on the page of each row that was kept.
    """
    flat: dict[str, Any] = {}
    rows: dict[str, dict[int, dict[str, str]]] = {}
    for name, value in form.multi_items():
        if not isinstance(value, str) or name == "_key" or not value.strip():
            continue
        if nested := _ROW.fullmatch(name):
            rows.setdefault(nested[1], {}).setdefault(int(nested[2]), {})[nested[3]] = value
        elif name in flat and _is_list(model, name):
            flat[name].append(value)
        else:
            flat[name] = [value] if _is_list(model, name) else value
    places: dict[str, list[int]] = {}
    for name, found in rows.items():
        prefilled = _prefilled(model, name)
        places[name] = [index for index in sorted(found) if not found[index].keys() <= prefilled]
        flat[name] = [found[index] for index in places[name]]
    return flat, places


def _prefilled(model: type[BaseModel], name: str) -> frozenset[str]:
    """The fields of a nested row that the page fills by itself: a row with nothing else is blank."""
    info = model.model_fields.get(name)
    inside = get_args(info.annotation) if info else ()
    return getattr(inside[0], "prefilled", frozenset()) if inside else frozenset()


def _is_list(model: type[BaseModel], name: str) -> bool:
    info = model.model_fields.get(name)
    return info is not None and str(info.annotation).startswith(("list[", "tuple["))


def _is_tag(part: int | str) -> bool:
    """Pydantic adds the names of validators to the place of some errors; they are no fields."""
    return isinstance(part, str) and ("[" in part or "-" in part)
