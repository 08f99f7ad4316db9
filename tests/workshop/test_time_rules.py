"""Clocks cut at breaks, time shared between tickets, the machine taken once: without a database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import instant
from app.workshop import rules
from app.workshop.rules import EndCause, Timed
from tests.workshop.scene import at

MIDNIGHT = at(23, 59)
MORNING = [(at(8), at(10)), (at(10, 15), at(12))]
AFTERNOON = [(at(13), at(17))]
DAY = MORNING + AFTERNOON
BASE = datetime(2026, 11, 24, 7, 0, tzinfo=UTC)


def moments(low=0, high=600):
    """Whole minutes of a school day."""
    return st.integers(low, high).map(lambda minutes: BASE + timedelta(minutes=minutes))


@st.composite
def spans(draw, most=8):
    """Some intervals of a school day, in any order, overlapping at will."""
    found = []
    for _ in range(draw(st.integers(0, most))):
        start = draw(moments(0, 500))
        found.append((start, start + timedelta(minutes=draw(st.integers(0, 120)))))
    return found


class TestBreaks:
    def test_breaks_are_read_as_a_school_writes_them(self):
        assert rules.daily_breaks("10:00-10:15 ; 15:00-15:10") == [(600, 615), (900, 910)]
        assert rules.daily_breaks(" ") == []

    @pytest.mark.parametrize("text", ["10:00", "10:15-10:00", "10:00-25:00", "à 10 h", "10:00-10:15-10:30"])
    def test_what_is_no_break_is_told(self, text):
        with pytest.raises(ValueError, match=r"\S"):
            rules.daily_breaks(text)

    def test_sessions_that_touch_are_one_and_breaks_cut_them(self):
        assert rules.without([(480, 600), (600, 720), (780, 1020)], [(600, 615)]) == [
            (480, 600), (615, 720), (780, 1020),
        ]  # fmt: skip
        assert rules.without([(480, 720)], [(420, 490), (700, 800)]) == [(490, 700)]
        assert rules.without([(480, 720)], [(480, 720)]) == []


class TestClosing:
    @pytest.mark.parametrize(
        ("start", "now", "parts", "cause"),
        [
            (at(9), at(9, 30), [(at(9), at(9, 30))], None),
            (at(9), at(10), [(at(9), at(10))], None),
            (at(9), at(10, 5), [(at(9), at(10))], EndCause.BREAK),
            (at(9), at(10, 15), [(at(9), at(10))], EndCause.BREAK),
            (at(9), at(11), [(at(9), at(10)), (at(10, 15), at(11))], None),
            (at(9), at(12), [(at(9), at(10)), (at(10, 15), at(12))], None),
            (at(9), at(12, 30), [(at(9), at(10)), (at(10, 15), at(12))], EndCause.END_OF_HALF_DAY),
            (at(9), at(16, day=26), [(at(9), at(10)), (at(10, 15), at(12))], EndCause.END_OF_HALF_DAY),
            (at(10, 5), at(10, 40), [(at(10, 5), at(10, 40))], None),  # begun in the break: they meant it
            (at(7, 50), at(8, 30), [(at(7, 50), at(8, 30))], None),
            (at(12, 20), at(18), [(at(12, 20), at(17))], EndCause.END_OF_HALF_DAY),
            (at(17, 30), at(18), [(at(17, 30), at(18))], None),
            (at(17, 30), at(8, day=25), [(at(17, 30), MIDNIGHT)], EndCause.END_OF_HALF_DAY),
        ],
    )
    def test_time_is_cut_at_breaks_and_ends_with_the_half_day(self, start, now, parts, cause):
        assert rules.closing(start, now, DAY, MIDNIGHT) == (parts, cause)

    def test_without_any_practice_the_day_bounds_it(self):
        assert rules.closing(at(9), at(11), [], MIDNIGHT) == ([(at(9), at(11))], None)
        assert rules.closing(at(9), at(8, 59), [], MIDNIGHT) == ([(at(9), at(9))], None)

    def test_a_break_of_more_than_half_an_hour_ends_the_half_day(self):
        windows = [(at(8), at(9)), (at(9, 31), at(12))]
        assert rules.closing(at(8, 30), at(11), windows, MIDNIGHT) == ([(at(8, 30), at(9))], EndCause.END_OF_HALF_DAY)
        assert rules.clock_end(at(8, 30), windows, MIDNIGHT) == at(9)

    @given(moments(), moments(), spans(4))
    def test_no_piece_overlaps_another_nor_lies_in_a_break_nor_after_now(self, start, now, slots):
        windows = rules.merged(slots)
        end_of_day = BASE + timedelta(hours=16)
        parts, _ = rules.closing(start, now, windows, end_of_day)
        assert parts[0][0] == start
        assert all(begin <= end for begin, end in parts)
        assert all(one[1] < two[0] for one, two in pairwise(parts))
        assert all(end <= max(now, start) for _, end in parts)
        assert parts[-1][1] <= rules.clock_end(start, windows, end_of_day)
        for begin, end in parts[1:]:
            assert any(begin == first and end <= last for first, last in windows)

    @given(moments(), moments(), spans(4))
    def test_stopping_later_never_counts_less(self, start, now, slots):
        windows, end_of_day = rules.merged(slots), BASE + timedelta(hours=16)

        def counted(moment):
            parts, _ = rules.closing(start, moment, windows, end_of_day)
            return rules.union_seconds(parts)

        assert counted(now) <= counted(now + timedelta(minutes=7))

    def test_on_the_night_the_clocks_go_back_the_hour_that_comes_twice_counts_twice(self):
        start = instant(at(1, day=25, month=10).date(), 90)
        parts, _ = rules.closing(start, start + timedelta(hours=3), [], start + timedelta(hours=20))
        assert rules.union_seconds(parts) == 3 * 3600
        assert at(3, 30, day=25, month=10) == start + timedelta(hours=3)  # an hour less on the wall

    def test_on_the_night_the_clocks_go_forward_the_hour_that_is_missing_counts_not(self):
        day = datetime(2026, 3, 29, tzinfo=UTC).date()
        assert rules.union_seconds([(instant(day, 60), instant(day, 240))]) == 2 * 3600


class TestUnion:
    @given(spans())
    def test_no_instant_counts_twice_and_none_is_lost(self, times):
        covered = {
            minute for start, end in times
            for minute in range(int((start - BASE).total_seconds() // 60), int((end - BASE).total_seconds() // 60))
        }  # fmt: skip
        assert rules.union_seconds(times) == 60 * len(covered)

    @given(spans(), spans())
    def test_what_is_taken_away_and_what_is_left_make_the_whole(self, windows, busy):
        left = rules.without(windows, busy)
        assert rules.union_seconds([*left, *busy]) == rules.union_seconds([*windows, *busy])
        assert rules.union_seconds(left) + rules.union_seconds(busy) == rules.union_seconds([*left, *busy])


class TestQuarters:
    def test_lengths_follow_each_other_and_step_over_what_is_taken(self):
        free = rules.without([(at(8), at(12))], [(at(10), at(10, 15))])
        laid = rules.lay(free, [timedelta(hours=1, minutes=30), timedelta(hours=1)])
        assert laid == [[(at(8), at(9, 30))], [(at(9, 30), at(10)), (at(10, 15), at(10, 45))]]

    def test_more_than_there_is_room_for_is_none(self):
        assert rules.lay([(at(8), at(9))], [timedelta(minutes=45), timedelta(minutes=30)]) is None

    @given(spans(4), st.lists(st.integers(0, 8), max_size=5))
    def test_every_length_is_laid_whole_inside_what_is_free(self, slots, quarters):
        free = rules.merged(slots)
        lengths = [rules.QUARTER * count for count in quarters]
        laid = rules.lay(free, lengths)
        if laid is None:
            assert sum(quarters) * 15 * 60 > rules.union_seconds(free)
            return
        assert [rules.union_seconds(parts) for parts in laid] == [int(each.total_seconds()) for each in lengths]
        flat = [part for parts in laid for part in parts]
        assert all(one[1] <= two[0] for one, two in pairwise(flat))
        assert rules.union_seconds([*flat, *free]) == rules.union_seconds(free)


def timed(start, minutes, share=100):
    """A closed time."""
    return Timed(start, start + timedelta(minutes=minutes), Decimal(share))


@st.composite
def sessions(draw, share=None):
    """Closed times of several pupils on one ticket."""
    shares = st.just(Decimal(100)) if share is None else share
    return [Timed(start, end, draw(shares)) for start, end in draw(spans())]


class TestTwoFigures:
    def test_a_pair_has_two_clocks_and_one_machine(self):
        pair = [timed(at(8), 60), timed(at(8, 30), 60)]
        assert (rules.person_seconds(pair), rules.machine_seconds(pair)) == (2 * 3600, 90 * 60)

    def test_a_batch_takes_the_machine_by_its_share(self):
        assert rules.machine_seconds([timed(at(8), 60, 25)]) == 15 * 60

    @given(sessions())
    def test_alone_or_many_the_machine_is_taken_for_the_union(self, times):
        machine = rules.machine_seconds(times)
        assert machine == rules.union_seconds([(t.start, t.end) for t in times])
        assert machine <= rules.person_seconds(times)

    @given(sessions(st.integers(1, 10_000).map(lambda n: Decimal(n) / 100)))
    def test_shares_never_take_more_than_the_wall_clock(self, times):
        assert rules.machine_seconds(times) <= rules.union_seconds([(t.start, t.end) for t in times])

    @given(st.lists(st.integers(0, 40_000), min_size=2, max_size=6), st.integers(1, 14_400))
    def test_the_shares_of_a_batch_give_the_tickets_the_time_of_one_clock(self, planned, seconds):
        shares = rules.default_shares(planned)
        end = BASE + timedelta(seconds=seconds)
        given_out = sum(rules.person_seconds([Timed(BASE, end, share)]) for share in shares)
        assert abs(given_out - seconds) <= len(shares) / 2


class TestShares:
    @given(st.lists(st.integers(0, 1_000_000), min_size=2, max_size=6))
    def test_by_default_they_follow_planned_time_and_make_a_hundred(self, planned):
        shares = rules.default_shares(planned)
        assert sum(shares) == 100
        assert rules.why_not_shares(shares) is None
        ranked = sorted(zip(planned, shares, strict=True))
        assert all(one[1] <= two[1] for one, two in pairwise(ranked) if one[0] < two[0])

    @pytest.mark.parametrize(
        ("shares", "words"),
        [
            ([100], "au moins deux bons"),
            ([10] * 10, "Au plus 6 bons"),
            ([100, 0], "reçoit une part"),
            ([60, 30], "Les parts font 90\u00a0%"),
            (["60.5", 40], "Les parts font 100,5\u00a0%"),
        ],
    )
    def test_what_makes_no_batch(self, shares, words):
        assert words in rules.why_not_shares([Decimal(share) for share in shares])
