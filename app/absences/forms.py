"""What a person may type about absences: the same models for the pages and for JSON."""

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from app.absences.rules import LetterKind
from app.absences.service import Message, ReasonDraft
from app.pedagogy.rules.halves import DAY_ENDS, MORNING_ENDS
from app.pedagogy.rules.reasons import REASON_CODES, Channel, Span
from app.web.fields import Blank, Code, Day, Input, Line, Minute, Name, Text

MAX_MESSAGES = 200


class Part(StrEnum):
    """Which part of the days a reason speaks of."""

    DAY = "day"
    MORNING = "morning"
    AFTERNOON = "afternoon"
    HOURS = "hours"


PART_LABELS = {
    Part.DAY: "Journée", Part.MORNING: "Matin", Part.AFTERNOON: "Après-midi", Part.HOURS: "De… à…",
}  # fmt: skip
PART_MINUTES = {
    Part.DAY: (0, DAY_ENDS), Part.MORNING: (0, MORNING_ENDS), Part.AFTERNOON: (MORNING_ENDS, DAY_ENDS),
}  # fmt: skip


class ReasonChange(Input):
    """Why a pupil is not there. Without an end it is of one day; `start` and `end` only of part « hours »."""

    starts_on: Day
    ends_on: Annotated[Day | None, Blank] = None
    part: Part = Part.DAY
    start: Annotated[Minute | None, Blank] = None
    end: Annotated[Minute | None, Blank] = None
    code: Code
    given_by: Name
    channel: Channel = Channel.PHONE
    proof_seen: bool = False
    comment: Annotated[Text | None, Blank] = None

    @field_validator("code")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in REASON_CODES:
            raise PydanticCustomError("rule", "Ce motif n’est pas dans la liste.")
        return value

    @field_validator("end", mode="after")
    @classmethod
    def _after_the_start(cls, value: int | None, info: ValidationInfo) -> int | None:
        start, several = info.data.get("start"), info.data.get("ends_on") not in {None, info.data.get("starts_on")}
        timed = info.data.get("part") == Part.HOURS and not several
        if timed and start is not None and value is not None and value <= start:
            raise PydanticCustomError("rule", "La fin vient après le début.")
        return value

    @property
    def span(self) -> Span:
        """The stretch of time."""
        last = self.ends_on or self.starts_on
        if self.part == Part.HOURS:
            return Span(self.starts_on, self.start or 0, last, DAY_ENDS if self.end is None else self.end)
        start, end = PART_MINUTES[self.part]
        return Span(self.starts_on, start, last, end)

    def draft(self, file_id: int | None = None) -> ReasonDraft:
        """As the service takes it."""
        return ReasonDraft(
            self.span, self.code, self.given_by, self.channel, self.proof_seen, self.comment, file_id
        )  # fmt: skip


class ReasonForm(ReasonChange):
    """A new reason, of a pupil."""

    pupil: Code


def part_of(start_minute: int, end_minute: int) -> Part:
    """Which part of the day a stored span stands for."""
    return next((part for part, minutes in PART_MINUTES.items() if minutes == (start_minute, end_minute)), Part.HOURS)


class DecisionForm(Input):
    """The direction’s word."""

    legitimate: bool


class MessageRow(Input):
    """One prepared message; only those with `send` go out."""

    prefilled: ClassVar[frozenset[str]] = frozenset({"pupil"})
    pupil: Code
    send: bool = False
    subject: Name
    body: Annotated[Text, StringConstraints(min_length=1)]


class NoticesForm(Input):
    """What the office confirms for a day."""

    day: Day
    messages: Annotated[list[MessageRow], Field(min_length=1, max_length=MAX_MESSAGES)]

    def confirmed(self) -> list[Message]:
        """Those that were ticked."""
        return [Message(one.pupil, one.subject, one.body) for one in self.messages if one.send]


class CallForm(Input):
    """Somebody was called."""

    day: Day
    pupil: Code
    told: Name
    note: Annotated[Line | None, Blank] = None


class LetterForm(Input):
    """Which letter of which month."""

    pupil: Code
    month: Day
    kind: LetterKind

    @property
    def first(self) -> date:
        """The month by its first day."""
        return self.month.replace(day=1)
