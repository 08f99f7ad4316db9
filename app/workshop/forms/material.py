"""What a person may type of material: the same models for the pages and for JSON."""

from typing import Annotated

from app.web.fields import Blank, Code, Day, Input, Line, Name, Qty, UnitPrice, Version
from app.workshop.forms.tickets import Why
from app.workshop.rules import MoveKind
from app.workshop.service import Described, Reception

OptionalLine = Annotated[Line | None, Blank]
OptionalCode = Annotated[Code | None, Blank]


class LotForm(Input):
    """What is known of a lot; `unit_cost` in euros excluding VAT for one unit."""

    label: Name
    shape: Line = ""
    place: Line = ""
    certificate_kind: Line = ""
    certificate: OptionalLine = None
    heat: OptionalLine = None
    unit_cost: Annotated[UnitPrice | None, Blank] = None
    version: Version | None = None

    @property
    def described(self) -> Described:
        """As the service knows it."""
        return Described(
            self.label, self.shape, self.place, self.certificate_kind, self.certificate, self.heat, self.unit_cost
        )


class NewLotForm(LotForm):
    """Material that comes in. Without `company` it is the school's; without `code` the next one is given."""

    code: OptionalCode = None
    unit: Line
    quantity: Qty
    received_on: Annotated[Day | None, Blank] = None
    company: OptionalCode = None
    note: OptionalLine = None

    def reception(self, file_id: int | None = None) -> Reception:
        """As the service knows it."""
        return Reception(
            self.described, self.unit, self.quantity, self.received_on, self.company, self.code, self.note, file_id
        )


class MaterialMoveForm(Input):
    """A move of a lot; `job` where it is for one, `shape` and `place` of an off-cut."""

    kind: MoveKind
    quantity: Qty
    job: OptionalCode = None
    note: OptionalLine = None
    shape: Line = ""
    place: Line = ""


class ReserveForm(Input):
    """Material for a job."""

    lot: Code
    quantity: Qty


class MoveBackForm(Input):
    """A correction and its reason."""

    note: Why
