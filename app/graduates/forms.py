"""What a person may type about offers, results and leavers."""

from typing import Annotated

from pydantic import Field

from app.graduates.rules import Contract, ExamVerdict, OfferState, Situation
from app.web.fields import Blank, Code, Day, Input, Line, Name, Siret, Version


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
