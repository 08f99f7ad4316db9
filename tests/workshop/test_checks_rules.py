"""Rules of checks, without a database: what a drawing allows, which pieces are due, what stands against a release."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workshop.rules import (
    CheckKind,
    Spec,
    due_pieces,
    due_points,
    figure,
    is_due,
    is_within,
    missing_checks,
    skill_codes,
    why_doubtful,
    why_not_beyond_first,
    why_not_release,
    why_not_value,
)

NBSP = "\u00a0"
FIGURES = st.decimals(-1000, 1000, places=3, allow_nan=False, allow_infinity=False)


def spec(nominal="12", lower="-0.05", upper="0.05", label="Ø12", **other):
    """A diameter of 12 ±0.05."""
    numbers = [None if each is None else Decimal(each) for each in (nominal, lower, upper)]
    return Spec(1, label, CheckKind.MEASURE, *numbers, **other)


class TestVerdict:
    @pytest.mark.parametrize(
        ("value", "within"),
        [
            ("11.95", True), ("12.05", True), ("12", True), ("11.9499", False), ("12.0501", False),
            ("12.050", True), ("-12", False),
        ],
    )  # fmt: skip
    def test_a_limit_itself_conforms(self, value, within):
        assert is_within(Decimal(value), spec()) is within

    def test_deviations_may_lie_on_one_side(self):
        shaft = spec("20", "-0.041", "-0.020", "Ø20 f7")
        assert shaft.limits == (Decimal("19.959"), Decimal("19.980"))
        assert not is_within(Decimal(20), shaft)

    def test_without_a_nominal_they_are_the_limits(self):
        assert spec(None, None, "3.2").limits == (None, Decimal("3.2"))
        assert is_within(Decimal("3.2"), spec(None, None, "3.2"))
        assert not is_within(Decimal("3.3"), spec(None, None, "3.2"))
        assert is_within(Decimal(41), spec(None, "40", None))

    def test_without_any_limit_everything_conforms(self):
        assert is_within(Decimal(7), spec("12", None, None))

    @given(FIGURES, FIGURES, FIGURES)
    def test_the_verdict_is_that_of_the_limits(self, value, lower, upper):
        point = spec("12", str(lower), str(upper))
        assert is_within(value, point) == (12 + lower <= value <= 12 + upper)


class TestDoubt:
    @pytest.mark.parametrize("value", ["120.1", "1.201", "0.4724", "304.8", "-12", "0"])
    def test_a_slip_of_comma_or_of_unit_is_asked_about(self, value):
        question = why_doubtful(Decimal(value), spec())
        assert question is not None
        assert "La cote est 12." in question

    @pytest.mark.parametrize("value", ["12.05", "12.4", "11", "23.9", "6"])
    def test_a_bad_piece_is_not(self, value):
        assert why_doubtful(Decimal(value), spec()) is None

    def test_the_question_shows_both_figures(self):
        assert why_doubtful(Decimal("120.1"), spec()) == (
            f"120,1{NBSP}mm{NBSP}? La cote est 12. Renvoyez pour confirmer."
        )

    def test_of_a_limit_alone_five_times_over_is_asked_about(self):
        roughness = spec(None, None, "3.2", "Ra", unit="µm")
        assert why_doubtful(Decimal(32), roughness) == f"32{NBSP}µm{NBSP}? La limite est 3,2. Renvoyez pour confirmer."
        assert why_doubtful(Decimal(8), roughness) is None

    def test_what_conforms_is_never_asked_about(self):
        assert why_doubtful(Decimal("0.01"), spec("0", "0", "0.02", "Planéité")) is None

    def test_where_the_drawing_says_nothing_there_is_no_question(self):
        assert why_doubtful(Decimal(5), spec("0", "0", "0")) is None


class TestTolerance:
    @pytest.mark.parametrize(
        ("point", "words"),
        [
            (spec(), "Ø12 ±0,05"),
            (spec("25", "0", "0.018", "Longueur"), "25 +0,018/0"),
            (spec("20", "-0.041", "-0.02", "Ø20 f7"), "Ø20 −0,02/−0,041"),
            (spec("40", "-0.2", None, "Longueur"), "40 −0,2"),
            (spec("40", None, None, "Longueur"), "40"),
            (spec("40", "0", "0", "Longueur"), "40"),
            (spec(None, None, "3.2", "Ra", unit="µm"), f"≤{NBSP}3,2{NBSP}µm"),
            (spec(None, "40", None, "Longueur"), f"≥{NBSP}40{NBSP}mm"),
            (spec(None, "0.8", "1.2", "Chanfrein"), f"0,8 à 1,2{NBSP}mm"),
            (spec(None, None, None, "Aspect"), ""),
            (spec("90", "-1", "1", "Angle", unit="°"), f"90 ±1{NBSP}°"),
        ],
    )  # fmt: skip
    def test_it_is_written_as_on_the_drawing(self, point, words):
        assert point.tolerance == words

    def test_what_is_only_good_or_not_has_none(self):
        assert Spec(1, "Ébavurage", CheckKind.ATTRIBUTE, Decimal(1)).tolerance == ""

    @pytest.mark.parametrize(
        ("value", "words"),
        [("12.0500", "12,05"), ("-0.034", "−0,034"), ("120", "120"), ("0.0000", "0"), ("1E+2", "100")],
    )
    def test_figures_have_no_idle_zeros(self, value, words):
        assert figure(Decimal(value)) == words


class TestDue:
    @pytest.mark.parametrize(
        ("every", "key", "count", "pieces"),
        [
            (0, False, 15, [1]), (1, False, 4, [1, 2, 3, 4]), (5, False, 12, [1, 5, 10]), (0, True, 15, [1, 15]),
            (5, True, 15, [1, 5, 10, 15]), (5, True, 1, [1]), (1, False, 0, []), (0, True, 0, []), (20, False, 15, [1]),
        ],
    )  # fmt: skip
    def test_the_first_piece_then_every_so_many_and_the_last_one_where_it_matters(self, every, key, count, pieces):
        point = spec(every=every, is_key=key)
        assert due_pieces(point, count) == pieces
        assert [piece for piece in range(-1, count + 3) if is_due(point, piece, count)] == pieces

    def test_on_the_first_piece_everything_is_due(self):
        points = [spec(), spec(label="Longueur", every=5)]
        assert due_points(points, 1, 10) == points
        assert due_points(points, 5, 10) == points[1:]

    def test_what_is_missing_is_told_piece_by_piece_in_the_order_of_the_drawing(self):
        first, second = Spec(7, "Ø12", CheckKind.MEASURE), Spec(3, "Aspect", CheckKind.ATTRIBUTE, every=2)
        found = missing_checks([first, second], 4, {(7, 1)})
        assert [(each.piece, each.point.id) for each in found] == [(1, 3), (2, 3), (4, 3)]
        assert found[0].words == f"Pièce 1{NBSP}: Aspect"

    @given(st.integers(0, 12), st.booleans(), st.integers(0, 40))
    def test_once_all_due_is_done_nothing_is_missing(self, every, key, count):
        point = spec(every=every, is_key=key)
        done = {(point.id, piece) for piece in due_pieces(point, count)}
        assert missing_checks([point], count, done) == []
        assert len(missing_checks([point], count, ())) == len(done)


class TestRelease:
    def test_all_there_and_all_conform_it_is_released(self):
        assert why_not_release(0, 0, 0) is None

    def test_a_missing_check_stands_against_it(self):
        assert why_not_release(1, 0, 0) == f"Il manque 1{NBSP}contrôle."
        assert why_not_release(3, 0, 0) == f"Il manque 3{NBSP}contrôles."

    def test_a_bad_piece_that_was_scrapped_does_not(self):
        assert why_not_release(0, 2, 2) is None

    def test_one_that_nobody_settled_does(self):
        sentence = why_not_release(0, 2, 1)
        assert sentence is not None
        assert "1\u00a0pièce n’est pas conforme" in sentence
        assert "2\u00a0pièces ne sont pas conformes" in (why_not_release(0, 2, 0) or "")

    @pytest.mark.parametrize(
        ("before", "good", "asked", "released", "refused"),
        [
            (0, 1, True, False, False), (0, 2, True, False, True), (1, 1, True, False, True),
            (1, 14, True, True, False), (1, 14, False, False, False), (1, 0, True, False, False),
        ],
    )  # fmt: skip
    def test_a_series_waits_for_its_first_article(self, before, good, asked, released, refused):
        assert (why_not_beyond_first(before, good, asked=asked, released=released) is not None) is refused


def test_a_measure_needs_a_value_and_the_others_take_none():
    assert why_not_value(None, spec()) == "Indiquez la mesure lue."
    assert why_not_value(Decimal(1), Spec(1, "Aspect", CheckKind.ATTRIBUTE)) is not None
    assert why_not_value(None, Spec(1, "Aspect", CheckKind.PHOTO)) is None


def test_skills_of_an_operation_are_told_once_each():
    assert skill_codes("C2", "C3 + C2+ C4 ") == ["C2", "C3", "C4"]
    assert skill_codes(None, "") == []
