"""Clashes of group, person, room and places, and the working time of minors: each names the other session."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app.core.errors import Refused
from app.core.permissions import Role
from app.pedagogy.models import Pupil
from app.pedagogy.rules import SessionKind, SessionState
from app.timetable import service
from app.timetable.models import TimetableSetting
from app.timetable.rules import WeekKind, rule_days, week_letter
from app.timetable.rules.grid import Grid
from app.timetable.rules.placed import AwayDay, MemberStay, Placed
from tests.factories import actor_of, make_group, make_pupil, make_staff, make_subject
from tests.factories.timetable import make_activity

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

    def test_another_person_at_the_same_hours_changes_nobody_s_working_time(self):
        before = placed(id=2, start=750, end=1010)
        found = grid(placed(id=1), before, hours_block=True)
        assert found.objections(replace(before, staff_id=99, staff="Remplaçant"), but=2, instead=before) == []
        longer = replace(before, end_minute=1020)
        assert [one.blocks for one in found.objections(longer, but=2, instead=before)] == [True]
        found.remove(before)
        assert found.objections(replace(before, staff_id=99), instead=before) == []
        gone = replace(before, state=SessionState.CANCELLED)
        assert [one.blocks for one in found.objections(before, instead=gone)] == [True]

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


LEA = {"pupil_id": 7, "name": "Léa Martin", "born_on": BORN}
SINCE = date(2026, 9, 1)


class TestMinorsOfSeveralGroups:
    """A pupil is checked over all that he or she does, whatever group it is in."""

    def both(self, *moments):
        first, last = moments or (None, None)
        return [*MEMBERS, MemberStay(1, SINCE, first, **LEA), MemberStay(2, last or SINCE, None, **LEA)]

    def test_of_two_groups_on_one_day(self):
        found = grid(placed(2, id=1), stays=self.both())
        assert sentences(found, placed(start=750, end=1010)) == [(
            "start",
            ("Léa Martin, moins de 18 ans : Journée de 8\u00a0h\u00a020\u00a0: la limite est 8\u00a0h. Français avec "
             "CAP1 le 30/11 de 12:30 à 16:50, avec Français avec CAP2 le 30/11 de 08:00 à 12:00."),
            False,
        )]  # fmt: skip

    def test_the_others_are_free(self):
        stays = [*MEMBERS, MemberStay(2, SINCE, None, **LEA)]
        assert sentences(grid(placed(2, id=1), stays=stays), placed(start=750, end=1010)) == []

    def test_the_setting_makes_it_a_refusal(self):
        found = grid(placed(2, id=1), stays=self.both(), hours_block=True)
        assert [blocks for *_, blocks in sentences(found, placed(start=750, end=1010))] == [True]

    def test_moved_within_the_week_both_groups_count(self):
        """Monday to Wednesday in one group, then in the other: 24 h and 11 h 20."""
        wednesday, thursday, friday = (DAY + timedelta(days=step) for step in (2, 3, 4))
        before = [placed(2, id=n, on_date=DAY + timedelta(days=n // 2), start=(480, 780)[n % 2], end=(720, 1020)[n % 2])
                  for n in range(6)]  # fmt: skip
        before.append(placed(1, id=9, on_date=thursday, start=480, end=900))
        stays = [*MEMBERS, MemberStay(2, SINCE, wednesday, **LEA), MemberStay(1, thursday, None, **LEA)]
        (told,) = [words for _, words, _ in sentences(grid(*before, stays=stays), placed(on_date=friday, end=740))
                   if "Semaine" in words]  # fmt: skip
        assert told.startswith("Léa Martin, moins de 18 ans : Semaine de 35\u00a0h\u00a020")
        assert "avec CAP2" in told

    def test_two_pupils_are_named_and_more_are_counted(self):
        others = [MemberStay(group, SINCE, None, BORN, number, name) for group in (1, 2)
                  for number, name in enumerate(("Noa Petit", "Zoé Roy", "Ana Blanc"), 20)]  # fmt: skip
        found = grid(placed(2, id=1), stays=[*MEMBERS, *others])
        ((_, words, _),) = sentences(found, placed(start=750, end=1010))
        assert words.startswith("Noa Petit et Zoé Roy et 1 de plus, moins de 18 ans")

    def test_an_adult_of_two_groups_is_free(self):
        stays = [MemberStay(group, SINCE, None, date(2000, 1, 1), 7, "Léa Martin") for group in (1, 2)]
        assert sentences(grid(placed(2, id=1), stays=stays), placed(start=750, end=1010)) == []


class TestMinorsAway:
    """Exams, placements, visits count for the day and the week, though they have no hour."""

    def away(self, *days, minutes=420, group=None, pupil=7):
        return [AwayDay(day, "Stage", minutes, group, None if group else pupil) for day in days]

    def told(self, plan, away, *, hours_block=False):
        stays = [*MEMBERS, MemberStay(1, SINCE, None, **LEA)]
        return sentences(Grid([], stays, {}, hours_block=hours_block, away=away), plan)

    def test_a_placement_of_the_week_is_added_and_named(self):
        week = [DAY + timedelta(days=step) for step in range(5)]
        told = self.told(placed(on_date=week[4], end=960), self.away(*week[:4]), hours_block=True)
        words = [(words, blocks) for _, words, blocks in told if "Semaine" in words]
        assert words == [(
            ("Léa Martin, moins de 18 ans : Semaine de 36\u00a0h\u00a0: la limite est 35\u00a0h. Français avec CAP1 le "
             "04/12 de 08:00 à 16:00, avec Stage le 30/11 (7\u00a0h)."),
            True,
        )]  # fmt: skip

    def test_a_session_on_a_day_of_it_is_told_and_never_refused(self):
        ((_, words, blocks),) = self.told(placed(end=600), self.away(DAY), hours_block=True)
        assert ("Journée de 9\u00a0h" in words, "Stage le 30/11 (7\u00a0h)" in words, blocks) == (True, True, False)

    def test_a_visit_of_the_group_is_everybody_s(self):
        told = self.told(placed(end=740), self.away(DAY, minutes=300, group=1), hours_block=True)
        assert ("CAP1, des mineurs : Journée de 9\u00a0h\u00a020" in told[0][1], told[0][2]) == (True, True)

    def test_another_pupil_s_placement_is_nobody_else_s(self):
        assert self.told(placed(end=600), self.away(DAY, pupil=99)) == []
        assert self.told(placed(end=600), self.away(DAY, group=2)) == []


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

    def test_a_placement_in_the_books_is_counted_with_the_pupil_s_name(self, db, typed):
        pupil = db.query(Pupil).one()
        make_activity(db, pupil_id=pupil.id, starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 4))
        plan = service.plan_session(db, values=typed | {"end": 960})
        session = service.create_session(db, plan=plan, by=actor_of(make_staff(db, Role.OFFICE)))
        told = service.warnings(db, plan, session)
        assert f"{pupil.full_name}, moins de 18 ans : Semaine de 36\u00a0h" in told
        assert "Stage en entreprise le 01/12 (7\u00a0h)" in told

    def test_blocking_it_is_refused_at_the_field(self, db, typed):
        db.add(TimetableSetting(id=1, hours_block=True, version=1))
        db.flush()
        with pytest.raises(Refused, match="Journée de 10") as refused:
            service.create_session(
                db, plan=service.plan_session(db, values=typed), by=actor_of(make_staff(db, Role.OFFICE))
            )
        assert refused.value.field == "start"

    def test_blocking_still_lets_another_person_hold_a_long_day_that_stands(self, db, typed):
        office, other = actor_of(make_staff(db, Role.OFFICE)), make_staff(db, Role.MASTER)
        session = service.create_session(db, plan=service.plan_session(db, values=typed), by=office)
        db.add(TimetableSetting(id=1, hours_block=True, version=1))
        db.flush()
        plan = service.plan_session(db, values=typed | {"staff": other.code})
        assert service.change_session(db, session, plan=plan, seen_version=None, by=office).staff_id == other.id
        longer = service.plan_session(db, values=typed | {"staff": other.code, "end": 1090})
        with pytest.raises(Refused, match="Journée de 10"):
            service.change_session(db, session, plan=longer, seen_version=None, by=office)
