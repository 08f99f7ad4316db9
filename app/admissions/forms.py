"""What a person may type about an applicant."""

from typing import Annotated, ClassVar

from pydantic import Field

from app.pedagogy.forms import SchoolYear
from app.pedagogy.rules.guardians import Relation
from app.web.fields import Blank, Code, Count, Day, Email, Input, Line, Name, Text, Version


class ApplicantGuardianForm(Input):
    """Who answers for an applicant."""

    prefilled: ClassVar[frozenset[str]] = frozenset({"relation"})
    name: Name
    relation: Relation = Relation.GUARDIAN
    email: Annotated[Email | None, Blank] = None
    phone: Annotated[Line | None, Blank] = None
    address: Annotated[Line | None, Blank] = None


class RetentionRow(Input):
    """One kind of data: how long it is in use, what is done with it then, after which source."""

    data: Name
    in_use: Name
    then: Name
    source: Line = ""


class RetentionForm(Input):
    """What is kept how long; an empty row is none."""

    months: Annotated[Count, Field(ge=1, le=60)]
    rows: Annotated[list[RetentionRow], Field(max_length=60, default_factory=list)]
    version: Count = 0


class ApplicantForm(Input):
    """An application; a birth date is needed only to be admitted."""

    last_name: Name
    first_name: Name
    born_on: Annotated[Day | None, Blank] = None
    email: Annotated[Email | None, Blank] = None
    phone: Annotated[Line | None, Blank] = None
    present_school: Annotated[Line | None, Blank] = None
    origin: Annotated[Line | None, Blank] = None
    school_year: SchoolYear
    diploma: Annotated[Code | None, Blank] = None
    received_on: Day
    comment: Annotated[Text | None, Blank] = None
    guardians: Annotated[list[ApplicantGuardianForm], Field(max_length=2)] = Field(default_factory=list)
    version: Version | None = None


class StepForm(Input):
    """The next step of an application."""

    action: Code
    note: Annotated[Line | None, Blank] = None
    version: Version | None = None


class WeekForm(Input):
    """An observation week."""

    starts_on: Day
    ends_on: Day
    group: Code
    staff: Annotated[Code | None, Blank] = None
    agreed_on: Annotated[Day | None, Blank] = None


class AdmitForm(Input):
    """Where and when an applicant becomes a pupil."""

    into: Code
    entered_on: Day
    version: Version | None = None
