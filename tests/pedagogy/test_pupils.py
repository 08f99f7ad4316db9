"""Pupils, groups, dated membership and closures."""

from datetime import date

import pytest
from sqlalchemy import select

from app.core.clock import today
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from app.pedagogy import queries, service
from app.pedagogy.models import AttendanceDay, Membership, Pupil, PupilGroup
from tests.factories import (
    actor_of,
    make_attendance,
    make_diploma,
    make_group,
    make_membership,
    make_pupil,
    make_session,
    make_staff,
)


@pytest.fixture
def office(db):
    return actor_of(make_staff(db, Role.OFFICE))


def typed(group, **changes):
    return {
        "code": None, "group": group.code, "first_name": "Inès", "last_name": "Haddad", "born_on": date(2010, 5, 4),
        "entered_on": date(2026, 9, 1), "left_on": None, "guardian_name": "Salma Haddad", "guardian_email": None,
        "guardian_phone": "0325000000",
    } | changes  # fmt: skip


def stays(db, pupil):
    db.flush()
    return [(stay.group_id, stay.starts_on, stay.ends_on) for stay in queries.memberships_of(db, pupil.id)]


class TestEnrolling:
    def test_a_pupil_belongs_to_the_group_from_the_day_of_entry(self, db, office):
        group = make_group(db)
        pupil = service.create_pupil(db, values=typed(group), by=office)
        assert stays(db, pupil) == [(group.id, date(2026, 9, 1), None)]
        assert (pupil.sort_key, pupil.search_key) == ("haddad ines", f"{pupil.code.lower()} ines haddad")
        assert [member.code for member in queries.members_on(db, group.id, today())] == [pupil.code]

    def test_a_free_code_is_given(self, db, office):
        group = make_group(db)
        make_pupil(db, group, code="E001")
        assert service.create_pupil(db, values=typed(group), by=office).code == "E002"

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"group": "NULLE"}, "group"), ({"born_on": date(2026, 9, 1)}, "born_on"),
            ({"left_on": date(2026, 8, 31)}, "left_on"), ({"code": "PRIS"}, "code"),
        ],
    )  # fmt: skip
    def test_refusals(self, db, office, changes, field):
        group = make_group(db)
        make_pupil(db, group, code="PRIS")
        with pytest.raises(Refused) as refused:
            service.create_pupil(db, values=typed(group) | changes, by=office)
        assert refused.value.field == field
        assert len(db.scalars(select(Pupil)).all()) == 1


class TestChanging:
    def test_a_changed_record_tells_the_journal(self, db, office):
        pupil = make_pupil(db, first_name="Ines")
        values = {name: getattr(pupil, name) for name in service.pupils.FIELDS} | {"first_name": "Inès"}
        service.change_pupil(db, pupil, values=values, seen_version=1, by=office)
        assert (pupil.first_name, pupil.version) == ("Inès", 2)
        assert history(db, "pupil", pupil.id)[0].changes == (("Prénom", "Ines", "Inès"),)
        service.change_pupil(db, pupil, values=values, seen_version=2, by=office)
        assert pupil.version == 2

    def test_the_second_of_two_is_told(self, db, office):
        pupil = make_pupil(db, first_name="Ines")
        values = {name: getattr(pupil, name) for name in service.pupils.FIELDS}
        service.change_pupil(db, pupil, values=values | {"first_name": "Inès"}, seen_version=1, by=office)
        with pytest.raises(Stale) as stale:
            service.change_pupil(
                db,
                pupil,
                values=values | {"first_name": "Inez", "left_on": date(2027, 1, 5)},
                seen_version=1,
                by=office,
            )
        assert stale.value.changes == (("Prénom", "Inez", "Inès"), ("Date de sortie", "05/01/2027", "–"))

    def test_leaving_closes_the_last_stay(self, db, office):
        pupil = make_pupil(db)
        values = {name: getattr(pupil, name) for name in service.pupils.FIELDS} | {"left_on": date(2026, 11, 20)}
        service.change_pupil(db, pupil, values=values, seen_version=1, by=office)
        assert stays(db, pupil) == [(pupil.group_id, date(2026, 9, 1), date(2026, 11, 20))]
        service.change_pupil(db, pupil, values=values | {"left_on": None}, seen_version=2, by=office)
        assert stays(db, pupil) == [(pupil.group_id, date(2026, 9, 1), None)]

    def test_an_earlier_entry_opens_the_first_stay_earlier(self, db, office):
        pupil = make_pupil(db)
        values = {name: getattr(pupil, name) for name in service.pupils.FIELDS} | {"entered_on": date(2026, 8, 28)}
        service.change_pupil(db, pupil, values=values, seen_version=1, by=office)
        assert stays(db, pupil)[0][1] == date(2026, 8, 28)

    @pytest.mark.parametrize(("name", "day"), [("left_on", date(2026, 11, 23)), ("entered_on", date(2026, 11, 25))])
    def test_no_stay_is_shortened_past_a_roll_call(self, db, office, name, day):
        pupil = make_pupil(db)
        make_attendance(db, make_session(db, pupil.group), pupil)
        values = {field: getattr(pupil, field) for field in service.pupils.FIELDS} | {name: day}
        with pytest.raises(Refused, match="24/11/2026") as refused:
            service.change_pupil(db, pupil, values=values, seen_version=1, by=office)
        assert refused.value.field == name
        assert stays(db, pupil) == [(pupil.group_id, date(2026, 9, 1), None)]

    def test_leaving_before_the_last_group_began_is_refused(self, db, office):
        pupil = make_pupil(db)
        values = {name: getattr(pupil, name) for name in service.pupils.FIELDS}
        queries.memberships_of(db, pupil.id)[0].starts_on = date(2026, 10, 1)
        with pytest.raises(Refused) as refused:
            service.change_pupil(db, pupil, values=values | {"left_on": date(2026, 9, 20)}, seen_version=1, by=office)
        assert refused.value.field == "left_on"


