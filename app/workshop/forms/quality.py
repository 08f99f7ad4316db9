"""What a person may type of checks, releases and non-conformances: the same models for the pages and for JSON."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field
from starlette.datastructures import FormData

from app.web.fields import Blank, Code, Count, Day, Id, Input, Line, Measure, Text, Version
from app.web.forms import Form, Posted
from app.workshop.forms.tickets import CountsForm, Pieces, Why
from app.workshop.rules import MAX_PIECE, CheckStage, DefectDecision
from app.workshop.service import Decision, Reading

Level = Annotated[Count, Field(ge=1, le=4)]
Piece = Annotated[Count, Field(ge=1, le=MAX_PIECE)]
OptionalText = Annotated[Text | None, Blank]


class CheckRow(Input):
    """One cell of a sheet. `sure` is the value the page asked about: sent again unchanged, it is believed."""

    prefilled: ClassVar[frozenset[str]] = frozenset({"point", "piece", "sure"})

    point: Id
    piece: Piece
    value: Annotated[Measure | None, Blank] = None
    conforms: Annotated[bool | None, Blank] = None
    sure: Annotated[Measure | None, Blank] = None

    @property
    def reading(self) -> Reading:
        """As the service knows it."""
        return Reading(self.point, self.piece, self.value, self.conforms, sure=self.sure)


class ChecksForm(Input):
    """The cells of a sheet that somebody filled; `pupil`: who measured his own work, nobody for a master."""

    checks: Annotated[list[CheckRow], Field(max_length=600, default_factory=list)]
    pupil: Annotated[Code | None, Blank] = None
    depuis: Line = ""

    @property
    def stage(self) -> CheckStage:
        """Whose word it is."""
        return CheckStage.SELF if self.pupil else CheckStage.RELEASE


class PhotoForm(Input):
    """A photo of one piece at one point."""

    piece: Piece
    conforms: bool = True
    pupil: Annotated[Code | None, Blank] = None


class SubmitForm(CountsForm):
    """The last pieces of work that is handed in."""

    version: Version | None = None


class LevelRow(Input):
    """What a master saw of one skill of one pupil."""

    prefilled: ClassVar[frozenset[str]] = frozenset({"ticket", "pupil", "skill"})

    ticket: Annotated[Code | None, Blank] = None
    pupil: Code
    skill: Code
    level: Level


Levels = Annotated[list[LevelRow], Field(max_length=300, default_factory=list)]


class ReleaseForm(Input):
    """A master's release; `override`: why although something is missing or out."""

    note: OptionalText = None
    override: OptionalText = None
    levels: Levels
    version: Version | None = None


class FirstArticleForm(Input):
    """The first piece is good."""

    note: OptionalText = None
    override: OptionalText = None
    version: Version | None = None


class FindingForm(Input):
    """What is wrong with which pieces. `counted`: how many of them were stated good already."""

    pieces: Pieces = 1
    counted: Annotated[Count | None, Blank] = None
    cause: Line
    description: Why
    point: Annotated[Id | None, Blank] = None
    pupil: Annotated[Code | None, Blank] = None
    version: Version | None = None


class DecisionForm(Input):
    """What becomes of pieces that do not conform."""

    decision: DefectDecision
    note: OptionalText = None
    operation: Annotated[Id | None, Blank] = None
    remake: bool = False
    agreed_by: Line = ""
    agreed_on: Annotated[Day | None, Blank] = None
    version: Version | None = None

    @property
    def draft(self) -> Decision:
        """As the service knows it."""
        return Decision(self.decision, self.note, self.operation, self.remake, self.agreed_by, self.agreed_on)


class ReleaseRow(Input):
    """A ticket of the list, ticked to be released."""

    prefilled: ClassVar[frozenset[str]] = frozenset({"number", "version"})

    number: Code
    version: Version | None = None
    release: Literal["on"]


class ReleaseManyForm(Input):
    """Several tickets released at once, with what was seen on some of them."""

    tickets: Annotated[list[ReleaseRow], Field(min_length=1, max_length=100)]
    levels: Levels


class RemakeForm(Input):
    """Scrapped pieces to be made again."""

    quantity: Pieces
    version: Version | None = None


class PeriodForm(Input):
    """From one day to another, both included."""

    du: Annotated[Day | None, Blank] = None
    au: Annotated[Day | None, Blank] = None


def read_period(values: dict[str, str]) -> Form[PeriodForm]:
    """The period of the address; a wrong day is told at its field."""
    return Posted(FormData({name: values.get(name, "") for name in ("du", "au")})).read(PeriodForm)
