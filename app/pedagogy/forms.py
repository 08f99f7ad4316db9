"""What a person may type about school life: the same models for the pages and for JSON, keyed by the school's codes."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from pydantic import Field, StringConstraints, ValidationError, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.core.clock import today
from app.pedagogy.rules import HERE, Attendance, Period, month_of, school_year_of, week_of
from app.pedagogy.rules.guardians import Relation
from app.pedagogy.rules.logs import Lesson
from app.web.fields import Blank, Code, Count, Day, Email, Input, Line, Name, Text, Version
from app.web.forms import Form, Posted
from app.web.messages import field_name, sentence

MAX_ROLL = 100
Written = Annotated[Text, StringConstraints(min_length=1)]
SchoolYear = Annotated[str, StringConstraints(pattern=r"^20\d\d-20\d\d$")]


def _rule(words: str) -> PydanticCustomError:
    return PydanticCustomError("rule", words)


class PupilChange(Input):
    """What is known of a pupil; the group is changed by a move."""

    first_name: Name
    last_name: Name
    born_on: Day
    entered_on: Day
    left_on: Annotated[Day | None, Blank] = None
    email: Annotated[Email | None, Blank] = None
    phone: Annotated[Line | None, Blank] = None
    version: Version | None = None


class PupilPatch(Input):
    """What is to change of a pupil; what is not sent stays."""

    first_name: Name = ""
    last_name: Name = ""
    born_on: Day = date.min
    entered_on: Day = date.min
    left_on: Annotated[Day | None, Blank] = None
    email: Annotated[Email | None, Blank] = None
    phone: Annotated[Line | None, Blank] = None
    version: Version | None = None


class PupilForm(PupilChange):
    """A new pupil, with the first guardian. Without `code` the next one is given."""

    code: Annotated[Code | None, Blank] = None
    group: Code
    guardian_name: Annotated[Line | None, Blank] = None
    guardian_email: Annotated[Email | None, Blank] = None
    guardian_phone: Annotated[Line | None, Blank] = None


class GuardianForm(Input):
    """Who answers for a pupil. Without dates: always."""

    name: Name
    relation: Relation = Relation.GUARDIAN
    rank: Annotated[Count, Field(ge=1, le=2)] = 1
    email: Annotated[Email | None, Blank] = None
    phone: Annotated[Line | None, Blank] = None
    address: Annotated[Line | None, Blank] = None
    notified: bool = False
    starts_on: Annotated[Day | None, Blank] = None
    ends_on: Annotated[Day | None, Blank] = None
    custody_note: Annotated[Line | None, Blank] = None
    version: Version | None = None


class MoveForm(Input):
    """A pupil's change of group from a day on, perhaps until another."""

    group: Code
    on_date: Day
    ends_on: Annotated[Day | None, Blank] = None
    version: Version | None = None


class VersionForm(Input):
    """A button on a page that was read before: only the version it shows."""

    version: Version | None = None


class GroupChange(Input):
    """The name of a group and its school year, « 2026-2027 »."""

    label: Name
    school_year: SchoolYear
    version: Version | None = None

    @field_validator("school_year")
    @classmethod
    def _two_years_running(cls, value: str) -> str:
        first, second = value.split("-")
        if int(second) != int(first) + 1:
            raise _rule("Une année scolaire s’écrit avec deux années qui se suivent. Exemple : 2026-2027.")
        return value


class GroupPatch(GroupChange):
    """What is to change of a group; what is not sent stays."""

    label: Name = ""
    school_year: SchoolYear = ""


class GroupForm(GroupChange):
    """A new group of a diploma."""

    code: Code
    diploma: Code


class LogForm(Input):
    """The theory log of a session. Without minutes the whole session was taught."""

    content: Written
    homework: Annotated[Text | None, Blank] = None
    homework_due_on: Annotated[Day | None, Blank] = None
    taught_minutes: Annotated[Count | None, Blank] = None
    version: Version | None = None

    @property
    def lesson(self) -> Lesson:
        """As the rules know it."""
        return Lesson(self.content, self.homework, self.homework_due_on, self.taught_minutes)


class PeriodQuery(Input):
    """A period, both ends included, absent for no limit; perhaps of one group."""

    from_: Annotated[Day | None, Blank] = Field(None, alias="from")
    to: Annotated[Day | None, Blank] = None
    group: Annotated[Code | None, Blank] = None

    @field_validator("to")
    @classmethod
    def _not_before_the_start(cls, value: date | None, info: ValidationInfo) -> date | None:
        start = info.data.get("from_")
        if start is not None and value is not None and value < start:
            raise _rule("La fin de la période vient avant son début.")
        return value

    @property
    def period(self) -> Period:
        """As the rules know it."""
        return Period(self.from_, self.to)


