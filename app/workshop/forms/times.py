"""Times of a day: gone over in the evening, entered by hand for a half-day, several tickets run together."""

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field
from starlette.datastructures import FormData

from app.core.clock import local
from app.web.fields import Blank, Code, Count, Day, Id, Input, Line, Minute
from app.web.forms import Form, Posted, blank_form
from app.workshop.rules import HalfDay, SessionWork
from app.workshop.service import Confirm, Quarters

MOST_LINES = 400


class DayForm(Input):
    """The day of a sheet of booked time; `vue` « tous » shows everybody's."""

    jour: Annotated[Day | None, Blank] = None
    vue: Annotated[Literal["miens", "tous"] | None, Blank] = None


class ConfirmLine(Input):
    """One time of the day; `end` puts an automatic stop right."""

    session: Id
    end: Annotated[Minute | None, Blank] = None


class ConfirmForm(Input):
    """The times of a day that a master confirms."""

    jour: Day
    vue: Line = ""
    lines: Annotated[list[ConfirmLine], Field(max_length=MOST_LINES, default_factory=list)]

    @property
    def confirmed(self) -> list[Confirm]:
        """As the service knows them."""
        return [Confirm(line.session, line.end) for line in self.lines]


class ConfirmBody(Input):
    """The same for programs; the day stands in the address."""

    lines: Annotated[list[ConfirmLine], Field(min_length=1, max_length=MOST_LINES)]

    @property
    def confirmed(self) -> list[Confirm]:
        """As the service knows them."""
        return [Confirm(line.session, line.end) for line in self.lines]


def read_day(values: dict[str, str]) -> Form[DayForm]:
    """The day of the address; a wrong one is told at its field."""
    given = {name: values.get(name, "") for name in ("jour", "vue")}
    return Posted(FormData(given)).read(DayForm)


def confirm_form(day: date, vue: str, ends: dict[int, datetime | None]) -> Form[ConfirmForm]:
    """The times of a day as they stand, each with its end."""
    values: dict[str, object] = {"jour": day, "vue": vue}
    for place, (session_id, end) in enumerate(ends.items()):
        values[f"lines-{place}-session"] = session_id
        values[f"lines-{place}-end"] = f"{local(end):%H:%M}" if end else ""
    return blank_form(values)


def keep_ends(shown: Form[ConfirmForm], typed: Form[ConfirmForm]) -> None:
    """Ends that were typed stay with their time, wherever its line stands now."""
    ends = {typed.raw(f"lines-{place}-session"): typed.raw(f"lines-{place}-end") for place in typed.rows("lines")}
    for place in shown.rows("lines"):
        if kept := ends.get(shown.raw(f"lines-{place}-session"), ""):
            shown.values[f"lines-{place}-end"] = kept


class Demi(StrEnum):
    """A half-day as addresses say it."""

    MORNING = "matin"
    AFTERNOON = "apres-midi"

    @property
    def half(self) -> HalfDay:
        """As the rules know it."""
        return HalfDay.MORNING if self == Demi.MORNING else HalfDay.AFTERNOON


class HalfForm(Input):
    """Which half-day is entered."""

    jour: Annotated[Day | None, Blank] = None
    demi: Demi = Demi.MORNING


class HalfLine(Input):
    """Quarters of an hour of one pupil on one ticket."""

    prefilled = frozenset({"pupil", "ticket", "kind"})

    pupil: Code
    ticket: Code
    kind: SessionWork = SessionWork.RUN
    quarters: Annotated[Count, Field(ge=1, le=40)]


class HalfDayForm(Input):
    """Time of a half-day by quarters of an hour."""

    jour: Day
    demi: Demi
    lines: Annotated[list[HalfLine], Field(min_length=1, max_length=MOST_LINES)]

    @property
    def half(self) -> HalfDay:
        """As the rules know it."""
        return self.demi.half

    def quarters(self, ids: Sequence[int]) -> list[Quarters]:
        """As the service knows them; `ids` are the pupils of the lines, each once, in their order."""
        pupils = dict(zip(dict.fromkeys(line.pupil for line in self.lines), ids, strict=True))
        return [Quarters(pupils[line.pupil], line.ticket, line.quarters, line.kind) for line in self.lines]


def read_half(values: dict[str, str]) -> Form[HalfForm]:
    """The half-day of the address; a wrong one is told at its field."""
    given = {name: value for name in ("jour", "demi") if (value := values.get(name, ""))}
    return Posted(FormData(given)).read(HalfForm)
