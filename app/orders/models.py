"""Client orders and their lines."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.clients.models import Company
from app.core.db import Base
from app.core.types import Cents, Percent, Price, Quantity, UtcDateTime, Versioned, Word
from app.orders.rules import OrderState


class CustomerOrder(Versioned, Base):
    """An order. Totals are those of its lines (`core.money`), stored because lists sort and sum on them."""

    __tablename__ = "customer_order"
    __table_args__ = (Index(None, "state", "due_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("company.id"), index=True)
    customer_reference: Mapped[str | None]
    ordered_on: Mapped[date] = mapped_column(index=True)
    due_on: Mapped[date] = mapped_column(index=True)
    delivered_on: Mapped[date | None] = mapped_column(index=True)
    state: Mapped[OrderState] = mapped_column(Word(OrderState))
    net: Mapped[Decimal] = mapped_column(Cents, default=Decimal(0))
    vat: Mapped[Decimal] = mapped_column(Cents, default=Decimal(0))
    search_key: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    company: Mapped[Company] = relationship()
    lines: Mapped[list["OrderLine"]] = relationship(
        back_populates="order", lazy="raise_on_sql", order_by="OrderLine.line_no", cascade="all, delete-orphan"
    )

    @property
    def gross(self) -> Decimal:
        """Euros including VAT."""
        return self.net + self.vat


class OrderLine(Base):
    """One line. `net` is its total excluding VAT, rounded once."""

    __tablename__ = "order_line"
    __table_args__ = (UniqueConstraint("order_id", "line_no"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("customer_order.id"))
    line_no: Mapped[int]
    label: Mapped[str]
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit: Mapped[str]
    unit_price: Mapped[Decimal] = mapped_column(Price)
    discount: Mapped[Decimal] = mapped_column(Percent, default=Decimal(0))
    vat_rate: Mapped[Decimal] = mapped_column(Percent)
    net: Mapped[Decimal] = mapped_column(Cents)
    good: Mapped[int] = mapped_column(default=0, server_default="0")

    order: Mapped[CustomerOrder] = relationship(back_populates="lines")
