"""What a person may type about those who supervise, and about what the school decides for itself."""

from typing import Annotated, Literal

from app.machines.rules import Check
from app.machines.rules.settings import CEILING
from app.machines.service import Away
from app.web.fields import Blank, Code, Count, Day, Input, Line, Name, Version

OptionalDay = Annotated[Day | None, Blank]
Weight = Literal["alerte", "bloque"]


class QualityForm(Input):
    """A quality of somebody, from a day on."""

    staff: Code
    quality: Name
    starts_on: Day
    ends_on: OptionalDay = None


class EndForm(Input):
    """Its last day."""

    ends_on: Day


class AbsenceForm(Input):
    """Somebody is away, and who stands in."""

    staff: Code
    starts_on: Day
    ends_on: Day
    substitute: Line = ""
    note: Line = ""

    @property
    def away(self) -> Away:
        """As the service knows it."""
        return Away(self.starts_on, self.ends_on, self.substitute, self.note)


class SubstituteForm(Input):
    """Who stands in; blank for nobody."""

    substitute: Line = ""


class SettingsForm(Input):
    """Whether the school's own checks warn or block, from a day on."""

    hours: Weight
    permit: Weight
    ceiling: Weight
    pupils_per_master: Count
    starts_on: Day
    version: Version | None = None

    @property
    def blocks(self) -> dict[str, bool]:
        """By the check's code."""
        return {
            Check.HOURS.value: self.hours == "bloque", Check.PERMIT.value: self.permit == "bloque",
            CEILING: self.ceiling == "bloque",
        }  # fmt: skip