class TestMoving:
    def move(self, db, office, pupil, group, day, version=1):
        moved = service.move_pupil(db, pupil, group=group.code, on=day, seen_version=version, by=office)
        db.flush()
        return moved

    def test_the_old_stay_is_closed_and_a_new_one_opened(self, db, office):
        pupil, second = make_pupil(db), make_group(db)
        first = pupil.group_id
        self.move(db, office, pupil, second, date(2026, 11, 23))
        assert stays(db, pupil) == [
            (first, date(2026, 9, 1), date(2026, 11, 22)), (second.id, date(2026, 11, 23), None),
        ]  # fmt: skip
        assert pupil.group_id == second.id
        assert all(not stay.implied for stay in db.scalars(select(Membership)))
        assert history(db, "pupil", pupil.id)[0].changes[0][0] == "Groupe"

    def test_not_before_the_present_stay_which_is_named(self, db, office):
        pupil, second = make_pupil(db), make_group(db)
        with pytest.raises(Refused, match=f"{pupil.group.label}, depuis le 01/09/2026") as refused:
            self.move(db, office, pupil, second, date(2026, 9, 1))
        assert refused.value.field == "on_date"

    def test_a_move_ahead_holds_on_its_day(self, db, office, clock):
        pupil, second = make_pupil(db), make_group(db)
        first = pupil.group_id
        self.move(db, office, pupil, second, date(2026, 12, 1))
        assert pupil.group_id == first
        assert [member.code for member in queries.members_on(db, first, date(2026, 11, 30))] == [pupil.code]
        assert [member.code for member in queries.members_on(db, second.id, date(2026, 12, 1))] == [pupil.code]
        service.settle_groups(db)
        assert pupil.group_id == first
        clock.advance(days=7)
        service.settle_groups(db)
        assert pupil.group_id == second.id

    def test_a_planned_move_is_named_to_the_next_and_may_be_given_up(self, db, office):
        pupil, second, third = make_pupil(db), make_group(db), make_group(db)
        self.move(db, office, pupil, second, date(2026, 12, 1))
        with pytest.raises(Refused, match=f"{second.label} le 01/12/2026") as refused:
            self.move(db, office, pupil, third, date(2026, 12, 8), version=2)
        assert refused.value.field == "on_date"
        with pytest.raises(Stale):
            service.cancel_move(db, pupil, seen_version=1, by=office)
        service.cancel_move(db, pupil, seen_version=2, by=office)
        assert stays(db, pupil) == [(pupil.group_id, date(2026, 9, 1), None)]
        with pytest.raises(Refused, match="Aucun changement"):
            service.cancel_move(db, pupil, seen_version=3, by=office)

    def test_a_stay_that_ends_before_it_starts_is_refused(self, db, office):
        pupil, second = make_pupil(db), make_group(db)
        with pytest.raises(Refused, match="vient avant le début") as refused:
            service.move_pupil(
                db, pupil, group=second.code, on=date(2026, 12, 1), until=date(2026, 11, 30), seen_version=1, by=office
            )
        assert refused.value.field == "ends_on"
        assert stays(db, pupil) == [(pupil.group_id, date(2026, 9, 1), None)]

    def test_moving_changes_no_hour_already_attended(self, db, office):
        pupil, second = make_pupil(db), make_group(db)
        make_attendance(db, make_session(db, pupil.group, on_date=date(2026, 11, 23)), pupil)
        before = [tuple(row) for row in db.execute(select(AttendanceDay.__table__)).all()]
        self.move(db, office, pupil, second, date(2026, 11, 24))
        service.recompute_days(db, None)
        db.flush()
        assert [tuple(row) for row in db.execute(select(AttendanceDay.__table__)).all()] == before

    def test_a_roll_call_in_the_old_group_holds_its_day(self, db, office):
        pupil, second = make_pupil(db), make_group(db)
        make_attendance(db, make_session(db, pupil.group, on_date=date(2026, 11, 23)), pupil)
        with pytest.raises(Refused, match="23/11/2026"):
            self.move(db, office, pupil, second, date(2026, 11, 23))
        self.move(db, office, pupil, second, date(2026, 11, 24))
        assert stays(db, pupil)[0][2] == date(2026, 11, 23)

    def test_the_same_group_an_unknown_one_and_a_pupil_who_left(self, db, office):
        pupil = make_pupil(db)
        with pytest.raises(Refused, match="déjà dans ce groupe"):
            self.move(db, office, pupil, pupil.group, today())
        with pytest.raises(Refused, match="NULLE"):
            service.move_pupil(db, pupil, group="NULLE", on=today(), seen_version=1, by=office)
        pupil.left_on = date(2026, 11, 1)
        with pytest.raises(Refused, match="parti le 01/11/2026"):
            self.move(db, office, pupil, make_group(db), today())

    def test_the_second_of_two_is_told(self, db, office):
        pupil = make_pupil(db)
        with pytest.raises(Stale):
            self.move(db, office, pupil, make_group(db), today(), version=7)

    def test_a_pupil_without_a_stay_gets_one(self, db, office):
        pupil, second = make_pupil(db), make_group(db)
        db.delete(queries.memberships_of(db, pupil.id)[0])
        db.flush()
        self.move(db, office, pupil, second, today())
        assert stays(db, pupil) == [(second.id, today(), None)]


