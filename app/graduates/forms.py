"""What a person may type about offers, results and leavers."""

from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import BeforeValidator, Field

from app.graduates.rules import (
    Contract,
    ExamVerdict,
    OfferState,
    Situation,
    UnitMode,
    UnitOutcome,
    UnitStanding,
)
from app.web.fields import Blank, Code, Day, Id, Input, Line, Name, ShortName, Siret, Version, Year, french_decimal

Coefficient = Annotated[
    Decimal, BeforeValidator(french_decimal), Field(gt=0, le=99, decimal_places=2, allow_inf_nan=False)
]
ExamMark = Annotated[
    Decimal, BeforeValidator(french_decimal), Field(ge=0, le=20, decimal_places=2, allow_inf_nan=False)
]


class OfferForm(Input):
    """A company's offer to one pupil."""

    pupil: Code
    company_name: Name
    siret: Annotated[Siret | None, Blank] = None
    offered_on: Day
    contract: Contract
    state: OfferState = OfferState.ANNOUNCED
    version: Version | None = None


class ResultRow(Input):
    """One pupil's result; empty means not presented."""

    pupil: Code
    verdict: Annotated[ExamVerdict | None, Blank] = None


class ResultsForm(Input):
    """The results of a group in a session."""

    rows: Annotated[list[ResultRow], Field(min_length=1, max_length=200)]


class OutcomeForm(Input):
    """What a leaver does on a date."""

    as_of: Day
    situation: Situation
    company_name: Annotated[Line | None, Blank] = None


class ExamForm(Input):
    """A session of a diploma's exam, with its days."""

    diploma: Code
    session: Year
    starts_on: Day
    ends_on: Day
    version: Version | None = None


class UnitRow(Input):
    """A unit of the exam."""

    prefilled: ClassVar[frozenset[str]] = frozenset({"mode"})

    code: Code
    label: ShortName
    coefficient: Coefficient
    mode: UnitMode = UnitMode.FINAL
    optional: bool = False


class UnitsForm(Input):
    """The units of a diploma from a session on."""

    from_session: Year
    units: Annotated[list[UnitRow], Field(min_length=1, max_length=40)]


class UnitFileForm(Input):
    """A file of units, and the session it begins with."""

    from_session: Year


class EnterForm(Input):
    """Who is entered."""

    pupils: Annotated[list[Code], Field(min_length=1, max_length=200)]


class EntryUnitRow(Input):
    """One unit of an entry."""

    unit: Id
    standing: UnitStanding
    absent: bool = False
    points: Annotated[ExamMark | None, Blank] = None

    @property
    def outcome(self) -> UnitOutcome | None:
        """A mark, an absence, or nothing yet."""
        if self.absent:
            return UnitOutcome.ABSENT
        return UnitOutcome.MARK if self.points is not None else None


class EntryForm(Input):
    """One candidate."""

    number: Line = ""
    units: Annotated[list[EntryUnitRow], Field(max_length=40, default_factory=list)]
    verdict: Annotated[ExamVerdict | None, Blank] = None
    version: Version | None = None


class CcfForm(Input):
    """Whether the diploma may be assessed in the course of training."""

    allowed: bool = False
