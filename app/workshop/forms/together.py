"""Several tickets run together by one pupil, help given on a ticket, work of another kind."""

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from app.web.fields import Blank, Code, Count, Input, Pct
from app.web.forms import Form, blank_form
from app.workshop.forms.tickets import OptionalLine
from app.workshop.queries import Together
from app.workshop.rules import LARGEST_BATCH, SessionWork
from app.workshop.service import Done


class BatchLine(Input):
    """One ticket of a batch, and its share in percent; without a share the planned time decides, for all of them."""

    prefilled = frozenset({"ticket", "share"})  # a share typed for a ticket that is not taken says nothing

    ticket: Code
    take: bool = True
    share: Annotated[Pct | None, Blank] = None


class BatchForm(Input):
    """The tickets a pupil runs together."""

    kind: SessionWork = SessionWork.RUN
    lines: Annotated[list[BatchLine], Field(max_length=100, default_factory=list)]

    @property
    def tickets(self) -> list[str]:
        """Their numbers."""
        return [line.ticket for line in self.lines]

    @property
    def shares(self) -> list[Decimal] | None:
        """Their shares, if all of them are said."""
        shares = [line.share for line in self.lines if line.share is not None]
        return shares if len(shares) == len(self.lines) else None


class BatchBody(BatchForm):
    """The same for programs."""

    pupil: Code
    lines: Annotated[list[BatchLine], Field(min_length=1, max_length=LARGEST_BATCH)]


class DoneLine(Input):
    """What was made on one ticket of a batch."""

    ticket: Code
    good: Count = 0
    scrap: Count = 0
    reason: OptionalLine = None


class BatchDoneForm(Input):
    """What was made on every ticket of a batch that ends."""

    done: Annotated[list[DoneLine], Field(min_length=1, max_length=LARGEST_BATCH)]

    @property
    def made(self) -> list[Done]:
        """As the service knows it."""
        return [Done(line.ticket, (line.good, line.scrap), line.reason) for line in self.done]


class BatchDoneBody(BatchDoneForm):
    """The same for programs."""

    pupil: Code


class HelpForm(Input):
    """Who helps on a ticket."""

    pupil: Code


class WorkForm(Input):
    """What a pupil goes over to."""

    kind: SessionWork
    pupil: Annotated[Code | None, Blank] = None


def batch_form(found: Together) -> Form[BatchForm]:
    """All tickets in hand, none chosen, no share said."""
    return blank_form({f"lines-{place}-ticket": each.number for place, each in enumerate(found.held)})


def batch_done_form(found: Together) -> Form[BatchDoneForm]:
    """What runs together, each with the pieces it still asks for."""
    values: dict[str, object] = {}
    for place, each in enumerate(found.running):
        values |= {f"done-{place}-ticket": each.number, f"done-{place}-good": each.rest, f"done-{place}-scrap": 0}
    return blank_form(values)
