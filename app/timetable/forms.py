"""What a person may type about the timetable: the same models for the pages and for JSON."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.pedagogy.rules import HalfDay, SessionKind
from app.timetable.rules import ActivityKind, WeekKind
from app.web.fields import Blank, Code, Count, Day, Id, Input, Line, Minute, Name, Version

Seen = Annotated[str, StringConstraints(max_length=64)]


def _rule(words: str) -> PydanticCustomError:
    return PydanticCustomError("rule", words)


class SessionForm(Input):
    """A session of the timetable. Without `kind` it is of its subject's.

    `catches_up`: the id of the cancelled session that it makes up for.
    """

    group: Code
    on_date: Day
    start: Minute
    end: Minute
    subject: Code
    staff: Code
    kind: Annotated[SessionKind | None, Blank] = None
    room: Annotated[Line | None, Blank] = None
    catches_up: Annotated[Id | None, Blank] = None
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
    seen: Seen = ""


class RuleChange(Input):
    """A session that comes again each week, from one day to another. `seen`: which preview was looked at."""

    weekday: Annotated[Count, Field(le=6)]
    start: Minute
    end: Minute
    subject: Code
    staff: Code
    kind: Annotated[SessionKind | None, Blank] = None
    room: Annotated[Line | None, Blank] = None
    weeks: WeekKind = WeekKind.EVERY
    starts_on: Day
    ends_on: Day
    version: Version | None = None
    seen: Seen = ""

    @field_validator("end")
    @classmethod
    def _after_the_start(cls, value: int, info: ValidationInfo) -> int:
        start = info.data.get("start")
        if start is not None and value <= start:
            raise _rule("La fin vient après le début.")
        return value


class RuleForm(RuleChange):
    """A new rule of a group."""

    group: Code


class EndRuleForm(Input):
    """The last day of a rule."""

    ends_on: Day
    version: Version | None = None
    seen: Seen = ""


class SeenForm(Input):
    """An act that was previewed, without anything typed."""

    seen: Seen = ""


class CopyForm(Input):
    """A week of a group, by any of its days, to the weeks from one day's to another's."""

    group: Code
    source: Day
    first: Day
    last: Day
    seen: Seen = ""


class ReplacementForm(Input):
    """Who is away from a day to a day (a half of each), and who holds the sessions, or those chosen, instead.

    Without anybody they are cancelled.
    """

    staff: Code
    on_date: Day
    until: Annotated[Day | None, Blank] = None
    half: Annotated[HalfDay | None, Blank] = None
    sessions: Annotated[list[Id], Field(max_length=200)] = Field(default_factory=list)
    substitute: Annotated[Code | None, Blank] = None
    reason: Annotated[Line | None, Blank] = None
    seen: Seen = ""


class SchoolYearForm(Input):
    """First and last day of lessons; with a day of a week A, weeks alternate."""

    starts_on: Day
    ends_on: Day
    week_a_on: Annotated[Day | None, Blank] = None
    skips_closed: bool = False
    version: Version | None = None


class SettingForm(Input):
    """Whether hours of minors beyond the limits are refused or only told."""

    hours: Literal["alerte", "bloque"] = "alerte"
    version: Version | None = None


class HolidaysForm(Input):
    """A table of school holidays as text; `apply` stores it."""

    text: Annotated[str, StringConstraints(max_length=100_000)] = ""
    apply: bool = False


class ActivityChange(Input):
    """Exam, placement, visit: days, so many minutes each."""

    kind: ActivityKind
    starts_on: Day
    ends_on: Day
    minutes_per_day: Annotated[Count, Field(le=600)]
    label: Name
    version: Version | None = None


class ActivityForm(ActivityChange):
    """A new one, of a group or of one pupil."""

    group: Annotated[Code | None, Blank] = None
    pupil: Annotated[Code | None, Blank] = None


class RoomChange(Input):
    """How many pupils a room holds; nothing, nobody counts."""

    capacity: Annotated[Annotated[Count, Field(ge=1, le=500)] | None, Blank] = None
    version: Version | None = None


class RoomForm(RoomChange):
    """A room by the name that sessions bear."""

    name: Name


class FeedForm(Input):
    """Whom a link to a pupil's sessions is handed to."""

    holder: Name


class MoveForm(Input):
    """A session dropped elsewhere in the week; whose week it was, to come back to it."""

    on_date: Day
    start: Minute
    version: Version | None = None
    groupe: Annotated[Line | None, Blank] = None
    personne: Annotated[Line | None, Blank] = None
    salle: Annotated[Line | None, Blank] = None
    eleve: Annotated[Line | None, Blank] = None
