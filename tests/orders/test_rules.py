"""Rules of orders: pure, no database."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.core.errors import Refused
from app.core.money import line_total, totals
from app.core.permissions import GRANTS, Role
from app.orders import rules
from app.orders.rules import ORDER, LineDraft, OrderState, Progress

S = OrderState
DAY = date(2026, 11, 24)


def draft(quantity="10", price="12.50", *, discount="0", vat="20", line=None, label="Axe tourné"):
    return LineDraft(line, label, Decimal(quantity), "pièce", Decimal(price), Decimal(discount), Decimal(vat))


# The worked examples of the trade: (lines, rate, base, VAT, total including VAT).
VECTORS = {
    "plain": (["50 x 6.67"], "20", "333.50", "66.70", "400.20"),
    "half a cent goes up": (["3 x 0.335"], "20", "1.01", "0.20", "1.21"),
    "never binary": (["7 x 1.005"], "20", "7.04", "1.41", "8.45"),
    "VAT once per rate, not per line": (["1 x 10.03"] * 3, "20", "30.09", "6.02", "36.11"),
    "big": (["12 x 147.53"], "20", "1770.36", "354.07", "2124.43"),
    "VAT of nothing": (["1 x 0.01"], "20", "0.01", "0.00", "0.01"),
    "VAT of six tenths of a cent": (["1 x 0.03"], "20", "0.03", "0.01", "0.04"),
    "credit is the mirror": (["-50 x 6.67"], "20", "-333.50", "-66.70", "-400.20"),
    "reduced rate": (["100 x 1.005"], "5.5", "100.50", "5.53", "106.03"),
    "middle rate": (["1 x 3041.00"], "10", "3041.00", "304.10", "3345.10"),
}


@pytest.mark.parametrize("case", VECTORS)
def test_rounding_follows_the_worked_examples(case):
    lines, rate, base, vat, gross = VECTORS[case]
    pairs = [[Decimal(part) for part in line.split(" x ")] for line in lines]
    found = totals([(line_total(quantity, price), Decimal(rate)) for quantity, price in pairs])
    assert (found.net, found.vat, found.gross) == (Decimal(base), Decimal(vat), Decimal(gross))


def test_the_discount_is_taken_before_the_one_rounding():
    assert draft("3", "0.335", discount="50").net == Decimal("0.50")
    assert draft("1", "10.05", discount="33.33").net == Decimal("6.70")


def test_totals_keep_rates_apart():
    found = rules.order_totals([draft("1", "10.03"), draft("1", "10.03", vat="5.5"), draft("1", "10.03")])
    assert found.by_rate == (
        (Decimal("5.5"), Decimal("10.03"), Decimal("0.55")), (Decimal(20), Decimal("20.06"), Decimal("4.01")),
    )  # fmt: skip
    assert found.gross == Decimal("34.65")


class TestLateness:
    @pytest.mark.parametrize("state", S)
    def test_only_open_orders_are_ever_late(self, state):
        assert rules.is_late(state, DAY - timedelta(days=1), DAY) == (state in {S.CONFIRMED, S.IN_PRODUCTION})

    def test_an_order_due_today_is_not_late_yet(self):
        assert not rules.is_late(S.CONFIRMED, DAY, DAY)

    @pytest.mark.parametrize(
        ("days", "tone", "words"),
        [(-2, "late", "2\u00a0j de retard"), (-1, "late", "1\u00a0j de retard"), (0, "soon", "Aujourd’hui"),
         (1, "soon", "Demain"), (2, "", "dans 2\u00a0j"), (6, "", "dans 6\u00a0j")],
    )  # fmt: skip
    def test_the_delay_says_the_number_of_days(self, days, tone, words):
        assert rules.delay(S.IN_PRODUCTION, DAY + timedelta(days=days), None, DAY) == rules.Delay(tone, words)

    def test_a_delivered_order_says_how_it_ended(self):
        assert rules.delay(S.DELIVERED, DAY, DAY, DAY).words == "À l’heure"
        assert rules.delay(S.INVOICED, DAY, DAY + timedelta(days=3), DAY).words == "3\u00a0j après"

    def test_quotes_and_cancelled_orders_are_in_no_hurry(self):
        past = DAY - timedelta(days=40)
        assert rules.delay(S.QUOTE, past, None, DAY).words == "Attend l’accord"
        assert rules.delay(S.CANCELLED, past, None, DAY) == rules.Delay("", "–")
        assert rules.delay(S.DELIVERED, past, None, DAY) == rules.Delay("", "–")

    def test_the_cause_is_what_is_missing(self):
        lines = [
            Progress("Bride", Decimal(30), 30),
            Progress("Support", Decimal(100), 62),
            Progress("Axe", Decimal(2), 0),
        ]
        assert rules.why_late(S.IN_PRODUCTION, lines) == "Il manque 38 sur 100 pour « Support » et 1 autre ligne."
        assert (
            rules.why_late(S.CONFIRMED, lines[2:]) == "La production n’est pas lancée. Il manque 2 sur 2 pour « Axe »."
        )

    def test_when_everything_is_good_only_the_delivery_is_left(self):
        assert rules.why_late(S.IN_PRODUCTION, [Progress("Bride", Decimal(30), 31)]).endswith(
            "il ne reste qu’à livrer."
        )


class TestGuards:
    def test_an_order_is_not_promised_before_it_was_received(self):
        assert rules.why_not_dates(DAY, DAY) is None
        assert "24/11/2026" in rules.why_not_dates(DAY, DAY - timedelta(days=1))

    def test_a_delivery_lies_between_the_order_and_today(self):
        assert rules.why_not_delivered_on(DAY, DAY, DAY) is None
        assert "précéder" in rules.why_not_delivered_on(DAY - timedelta(days=1), DAY, DAY)
        assert "à venir" in rules.why_not_delivered_on(DAY + timedelta(days=1), DAY, DAY)

    def test_only_a_known_delivery_is_invoiced(self):
        assert rules.why_not_invoiced(DAY) is None
        assert "livraison" in rules.why_not_invoiced(None)

    @pytest.mark.parametrize("state", S)
    def test_lines_change_in_quotes_and_confirmed_orders_only(self, state):
        why = rules.why_lines_fixed(state)
        assert (why is None) == (state in {S.QUOTE, S.CONFIRMED})
        assert why is None or why.endswith(".")

    @pytest.mark.parametrize("state", S)
    def test_delivered_and_cancelled_orders_no_longer_change(self, state):
        assert (rules.why_not_changed(state) is None) == (state in {S.QUOTE, S.CONFIRMED, S.IN_PRODUCTION})

    @pytest.mark.parametrize(
        ("lines", "field"),
        [
            ([], "lines"),
            ([draft()] * 201, "lines"),
            ([draft(), draft("0")], "lines-1-quantity"),
            ([draft("10000000", "2")], "lines-0-unit_price"),
            ([draft("1", "6000000")] * 2, "lines"),
            ([draft(line=3), draft(line=3)], "lines"),
        ],
    )
    def test_lines_out_of_bounds_are_named(self, lines, field):
        assert rules.why_not_lines(lines)[0] == field

    def test_sound_lines_pass(self):
        assert rules.why_not_lines([draft(line=1), draft("0.0001", "0")]) is None


class TestWorkflow:
    @pytest.mark.parametrize(
        ("name", "sources", "target"),
        [
            ("confirm", {S.QUOTE}, S.CONFIRMED),
            ("launch", {S.CONFIRMED}, S.IN_PRODUCTION),
            ("deliver", {S.CONFIRMED, S.IN_PRODUCTION}, S.DELIVERED),
            ("invoice", {S.DELIVERED}, S.INVOICED),
            ("cancel", {S.QUOTE, S.CONFIRMED, S.IN_PRODUCTION}, S.CANCELLED),
        ],
    )
    def test_each_action_leaves_its_states_and_no_other(self, name, sources, target):
        for state in S:
            if state in sources:
                assert ORDER.require(name, state) == target
            else:
                with pytest.raises(Refused, match="n’est pas possible"):
                    ORDER.require(name, state)

    def test_every_action_has_its_sentence_in_the_journal(self):
        assert set(rules.DEEDS) == {action.name for action in ORDER.actions}

    def test_a_master_launches_and_delivers_and_does_not_cancel(self):
        names = [action.name for action in ORDER.available(S.CONFIRMED, GRANTS[Role.MASTER])]
        assert names == ["launch", "deliver"]


class TestNumbers:
    def test_a_number_says_year_and_rank(self):
        assert rules.order_number(2026, 86) == "CDE-2026-0086"
        assert rules.order_number(2026, 12345) == "CDE-2026-12345"

    @pytest.mark.parametrize(
        ("number", "found"),
        [("CDE-2026-0086", (2026, 86)), ("CDE-2026-12345", (2026, 12345)), ("C2026-0086", None), ("CDE-26-0086", None),
         ("CDE-2026-86", None), ("CDE-2026-", None), ("CDE-2026-0086-A", None), ("", None)],
    )  # fmt: skip
    def test_only_our_own_pattern_holds_a_serial(self, number, found):
        assert rules.serial_of(number) == found

    def test_the_search_key_finds_without_accents(self):
        key = rules.order_search_key("CDE-2026-0086", "PO 7120", ["Entretoise Ø25", "Ébauche"])
        assert "cde-2026-0086" in key
        assert "po 7120" in key
        assert "ebauche" in key

    def test_lines_are_prefilled_with_the_vat_of_the_school(self):
        assert rules.usual_vat("assujetti") == 20
        assert rules.usual_vat("franchise") == 0

    @pytest.mark.parametrize(
        ("quantity", "unit", "words"),
        [
            ("12", "pièce", "pièces"),
            ("1", "pièce", "pièce"),
            ("2.5", "kg", "kg"),
            ("3", "m²", "m²"),
            ("4", "jeux", "jeux"),
        ],
    )
    def test_units_take_their_plural(self, quantity, unit, words):
        assert rules.in_units(Decimal(quantity), unit) == words
