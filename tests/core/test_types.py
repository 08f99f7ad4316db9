"""Column types: what is stored comes back exactly, on both engines."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from app.accounts.models import Staff
from app.orders.models import OrderLine
from tests.factories import make_line, make_order, make_staff


@settings(max_examples=30)
@given(
    quantity=st.decimals(min_value=0, max_value=10**6, places=4),
    price=st.decimals(min_value=0, max_value=10**6, places=6),
    discount=st.decimals(min_value=0, max_value=100, places=2),
)
def test_quantities_prices_and_percentages_come_back_exactly(db, quantity, price, discount):
    order = make_order(db, lines=0)
    line = make_line(db, order, quantity=quantity, unit_price=price, discount=discount)
    stored = db.execute(
        select(OrderLine.quantity, OrderLine.unit_price, OrderLine.discount).where(OrderLine.id == line.id)
    ).one()
    assert tuple(stored) == (quantity, price, discount)
    assert all(isinstance(value, Decimal) for value in stored)


def test_what_is_finer_than_a_cent_is_rounded_half_up(db):
    order = make_order(db, lines=0)
    line = make_line(db, order, net=Decimal("1.005"))
    assert db.scalar(select(OrderLine.net).where(OrderLine.id == line.id)) == Decimal("1.01")


def test_an_instant_keeps_its_moment_whatever_its_zone(db):
    there = datetime(2026, 11, 24, 9, 30, tzinfo=timezone(timedelta(hours=5)))
    staff = make_staff(db, disabled_at=there)
    stored = db.scalar(select(Staff.disabled_at).where(Staff.id == staff.id))
    assert stored == there
    assert stored.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(db):
    staff = make_staff(db)
    row = {"code": "X", "last_name": "a", "first_name": "b", "role": staff.role, "sort_key": "x", "theme": ""}
    with pytest.raises(StatementError, match="time zone"):
        db.execute(insert(Staff).values(**row, disabled_at=datetime(2026, 11, 24)))  # noqa: DTZ001
