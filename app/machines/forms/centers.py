"""What a person may type about a machine: the same models for the pages and for JSON."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from app.machines.forms.fields import Articles, FreeWords, NewCode
from app.machines.models import WorkCenter
from app.machines.rules import CenterState
from app.machines.rules.articles import join_codes, split_codes
from app.machines.rules.papers import ELECTRICAL_LEVELS, is_web_address, split_words
from app.machines.service import CenterDraft
from app.web.fields import Amount, Blank, Code, Count, Day, Hours, Input, Line, Name, Version
from app.web.forms import Form, blank_form

Measure = Annotated[Hours, Field(gt=0, le=1000)]


def _web_address(text: str) -> str:
    if text and not is_web_address(text):
        raise PydanticCustomError("rule", "Une adresse en http ou https est attendue. Exemple : https://fds.example/1.")
    return text


def _level(text: str) -> str:
    if text and text not in ELECTRICAL_LEVELS:
        raise PydanticCustomError("rule", "Choisissez dans la liste.")
    return text


class CenterForm(Input):
    """A machine or bench."""

    code: Annotated[Code | None, Blank] = None
    label: Name
    capacity: Annotated[Count, Field(ge=1, le=1000)]
    regulated_articles: Articles = ()
    risk_assessed_on: Annotated[Day | None, Blank] = None
    exceeding_articles: Articles = ()
    place: Line = ""
    vibration: Annotated[Measure | None, Blank] = None
    load_kg: Annotated[Measure | None, Blank] = None
    electrical: Annotated[Line, AfterValidator(_level)] = ""
    needs_driving_authorisation: bool = False
    needs_permit: bool = False
    ppe: FreeWords = ""
    safety_sheet_url: Annotated[Annotated[Line, AfterValidator(_web_address)] | None, Blank] = None
    hourly_rate: Annotated[Amount | None, Blank] = None
    version: Version | None = None

    @property
    def draft(self) -> CenterDraft:
        """As the service knows it."""
        return CenterDraft(**self._values())

    def over(self, known: CenterDraft) -> CenterDraft:
        """For programs: the four first facts are replaced, of the others those that were sent."""
        kept = {name: getattr(known, name) for name in KEPT if name not in self.model_fields_set}
        return CenterDraft(**(self._values() | kept))

    def _values(self) -> dict[str, Any]:
        values = {name: getattr(self, name) for name in CenterDraft.__dataclass_fields__}
        joined = {name: join_codes(values[name]) for name in ("regulated_articles", "exceeding_articles")}
        return values | joined


KEPT = tuple(
    name for name in CenterDraft.__dataclass_fields__
    if name not in {"label", "capacity", "regulated_articles", "risk_assessed_on"}
)  # fmt: skip


class NewCenterForm(CenterForm):
    """A new machine needs a code."""

    code: NewCode


class StateForm(Input):
    """Whether a machine is in service, and why not."""

    state: CenterState
    note: Annotated[Line, Field(max_length=200)] = ""
    version: Version | None = None


def center_form(center: WorkCenter) -> Form[CenterForm]:
    """The present values of a work centre."""
    values: dict[str, Any] = {name: getattr(center, name) for name in (*CenterDraft.__dataclass_fields__, "version")}
    values |= {
        "regulated_articles": split_codes(center.regulated_articles),
        "exceeding_articles": split_codes(center.exceeding_articles), "needs_permit": center.asks_permit,
        "ppe": "\n".join(split_words(center.ppe)),
    }  # fmt: skip
    return blank_form(values)
