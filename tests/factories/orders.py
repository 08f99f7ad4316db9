"""Orders and their lines, with the totals their lines give."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.clients.models import Company
from app.core.clock import now, today
from app.core.money import line_total, totals
from app.core.text import search_key
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OrderState
from tests.factories.clients import make_company
from tests.factories.numbers import serial

DELIVERED = {OrderState.DELIVERED, OrderState.INVOICED}


def make_order(
    db: Session,
    company: Company | None = None,
    *,
    state: OrderState = OrderState.CONFIRMED,
    due_on: date | None = None,
    lines: int = 1,
    **other: Any,
) -> CustomerOrder:
    """An order due in two weeks with `lines` lines of ten pieces; delivered states get a delivery date."""
    company = company or make_company(db)
    number = other.pop("number", f"C-{serial():05}")
    ordered_on = other.pop("ordered_on", today() - timedelta(days=7))
    if state in DELIVERED:
        other.setdefault("delivered_on", ordered_on)
    order = CustomerOrder(
        number=number, company_id=company.id, state=state, ordered_on=ordered_on,
        due_on=due_on or today() + timedelta(days=14), created_at=now(),
        **({"search_key": search_key(number, company.name, other.get("customer_reference"))} | other),
    )  # fmt: skip
    db.add(order)
    db.flush()
    for _ in range(lines):
        make_line(db, order)
    return order


def make_line(db: Session, order: CustomerOrder, **other: Any) -> OrderLine:
    """One more line; the order's totals follow."""
    existing = db.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).all()
    values: dict[str, Any] = {
        "line_no": len(existing) + 1, "label": "Axe tourné Ø 20", "quantity": Decimal(10), "unit": "pièce",
        "unit_price": Decimal("12.50"), "discount": Decimal(0), "vat_rate": Decimal(20),
    } | other  # fmt: skip
    values.setdefault("net", line_total(values["quantity"], values["unit_price"], values["discount"]))
    line = OrderLine(order_id=order.id, **values)
    db.add(line)
    sums = totals([(each.net, each.vat_rate) for each in [*existing, line]])
    order.net, order.vat = sums.net, sums.vat
    db.flush()
    db.expire(order, ["lines"])
    return line
