"""What a person may type of tickets: the same models for the pages and for JSON."""

from datetime import date
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from app.core.clock import instant
from app.web.fields import Blank, Code, Count, Day, Hours, Id, Input, Line, Minute, Text, Version
from app.web.forms import Form, blank_form
from app.workshop.rules import PAIR, HalfDay, SessionWork
from app.workshop.service import Span

BLANK_ROWS = 3
Why = Annotated[Text, StringConstraints(min_length=1)]
Pieces = Annotated[Count, Field(ge=1)]
Minutes = Hours  # professional minutes of a routing: at most two decimals
OptionalLine = Annotated[Line | None, Blank]


def _half_day(text: str) -> str:
    """« 2026-11-24/morning »: a day and a half-day."""
    try:
        if text:
            read_slot(text)
    except ValueError:
        raise PydanticCustomError("rule", "Cette demi-journée n’existe pas.") from None
    return text


def read_slot(text: str) -> tuple[date, HalfDay]:
    """The day and the half-day of a slot."""
    day, _, half = text.partition("/")
    return date.fromisoformat(day), HalfDay(half)


def slot_or_none(text: str) -> tuple[date, HalfDay] | None:
    """The same from an address that anybody may have typed."""
    try:
        return read_slot(text)
    except ValueError:
        return None


def _when(text: str) -> dict[str, Any]:
    """The day and half-day as services are told them; nothing when none is named."""
    return dict(zip(("day", "half"), read_slot(text), strict=True)) if text else {}


Slot = Annotated[Line, AfterValidator(_half_day)]


class GiveForm(Input):
    """A ticket goes to a pupil, or to a pair, for a half-day when `slot` names one.

    `next` is the work that comes in hand by itself afterwards, `semaine` the week to go back to.
    """

    pupil: Code
    partner: Annotated[Code | None, Blank] = None
    slot: Slot = ""
    version: Version | None = None
    semaine: Line = ""
    vue: Line = ""
    file: Line = ""
    next: Line = ""
    retour: Line = ""

    @property
    def pupils(self) -> list[str]:
        """The codes."""
        return [self.pupil, *([self.partner] if self.partner else [])]

    @property
    def when(self) -> dict[str, Any]:
        """The day and half-day as services are told them."""
        return _when(self.slot)


class UndoForm(Input):
    """What undoes a gift: who had the ticket (`jeunes`) and for when, if anybody; the version the gift left."""

    version: Version
    jeunes: Annotated[list[Code], Field(default_factory=list)]
    moment: Slot = ""

    @property
    def when(self) -> dict[str, Any]:
        """The day and half-day as services are told them."""
        return _when(self.moment)


class VersionForm(Input):
    """A gesture on a document as it was read; `pupil` tells who of a pair, `retour` which page to go back to."""

    version: Version | None = None
    pupil: Annotated[Code | None, Blank] = None
    retour: Line = ""


class NoteForm(Input):
    """A gesture that needs its reason."""

    note: Why
    version: Version | None = None


class SplitForm(Input):
    """Pieces for a second ticket."""

    quantity: Pieces
    version: Version | None = None


class ShareForm(Input):
    """So many tickets, alike."""

    parts: Pieces
    version: Version | None = None


class MergeForm(Input):
    """The tickets that go into one."""

    others: Annotated[list[Code], Field(max_length=50, default_factory=list)]
    version: Version | None = None


class UnmergeForm(Input):
    """What undoes a merge: the pieces that came, from whom, and the version it left."""

    pieces: Pieces
    version: Version
    jeunes: Annotated[list[Code], Field(default_factory=list)]


class UnsplitForm(Input):
    """What undoes a split: the tickets that were made, and the version it left."""

    version: Version
    bons: list[Code]


class CountsForm(Input):
    """Pieces good and scrapped."""

    good: Count = 0
    scrap: Count = 0
    reason: OptionalLine = None
    pupil: Annotated[Code | None, Blank] = None

    @property
    def counts(self) -> tuple[int, int]:
        """Good, then scrapped."""
        return self.good, self.scrap


class FinishForm(CountsForm):
    """The last pieces of a ticket; `override`: why it is over although a check is missing."""

    override: Annotated[Text | None, Blank] = None
    version: Version | None = None


class SpanForm(Input):
    """Time of one day, by the school's clock, and on what it was spent."""

    day: Day
    start: Minute
    end: Minute
    kind: Annotated[SessionWork | None, Blank] = None

    @property
    def span(self) -> Span:
        """The two instants."""
        return Span(instant(self.day, self.start), instant(self.day, self.end), self.kind or SessionWork.RUN)


class TimeForm(SpanForm):
    """Time entered by hand, with the pieces made in it if any."""

    pupil: Annotated[Code | None, Blank] = None
    good: Count = 0
    scrap: Count = 0
    reason: OptionalLine = None


class CorrectTimeForm(SpanForm):
    """The right time in place of a wrong one."""

    note: Why


class DropTimeForm(Input):
    """A wrong time that counts for nothing; the button stands beside the fields of the right one, not read."""

    note: Why
    day: Line = ""
    start: Line = ""
    end: Line = ""
    kind: Line = ""


class CorrectCountsForm(CountsForm):
    """The right pieces in place of wrong ones; none at all only takes the wrong ones back."""

    note: Why


class ReasonForm(Input):
    """Why an entry is taken back, for programs."""

    reason: Why


class MoveForm(Input):
    """A ticket of somebody absent and where it goes: a pupil's code, « file » for the queue, « garder » to leave it."""

    ticket: Code
    pupil: Code


class LineForm(Input):
    """A line of a proposal: a ticket as it was seen, or an operation; the pupil's code, « non » to leave it out."""

    prefilled: ClassVar[frozenset[str]] = frozenset({"ticket", "version", "operation"})
    ticket: Annotated[Code | None, Blank] = None
    version: Version | None = None
    operation: Annotated[Id | None, Blank] = None
    pupil: Code

    @property
    def key(self) -> str:
        """What the line is about."""
        return self.ticket or f"operation:{self.operation}"


class HandoutForm(Input):
    """A proposal as the master wants it; `only` gives one line by its place."""

    slot: Slot
    lines: Annotated[list[LineForm], Field(max_length=100, default_factory=list)]
    only: Annotated[Count | None, Blank] = None

    @property
    def when(self) -> tuple[date, HalfDay]:
        """The day and the half-day."""
        return read_slot(self.slot)


class ReplaceForm(Input):
    """Where all tickets of somebody absent go."""

    moves: Annotated[list[MoveForm], Field(min_length=1, max_length=100)]


class TicketForm(Input):
    """A new ticket on an operation of an order, for programs; pupils given with it receive it at once."""

    order: Code
    line: Pieces
    operation: Count
    quantity: Pieces | None = None
    pupils: Annotated[list[Code], Field(max_length=PAIR, default_factory=list)]
    for_day: Day | None = None
    for_half: HalfDay | None = None
    note: Annotated[Text | None, Blank] = None


class AssignmentForm(Input):
    """Who holds a ticket, for programs; nobody: it is taken back."""

    pupils: Annotated[list[Code], Field(max_length=PAIR)]
    for_day: Day | None = None
    for_half: HalfDay | None = None
    version: Version | None = None


class GestureForm(Input):
    """What a gesture on a ticket may need, for programs."""

    pupil: Annotated[Code | None, Blank] = None
    version: Version | None = None


def time_form(day: date) -> Form[TimeForm]:
    """A blank booking of that day."""
    return blank_form({"day": day})
