"""The clock: UTC inside, Paris outside, both nights of the clock change."""

from datetime import UTC, date, datetime, timedelta

import pytest

from app.core import clock as core

OCTOBER, MARCH = date(2026, 10, 25), date(2027, 3, 28)


def test_the_school_day_is_that_of_paris_not_of_the_machine(clock):
    clock.set(datetime(2026, 11, 24, 23, 30, tzinfo=UTC))
    assert core.today() == date(2026, 11, 25)


def test_new_year_comes_an_hour_early_in_utc(clock):
    clock.set(datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
    assert core.today() == date(2027, 1, 1)


@pytest.mark.parametrize("day", [OCTOBER, MARCH, date(2026, 11, 24)])
def test_eight_in_the_morning_is_eight_on_any_day(day):
    assert core.local_minute(core.instant(day, 480)) == 480
    assert core.local(core.instant(day, 480)).date() == day


def test_the_night_with_25_hours_has_25_hours():
    length = core.instant(OCTOBER + timedelta(days=1), 0) - core.instant(OCTOBER, 0)
    assert length == timedelta(hours=25)


def test_the_night_with_23_hours_has_23_hours():
    length = core.instant(MARCH + timedelta(days=1), 0) - core.instant(MARCH, 0)
    assert length == timedelta(hours=23)


def test_work_across_the_repeated_hour_never_lasts_less_than_nothing():
    """02:50 then 02:10 on the wall, twenty minutes apart in truth (trap X16)."""
    first = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)
    later = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)
    assert core.local(first).hour == core.local(later).hour == 2
    assert later - first == timedelta(minutes=20)


@pytest.mark.parametrize(
    ("day", "monday"), [(date(2026, 11, 29), 23), (date(2026, 11, 23), 23), (date(2026, 11, 30), 30)]
)
def test_the_week_begins_on_monday(day, monday):
    assert core.monday_of(day) == date(2026, 11, monday)


def test_a_naive_moment_cannot_be_frozen():
    with pytest.raises(ValueError, match="time zone"), core.freeze(datetime(2026, 11, 24, 8)):  # noqa: DTZ001
        core.now()


def test_time_stands_still_until_a_test_moves_it(clock):
    before = core.now()
    assert core.now() == before
    clock.advance(minutes=31)
    assert core.now() - before == timedelta(minutes=31)
