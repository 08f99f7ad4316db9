"""Frameworks, names of levels, evidence by hand."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from app.web.fields import Blank, Code, Count, Day, Id, Input, Name, ShortName, Text, Year

Level = Annotated[Count, Field(ge=1, le=4)]


class FrameworkForm(Input):
    """A version of a framework; `table` holds the file's text from the preview on."""

    label: ShortName
    from_session: Year
    table: Annotated[str, StringConstraints(max_length=2_000_000)] = ""


class LevelNamesForm(Input):
    """The school's own words for the four steps."""

    level_1: ShortName
    level_2: ShortName
    level_3: ShortName
    level_4: ShortName

    @property
    def names(self) -> dict[int, str]:
        """By level."""
        return {1: self.level_1, 2: self.level_2, 3: self.level_3, 4: self.level_4}


class SessionForm(Input):
    """The exam session that a group prepares."""

    session: Annotated[Year | None, Blank] = None


class EvidenceForm(Input):
    """One assessment by hand; without a level the skill was only seen."""

    skill: Code
    level: Annotated[Level | None, Blank] = None
    source: Literal["lesson", "exercise", "placement", "exam"]
    label: Name
    on_date: Day
    self_assessed: bool = False
    comment: Annotated[Text | None, Blank] = None


class VoidForm(Input):
    """Why a piece of evidence is taken back."""

    reason: Name


class SeenRow(Input):
    """The level of something that was seen; a row without a level is left alone."""

    prefilled: ClassVar[frozenset[str]] = frozenset({"id"})

    id: Id
    level: Level


class SeenForm(Input):
    """What somebody says now of what was seen at work."""

    seen: Annotated[list[SeenRow], Field(min_length=1, max_length=100)]
