"""What a person may say of a drawing; its file comes beside the form."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from app.web.fields import Code, Input, ShortName


class DrawingForm(Input):
    """A drawing at one index."""

    name: ShortName = "Plan"
    index: Annotated[str, Field(max_length=5)]


class Outcome(StrEnum):
    """What becomes of a ticket when a new index is confirmed."""

    CONTINUE = "continue"
    CANCEL = "cancel"


class OutcomeForm(Input):
    """One ticket and what becomes of it."""

    number: Code
    decision: Outcome


class NewIndexForm(Input):
    """A master's word on a new index: every ticket it holds up."""

    tickets: Annotated[list[OutcomeForm], Field(max_length=200, default_factory=list)]

    @property
    def decisions(self) -> dict[str, str]:
        """By ticket."""
        return {each.number: each.decision.value for each in self.tickets}


def confirm_labels(numbers: list[str]) -> dict[str, str]:
    """What each choice is called in the summary of errors: the ticket's number."""
    return {f"tickets-{place}-decision": number for place, number in enumerate(numbers)} | {"tickets": "Bons"}
