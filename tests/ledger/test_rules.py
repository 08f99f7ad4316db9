"""Pure rules of hours: forecasts, gaps, statements, the parts of a period."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.rules import LineKind, PaperKind
from app.ledger.rules.gaps import Attended, Gap, gaps_of_day
from app.ledger.rules.papers import why_not_issue
from app.ledger.rules.periods import Grain, grain_of, split
from app.ledger.rules.statements import Held, Line, draft_lines, why_not_confirm
from app.pedagogy.rules import Minutes
from app.pedagogy.rules.forecast import forecast

NOV, OCT = date(2026, 11, 1), date(2026, 10, 1)


class TestForecast:
    def test_what_remains_comes_at_the_rate_of_what_was_held(self):
        coming = forecast(Minutes(900, 400), Minutes(1000, 500), Minutes(200, 100))
        assert coming.expected == Minutes(1080, 480)
        assert coming.planned

    def test_a_kind_not_yet_held_takes_the_rate_of_both(self):
        assert forecast(Minutes(50, 0), Minutes(100, 0), Minutes(0, 60)).expected == Minutes(50, 30)

    def test_nothing_held_yet_everybody_is_expected(self):
        assert forecast(Minutes(), Minutes(), Minutes(240, 60)).expected == Minutes(240, 60)

    def test_nothing_planned_is_said(self):
        assert not forecast(Minutes(50, 20), Minutes(60, 20), Minutes()).planned


class TestGaps:
    def kinds(self, sessions, worked):
        return [(one.gap, one.minutes) for one in gaps_of_day(sessions, worked)]

    @pytest.mark.parametrize(
        ("minutes", "worked", "expected"),
        [
            (240, [(480, 700)], []),
            (240, [], [(Gap.NO_TICKET, 240)]),
            (0, [], []),
            (0, [(500, 560)], [(Gap.ABSENT, 60)]),
            (None, [(500, 560)], []),
            (240, [(480, 724)], []),
            (240, [(480, 760)], [(Gap.OUTSIDE, 40)]),
            (200, [(480, 720)], [(Gap.MORE, 40)]),
        ],
    )
    def test_one_session_of_a_morning(self, minutes, worked, expected):
        assert self.kinds([Attended(7, 480, 720, minutes)], worked) == expected

    def test_work_without_any_session_is_outside(self):
        assert self.kinds([], [(480, 540)]) == [(Gap.OUTSIDE, 60)]


def held(number, day, minutes=120, *, called=True, taught=None):
    return Held(number, day, 480, 480 + minutes, "Français", "CAP1", called, True, taught)


def stated(number, day, minutes):
    return Line(LineKind.SESSION, number, day, 480, 600, "Français", "CAP1", minutes)


class TestStatements:
    def lines(self, sessions, before=(), settled=()):
        known = {line.session_id: line for line in before}
        found = draft_lines(NOV, sessions, known, set(settled))
        return [(line.kind, line.session_id, line.minutes) for line in found]

    def test_sessions_called_count_what_was_taught(self):
        sessions = [held(1, date(2026, 11, 3)), held(2, date(2026, 11, 4), taught=90),
                    held(3, date(2026, 11, 5), called=False)]  # fmt: skip
        assert self.lines(sessions) == [(LineKind.SESSION, 1, 120), (LineKind.SESSION, 2, 90)]

    def test_a_month_that_is_confirmed_is_corrected_on_the_next(self):
        day = date(2026, 10, 6)
        assert self.lines([held(1, day, taught=90)], [stated(1, day, 120)], [OCT]) == [(LineKind.CORRECTION, 1, -30)]
        assert self.lines([held(1, day)], [stated(1, day, 120)], [OCT]) == []

    def test_a_month_not_yet_confirmed_is_not_corrected(self):
        assert self.lines([held(1, date(2026, 10, 6))]) == []

    def test_a_session_that_went_to_somebody_else_is_taken_back(self):
        assert self.lines([], [stated(1, date(2026, 10, 6), 120)], [OCT]) == [(LineKind.CORRECTION, 1, -120)]

    def test_not_before_it_begins_nor_without_its_calls(self):
        assert why_not_confirm(NOV, date(2026, 10, 31), 0)
        assert "2 séances" in (why_not_confirm(NOV, date(2026, 11, 30), 2) or "")
        assert why_not_confirm(NOV, date(2026, 11, 30), 0) is None


def test_papers_are_of_a_week_or_of_what_was():
    today = date(2026, 11, 24)
    assert why_not_issue(PaperKind.SHEET, today, date(2026, 12, 1), today)
    assert why_not_issue(PaperKind.SHEET, today, date(2026, 11, 30), today) is None
    assert why_not_issue(PaperKind.CERTIFICATE, NOV, date(2026, 11, 25), today)
    assert why_not_issue(PaperKind.CERTIFICATE, NOV, OCT, today)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(0, 500), st.sampled_from(list(Grain)))
def test_the_parts_of_a_period_hold_each_day_once(start, length, grain):
    end = date.fromordinal(start.toordinal() + length)
    days = [day for first, last in split(start, end, grain) for day in range(first.toordinal(), last.toordinal() + 1)]
    assert days == list(range(start.toordinal(), end.toordinal() + 1))
    assert grain_of(start, end) in Grain
