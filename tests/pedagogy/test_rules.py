"""School life without a database."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from app.pedagogy import rules
from app.pedagogy.rules import Attendance, Band, Minutes, Period, SessionKind, SessionPlan, SessionState, Standing, logs

TUESDAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Shut:
    starts_on: date
    ends_on: date
    label: str


@dataclass(frozen=True)
class Stay:
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class Word:
    text: str
    official: bool


class TestAttendedMinutes:
    @pytest.mark.parametrize(
        ("status", "late", "expected"),
        [
            ("present", 0, 240),
            ("late", 17, 223),
            ("late", 0, 240),
            ("late", 240, 0),
            ("absent", 0, 0),
            ("excused", 0, 0),
        ],
    )
    def test_only_time_spent_counts(self, status, late, expected):
        assert rules.attended_minutes(Attendance(status), 240, late) == expected

    def test_a_delay_longer_than_the_session_never_goes_below_zero(self):
        assert rules.attended_minutes(Attendance.LATE, 60, 90) == 0


class TestPracticeShare:
    def test_the_share_is_practice_over_all_rounded_half_up_to_four_decimals(self):
        assert Minutes(2, 1).share == Decimal("0.6667")
        assert Minutes(59395, 27190).share == Decimal("0.6860")

    def test_nothing_attended_has_no_share(self):
        assert Minutes(0, 0).share is None

    def test_minutes_add_up_by_kind(self):
        assert Minutes(1, 2) + Minutes(10, 20) == Minutes(11, 22)

    @pytest.mark.parametrize(
        ("share", "place"),
        [("0.62", "inside"), ("0.72", "inside"), ("0.6199", "under"), ("0.7201", "over"), (None, "unknown")],
    )
    def test_both_ends_of_the_band_are_inside(self, share, place):
        band = Band(Decimal("0.62"), Decimal("0.72"))
        assert band.place(None if share is None else Decimal(share)) == place


class TestCalendar:
    @pytest.mark.parametrize(
        ("year", "sunday"),
        [
            (1961, (4, 2)), (2000, (4, 23)), (2008, (3, 23)), (2025, (4, 20)), (2026, (4, 5)), (2027, (3, 28)),
            (2038, (4, 25)), (2076, (4, 19)), (2100, (3, 28)),
        ],
    )  # fmt: skip
    def test_easter(self, year, sunday):
        assert rules.easter(year) == date(year, *sunday)

    def test_the_eleven_public_holidays_of_2026(self):
        assert sorted(rules.public_holidays(2026)) == [
            date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 8), date(2026, 5, 14),
            date(2026, 5, 25), date(2026, 7, 14), date(2026, 8, 15), date(2026, 11, 1), date(2026, 11, 11),
            date(2026, 12, 25),
        ]  # fmt: skip

    def test_alsace_and_moselle_have_two_more(self):
        extra = set(rules.public_holidays(2026, alsace_moselle=True)) - set(rules.public_holidays(2026))
        assert extra == {date(2026, 4, 3), date(2026, 12, 26)}

    def test_a_day_is_closed_by_a_holiday_a_closure_or_a_sunday(self):
        autumn = [Shut(date(2026, 10, 17), date(2026, 11, 1), "Vacances d’automne")]
        assert rules.why_closed(date(2026, 11, 11), autumn) == "Armistice 1918"
        assert rules.why_closed(date(2026, 10, 17), autumn) == "Vacances d’automne"
        assert rules.why_closed(date(2026, 10, 31), autumn) == "Vacances d’automne"
        assert rules.why_closed(date(2026, 11, 2), autumn) is None
        assert rules.why_closed(date(2026, 11, 29), autumn) == "Dimanche"

    def test_school_days_are_monday_to_friday(self):
        assert rules.is_school_day(TUESDAY, [])
        assert not rules.is_school_day(date(2026, 11, 28), [])
        assert rules.why_closed(date(2026, 11, 28), []) is None

    @pytest.mark.parametrize("day", [date(2026, 9, 1), TUESDAY, date(2027, 8, 31)])
    def test_the_school_year_runs_from_september_to_august(self, day):
        assert rules.school_year_of(day) == Period(date(2026, 9, 1), date(2027, 8, 31))
        assert rules.school_year_label(day) == "2026-2027"

    def test_months_and_weeks(self):
        assert rules.month_of(date(2028, 2, 10)) == Period(date(2028, 2, 1), date(2028, 2, 29))
        assert rules.month_of(date(2026, 12, 31)) == Period(date(2026, 12, 1), date(2026, 12, 31))
        assert rules.week_of(TUESDAY) == Period(date(2026, 11, 23), date(2026, 11, 29))

    def test_both_ends_of_a_stay_count(self):
        stays = [Stay(date(2025, 9, 1), date(2026, 7, 3)), Stay(date(2026, 9, 1), None)]
        assert rules.is_member(stays, date(2025, 9, 1))
        assert rules.is_member(stays, date(2026, 7, 3))
        assert not rules.is_member(stays, date(2026, 7, 4))
        assert rules.is_member(stays, date(2030, 1, 1))

    def test_a_stay_meets_a_period_when_they_share_a_day(self):
        period = Period(date(2026, 1, 1), date(2026, 1, 31))
        assert period.meets(date(2025, 1, 1), date(2026, 1, 1))
        assert period.meets(date(2026, 1, 31), None)
        assert not period.meets(date(2025, 1, 1), date(2025, 12, 31))
        assert not period.meets(date(2026, 2, 1), None)
        assert Period().meets(date(2025, 1, 1), date(2025, 1, 2))
        assert Period().holds(TUESDAY)

    def test_a_pupil_is_an_adult_on_the_eighteenth_birthday(self):
        assert rules.adult_from(date(2008, 11, 24)) == date(2026, 11, 24)
        assert rules.adult_from(date(2008, 2, 29)) == date(2026, 3, 1)

    def test_age_in_completed_years(self):
        assert rules.age_on(date(2010, 11, 24), TUESDAY) == 16
        assert rules.age_on(date(2010, 11, 25), TUESDAY) == 15
        assert rules.age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17


class TestClashes:
    one = SessionPlan(1, TUESDAY, 480, 600, SessionKind.THEORY, 1, 1, "Salle 2")

    def other(self, **changes):
        return replace(SessionPlan(2, TUESDAY, 480, 600, SessionKind.THEORY, 2, 2, "Salle 3"), **changes)

    def test_touching_is_no_overlap(self):
        assert not rules.overlaps(self.one, self.other(start_minute=600, end_minute=660))
        assert rules.overlaps(self.one, self.other(start_minute=599, end_minute=660))
        assert not rules.overlaps(self.one, self.other(on_date=date(2026, 11, 25)))

    @pytest.mark.parametrize(
        ("changes", "disputed"),
        [
            ({}, None), ({"group_id": 1}, "group"), ({"staff_id": 1}, "staff"), ({"room": "Salle 2"}, "room"),
            ({"room": "Salle 2", "staff_id": 1}, "staff"),
        ],
    )  # fmt: skip
    def test_a_group_a_person_and_a_classroom_are_in_one_place(self, changes, disputed):
        assert rules.clash(self.one, self.other(**changes)) == disputed

    def test_no_room_disputes_no_room(self):
        assert rules.clash(replace(self.one, room=None), self.other(room=None)) is None
        assert rules.clash(replace(self.one, room=""), self.other(room="")) is None

    def test_a_workshop_is_shared(self):
        practice = SessionKind.PRACTICE
        here = replace(self.one, kind=practice, room="Atelier")
        assert rules.clash(here, self.other(kind=practice, room="Atelier")) is None
        assert rules.clash(here, self.other(room="Atelier")) == "room"

    def test_a_cancelled_session_disputes_nothing(self):
        assert rules.clash(self.one, self.other(group_id=1, state=SessionState.CANCELLED)) is None


class TestWhen:
    def test_a_roll_is_called_on_the_day_or_later(self):
        assert rules.why_not_call(SessionState.PLANNED, TUESDAY, TUESDAY) is None
        assert rules.why_not_call(SessionState.PLANNED, TUESDAY, date(2026, 11, 25)) is None
        assert "24/11/2026" in rules.why_not_call(SessionState.PLANNED, TUESDAY, date(2026, 11, 23))

    def test_a_cancelled_session_has_neither_call_nor_log(self):
        assert "annulée" in rules.why_not_call(SessionState.CANCELLED, TUESDAY, TUESDAY)
        assert "annulée" in logs.why_not_log(SessionState.CANCELLED, started=True)

    def test_a_log_is_written_once_the_session_has_begun(self):
        assert logs.why_not_log(SessionState.PLANNED, started=True) is None
        assert "pas commencé" in logs.why_not_log(SessionState.PLANNED, started=False)
        assert logs.why_not_taught(120, 120) is None
        assert "120" in logs.why_not_taught(121, 120)

    def test_a_delay_belongs_to_a_late_pupil_and_fits_the_session(self):
        assert rules.why_not_state(Attendance.LATE, 240, 240) is None
        field, sentence = rules.why_not_state(Attendance.LATE, 241, 240)
        assert (field, "241" in sentence) == ("minutes_late", True)
        assert rules.why_not_state(Attendance.ABSENT, 5, 240)
        assert rules.why_not_state(Attendance.PRESENT, 0, 240) is None

    def test_who_left_early_was_there_and_what_is_missing_fits_the_session(self):
        assert rules.why_not_state(Attendance.PRESENT, 0, 240, 240) is None
        assert rules.why_not_state(Attendance.LATE, 40, 240, 200) is None
        assert rules.why_not_state(Attendance.ABSENT, 0, 240, 5)[0] == "minutes_early"
        field, sentence = rules.why_not_state(Attendance.LATE, 40, 240, 201)
        assert (field, "241" in sentence) == ("minutes_early", True)

    def test_attended_is_the_length_less_what_was_missed_at_both_ends(self):
        assert rules.attended_minutes(Attendance.PRESENT, 240, 0, 30) == 210
        assert rules.attended_minutes(Attendance.LATE, 240, 20, 30) == 190
        assert rules.attended_minutes(Attendance.LATE, 30, 20, 30) == 0
        assert rules.attended_minutes(Attendance.EXCUSED, 240, 0, 30) == 0

    @pytest.mark.parametrize(
        ("state", "called", "started", "expected"),
        [
            (SessionState.PLANNED, False, False, Standing.PLANNED),
            (SessionState.PLANNED, False, True, Standing.CALL_MISSING),
            (SessionState.PLANNED, True, True, Standing.HELD),
            (SessionState.PLANNED, True, False, Standing.HELD),
            (SessionState.CANCELLED, False, True, Standing.CANCELLED),
        ],
    )
    def test_standing(self, state, called, started, expected):
        assert rules.standing(state, called=called, started=started) == expected


class TestWhatHolds:
    def test_the_latest_word_wins(self):
        assert rules.effective([Word("absent", False), Word("présent", False)]).text == "présent"

    def test_the_office_outweighs_a_teacher_even_a_later_one(self):
        words = [Word("absent", False), Word("excusé", True), Word("absent encore", False)]
        assert rules.effective(words).text == "excusé"

    def test_the_latest_word_of_the_office_wins(self):
        words = [Word("excusé", True), Word("absent", False), Word("présent", True)]
        assert rules.effective(words).text == "présent"


class TestWords:
    def test_a_tally_names_only_what_there_is(self):
        said = [Attendance.PRESENT] * 10 + [Attendance.LATE, Attendance.ABSENT, Attendance.ABSENT]
        assert rules.tally_label(said) == "10 présents, 1 retard, 2 absents"
        assert rules.tally_label([]) == "personne"

    def test_a_delay_says_its_minutes(self):
        assert rules.said_label(Attendance.LATE, 17) == "Retard 17 min"
        assert rules.said_label(Attendance.ABSENT, 0) == "Absent"
        assert rules.said_label(Attendance.LATE, 17, 20) == "Retard 17 min, parti 20 min avant la fin"

    def test_codes_of_pupils(self):
        assert rules.pupil_code(7) == "E007"
