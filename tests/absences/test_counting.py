"""Half-days, absences and the four of a month, by the law: pure rules."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.absences.rules import Given, Missed, Standing, absences_of, by_month, half_days, judge, tally
from app.pedagogy.rules import HalfDay
from app.pedagogy.rules.reasons import REASON_CODES, Span

TUESDAY = date(2026, 11, 24)
MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON


def missed(day=TUESDAY, start=480, *, rank=1, in_half=1, length=120, excused=False):
    return Missed(rank * 10, day, start, start + length, rank, in_half, excused)


def reason(code, day=TUESDAY, start=0, end=1440, *, legitimate="law", until=None):
    said = REASON_CODES[code].legitimate if legitimate == "law" else legitimate
    return Given(1, Span(day, start, until or day, end), code, said)


def halves(sessions, *reasons, whole=False):
    return half_days(judge(sessions, list(reasons)), whole=whole)


class TestHalfDays:
    def test_a_day_missed_is_two_half_days(self):
        found = halves([missed(start=480), missed(start=780, rank=2)])
        assert [(one.half, one.standing) for one in found] == [(MORNING, Standing.NONE), (AFTERNOON, Standing.NONE)]

    def test_two_sessions_of_one_half_day_are_one(self):
        assert len(halves([missed(in_half=2), missed(start=600, rank=2, in_half=2)])) == 1

    def test_one_session_of_two_counts_by_default_and_not_under_the_other_setting(self):
        one_of_two = [missed(in_half=2)]
        assert len(halves(one_of_two)) == 1
        assert halves(one_of_two, whole=True) == []
        assert len(halves([missed(in_half=2), missed(start=600, rank=2, in_half=2)], whole=True)) == 1

    def test_a_session_that_is_no_absence_is_not_waited_for(self):
        morning = [missed(in_half=2), missed(start=600, rank=2, in_half=2)]
        found = halves(morning, reason("EXA", start=600, end=720), whole=True)
        assert [one.standing for one in found] == [Standing.NONE]

    def test_noon_parts_the_day_at_half_past_twelve(self):
        assert [one.half for one in halves([missed(start=749), missed(start=750, rank=2)])] == [MORNING, AFTERNOON]

    @pytest.mark.parametrize(
        ("code", "standing"),
        [("MAL", Standing.LEGITIMATE), ("TRA", Standing.LEGITIMATE), ("AUT", Standing.PENDING),
         ("INJ", Standing.REFUSED)],
    )  # fmt: skip
    def test_a_reason_stands_as_the_law_says(self, code, standing):
        found = halves([missed()], reason(code))
        assert [(one.standing, one.codes) for one in found] == [(standing, (code,))]

    @pytest.mark.parametrize("code", ["STG", "EXA", "VIS", "ENT", "EXC"])
    def test_what_is_no_absence_makes_no_half_day(self, code):
        assert halves([missed()], reason(code)) == []

    def test_the_direction_decides_what_the_law_leaves_open(self):
        assert halves([missed()], reason("AUT", legitimate=True))[0].standing == Standing.LEGITIMATE
        assert halves([missed()], reason("AUT", legitimate=False))[0].standing == Standing.REFUSED

    def test_the_roll_call_s_own_excuse_stands_until_a_reason_says_otherwise(self):
        assert halves([missed(excused=True)])[0].standing == Standing.LEGITIMATE
        assert halves([missed(excused=True)], reason("INJ"))[0].standing == Standing.REFUSED

    def test_a_reason_for_some_hours_explains_the_session_it_touches_and_no_other(self):
        morning = [missed(in_half=2), missed(start=600, rank=2, in_half=2)]
        judged = judge(morning, [reason("TRA", start=480, end=600)])
        assert [one.standing for one in judged] == [Standing.LEGITIMATE, Standing.NONE]
        assert half_days(judged, whole=False)[0].standing == Standing.NONE

    def test_the_reason_given_last_holds(self):
        assert halves([missed()], reason("INJ"), replace(reason("MAL"), id=2))[0].standing == Standing.LEGITIMATE

    def test_a_reason_over_several_days_covers_those_between(self):
        days = [TUESDAY + timedelta(days=n) for n in range(3)]
        found = halves(
            [missed(day, rank=n) for n, day in enumerate(days)], reason("MAL", start=750, end=750, until=days[2])
        )
        standings = [Standing.NONE, Standing.LEGITIMATE, Standing.LEGITIMATE]
        assert [one.standing for one in found] == standings


class TestAbsences:
    def test_neighbouring_sessions_are_one_absence_over_night_and_weekend(self):
        monday = TUESDAY + timedelta(days=6)
        sessions = [missed(rank=4), missed(start=780, rank=5), missed(monday, rank=6), missed(monday, 780, rank=8)]
        runs = absences_of(judge(sessions, []))
        assert [(run.first.on_date, run.last.on_date, run.minutes) for run in runs] == [
            (TUESDAY, monday, 360), (monday, monday, 120),
        ]  # fmt: skip

    def test_an_absence_stands_as_its_worst_session(self):
        sessions = [missed(rank=1), missed(start=780, rank=2)]
        assert absences_of(judge(sessions, [reason("MAL", end=720)]))[0].standing == Standing.NONE
        assert absences_of(judge(sessions, [reason("MAL")]))[0].standing == Standing.LEGITIMATE

    def test_an_exam_parts_an_absence_in_two(self):
        sessions = [missed(rank=1), missed(start=780, rank=2), missed(start=900, rank=3)]
        assert len(absences_of(judge(sessions, [reason("EXA", start=780, end=900)]))) == 2


class TestTheFourOfAMonth:
    def test_the_fourth_half_day_without_legitimate_reason_flags_the_month(self):
        days = [date(2026, 11, 2) + timedelta(days=n) for n in range(4)]
        sessions = [missed(day, rank=n * 2) for n, day in enumerate(days)]
        assert tally(halves(sessions[:3])).flagged is False
        assert tally(halves(sessions)).flagged is True
        assert tally(halves(sessions, reason("MAL", days[0]))).flagged is False

    def test_a_reason_to_decide_counts_for_neither_side(self):
        counted = tally(halves([missed(), missed(start=780, rank=2)], reason("AUT", end=750)))
        assert (counted.without, counted.pending, counted.legitimate, counted.total) == (1, 1, 0, 2)

    def test_months_are_those_of_the_calendar(self):
        days = [date(2026, 10, 30), date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2)]
        months = by_month(halves([missed(day, rank=n * 2) for n, day in enumerate(days)]))
        assert {month: counted.without for month, counted in months.items()} == {
            date(2026, 10, 1): 2, date(2026, 11, 1): 2,
        }  # fmt: skip
        assert not any(counted.flagged for counted in months.values())


plans = st.lists(
    st.tuples(st.integers(0, 9), st.sampled_from([480, 600, 780, 900]), st.booleans(), st.booleans()),
    unique_by=lambda plan: plan[:2], max_size=30,
)  # fmt: skip
codes = st.lists(st.tuples(st.integers(0, 9), st.sampled_from(sorted(REASON_CODES)), st.booleans()), max_size=6)


@given(plans, codes, st.booleans())
def test_half_days_equal_a_count_by_hand(plan, told, whole):
    """Sessions (day, start, missed, excused) and reasons of whole days against the rule said the long way round."""
    plan = sorted(plan)
    days = {n: date(2026, 11, 1) + timedelta(days=n) for n in range(10)}
    size = {}
    for day, start, *_ in plan:
        size[day, start < 750] = size.get((day, start < 750), 0) + 1
    sessions = [
        missed(days[day], start, rank=rank, in_half=size[day, start < 750], excused=excused)
        for rank, (day, start, away, excused) in enumerate(plan) if away
    ]  # fmt: skip
    reasons = [reason(code, days[day], legitimate=REASON_CODES[code].legitimate or yes) for day, code, yes in told]
    by_day = {day: code for day, code, _ in told}
    expected = set()
    for (day, morning), called in size.items():
        counts = REASON_CODES[by_day[day]].counts == "absence" if day in by_day else True
        away = [one for one in plan if one[0] == day and (one[1] < 750) == morning and one[2]]
        if away and counts and (not whole or len(away) == called):
            expected.add((days[day], morning))
    found = half_days(judge(sessions, reasons), whole=whole)
    assert {(one.on_date, one.half == MORNING) for one in found} == expected
    assert tally(found).total == len(found)
    runs = absences_of(judge(sessions, reasons))
    assert sorted(i for run in runs for i in run.session_ids) == sorted(
        one.missed.session_id for one in judge(sessions, reasons) if one.standing.counts
    )
