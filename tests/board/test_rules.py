"""Shapes of the home page; no database."""

from datetime import date
from decimal import Decimal

import pytest

from app.board.rules import months_back, scale_top, school_year_start


def test_the_school_year_begins_on_the_first_of_september():
    assert school_year_start(date(2026, 9, 1)) == date(2026, 9, 1)
    assert school_year_start(date(2026, 8, 31)) == date(2025, 9, 1)


def test_months_run_back_over_the_new_year():
    assert months_back(date(2027, 2, 28), 4) == [
        date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1), date(2027, 2, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("largest", "top"), [("0", 1), ("0.4", 1), ("7.5", 8), ("10", 10), ("11", 20), ("31234", 40000)]
)
def test_a_scale_ends_at_a_round_number_at_or_above_the_largest(largest, top):
    assert scale_top([Decimal(0), Decimal(largest)]) == top
    assert scale_top([]) == 1
