"""What a person may type about an order: the same models for the pages and for JSON."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, StringConstraints, ValidationError
from starlette.datastructures import FormData

from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import MAX_LINES, LineDraft, OrderDraft, OrderState
from app.web.fields import Blank, Code, Count, Day, Input, Line, Name, Pct, Qty, Text, UnitPrice, Version
from app.web.forms import Form, Posted, as_typed, blank_form

BLANK_ROWS = 3
HEAD_LABELS = {"client": "Client", "reference": "Leur référence", "ordered_on": "Reçue le", "due_on": "Promise le"}
LINE_LABELS = {
    "label": "désignation", "quantity": "quantité", "unit": "unité", "unit_price": "prix HT", "discount": "remise",
    "vat_rate": "TVA", "line": "numéro",
}  # fmt: skip
Unit = Annotated[Line, StringConstraints(min_length=1, max_length=30)]
LineNumber = Annotated[Count, Field(ge=1)]


class LineForm(Input):
    """A line. `line` is its number on the order, absent for a new one; percents are plain: 20 is 20 %."""

    prefilled: ClassVar[frozenset[str]] = frozenset({"unit", "vat_rate", "discount"})

    line: LineNumber | None = None
    label: Name
    quantity: Qty
    unit: Unit = "pièce"
    unit_price: UnitPrice
    discount: Pct = Decimal(0)
    vat_rate: Pct

    def draft(self) -> LineDraft:
        """The line as the service knows it."""
        return LineDraft(**self.model_dump())


class HeadForm(Input):
    """What an order says above its lines; `client` is the company's code."""

    client: Code
    ordered_on: Day
    due_on: Day
    reference: Annotated[Line | None, Blank] = None


class OrderForm(HeadForm):
    """A new order, firm or still a quote."""

    state: Literal[OrderState.QUOTE, OrderState.CONFIRMED] = OrderState.CONFIRMED
    lines: Annotated[list[LineForm], Field(min_length=1, max_length=MAX_LINES)]

    def draft(self) -> OrderDraft:
        """The order as the service knows it."""
        return OrderDraft(self.client, self.ordered_on, self.due_on, self.reference, drafts(self.lines))


class ChangeOrderForm(HeadForm):
    """The whole order again, from its page. Lines are left out where the page shows none to change."""

    lines: Annotated[list[LineForm], Field(max_length=MAX_LINES, default_factory=list)]
    version: Version | None = None

    def values(self, *, lines_shown: bool) -> dict[str, Any]:
        """What the service is asked to change."""
        head: dict[str, Any] = {name: getattr(self, name) for name in HeadForm.model_fields}
        return head | ({"lines": drafts(self.lines)} if lines_shown or self.lines else {})


class PatchOrderForm(Input):
    """Some fields of an order; what is absent stays. `lines`, when given, are all the lines."""

    client: Code | None = None
    ordered_on: Day | None = None
    due_on: Day | None = None
    reference: Annotated[Line | None, Blank] = None
    lines: Annotated[list[LineForm] | None, Field(min_length=1, max_length=MAX_LINES)] = None
    version: Version | None = None

    def values(self) -> dict[str, Any]:
        """What the service is asked to change; only a reference can be emptied."""
        given: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set - {"version", "lines"}}
        given = {name: value for name, value in given.items() if value is not None or name == "reference"}
        return given | ({"lines": drafts(self.lines)} if self.lines else {})


class DeliverForm(Input):
    """The day of a delivery."""

    delivered_on: Day


class CancelForm(Input):
    """Why nothing will be delivered."""

    note: Annotated[Text, StringConstraints(min_length=1)]


class ActionForm(Input):
    """What an action may need, for programs: the day of a delivery (today without one), the reason to cancel."""

    delivered_on: Day | None = None
    note: Annotated[Text | None, Blank] = None


class DueForm(Input):
    """The period of due dates of a list, both ends included."""

    du: Annotated[Day | None, Blank] = None
    au: Annotated[Day | None, Blank] = None


def drafts(lines: list[LineForm]) -> tuple[LineDraft, ...]:
    """The lines as the service knows them."""
    return tuple(line.draft() for line in lines)


def read_dues(values: dict[str, str]) -> Form[DueForm]:
    """The period of a list's query string; a wrong date is told at its field, as in any form."""
    given = {name: values[name] for name in DueForm.model_fields if name in values}
    form = Posted(FormData(given)).read(DueForm)
    if form.ok and form.valid.du and form.valid.au and form.valid.au < form.valid.du:
        form.refuse("La fin de la période est avant son début.", "au")
    return form


def new_order_form(client: str, today: date, vat: Decimal) -> Form[OrderForm]:
    """A blank order received today, with three lines to fill."""
    form = blank_form({"client": client, "ordered_on": today})
    for place in range(BLANK_ROWS):
        _prefill(form, place, vat)
    return form


def filled_form(order: CustomerOrder, lines: list[OrderLine]) -> Form[ChangeOrderForm]:
    """The present values of an order."""
    values: dict[str, Any] = {
        "client": order.company.code, "ordered_on": order.ordered_on, "due_on": order.due_on,
        "reference": order.customer_reference, "version": order.version,
    }  # fmt: skip
    for place, line in enumerate(lines):
        values |= {f"lines-{place}-{name}": getattr(line, name) for name in LineForm.model_fields if name != "line"}
        values[f"lines-{place}-line"] = line.line_no
    return blank_form(values)


def with_rows_changed(posted: Posted, vat: Decimal) -> Form[Any] | None:
    """The form with one row more or less when a row button was pressed, nothing checked; None for a real submission."""
    values = {name: value for name, value in posted.form.multi_items() if isinstance(value, str)}
    add, remove = values.pop("add", ""), values.pop("remove", "")
    if not add and not remove:
        return None
    kept = {name: value for name, value in values.items() if not remove or not name.startswith(f"lines-{remove}-")}
    form: Form[Any] = Form(values=kept)
    form.key = values.get("_key") or form.key
    if add:
        _prefill(form, max(form.rows("lines"), default=-1) + 1, vat)
    return form


def row_totals(form: Form[Any]) -> dict[int, Decimal]:
    """Net of each row that can already be computed, by its place on the page."""
    found: dict[int, Decimal] = {}
    for place in form.rows("lines"):
        row = {name: form.raw(f"lines-{place}-{name}") for name in LineForm.model_fields}
        try:
            found[place] = LineForm.model_validate({name: text for name, text in row.items() if text}).draft().net
        except ValidationError:
            continue
    return found


def labels_of(form: Form[Any]) -> dict[str, str]:
    """What each field is called in the summary of errors: « Ligne 2, quantité »."""
    rows = enumerate(form.rows("lines"), start=1)
    inside = {f"lines-{place}-{name}": f"Ligne {n}, {word}" for n, place in rows for name, word in LINE_LABELS.items()}
    return HEAD_LABELS | {"lines": "Lignes"} | inside


def _prefill(form: Form[Any], place: int, vat: Decimal) -> None:
    form.values |= {f"lines-{place}-unit": "pièce", f"lines-{place}-vat_rate": as_typed(vat)}
