"""What a master says when going past a rule of the school's own."""

from datetime import date

from app.web.fields import Code, Input, Version
from app.workshop.forms.tickets import Slot, Why, read_slot
from app.workshop.rules import HalfDay


class OverrideForm(Input):
    """A rule of the school's own is passed over for one pupil, with a reason; `slot` is the half-day it is for."""

    pupil: Code
    reason: Why
    version: Version | None = None
    slot: Slot = ""

    @property
    def when(self) -> tuple[date, HalfDay | None] | None:
        """The day and half-day, when one is named."""
        return read_slot(self.slot) if self.slot else None
