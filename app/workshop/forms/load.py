"""What may be asked of the workshop's load."""

from typing import Annotated

from pydantic import Field
from starlette.datastructures import FormData

from app.web.fields import Blank, Code, Count, Input
from app.web.forms import Form, Posted

Pieces = Annotated[Count, Field(ge=1, le=100_000)]


class LoadForm(Input):
    """A date for so many pieces of a routing; nothing asked, nothing promised."""

    gamme: Annotated[Code | None, Blank] = None
    pieces: Annotated[Pieces | None, Blank] = None


def read_load(values: dict[str, str]) -> Form[LoadForm]:
    """The question of the address; a wrong figure is told at its field."""
    form = Posted(FormData({name: values.get(name, "") for name in ("gamme", "pieces")})).read(LoadForm)
    if form.ok and bool(form.valid.gamme) != bool(form.valid.pieces):
        missing = "pieces" if form.valid.gamme else "gamme"
        form.refuse("Indiquez combien de pièces." if missing == "pieces" else "Choisissez une gamme.", missing)
    return form