class PeriodPage(PeriodQuery):
    """A period, one page of it at a time."""

    page: Annotated[int, Field(ge=1, le=100_000)] = 1
    size: Annotated[int, Field(ge=1, le=200)] = 50


def merged(patch: Input, stored: object) -> dict[str, Any]:
    """The values of a document after a patch: what was sent, else what is stored."""
    sent = patch.model_dump(exclude_unset=True)
    names = set(type(patch).model_fields) - {"version"}
    return {name: sent.get(name, getattr(stored, name)) for name in names}


def read_period(values: Mapping[str, str]) -> tuple[Form[PeriodQuery], Period]:
    """The period of a report page: `du` and `au` when given, else `periode` (annee-2026, mois, semaine, tout).

    What makes no sense is told at its field, and the page shows the school year.
    """
    form: Form[PeriodQuery] = Form(values=dict(values))
    try:
        form.data = PeriodQuery.model_validate({"from": values.get("du", ""), "to": values.get("au", "")})
    except ValidationError as refused:
        names = {"from": "du", "to": "au"}
        for error in refused.errors(include_input=False, include_url=False):
            form.refuse(sentence(dict(error)), names.get(str(error["loc"][0]), ""))
        return form, school_year_of(today())
    if form.valid.from_ or form.valid.to:
        return form, form.valid.period
    return form, _named_period(values.get("periode", ""))


def _named_period(name: str) -> Period:
    day = today()
    if name == "tout":
        return Period()
    if name in {"mois", "semaine"}:
        return month_of(day) if name == "mois" else week_of(day)
    if found := re.fullmatch(r"annee-(20\d\d)", name):
        return school_year_of(date(int(found[1]), 9, 1))
    return school_year_of(day)


class RollStatement(Input):
    """What is said of one pupil; minutes late only of who is late, minutes early only of who was there."""

    pupil: Code
    status: Attendance
    minutes_late: Annotated[Count, Field(le=1440)] = 0
    minutes_early: Annotated[Count, Field(le=1440)] = 0


class RollForm(Input):
    """A roll call. `version` is the sheet's; 1 while nobody has called."""

    statements: Annotated[list[RollStatement], Field(min_length=1, max_length=MAX_ROLL)]
    version: Version = 1


def read_roll(posted: Posted, pupils: Sequence[tuple[int, str]]) -> Form[RollForm]:
    """The roll sheet of a page: `state-12`, `minutes-12` and `early-12` per pupil (id, code), errors at those fields.

    A late pupil needs minutes here, one at least: on a sheet of paper nobody writes « late » without the hour.
    """
    values = {name: value for name, value in posted.form.multi_items() if isinstance(value, str)}
    form: Form[RollForm] = Form(values=values)
    form.key = values.get("_key") or form.key
    told = [(pupil_id, code) for pupil_id, code in pupils if values.get(f"state-{pupil_id}")]
    statements = [_statement(values, pupil_id, code) for pupil_id, code in told]
    try:
        form.data = RollForm.model_validate({"statements": statements, "version": values.get("version") or "1"})
    except ValidationError as refused:
        for error in refused.errors(include_input=False, include_url=False):
            form.errors.setdefault(field_name(error["loc"]), sentence(dict(error)))
    for pupil_id, _ in told:
        minutes = values.get(f"minutes-{pupil_id}", "").strip().strip("0")
        if values[f"state-{pupil_id}"] == Attendance.LATE and not minutes:
            form.errors.setdefault(f"minutes-{pupil_id}", "Combien de minutes de retard ?")
    return form


def at_fields(form: Form[RollForm], pupils: Sequence[tuple[int, str]]) -> None:
    """Move errors of `statements-3-minutes_late` to the field of that pupil on the page."""
    told = [pupil_id for pupil_id, _ in pupils if form.values.get(f"state-{pupil_id}")]
    for name in list(form.errors):
        if found := re.fullmatch(r"statements-(\d+)-(pupil|status|minutes_late|minutes_early)", name):
            kind = {"minutes_late": "minutes", "minutes_early": "early"}.get(found[2], "state")
            form.errors[f"{kind}-{told[int(found[1])]}"] = form.errors.pop(name)


def _statement(values: dict[str, str], pupil_id: int, code: str) -> dict[str, Any]:
    status = values[f"state-{pupil_id}"]
    late = values.get(f"minutes-{pupil_id}", "").strip() if status == Attendance.LATE else ""
    early = values.get(f"early-{pupil_id}", "").strip() if status in HERE else ""
    return {"pupil": code, "status": status, "minutes_late": late or "0", "minutes_early": early or "0"}
