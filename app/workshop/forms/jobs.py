"""What a person may type of a job and its routing."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import Field

from app.web.fields import Blank, Code, Count, Hours, Input, Name, Version
from app.web.forms import Form, Posted, blank_form
from app.workshop.forms.tickets import Pieces
from app.workshop.rules import MAX_OPERATIONS
from app.workshop.service import Draft

BLANK_ROWS = 3
Minutes = Hours  # professional minutes of a routing: at most two decimals


class OperationForm(Input):
    """An operation of a routing; times in professional minutes. Without a number it follows by ten."""

    seq: Annotated[Annotated[Count, Field(le=100_000)] | None, Blank] = None
    label: Name
    work_center: Code
    setup_minutes: Minutes = Decimal(0)
    unit_minutes: Minutes = Decimal(0)
    skill: Annotated[Code | None, Blank] = None

    @property
    def draft(self) -> Draft:
        """As the service knows it, in whole seconds."""
        setup, unit = round(self.setup_minutes * 60), round(self.unit_minutes * 60)
        return Draft(self.label, self.work_center, setup, unit, self.seq, self.skill)


class JobForm(Input):
    """A job: pieces to make (those of the line without a number) and its routing."""

    quantity: Annotated[Pieces | None, Blank] = None
    operations: Annotated[list[OperationForm], Field(min_length=1, max_length=MAX_OPERATIONS)]
    version: Version | None = None

    @property
    def drafts(self) -> list[Draft]:
        """The operations as the service knows them."""
        return [operation.draft for operation in self.operations]


class NewJobForm(JobForm):
    """A job of an order line, for programs."""

    order: Code
    line: Pieces


def job_form(drafts: list[Draft], *, quantity: int, version: int | None = None) -> Form[JobForm]:
    """A routing as it stands, or three blank operations."""
    values: dict[str, Any] = {"quantity": quantity, "version": version}
    for place, draft in enumerate(drafts):
        name = f"operations-{place}-"
        values |= {
            name + "seq": draft.seq, name + "label": draft.label, name + "work_center": draft.work_center,
            name + "setup_minutes": Decimal(draft.setup_seconds) / 60,
            name + "unit_minutes": round(Decimal(draft.unit_seconds) / 60, 2), name + "skill": draft.skill,
        }  # fmt: skip
    form = blank_form(values)
    if not drafts:
        for place in range(BLANK_ROWS):
            form.values[f"operations-{place}-label"] = ""
    return form


def with_rows_changed(posted: Posted) -> Form[Any] | None:
    """The form with one operation more or less when a row button was pressed; None for a real submission."""
    values = {name: value for name, value in posted.form.multi_items() if isinstance(value, str)}
    add, remove = values.pop("add", ""), values.pop("remove", "")
    if not add and not remove:
        return None
    kept = {n: v for n, v in values.items() if not remove or not n.startswith(f"operations-{remove}-")}
    form: Form[Any] = Form(values=kept)
    form.key = values.get("_key") or form.key
    if add:
        form.values[f"operations-{max(form.rows('operations'), default=-1) + 1}-label"] = ""
    return form


def job_labels(form: Form[Any]) -> dict[str, str]:
    """What each field is called in the summary of errors: « Opération 2, machine »."""
    words = {
        "seq": "numéro", "label": "intitulé", "work_center": "machine", "setup_minutes": "réglage",
        "unit_minutes": "temps par pièce", "skill": "compétence",
    }  # fmt: skip
    rows = enumerate(form.rows("operations"), start=1)
    inside = {
        f"operations-{place}-{name}": f"Opération {n}, {word}" for n, place in rows for name, word in words.items()
    }
    return {"quantity": "Pièces à faire", "operations": "Gamme"} | inside
