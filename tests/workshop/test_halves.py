"""Half-days: what a ticket is given for, and how many pupils a master may have at work in one."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.accounts.models import School
from app.core.clock import today
from app.core.errors import Refused
from app.core.journal import history
from app.pedagogy.rules import Attendance
from app.workshop import queries, service
from app.workshop.policies import Candidate, Work, why_not_assignable
from app.workshop.rules import Crowd, HalfDay, Presence, TicketState, half_of, when, why_crowded
from tests.factories import make_group, make_pupil, make_school, make_session, make_staff
from tests.workshop.scene import Scene

MORNING, AFTERNOON = HalfDay.MORNING, HalfDay.AFTERNOON


def give(scene: Scene, pupil, *, place=0, quantity=1, **other):
    """One piece of an operation."""
    return service.give_operation(
        scene.db, scene.operations[place].id, pupil_ids=[pupil.id], quantity=quantity, by=scene.by, **other
    )


class TestRules:
    @pytest.mark.parametrize(("minute", "half"), [(480, MORNING), (749, MORNING), (750, AFTERNOON), (1020, AFTERNOON)])
    def test_the_afternoon_begins_at_half_past_twelve(self, minute, half):
        assert half_of(minute) == half

    def test_a_half_day_is_said_with_its_date(self):
        day = today()
        assert [when(day, half) for half in (MORNING, AFTERNOON, None)] == [
            "le 24/11/2026 au matin", "le 24/11/2026 après-midi", "le 24/11/2026",
        ]  # fmt: skip

    @pytest.mark.parametrize(("others", "refused"), [(0, False), (11, False), (12, True), (13, True)])
    def test_the_thirteenth_is_one_too_many(self, others, refused):
        assert bool(why_crowded(Crowd("Karim Benali", 12, others, MORNING), today())) == refused

    def test_the_sentence_names_the_count_the_master_and_the_ceiling(self):
        assert why_crowded(Crowd("Karim Benali", 12, 12, AFTERNOON), today()) == (
            "12\u00a0jeunes ont déjà du travail avec Karim Benali le 24/11/2026 après-midi. "
            "L’école a fixé 12\u00a0jeunes par maître."
        )

    def test_it_is_a_rule_of_the_school_and_no_law(self, scene):
        work = Work("BT2026-00001", "CDE-2026-0007", scene.order.state, today(), MORNING)
        crowd = Crowd("Karim Benali", 2, 2, MORNING)
        refusal = why_not_assignable(work, Candidate("Tom", Presence.HERE, True, False, crowd=crowd))
        assert refusal is not None
        assert refusal.setting
        absent = why_not_assignable(work, Candidate("Tom", Presence.ABSENT, True, False, crowd=crowd))
        assert absent is not None
        assert not absent.setting


class TestHalfDay:
    def test_a_ticket_is_given_for_a_half_day(self, scene):
        ticket = give(scene, scene.tom, half=AFTERNOON)
        assert (ticket.for_day, ticket.for_half) == (today(), AFTERNOON)

    def test_in_the_same_hands_it_moves_to_another_half_day_and_keeps_its_state(self, scene):
        ticket = give(scene, scene.tom, half=MORNING)
        service.start_ticket(scene.db, ticket, by=scene.by)
        service.pause_ticket(scene.db, ticket, by=scene.by)
        service.give_ticket(scene.db, ticket, pupil_ids=[scene.tom.id], half=AFTERNOON, by=scene.by)
        stored = scene.ticket(ticket.number)
        assert (stored.for_half, stored.state, len(stored.assignments)) == (AFTERNOON, TicketState.PAUSED, 1)
        assert history(scene.db, "ticket", ticket.id)[0].label == "Prévu le 24/11/2026 après-midi"

    def test_the_same_half_day_again_is_refused(self, scene):
        ticket = give(scene, scene.tom, half=MORNING)
        with pytest.raises(Refused, match="déjà entre ses mains"):
            service.give_ticket(scene.db, ticket, pupil_ids=[scene.tom.id], half=MORNING, by=scene.by)

    def test_without_practice_that_half_day_it_is_refused(self, scene):
        with pytest.raises(Refused, match="Aucune séance d’atelier le 25/11/2026 au matin"):
            give(scene, scene.tom, day=today() + timedelta(days=1), half=MORNING)
        assert scene.tickets() == []

    def test_a_day_that_is_past_is_refused(self, scene):
        with pytest.raises(Refused, match="Le 23/11/2026 est passé") as refused:
            give(scene, scene.tom, day=today() - timedelta(days=1))
        assert refused.value.field == "for_day"

    def test_it_moves_to_another_day_only_for_a_pupil_of_that_day(self, scene):
        ticket = give(scene, scene.tom, half=MORNING)
        scene.tom.left_on = today()
        for membership in _memberships(scene.db, scene.tom):
            membership.ends_on = today()
        scene.db.flush()
        with pytest.raises(Refused, match="A quitté l’école"):
            service.give_ticket(
                scene.db, ticket, pupil_ids=[scene.tom.id], day=today() + timedelta(days=1), half=MORNING, by=scene.by
            )
        assert scene.ticket(ticket.number).for_day == today()


def _memberships(db, pupil):
    from app.pedagogy.models import Membership

    return db.execute(select(Membership).where(Membership.pupil_id == pupil.id)).scalars().all()


class TestCeiling:
    @pytest.fixture(autouse=True)
    def two_at_most(self, db, scene):
        """The school allows two pupils a master."""
        make_school(db).pupils_per_master = 2
        db.flush()

    def test_the_third_pupil_of_a_slot_is_refused_and_nothing_is_given(self, scene):
        give(scene, scene.tom, half=MORNING)
        give(scene, scene.ines, half=MORNING)
        with pytest.raises(Refused, match="2\u00a0jeunes ont déjà du travail avec Karim Benali") as refused:
            give(scene, scene.pupil("Adam"), half=MORNING)
        assert "n’a pas été donné" in refused.value.sentence
        assert refused.value.field == "pupils"
        assert len(scene.tickets()) == 2

    def test_who_is_counted_already_may_have_a_second_ticket(self, scene):
        give(scene, scene.tom, half=MORNING)
        give(scene, scene.ines, half=MORNING)
        assert give(scene, scene.tom, half=MORNING).state == TicketState.ASSIGNED

    def test_the_other_half_day_has_its_own_count(self, scene):
        give(scene, scene.tom, half=MORNING)
        give(scene, scene.ines, half=MORNING)
        assert give(scene, scene.pupil("Adam"), half=AFTERNOON).for_half == AFTERNOON

    def test_a_ticket_without_half_day_counts_in_both(self, scene):
        give(scene, scene.tom)
        give(scene, scene.ines)
        for half in HalfDay:
            with pytest.raises(Refused, match="par maître"):
                give(scene, scene.pupil("Adam"), half=half)

    def test_without_a_half_day_it_is_the_one_that_is_not_over(self, scene, clock):
        give(scene, scene.tom, half=MORNING)
        give(scene, scene.ines, half=MORNING)
        adam = scene.pupil("Adam")
        with pytest.raises(Refused, match="au matin"):
            give(scene, adam)
        clock.advance(hours=4)
        assert give(scene, adam).for_half is None

    def test_what_goes_from_one_hand_to_another_makes_nobody_more(self, scene):
        ticket = give(scene, scene.tom, half=MORNING)
        give(scene, scene.ines, half=MORNING)
        adam = scene.pupil("Adam")
        service.give_ticket(scene.db, ticket, pupil_ids=[adam.id], half=MORNING, by=scene.by)
        assert scene.ticket(ticket.number).assignments[-1].pupil_id == adam.id

    def test_a_partner_who_keeps_it_still_counts(self, scene):
        ticket = give(scene, scene.tom, half=MORNING)
        give(scene, scene.ines, half=MORNING)
        adam = scene.pupil("Adam")
        with pytest.raises(Refused, match="par maître"):
            service.give_ticket(
                scene.db, ticket, pupil_ids=[scene.tom.id, adam.id], half=MORNING, by=scene.by
            )  # fmt: skip

    def test_an_absent_pupil_does_not_count(self, scene):
        give(scene, scene.tom, half=MORNING)
        give(scene, scene.ines, half=MORNING)
        scene.attendance(scene.ines, Attendance.ABSENT)
        assert give(scene, scene.pupil("Adam"), half=MORNING)

    def test_another_masters_group_has_its_own_count(self, scene, db):
        give(scene, scene.tom, half=MORNING)
        give(scene, scene.ines, half=MORNING)
        sophie = make_staff(db, first_name="Sophie", last_name="Lang")
        other = make_group(db, code="CAP2")
        make_session(db, other, staff=sophie)
        assert give(scene, make_pupil(db, other), half=MORNING)

    def test_two_groups_of_one_master_count_together(self, scene, db):
        other = make_group(db, code="CAP2")
        make_session(db, other, staff=scene.master)
        give(scene, scene.tom, half=MORNING)
        give(scene, make_pupil(db, other), half=MORNING)
        with pytest.raises(Refused, match="par maître"):
            give(scene, scene.ines, half=MORNING)

    def test_work_of_yesterday_still_in_hand_counts_today_but_not_tomorrow(self, scene):
        for pupil in (scene.tom, scene.ines):
            give(scene, pupil, half=MORNING).for_day = today() - timedelta(days=1)
        scene.db.flush()
        adam = scene.pupil("Adam")
        with pytest.raises(Refused, match="par maître"):
            give(scene, adam, half=MORNING)
        make_session(scene.db, scene.group, staff=scene.master, on_date=today() + timedelta(days=1))
        assert give(scene, adam, day=today() + timedelta(days=1), half=MORNING)


def test_the_ceiling_is_twelve_until_the_school_says_otherwise(db):
    assert queries.crowds(db, today()).ceiling == 12
    make_school(db).pupils_per_master = 10
    db.flush()
    assert queries.crowds(db, today()).ceiling == 10
    assert db.get_one(School, 1).pupils_per_master == 10
