"""What a person may type about the timetable: the same models for the pages and for JSON."""

from typing import Annotated

from pydantic import ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.pedagogy.rules import SessionKind
from app.web.fields import Blank, Code, Day, Input, Line, Minute, Name, Version


def _rule(words: str) -> PydanticCustomError:
    return PydanticCustomError("rule", words)


class SessionForm(Input):
    """A session of the timetable. Without `kind` it is of its subject's."""

    group: Code
    on_date: Day
    start: Minute
    end: Minute
    subject: Code
    staff: Code
    kind: Annotated[SessionKind | None, Blank] = None
    room: Annotated[Line | None, Blank] = None
    version: Version | None = None

    @field_validator("end")
    @classmethod
    def _after_the_start(cls, value: int, info: ValidationInfo) -> int:
        start = info.data.get("start")
        if start is not None and value <= start:
            raise _rule("La fin vient après le début.")
        return value


class CancelForm(Input):
    """Why a session does not take place."""

    reason: Name
    version: Version | None = None


class ClosureForm(Input):
    """Days without school, both ends included."""

    starts_on: Day
    ends_on: Day
    label: Name
