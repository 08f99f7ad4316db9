"""Evaluations, the table of marks, terms."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator, Field, StringConstraints

from app.web.fields import Code, Count, Day, Input, Line, Name, ShortName, Version, french_decimal

Scale = Annotated[Decimal, BeforeValidator(french_decimal), Field(gt=0, le=100, decimal_places=2, allow_inf_nan=False)]
Weight = Annotated[Decimal, BeforeValidator(french_decimal), Field(gt=0, le=20, decimal_places=2, allow_inf_nan=False)]


class EvaluationForm(Input):
    """What a group is marked on. `course`: group and subject, as the list names them."""

    title: Name
    on_date: Day
    out_of: Scale
    coefficient: Weight
    version: Version | None = None


class NewEvaluationForm(EvaluationForm):
    """The same, with the group and subject it is of."""

    course: Annotated[str, StringConstraints(pattern=r"^\d{1,9}-\d{1,9}$")]

    @property
    def pair(self) -> tuple[int, int]:
        """Group and subject."""
        group, subject = self.course.split("-")
        return int(group), int(subject)


class MarkRow(Input):
    """One cell of the table; an empty one takes a mark back."""

    pupil: Code
    seen: Count = 0
    mark: Line = ""


class MarksForm(Input):
    """The table of one evaluation."""

    rows: Annotated[list[MarkRow], Field(min_length=1, max_length=200)]
    version: Version | None = None


class TermForm(Input):
    """A *trimestre* or *semestre*."""

    label: ShortName
    school_year: Annotated[str, StringConstraints(pattern=r"^20\d\d-20\d\d$")]
    starts_on: Day
    ends_on: Day
    version: Version | None = None
