"""How offers and passes are counted; no database."""

from datetime import date
from decimal import Decimal

from app.graduates.rules import ExamVerdict, cohort_figures, session_of, why_not_offer

P, F = ExamVerdict.PASSED, ExamVerdict.FAILED


def test_an_offer_counts_once_per_pupil_and_company():
    figures = cohort_figures([(1, P), (2, P), (3, F)], [(1, "A"), (1, "A"), (1, "B"), (2, "A"), (3, "A"), (9, "A")])
    assert (figures.presented, figures.graduates, figures.offers) == (3, 2, 3)
    assert figures.pass_rate == Decimal("0.6667")
    assert figures.offers_per_graduate == Decimal("1.5000")
    assert figures.per_graduate == {1: 2, 2: 1}


def test_company_names_are_compared_letter_by_letter():
    assert cohort_figures([(1, P)], [(1, "Forge"), (1, "forge"), (1, "Forge ")]).offers == 3


def test_a_graduate_without_an_offer_counts_as_zero_and_is_listed():
    figures = cohort_figures([(1, P), (2, P)], [(1, "A")])
    assert figures.per_graduate == {1: 1, 2: 0}
    assert figures.offers_per_graduate == Decimal("0.5000")


def test_a_pupil_with_two_results_is_presented_once_and_a_graduate_when_one_is_a_pass():
    figures = cohort_figures([(1, F), (1, P)], [])
    assert (figures.presented, figures.graduates, figures.pass_rate) == (1, 1, Decimal("1.0000"))


def test_without_results_there_is_no_rate():
    figures = cohort_figures([], [(1, "A")])
    assert (figures.pass_rate, figures.offers_per_graduate, figures.offers) == (None, None, 0)


def test_an_offer_is_noted_once_received_and_after_the_pupil_came():
    today, entered = date(2026, 11, 23), date(2025, 9, 1)
    assert "à venir" in why_not_offer(date(2026, 11, 24), entered_on=entered, today=today)
    assert "01/09/2025" in why_not_offer(date(2025, 8, 31), entered_on=entered, today=today)
    assert why_not_offer(today, entered_on=entered, today=today) is None


def test_the_school_year_leads_to_the_session_of_its_summer():
    assert [session_of(date(2025, 9, 1)), session_of(date(2026, 8, 31))] == [2026, 2026]