class TestMembers:
    def test_members_of_a_day_are_told_by_the_dates(self, db):
        old, new = make_group(db, school_year="2025-2026"), make_group(db)
        pupil = make_pupil(db, old, entered_on=date(2025, 9, 1))
        queries.memberships_of(db, pupil.id)[0].ends_on = date(2026, 7, 3)
        make_membership(db, pupil, new, starts_on=date(2026, 9, 1))
        db.flush()
        assert [len(queries.members_on(db, old.id, day)) for day in (date(2025, 8, 31), date(2025, 9, 1))] == [0, 1]
        assert [len(queries.members_on(db, old.id, day)) for day in (date(2026, 7, 3), date(2026, 7, 4))] == [1, 0]
        assert queries.head_counts(db, today()) == {new.id: 1}


class TestGroupsAndClosures:
    def test_a_group_is_created_and_renamed(self, db, office):
        diploma = make_diploma(db)
        values = {"code": "CAP1-2026", "label": "CAP 1", "diploma": diploma.code, "school_year": "2026-2027"}
        group = service.create_group(db, values=values, by=office)
        service.change_group(db, group, values=values | {"label": "CAP usinage 1"}, seen_version=1, by=office)
        assert (group.label, group.version) == ("CAP usinage 1", 2)
        with pytest.raises(Stale):
            service.change_group(db, group, values=values, seen_version=1, by=office)
        with pytest.raises(Refused) as refused:
            service.create_group(db, values=values, by=office)
        assert refused.value.field == "code"
        with pytest.raises(Refused) as refused:
            service.create_group(db, values=values | {"code": "X", "diploma": "NUL"}, by=office)
        assert refused.value.field == "diploma"
        assert len(db.scalars(select(PupilGroup)).all()) == 1
