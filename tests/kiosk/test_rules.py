"""Rules of the tablets, without a database."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kiosk.rules import (
    DRIFT,
    LETTERS,
    LONGEST_CUT,
    SECRET_LENGTH,
    DeviceState,
    SeatState,
    after_failure,
    as_scanned,
    device_state,
    effective_moment,
    seal_of,
    seat_state,
    short_names,
    why_trivial_pin,
)
from tests.workshop.scene import at

NOW = at(10)


class TestEffectiveMoment:
    def test_a_tap_counts_when_it_was_made(self):
        assert effective_moment(at(9, 40), now=NOW, not_before=at(9, 0)) == at(9, 40)

    def test_without_its_own_time_the_server_s_counts(self):
        assert effective_moment(None, now=NOW, not_before=None) == NOW

    def test_never_in_the_future(self):
        assert effective_moment(NOW + timedelta(minutes=2), now=NOW, not_before=None) == NOW
        assert effective_moment(NOW + timedelta(hours=2), now=NOW, not_before=None) == NOW

    def test_a_clock_a_little_slow_counts_from_the_fact_before(self):
        assert effective_moment(at(9, 28), now=NOW, not_before=at(9, 30)) == at(9, 30)

    def test_a_clock_far_from_ours_is_not_believed(self):
        assert effective_moment(at(8, 0), now=NOW, not_before=at(9, 30)) == NOW
        assert effective_moment(NOW - LONGEST_CUT - timedelta(seconds=1), now=NOW, not_before=None) == NOW

    @given(
        claimed=st.datetimes(at(4).replace(tzinfo=None), at(16).replace(tzinfo=None)),
        before=st.datetimes(at(4).replace(tzinfo=None), at(10).replace(tzinfo=None)),
    )
    def test_it_lies_between_the_fact_before_and_now_whatever_is_claimed(self, claimed, before):
        claimed, before = claimed.replace(tzinfo=NOW.tzinfo), before.replace(tzinfo=NOW.tzinfo, microsecond=0)
        moment = effective_moment(claimed, now=NOW, not_before=before)
        assert before <= moment <= NOW
        assert moment.microsecond == 0
        if before <= claimed <= NOW and claimed >= NOW - LONGEST_CUT:
            assert abs(moment - claimed) < timedelta(seconds=1) or before - claimed <= DRIFT


class TestSeat:
    def test_it_locks_after_two_minutes_and_ends_after_ten(self):
        def state(**idle):
            return seat_state(at(9), NOW - timedelta(**idle), NOW)

        assert state(seconds=119) == SeatState.OPEN
        assert state(minutes=2) == SeatState.LOCKED
        assert state(minutes=9, seconds=59) == SeatState.LOCKED
        assert state(minutes=10) == SeatState.ENDED

    def test_it_ends_after_twelve_hours_whatever_happens(self):
        assert seat_state(NOW - timedelta(hours=12), NOW, NOW) == SeatState.ENDED

    def test_a_seal_is_of_one_seat_on_one_tablet(self):
        seals = {seal_of(device, seat) for device in ("a" * 64, "b" * 64) for seat in (1, 2, 11)}
        assert len(seals) == 6
        assert seal_of("a" * 64, 1) in seals


class TestDevice:
    def test_five_wrong_codes_close_it_for_five_minutes(self):
        failures, until = 0, None
        for _ in range(4):
            failures, until = after_failure(failures, NOW)
            assert until is None
        assert after_failure(failures, NOW) == (0, NOW + timedelta(minutes=5))

    @pytest.mark.parametrize(
        ("facts", "state"),
        [
            ({"revoked": True, "link_until": at(11), "locked_until": at(11)}, DeviceState.REVOKED),
            ({"revoked": False, "link_until": at(11), "locked_until": None}, DeviceState.PREPARED),
            ({"revoked": False, "link_until": at(9), "locked_until": None}, DeviceState.LINK_GONE),
            ({"revoked": False, "link_until": None, "locked_until": at(10, 1)}, DeviceState.LOCKED),
            ({"revoked": False, "link_until": None, "locked_until": NOW}, DeviceState.READY),
            ({"revoked": False, "link_until": None, "locked_until": None}, DeviceState.READY),
        ],
    )
    def test_what_the_list_says_of_it(self, facts, state):
        assert device_state(**facts, at=NOW) == state
        assert state.label
        assert state.tone


class TestPin:
    @pytest.mark.parametrize("pin", ["0000", "7777", "1234", "4321", "9012", "6789", "1212", "4545"])
    def test_what_a_comrade_tries_first_is_refused(self, pin):
        assert "trop facile" in why_trivial_pin(pin)

    @pytest.mark.parametrize("pin", ["2010", "0503", "0305", "0310"])
    def test_a_date_of_birth_is_refused(self, pin):
        assert "naissance" in why_trivial_pin(pin, date(2010, 3, 5))
        assert why_trivial_pin(pin, date(2009, 12, 24)) is None

    @pytest.mark.parametrize("pin", ["", "123", "12345", "12a4", "１２３４"])
    def test_it_has_four_figures(self, pin):
        assert why_trivial_pin(pin) == "Il faut 4 chiffres."

    def test_others_are_good(self):
        assert why_trivial_pin("2580", date(2010, 3, 5)) is None


class TestBadge:
    def test_a_scanner_may_type_small_letters_and_a_line_break(self):
        code = "BCDEFGHIJKLNOPRSTUVXYBCDEFGHIJ"
        assert as_scanned(f" {code.lower()}\n") == code

    @pytest.mark.parametrize("typed", ["", "torn", "B" * 29, "B" * 31, "A" * SECRET_LENGTH, "1" * SECRET_LENGTH])
    def test_anything_else_is_no_badge(self, typed):
        assert as_scanned(typed) is None

    def test_its_code_is_long_enough_and_the_same_on_two_keyboards(self):
        assert len(LETTERS) ** SECRET_LENGTH > 2**128
        assert set(LETTERS).isdisjoint("AQZWM")


class TestNames:
    def test_comrades_read_a_first_name_and_an_initial(self):
        assert short_names({1: ("Inès", "haddad", "CAP1"), 2: ("Tom", "Aubry", "CAP1")}) == {1: "Inès H.", 2: "Tom A."}

    def test_two_who_share_it_are_told_apart_without_a_letter_more(self):
        people = {1: ("Paul", "Quillard", "CAP1"), 2: ("Paul", "Quentin", "CAP2"), 3: ("Paul", "Quignon", "CAP2")}
        assert short_names(people) == {1: "Paul Q. (CAP1)", 2: "Paul Q. (CAP2) 1", 3: "Paul Q. (CAP2) 2"}
