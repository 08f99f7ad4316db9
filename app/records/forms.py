"""What a person may type into a pupil's file."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.pedagogy.rules.photos import PhotoUse
from app.records.rules import Audience, DocumentKind, Fate
from app.web.fields import Blank, Code, Count, Day, Input, Line, Name, Text

Written = Annotated[Text, StringConstraints(min_length=1)]
MAX_PUPILS = 500
KIND_OF_DIPLOMA = rf"^[^:]+:({'|'.join(DocumentKind)})$"


class DocumentForm(Input):
    """A document of a pupil; its file comes beside."""

    kind: DocumentKind
    label: Line = ""
    on_date: Day
    ends_on: Annotated[Day | None, Blank] = None


class NoteForm(Input):
    """A private note and whom it concerns."""

    content: Written
    audience: Audience = Audience.DIRECTION


class AdjustmentForm(Input):
    """What is arranged for a pupil."""

    wording: Written
    since: Day
    until: Annotated[Day | None, Blank] = None


class PhotoForm(Input):
    """The photo itself comes beside."""


class ConsentForm(Input):
    """Which uses are agreed to; those not ticked are not."""

    uses: list[PhotoUse] = Field(default_factory=list)
    said_by: Name
    said_on: Day


class SupportForm(Input):
    """The codes of the socio-educational team."""

    members: list[Code] = Field(default_factory=list)


class RequiredForm(Input):
    """What is asked for; `beside`: « diploma:kind »."""

    everyone: list[DocumentKind] = Field(default_factory=list)
    beside: list[Annotated[str, StringConstraints(max_length=80, pattern=KIND_OF_DIPLOMA)]] = Field(
        default_factory=list
    )
    version: Count = 0

    @property
    def by_diploma(self) -> dict[str, list[DocumentKind]]:
        """The kinds by the code of the diploma."""
        found: dict[str, list[DocumentKind]] = {}
        for one in self.beside:
            code, _, kind = one.rpartition(":")
            found.setdefault(code, []).append(DocumentKind(kind))
        return found


class YearChoice(Input):
    """What becomes of one pupil, and in which group of next year."""

    pupil: Code
    fate: Fate
    group: Annotated[Code | None, Blank] = None


class YearForm(Input):
    """The change of school year: the last and first days, and every pupil's choice."""

    act: Literal["check", "do"] = "check"
    year: str = ""
    ends_on: Day
    starts_on: Day
    choices: Annotated[list[YearChoice], Field(max_length=MAX_PUPILS)]
