"""What the API says of an order. Without the right to prices the keys of amounts are not there at all (V26)."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from app.core.money import round_cents
from app.orders.models import CustomerOrder, OrderLine
from app.orders.queries import Row


class OrderRow(BaseModel):
    """An order in a list; `client` is the company's code."""

    number: str
    client: str
    state: str
    ordered_on: date
    due_on: date
    delivered_on: date | None
    late: bool


class PricedOrderRow(OrderRow):
    """The same with its amounts in euros."""

    total_ht: str
    vat: str
    total_ttc: str


class OrderList(BaseModel):
    """One page of orders; `total` counts all of them."""

    items: list[PricedOrderRow | OrderRow]
    total: int
    page: int
    size: int


class LineOut(BaseModel):
    """A line; `good` counts the pieces that are good so far."""

    line: int
    label: str
    quantity: str
    unit: str
    good: int


class PricedLineOut(LineOut):
    """The same with its price, discount and VAT rate (percent) and its net total in euros."""

    unit_price: str
    discount: str
    vat_rate: str
    total_ht: str


class OrderOut(OrderRow):
    """One order with its lines; send `version` back with a change."""

    reference: str | None
    version: int
    lines: list[LineOut]


class PricedOrderOut(PricedOrderRow):
    """The same with its amounts in euros."""

    reference: str | None
    version: int
    lines: list[PricedLineOut]


def row_out(row: Row, *, prices: bool) -> OrderRow:
    """A row of the list."""
    head = {
        "number": row.number, "client": row.client, "state": row.state.value, "ordered_on": row.ordered_on,
        "due_on": row.due_on, "delivered_on": row.delivered_on, "late": row.late,
    }  # fmt: skip
    if not prices:
        return OrderRow.model_validate(head)
    money = {"total_ht": str(row.net), "vat": str(row.vat), "total_ttc": str(row.net + row.vat)}
    return PricedOrderRow.model_validate(head | money)


def order_out(order: CustomerOrder, lines: list[OrderLine], *, late: bool, prices: bool) -> OrderOut | PricedOrderOut:
    """The document of one order."""
    row = Row(
        order.id, order.number, order.state, order.ordered_on, order.due_on, order.delivered_on,
        round_cents(order.net), round_cents(order.vat), order.customer_reference, order.company.code, "", late,
    )  # fmt: skip
    more = {"reference": order.customer_reference, "version": order.version}
    head = row_out(row, prices=prices).model_dump() | more
    if prices:
        return PricedOrderOut(**head, lines=[_priced(line) for line in lines])
    return OrderOut(**head, lines=[LineOut(**_line(line)) for line in lines])


def _line(line: OrderLine) -> dict[str, Any]:
    return {
        "line": line.line_no, "label": line.label, "quantity": f"{line.quantity.normalize():f}", "unit": line.unit,
        "good": line.good or 0,
    }  # fmt: skip


def _priced(line: OrderLine) -> PricedLineOut:
    return PricedLineOut(
        **_line(line), unit_price=_price(line.unit_price), discount=f"{line.discount:.2f}",
        vat_rate=f"{line.vat_rate:.2f}", total_ht=f"{line.net:.2f}",
    )  # fmt: skip


def _price(value: Decimal) -> str:
    """Two decimals at least, six where they matter."""
    whole, _, rest = f"{value:.6f}".rstrip("0").partition(".")
    return f"{whole}.{rest:0<2}"
