"""What a person may write down about pupils: one fact, a training for a class, a doctor’s day, a fact voided."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.machines.forms.fields import Articles
from app.machines.rules import ClearanceKind, ClearanceResult
from app.machines.rules.entry import Entry
from app.machines.service import Training
from app.web.fields import Blank, Code, Day, Input, Line, Text

Why = Annotated[Text, StringConstraints(min_length=1, max_length=500)]
OptionalDay = Annotated[Day | None, Blank]
NOT_ASSESSED = ClearanceResult.NOT_ASSESSED


class FactForm(Input):
    """One fact about one pupil; what a kind does not bear is left out or refused."""

    kind: ClearanceKind
    result: ClearanceResult
    on_date: Day
    assessed_on: OptionalDay = None
    work_center: Annotated[Code | None, Blank] = None
    restriction: Articles = ()
    detail: Line = ""
    ends_on: OptionalDay = None
    given_by: Line = ""

    @property
    def entry(self) -> Entry:
        """As the rules know it."""
        return Entry(
            self.kind, self.result, self.on_date, self.work_center or "", self.restriction, self.detail, self.ends_on
        )

    @property
    def training(self) -> Training | None:
        """The fact as a training with its assessment, if it is one."""
        if self.kind != ClearanceKind.SAFETY or self.result not in TRAINED:
            return None
        return Training(self.work_center or "", self.on_date, self.result, self.assessed_on, self.given_by)


TRAINED = frozenset({ClearanceResult.NOT_ASSESSED, ClearanceResult.PASSED, ClearanceResult.FAILED})


class VoidForm(Input):
    """Why a fact was wrong."""

    reason: Why


class TrainedRow(Input):
    """A pupil of a training; without a result they were not there."""

    prefilled: ClassVar[frozenset[str]] = frozenset({"pupil"})
    pupil: Code
    result: ClearanceResult


class TrainingForm(Input):
    """A safety training on one machine for many."""

    groupe: Code
    work_center: Code
    on_date: Day
    assessed_on: OptionalDay = None
    given_by: Line = ""
    rows: Annotated[list[TrainedRow], Field(min_length=1, max_length=200)]

    @property
    def trainings(self) -> list[tuple[str, Training]]:
        """By pupil. Who was not assessed has no day of assessment."""
        return [
            (
                row.pupil,
                Training(
                    self.work_center, self.on_date, row.result,
                    None if row.result == NOT_ASSESSED else self.assessed_on, self.given_by,
                ),
            )
            for row in self.rows
        ]  # fmt: skip


class SeenRow(Input):
    """A pupil whom the doctor saw."""

    prefilled: ClassVar[frozenset[str]] = frozenset({"pupil"})
    pupil: Code
    result: Annotated[ClearanceResult | None, Blank] = None
    restriction: Articles = ()
    handling: Annotated[ClearanceResult | None, Blank] = None

    @field_validator("restriction")
    @classmethod
    def _of_an_opinion(cls, articles: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        """What the doctor said is never guessed: articles without an opinion ask for it."""
        if articles and info.data.get("result") is None:
            raise PydanticCustomError("rule", "Choisissez aussi l’avis\u00a0: apte, sauf ces articles.")
        return articles


class VisitsForm(Input):
    """A doctor's day."""

    groupe: Code
    on_date: Day
    given_by: Line = ""
    rows: Annotated[list[SeenRow], Field(min_length=1, max_length=200)]

    @property
    def entries(self) -> list[tuple[str, list[Entry]]]:
        """The opinions by pupil."""
        return [(row.pupil, self._of(row)) for row in self.rows]

    def _of(self, row: SeenRow) -> list[Entry]:
        found = []
        if row.result is not None:
            found.append(Entry(ClearanceKind.MEDICAL, row.result, self.on_date, excluded=row.restriction))
        if row.handling is not None:
            found.append(Entry(ClearanceKind.HANDLING, row.handling, self.on_date))
        return found
