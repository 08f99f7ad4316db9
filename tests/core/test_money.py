"""Money: decimals, half up, VAT once per rate."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import line_total, ratio, round_cents, totals

D = Decimal
# lines as (quantity, unit price), VAT rate, expected net, VAT and gross: the worked examples of the trade
VECTORS = {
    "a simple line": ([(50, "6.67")], 20, "333.50", "66.70", "400.20"),
    "1.005 goes up, as it never would in binary": ([(3, "0.335")], 20, "1.01", "0.20", "1.21"),
    "7.035 goes up": ([(7, "1.005")], 20, "7.04", "1.41", "8.45"),
    "VAT on the sum, not per line": ([(1, "10.03")] * 3, 20, "30.09", "6.02", "36.11"),
    "a balustrade": ([(12, "147.53")], 20, "1770.36", "354.07", "2124.43"),
    "VAT of a cent is nothing": ([(1, "0.01")], 20, "0.01", "0.00", "0.01"),
    "VAT of three cents is one": ([(1, "0.03")], 20, "0.03", "0.01", "0.04"),
    "a whole credit mirrors its invoice": ([(-50, "6.67")], 20, "-333.50", "-66.70", "-400.20"),
    "a reduced rate": ([(100, "1.005")], "5.5", "100.50", "5.53", "106.03"),
    "ten percent": ([(1, "3041.00")], 10, "3041.00", "304.10", "3345.10"),
}


@pytest.mark.parametrize("case", VECTORS)
def test_the_worked_examples(case):
    lines, rate, net, vat, gross = VECTORS[case]
    found = totals((line_total(D(quantity), D(price)), D(rate)) for quantity, price in lines)
    assert (found.net, found.vat, found.gross) == (D(net), D(vat), D(gross))


def test_a_discount_is_taken_before_the_line_is_rounded():
    assert line_total(D(3), D("9.99"), D("33.33")) == D("19.98")
    assert line_total(D(1), D("100"), D("100")) == D("0.00")


def test_an_order_without_lines_is_worth_nothing():
    assert (totals([]).net, totals([]).vat, totals([]).gross) == (D("0.00"), D("0.00"), D("0.00"))


def test_each_rate_is_told_with_its_base():
    found = totals([(D("10.00"), D(20)), (D("5.00"), D("5.5")), (D("1.00"), D(20))])
    assert found.by_rate == ((D("5.5"), D("5.00"), D("0.28")), (D(20), D("11.00"), D("2.20")))


cents = st.decimals(min_value="-100000", max_value="100000", places=2)
rates = st.sampled_from([D(0), D("2.1"), D("5.5"), D(10), D(20)])


@given(st.lists(st.tuples(cents, rates), max_size=30))
def test_totals_add_up_to_the_cent_whatever_the_lines(lines):
    found = totals(lines)
    assert found.net == sum((net for net, _ in lines), D(0))
    assert found.gross == found.net + found.vat
    assert found.vat == sum((vat for _, _, vat in found.by_rate), D(0))
    assert all(amount == round_cents(amount) for amount in (found.net, found.vat, found.gross))


@given(cents, rates)
def test_a_credit_is_the_exact_opposite_of_its_invoice(net, rate):
    assert totals([(-net, rate)]).gross == -totals([(net, rate)]).gross


@pytest.mark.parametrize(
    ("part", "whole", "expected"), [(2, 3, "0.6667"), (1, 3, "0.3333"), (1, 8, "0.1250"), (0, 5, "0.0000")]
)
def test_a_ratio_has_four_decimals_half_up(part, whole, expected):
    assert str(ratio(part, whole)) == expected


def test_a_ratio_of_nothing_is_not_known():
    assert ratio(0, 0) is None
