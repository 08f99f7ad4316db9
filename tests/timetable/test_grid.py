"""Clashes of group, person, room and places, and the working time of minors: each names the other session."""

from datetime import date

import pytest

from app.core.errors import Refused
from app.core.permissions import Role
from app.pedagogy.rules import SessionKind, SessionState
from app.timetable import service
from app.timetable.models import TimetableSetting
from app.timetable.rules import WeekKind, rule_days, week_letter
from app.timetable.rules.grid import Grid, MemberStay, Placed
from tests.factories import actor_of, make_group, make_pupil, make_staff, make_subject

DAY = date(2026, 11, 30)
BORN = date(2010, 6, 1)  # sixteen
MEMBERS = [MemberStay(1, date(2026, 9, 1), None, BORN)] * 10 + [MemberStay(2, date(2026, 9, 1), None, BORN)] * 8


def placed(group=1, start=480, end=720, **other):
    values = {"staff_id": group * 10, "room": f"Salle {group}", "kind": SessionKind.THEORY, "on_date": DAY} | other
    names = {"group": f"CAP{group}", "staff": f"Prof {values['staff_id']}", "subject": "Français", "subject_id": 1}
    return Placed(group_id=group, start_minute=start, end_minute=end, **names, **values)


def grid(*sessions, capacities=None, hours_block=False, stays=MEMBERS):
    return Grid(sessions, stays, capacities or {}, hours_block=hours_block)


def sentences(found, plan, **other):
    return [(one.field, one.sentence, one.blocks) for one in found.objections(plan, **other)]


class TestClashes:
    @pytest.mark.parametrize(
        ("other", "field", "words"),
        [
            ({"group": 1, "staff_id": 9}, "start", "Ce groupe a déjà Français avec Prof 9, de 08:00 à 12:00."),
            ({"group": 2, "staff_id": 10}, "staff", "Prof 10 a déjà Français avec CAP2, de 08:00 à 12:00."),
            (
                {"group": 2, "room": "Salle 1"}, "room",
                "« Salle 1 » est déjà prise pour Français avec CAP2, de 08:00 à 12:00.",
            ),
        ],
    )  # fmt: skip
    def test_each_names_the_other(self, other, field, words):
        assert sentences(grid(placed(id=1, **other)), placed()) == [(field, words, True)]

    @pytest.mark.parametrize(
        "other",
        [
            {"group": 1, "state": SessionState.CANCELLED},
            {"group": 2, "room": None},
            {"group": 1, "start": 720, "end": 780},
            {"group": 1, "on_date": date(2026, 12, 7)},
        ],
    )
    def test_cancelled_without_room_touching_or_elsewhere_is_none(self, other):
        plan = placed(room=None) if other.get("room", "") is None else placed(end=720)
        assert [words for _, words, blocks in sentences(grid(placed(id=1, **other)), plan) if blocks] == []

    def test_a_session_does_not_clash_with_itself(self):
        assert sentences(grid(placed(id=7)), placed(start=510), but=7) == []


class TestPlaces:
    def test_a_group_too_large_for_the_room(self):
        assert sentences(grid(capacities={"Salle 1": 9}), placed()) == [
            ("room", "« Salle 1 » a 9 places : CAP1 compte 10 élèves ce jour-là.", True)
        ]

    def test_a_shared_workshop_is_counted_together(self):
        shop = {"room": "Atelier", "kind": SessionKind.PRACTICE}
        found = grid(placed(2, id=1, **shop), capacities={"Atelier": 17})
        words = "« Atelier » a 17 places : avec Français avec CAP2, de 08:00 à 12:00, ils seraient 18 élèves."
        assert sentences(found, placed(**shop)) == [("room", words, True)]
        assert sentences(grid(placed(2, id=1, **shop), capacities={"Atelier": 18}), placed(**shop)) == []

    def test_a_room_of_old_data_is_not_counted(self):
        assert sentences(grid(capacities={"Salle 9": 1}), placed()) == []


class TestMinors:
    def test_nine_hours_a_day_are_told_with_the_other_session(self):
        found = grid(placed(id=1))
        told = sentences(found, placed(start=750, end=1010))
        assert told == [(
            "start",
            ("CAP1, des mineurs : Journée de 8\u00a0h\u00a020\u00a0: la limite est 8\u00a0h. "
             "Avec Français le 30/11 de 08:00 à 12:00."),
            False,
        )]  # fmt: skip

    def test_the_setting_makes_it_a_refusal(self):
        found = grid(placed(id=1), hours_block=True)
        assert [blocks for *_, blocks in sentences(found, placed(start=750, end=1010))] == [True]

    def test_five_hours_without_a_break(self):
        told = [words for _, words, _ in sentences(grid(placed(id=1)), placed(start=720, end=780))]
        assert any("5\u00a0h sans pause" in words for words in told)

    def test_adults_are_free(self):
        stays = [MemberStay(1, date(2026, 9, 1), None, date(2000, 1, 1))]
        assert sentences(grid(placed(id=1), stays=stays), placed(start=750, end=1010)) == []

    def test_more_than_thirty_five_hours_a_week(self):
        days = [date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 3)]
        known = [placed(id=n, on_date=day, start=start, end=start + 240) for n, (day, start) in enumerate(
            (day, start) for day in days for start in (480, 780)
        )]  # fmt: skip
        told = [words for _, words, _ in sentences(grid(*known), placed(on_date=date(2026, 12, 4), start=480, end=700))]
        assert any("Semaine de 35\u00a0h\u00a040" in words for words in told)


class TestWeeks:
    def test_a_and_b_take_turns_on_both_sides(self):
        first = date(2026, 9, 7)
        days = (first, date(2026, 9, 20), date(2026, 8, 31), date(2026, 9, 21))
        assert [week_letter(day, first) for day in days] == [WeekKind.A, WeekKind.B, WeekKind.B, WeekKind.A]
        assert week_letter(first, None) is None

    def test_after_the_holidays_the_turn_goes_on(self):
        first, closed = date(2026, 10, 19), [date(2026, 10, 26)]
        assert week_letter(date(2026, 11, 2), first) == WeekKind.A
        assert week_letter(date(2026, 11, 2), first, closed) == WeekKind.B

    def test_the_days_of_a_weekday_both_ends_included(self):
        assert list(rule_days(0, date(2026, 11, 30), date(2026, 12, 7))) == [date(2026, 11, 30), date(2026, 12, 7)]
        assert list(rule_days(6, date(2026, 11, 30), date(2026, 12, 5))) == []


class TestStored:
    @pytest.fixture
    def typed(self, db):
        group = make_group(db)
        make_pupil(db, group)
        subject = make_subject(db, group.diploma)
        return {
            "group": group.code, "on_date": DAY, "start": 480, "end": 1080, "subject": subject.code, "kind": None,
            "staff": make_staff(db, Role.MASTER).code, "room": None,
        }  # fmt: skip

    def test_by_default_it_is_planned_and_told(self, db, typed):
        office = actor_of(make_staff(db, Role.OFFICE))
        plan = service.plan_session(db, values=typed)
        session = service.create_session(db, plan=plan, by=office)
        assert "Journée de 10\u00a0h" in service.warnings(db, plan, session)

    def test_blocking_it_is_refused_at_the_field(self, db, typed):
        db.add(TimetableSetting(id=1, hours_block=True, version=1))
        db.flush()
        with pytest.raises(Refused, match="Journée de 10") as refused:
            service.create_session(
                db, plan=service.plan_session(db, values=typed), by=actor_of(make_staff(db, Role.OFFICE))
            )
        assert refused.value.field == "start"
