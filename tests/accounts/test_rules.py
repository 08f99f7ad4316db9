"""Passwords, delays, sessions and states, without a database."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.accounts import rules
from app.accounts.rules import StaffState

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


class TestPasswords:
    def test_eleven_characters_are_too_few_and_twelve_enough(self):
        assert "au moins 12" in rules.why_weak("grue bleue!")
        assert rules.why_weak("grue bleue !") is None

    def test_a_hundred_and_twenty_eight_are_taken_and_one_more_is_not(self):
        phrase = "la lime, le marbre et le trusquin "
        assert rules.why_weak((phrase * 4)[:128]) is None
        assert "128 caractères au plus" in rules.why_weak((phrase * 4)[:129])

    def test_lower_case_letters_alone_are_enough(self):
        assert rules.why_weak("trusquinetpointe") is None

    @pytest.mark.parametrize(
        "common",
        [
            "motdepasse2026", "azertyuiop12", "azertyuiop123!", "passwordpassword", "Password1234", "123456789012",
            "abcdefghijkl", "AZERTYUIOPQSDF", "111111111111", "abababababab", "1q2w3e4r5t6y", "Motdepasse motdepasse",
            "bonjour bonjour", "ecoledeproduction", "administrator", "unbelievable", "qwertyuiopas",
        ],
    )  # fmt: skip
    def test_what_every_guesser_tries_first_is_refused(self, common):
        assert "trop courant" in rules.why_weak(common)

    @pytest.mark.parametrize("typed", ["Benali123456", "karim-benali!", "Atelier-École du Val"])
    def test_the_persons_and_the_schools_names_are_refused(self, typed):
        why = rules.why_weak(typed, names=("Benali", "Karim", "Atelier-École du Val"))
        assert "ressemble à votre nom" in why

    def test_a_name_inside_a_long_phrase_is_fine(self):
        assert rules.why_weak("karim lime une pièce en laiton", names=("Karim",)) is None


class TestDelays:
    def failures(self, count, gap=timedelta(seconds=1)):
        return [NOON - gap * (count - number) for number in range(count)]

    def test_four_failures_cost_nothing(self):
        assert rules.delay_after(self.failures(4), NOON) == timedelta(0)

    @pytest.mark.parametrize(("count", "seconds"), [(5, 2), (6, 4), (7, 8), (8, 16), (9, 32)])
    def test_the_delay_doubles_from_the_fifth(self, count, seconds):
        at = self.failures(count)[-1]
        assert rules.delay_after(self.failures(count), at) == timedelta(seconds=seconds)

    def test_from_the_tenth_it_is_at_least_a_quarter_of_an_hour(self):
        at = self.failures(10)[-1]
        assert rules.delay_after(self.failures(10), at) >= timedelta(minutes=15)

    def test_twenty_five_end_the_day(self):
        failures = self.failures(25, gap=timedelta(minutes=20))
        assert rules.delay_after(failures, NOON) == failures[0] + timedelta(hours=24) - NOON

    def test_yesterdays_failures_are_forgotten(self):
        assert rules.delay_after([NOON - timedelta(hours=24)] * 30, NOON) == timedelta(0)

    @given(st.lists(st.integers(min_value=0, max_value=2 * 86400), max_size=40), st.integers(0, 86400))
    def test_waiting_as_long_as_asked_is_always_enough(self, ages, more):
        failures = sorted(NOON - timedelta(seconds=age) for age in ages)
        wait = rules.delay_after(failures, NOON)
        assert timedelta(0) <= wait <= timedelta(hours=24)
        assert rules.delay_after(failures, NOON + wait + timedelta(seconds=more)) == timedelta(0)

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [(0.2, "1 seconde"), (61, "61 secondes"), (121, "3 minutes"), (900, "15 minutes"), (7201, "3 heures")],
    )
    def test_the_wait_is_said_rounded_up(self, seconds, words):
        assert rules.wait_in_words(timedelta(seconds=seconds)) == words


class TestSessions:
    @pytest.mark.parametrize(
        ("age", "idle", "alive"),
        [(719, 29, True), (719, 30, False), (720, 1, False), (0, 0, True)],
    )
    def test_thirty_minutes_idle_and_twelve_hours_in_all(self, age, idle, alive):
        opened, seen = NOON - timedelta(minutes=age), NOON - timedelta(minutes=idle)
        assert rules.session_alive(opened, seen, NOON) is alive


class TestReturnAddress:
    @pytest.mark.parametrize("ours", ["/", "/commandes?etat=retard&page=2", "/eleves/É%201"])
    def test_ours_is_kept(self, ours):
        assert rules.local_path(ours) == ours

    @pytest.mark.parametrize(
        "theirs",
        [
            "", "//x.example", "/\\x.example", "\\\\x.example", "https://x.example", "javascript:alert(1)",
            "/\t/x.example", "/\n/x.example", "x.example", " //x.example", "/connexion", "/deconnexion",
        ],
    )  # fmt: skip
    def test_anything_else_is_home(self, theirs):
        assert rules.local_path(theirs) == "/"

    @given(st.text(max_size=30))
    def test_whatever_is_asked_the_answer_is_a_path(self, target):
        path = rules.local_path(target)
        assert path.startswith("/")
        assert not path.startswith(("//", "/\\"))


class TestStates:
    @pytest.mark.parametrize(
        ("disabled", "has_password", "invited", "state"),
        [
            (True, True, True, StaffState.DISABLED), (False, True, True, StaffState.ACTIVE),
            (False, False, True, StaffState.INVITED), (False, False, False, StaffState.WAITING),
        ],
    )  # fmt: skip
    def test_where_a_person_stands(self, disabled, has_password, invited, state):
        assert rules.staff_state(disabled=disabled, has_password=has_password, invited=invited) is state

    def test_the_only_director_stays_one(self):
        assert rules.why_last_director(is_director=True, other_directors=0)
        assert rules.why_last_director(is_director=True, other_directors=1) is None
        assert rules.why_last_director(is_director=False, other_directors=0) is None


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Windows"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("", "Appareil inconnu"),
    ],
)
def test_a_device_is_named_so_that_its_owner_knows_it(agent, name):
    assert rules.device_name(agent) == name


@pytest.mark.parametrize(
    ("low", "high", "aim", "sound"),
    [(62, 72, "66.67", True), (72, 62, 66, False), (62, 62, 62, False), (62, 72, 80, False), (0, 100, 0, True)],
)
def test_a_band_has_its_aim_inside(low, high, aim, sound):
    assert (rules.why_odd_band(Decimal(low), Decimal(high), Decimal(aim)) is None) is sound
