"""The calendar of the demonstration school."""

from datetime import date

import pytest

from app.demo import calendar


@pytest.mark.parametrize("year", range(2015, 2040))
def test_a_school_year_has_about_42_weeks_and_holidays_in_order(year):
    days = calendar.days_between(date(year, 9, 1), date(year + 1, 8, 31))
    assert 192 <= sum(map(calendar.is_school_day, days)) <= 206
    closed = calendar.holidays(year)
    assert all(holiday.first <= holiday.last for holiday in closed)
    assert closed[0].first.month == 10
    assert closed[4].first.weekday() == 4  # the Friday after Ascension
    assert calendar.open_day(year).weekday() == 5


def test_the_school_year_turns_on_the_first_of_september():
    assert calendar.school_year_of(date(2026, 8, 31)) == 2025
    assert calendar.school_year_of(date(2026, 9, 1)) == 2026
    assert calendar.school_year_label(2026) == "2026-2027"


def test_working_days_skip_weekends_and_public_holidays():
    assert calendar.working_days_later(date(2026, 11, 10), 1) == date(2026, 11, 12)
    assert calendar.working_days_later(date(2026, 11, 12), -1) == date(2026, 11, 10)
    assert calendar.working_day(date(2026, 12, 25), -1) == date(2026, 12, 24)
    assert calendar.school_day(date(2026, 12, 25)) == date(2027, 1, 4)


def test_a_leap_day_has_its_anniversary_on_the_28th():
    assert calendar.shift_years(date(2028, 2, 29), 1) == date(2029, 2, 28)
    assert calendar.shift_years(date(2028, 2, 29), -4) == date(2024, 2, 29)
