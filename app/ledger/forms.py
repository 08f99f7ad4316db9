"""What a person may type about hours."""

from typing import Annotated

from pydantic import Field

from app.pedagogy.rules.activities import ActivityKind, CountsAs
from app.web.fields import Blank, Code, Day, Input


class ProjectForm(Input):
    """The job a lesson was about; none takes the link away."""

    number: Annotated[Code | None, Blank] = None


class ConfirmForm(Input):
    """The total that its owner has read, in minutes: what is confirmed is what was seen."""

    minutes: Annotated[int, Field(ge=-1_000_000, le=1_000_000)]


class SheetForm(Input):
    """A signed sheet: which group, from which day to which."""

    group: Code
    starts_on: Day
    ends_on: Day


class CertificateForm(Input):
    """A certificate: which pupil, from which day to which."""

    pupil: Code
    starts_on: Day
    ends_on: Day


class CountingForm(Input):
    """What a kind of activity counts as, from a day on."""

    kind: ActivityKind
    counts_as: CountsAs
    starts_on: Day


COUNTING_FIELDS = {"kind": "Type", "counts_as": "Compte comme", "starts_on": "À partir du"}
PAPER_FIELDS = {"group": "Groupe", "pupil": "Élève", "starts_on": "Du", "ends_on": "Au"}
