"""Rules of the timetable: they make sessions once, change from a day on, end, and are undone; held hours never move."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import select

from app.core.clock import PARIS
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from app.pedagogy.models import AttendanceDay, AttendanceRecord, Closure, RollCallEvent, TimetableSession
from app.pedagogy.rules import SessionKind, SessionState
from app.timetable import queries, service
from app.timetable.models import TimetableRule
from app.timetable.rules import LineKind, WeekKind
from tests.factories import (
    actor_of,
    make_attendance,
    make_group,
    make_membership,
    make_pupil,
    make_session,
    make_staff,
)
from tests.factories.timetable import make_pattern, make_school_year

MONDAYS = [date(2026, 11, 30), date(2026, 12, 7), date(2026, 12, 14)]


@pytest.fixture
def office(db):
    return actor_of(make_staff(db, Role.OFFICE))


@pytest.fixture
def group(db):
    return make_group(db)


def sessions(db, state=SessionState.PLANNED):
    db.flush()
    db.expire_all()
    query = select(TimetableSession).order_by(TimetableSession.on_date, TimetableSession.start_minute)
    return [one for one in db.scalars(query) if state is None or one.state == state]


def days(db):
    return [one.on_date for one in sessions(db)]


def only_rule(db):
    return db.scalars(select(TimetableRule)).one()


class TestGenerating:
    def test_a_rule_makes_its_sessions_and_each_knows_where_it_comes_from(self, db, office, group):
        change = service.add_rule(db, make_pattern(db, group), by=office)
        assert days(db) == MONDAYS
        first = sessions(db)[0]
        assert (first.start_minute, first.end_minute, first.room, first.kind) == (
            480,
            600,
            "Salle 2",
            SessionKind.THEORY,
        )
        assert queries.origin_of(db, first.id).rule_id == only_rule(db).id == change.rule_id
        assert history(db, "timetable_session", first.id)[0].label == "Séance ajoutée"

    def test_twice_makes_nothing_twice(self, db, office, group):
        service.add_rule(db, make_pattern(db, group), by=office)
        service.generate_again(db, only_rule(db), by=office)
        assert days(db) == MONDAYS

    def test_closed_days_and_holidays_are_skipped_and_told(self, db, office, group):
        db.add(Closure(starts_on=MONDAYS[1], ends_on=MONDAYS[1], label="Journée pédagogique"))
        db.flush()
        pattern = make_pattern(db, group, ends_on=date(2026, 12, 31), weekday=4)
        plan = queries.plan_generation(db, [(None, pattern)])
        assert plan.closed == {"Noël": 1}
        service.add_rule(db, make_pattern(db, group), by=office)
        assert days(db) == [MONDAYS[0], MONDAYS[2]]

    def test_what_was_made_by_hand_since_stays(self, db, office, group):
        service.add_rule(db, make_pattern(db, group), by=office)
        first, second, _ = sessions(db)
        service.cancel_session(db, first, reason="Sortie", seen_version=1, by=office)
        second.room = "Salle 9"
        service.generate_again(db, only_rule(db), by=office)
        assert [(one.on_date, one.room) for one in sessions(db)] == [(MONDAYS[1], "Salle 9"), (MONDAYS[2], "Salle 2")]

    def test_a_session_that_is_there_already_is_taken_over(self, db, office, group):
        pattern = make_pattern(db, group)
        model = pattern.model
        there = TimetableSession(
            group_id=group.id, on_date=MONDAYS[0], start_minute=480, end_minute=600, kind=model.kind,
            subject_id=model.subject_id, staff_id=model.staff_id, room="Salle 2",
        )  # fmt: skip
        db.add(there)
        db.flush()
        plan = queries.plan_generation(db, [(None, pattern)])
        assert [one.kind for one in plan.items] == [LineKind.ADOPTED, LineKind.CREATED, LineKind.CREATED]
        service.add_rule(db, pattern, by=office)
        assert queries.origin_of(db, there.id) is not None
        assert len(sessions(db)) == 3

    def test_what_clashes_is_left_out_and_named_until_it_is_settled(self, db, office, group):
        pattern = make_pattern(db, group)
        other = make_session(db, group, on_date=MONDAYS[1], start_minute=540, end_minute=660)
        plan = queries.plan_generation(db, [(None, pattern)])
        assert [one.placed.on_date for one in plan.clashes] == [MONDAYS[1]]
        assert f"{other.subject.label} avec {other.staff.full_name}, de 09:00 à 11:00" in plan.clashes[0].sentence
        service.add_rule(db, pattern, by=office)
        assert len(sessions(db)) == 3
        service.cancel_session(db, other, reason="Erreur", seen_version=1, by=office)
        service.generate_again(db, only_rule(db), by=office)
        assert days(db) == MONDAYS

    def test_nothing_is_made_in_the_past(self, db, office, group):
        service.add_rule(db, make_pattern(db, group, starts_on=date(2026, 9, 1), weekday=1), by=office)
        assert days(db) == [date(2026, 12, 1), date(2026, 12, 8), date(2026, 12, 15)]

    def test_weeks_a_and_b_take_turns(self, db, office, group):
        make_school_year(db, week_a_on=date(2026, 11, 30))
        service.add_rule(db, make_pattern(db, group, weeks=WeekKind.A), by=office)
        service.add_rule(db, make_pattern(db, group, weeks=WeekKind.B, weekday=1), by=office)
        assert days(db) == [MONDAYS[0], date(2026, 12, 8), MONDAYS[2]]

    def test_what_was_previewed_is_what_is_stored(self, db, office, group):
        pattern = make_pattern(db, group)
        seen = queries.plan_generation(db, [(None, pattern)]).fingerprint
        make_session(db, group, on_date=MONDAYS[1])
        with pytest.raises(Stale, match="depuis l’aperçu"):
            service.add_rule(db, pattern, seen=seen, by=office)


class TestChanging:
    def test_from_a_day_on_the_rest_is_changed_in_place(self, db, office, group):
        pattern = make_pattern(db, group)
        service.add_rule(db, pattern, by=office)
        numbers = [one.id for one in sessions(db)]
        stand_in = make_staff(db, Role.TEACHER)
        new = replace(pattern, starts_on=MONDAYS[1], model=replace(pattern.model, staff_id=stand_in.id, staff="X"))
        service.change_rule(db, only_rule(db), new, seen_version=1, by=office)
        found = sessions(db, None)
        assert [one.id for one in found] == numbers
        assert [one.staff_id == stand_in.id for one in found] == [False, True, True]
        old, successor = db.scalars(select(TimetableRule).order_by(TimetableRule.id))
        assert (old.ends_on, successor.starts_on, successor.follows_id) == (date(2026, 12, 6), MONDAYS[1], old.id)
        assert queries.origin_of(db, numbers[2]).rule_id == successor.id
        service.generate_again(db, successor, by=office)
        assert len(sessions(db, None)) == 3

    def test_another_day_of_the_week_cancels_and_makes_anew(self, db, office, group):
        pattern = make_pattern(db, group)
        service.add_rule(db, pattern, by=office)
        service.change_rule(
            db, only_rule(db), replace(pattern, weekday=2, starts_on=MONDAYS[1]), seen_version=1, by=office
        )
        assert days(db) == [MONDAYS[0], date(2026, 12, 9), date(2026, 12, 16)]
        assert [one.on_date for one in sessions(db, SessionState.CANCELLED)] == MONDAYS[1:]

    def test_what_was_changed_by_hand_stays_and_its_week_is_not_filled_twice(self, db, office, group):
        pattern = make_pattern(db, group)
        service.add_rule(db, pattern, by=office)
        by_hand = sessions(db)[1]
        by_hand.room, by_hand.version = "Gymnase", 2
        db.flush()
        new = replace(pattern, weekday=3)
        plan, _ = queries.plan_change(db, only_rule(db), new, from_day=MONDAYS[0])
        assert [one.sentence for one in plan.kept] == ["Changée à la main : elle reste comme vous l’avez faite."]
        service.change_rule(db, only_rule(db), new, seen_version=1, by=office)
        assert days(db) == [date(2026, 12, 3), MONDAYS[1], date(2026, 12, 17)]

    def test_ending_cancels_what_comes_after(self, db, office, group):
        service.add_rule(db, make_pattern(db, group), by=office)
        service.end_rule(db, only_rule(db), last_day=date(2026, 12, 7), seen_version=1, by=office)
        assert days(db) == MONDAYS[:2]

    def test_the_end_and_the_change_lie_inside_the_rule(self, db, office, group):
        pattern = make_pattern(db, group)
        service.add_rule(db, pattern, by=office)
        with pytest.raises(Refused) as refused:
            service.end_rule(db, only_rule(db), last_day=date(2027, 1, 1), seen_version=1, by=office)
        assert refused.value.field == "ends_on"
        with pytest.raises(Refused) as refused:
            late = replace(pattern, starts_on=date(2027, 1, 4), ends_on=date(2027, 2, 1))
            service.change_rule(db, only_rule(db), late, seen_version=1, by=office)
        assert refused.value.field == "starts_on"
        with pytest.raises(Stale):
            service.end_rule(db, only_rule(db), last_day=MONDAYS[1], seen_version=7, by=office)

    def test_a_rule_may_stand_again_where_one_has_ended(self, db, office, group):
        pattern = make_pattern(db, group)
        service.add_rule(db, pattern, by=office)
        service.end_rule(db, only_rule(db), last_day=date(2026, 12, 6), seen_version=1, by=office)
        service.add_rule(db, replace(pattern, starts_on=date(2026, 12, 7)), by=office)
        assert days(db) == MONDAYS
        assert len(sessions(db, None)) == 3

    def test_a_change_that_clashes_is_refused_whole(self, db, office, group):
        pattern = make_pattern(db, group)
        service.add_rule(db, pattern, by=office)
        make_session(db, group, on_date=MONDAYS[1], start_minute=600, end_minute=660)
        longer = replace(pattern, model=replace(pattern.model, end_minute=660))
        with pytest.raises(Refused, match="Un changement se fait en entier"):
            service.change_rule(db, only_rule(db), longer, seen_version=1, by=office)


class TestUndoing:
    def test_a_new_rule_leaves_nothing_behind_and_may_come_again(self, db, office, group):
        pattern = make_pattern(db, group)
        service.undo(db, service.add_rule(db, pattern, by=office), by=office)
        assert sessions(db) == []
        assert queries.list_rules(db, None, date(2026, 9, 1)) == []
        service.add_rule(db, pattern, by=office)
        assert days(db) == MONDAYS
        assert len(sessions(db, None)) == 3

    def test_a_changed_rule_is_as_it_was(self, db, office, group):
        pattern = make_pattern(db, group)
        service.add_rule(db, pattern, by=office)
        change = service.change_rule(
            db, only_rule(db), replace(pattern, weekday=2, starts_on=MONDAYS[1]), seen_version=1, by=office
        )
        assert service.undo(db, change, by=office) == []
        assert days(db) == MONDAYS
        rules = queries.list_rules(db, None, date(2026, 9, 1))
        assert [(one.weekday, one.ends_on) for one in rules] == [(0, date(2026, 12, 20))]
        service.generate_again(db, rules[0], by=office)
        assert days(db) == MONDAYS

    def test_an_ended_rule_goes_on(self, db, office, group):
        service.add_rule(db, make_pattern(db, group), by=office)
        change = service.end_rule(db, only_rule(db), last_day=date(2026, 12, 7), seen_version=1, by=office)
        service.undo(db, change, by=office)
        assert days(db) == MONDAYS
        assert only_rule(db).ends_on == date(2026, 12, 20)

    def test_only_the_last_and_only_once(self, db, office, group):
        first = service.add_rule(db, make_pattern(db, group), by=office)
        second = service.add_rule(db, make_pattern(db, group, weekday=1), by=office)
        with pytest.raises(Refused, match="Seule la dernière"):
            service.undo(db, first, by=office)
        service.undo(db, second, by=office)
        with pytest.raises(Refused, match="Seule la dernière"):
            service.undo(db, second, by=office)

    def test_what_was_called_or_changed_since_stays_and_is_told(self, db, office, group, clock):
        change = service.add_rule(db, make_pattern(db, group), by=office)
        first, second, _ = sessions(db)
        make_attendance(db, first, make_pupil(db, group))
        second.room, second.version = "Salle 9", 2
        db.flush()
        stays = service.undo(db, change, by=office)
        assert [sentence.split(" : ")[1] for sentence in stays] == ["son appel est fait.", "elle a été changée depuis."]
        assert days(db) == MONDAYS[:2]
        assert only_rule(db).ends_on == MONDAYS[1]


class TestWhatWasAttendedNeverChanges:
    """Moving, changing, ending, closing, copying, undoing: no hour that was attended moves."""

    def state(self, db):
        db.flush()
        db.expire_all()
        rows = [
            db.execute(select(table.__table__).order_by(*table.__table__.primary_key)).all()
            for table in (RollCallEvent, AttendanceRecord, AttendanceDay)
        ]
        held = select(TimetableSession.__table__).where(TimetableSession.called_at.is_not(None))
        return rows, db.execute(held.order_by(TimetableSession.id)).all()

    def test_a_test_proves_it(self, db, office, group, clock):
        pupil = make_pupil(db, group)
        other = make_membership(db, pupil, make_group(db), starts_on=date(2027, 1, 4))
        pattern = make_pattern(db, group, ends_on=date(2027, 2, 28))
        service.add_rule(db, pattern, by=office)
        held = sessions(db)[:2]
        for one in held:
            make_attendance(db, one, pupil)
        clock.set(datetime(2026, 12, 9, 9, 30, tzinfo=PARIS))
        before = self.state(db)
        rule = only_rule(db)
        new = replace(pattern, weekday=1, model=replace(pattern.model, start_minute=600, end_minute=720))
        last = service.change_rule(db, rule, new, seen_version=1, by=office)
        assert self.state(db) == before
        service.undo(db, last, by=office)
        assert self.state(db) == before
        service.end_rule(db, rule, last_day=MONDAYS[0], seen_version=rule.version, by=office)
        assert self.state(db) == before
        service.copy_week(db, group, source=MONDAYS[0], first=MONDAYS[0], last=date(2027, 1, 31), by=office)
        assert self.state(db) == before
        with pytest.raises(Refused, match="L’appel a été fait ces jours-là"):
            service.add_closure(db, starts_on=MONDAYS[1], ends_on=MONDAYS[1], label="Neige", by=office)
        for one in held:
            with pytest.raises(Refused):
                service.cancel_session(db, one, reason="Erreur", seen_version=one.version, by=office)
        assert self.state(db) == before
        assert other.group_id != group.id
