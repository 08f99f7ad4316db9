"""Column types and mixins: SQLite has no decimals and forgets time zones, so both are settled here once."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, String
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database; a naive value is a programming error."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Scaled(TypeDecorator[Decimal]):
    """A decimal kept as an integer of 10**-places; a finer value is rounded half up."""

    impl = BigInteger
    cache_ok = True
    places = 2

    def process_bind_param(self, value: Any, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        return int(scaled.quantize(Decimal(1), rounding=ROUND_HALF_UP))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(int(value)).scaleb(-self.places)


class Cents(Scaled):
    """Euros, to the cent."""

    cache_ok = True
    places = 2


class Price(Scaled):
    """A unit price in euros, to the millionth."""

    cache_ok = True
    places = 6


class Quantity(Scaled):
    """A quantity in the line's unit, to the ten-thousandth."""

    cache_ok = True
    places = 4


class Percent(Scaled):
    """Percent, to the hundredth of a percent: 20.00 is 20 %."""

    cache_ok = True
    places = 2


class Points(Scaled):
    """A mark or a coefficient, to the hundredth of a point."""

    cache_ok = True
    places = 2


class Versioned:
    """An editable document: forms post `version` back, every change raises it by one."""

    version: Mapped[int] = mapped_column(default=1, server_default="1")


class Timestamped:
    """When the row was first written."""

    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Word(TypeDecorator[Any]):
    """A member of a `StrEnum` kept as its short string; the database never learns of the enum."""

    impl = String
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__(20)
        self.kind = kind

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else str(self.kind(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.kind(value)
