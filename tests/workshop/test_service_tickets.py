"""Giving work: who receives it, who may not, what the second of two masters is told."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.core.clock import today
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.core.permissions import Role
from app.orders.rules import OrderState
from app.pedagogy.rules import Attendance
from app.workshop import queries, service
from app.workshop.models import Assignment, Ticket
from app.workshop.rules import EndCause, JobState, TicketState
from tests.factories import actor_of, make_actor, make_pupil, make_staff
from tests.workshop.scene import arrange


def labels(db, ticket):
    """The deeds on a ticket, newest first."""
    return [deed.label for deed in history(db, "ticket", ticket.id)]


def give(scene, pupil, place=0, **other):
    """Give what is left of an operation."""
    return service.give_operation(scene.db, scene.operations[place].id, pupil_ids=[pupil.id], by=scene.by, **other)


class TestCreate:
    def test_without_a_quantity_it_takes_all_that_is_left(self, scene):
        ticket = service.create_ticket(scene.db, scene.operations[0].id, by=scene.by)
        assert (ticket.number, ticket.quantity, ticket.state) == ("BT2026-00001", 10, TicketState.OPEN)
        assert labels(scene.db, ticket) == ["Bon préparé : 10\u00a0pièces"]

    def test_the_second_takes_what_the_first_left(self, scene):
        service.create_ticket(scene.db, scene.operations[0].id, quantity=4, by=scene.by)
        second = service.create_ticket(scene.db, scene.operations[0].id, by=scene.by)
        assert (second.number, second.quantity) == ("BT2026-00002", 6)

    def test_more_than_is_left_is_refused_at_the_field(self, scene):
        service.create_ticket(scene.db, scene.operations[0].id, quantity=4, by=scene.by)
        with pytest.raises(Refused, match="Il reste 6\u00a0pièces à donner") as refused:
            service.create_ticket(scene.db, scene.operations[0].id, quantity=7, by=scene.by)
        assert refused.value.field == "quantity"
        assert len(scene.tickets()) == 1

    @pytest.mark.parametrize(
        ("state", "word"),
        [
            (OrderState.QUOTE, "encore un devis"),
            (OrderState.CANCELLED, "annulée"),
            (OrderState.DELIVERED, "déjà livrée"),
        ],
    )
    def test_only_for_an_order_in_the_workshop(self, db, state, word):
        scene = arrange(db, state=state)
        with pytest.raises(Refused, match=word):
            service.create_ticket(db, scene.operations[0].id, by=scene.by)

    def test_the_job_is_released_by_its_first_ticket(self, scene):
        service.create_ticket(scene.db, scene.operations[0].id, by=scene.by)
        scene.db.expire_all()
        assert scene.job.state == JobState.RELEASED


class TestGive:
    def test_in_two_gestures_an_operation_becomes_a_ticket_in_a_pupils_hands(self, scene):
        ticket = give(scene, scene.tom)
        assert ticket.state == TicketState.ASSIGNED
        assert [assignment.pupil_id for assignment in ticket.assignments] == [scene.tom.id]
        assert ticket.assignments[0].master_id == scene.master.id
        assert ticket.for_day == today()
        assert labels(scene.db, ticket)[0] == "Donné à Tom Aubry"

    def test_a_pair_holds_one_ticket(self, scene):
        ticket = service.create_ticket(scene.db, scene.operations[0].id, by=scene.by)
        service.give_ticket(scene.db, ticket, pupil_ids=[scene.tom.id, scene.ines.id], by=scene.by)
        assert {a.pupil_id for a in ticket.assignments} == {scene.tom.id, scene.ines.id}
        assert labels(scene.db, ticket)[0] == "Donné à Tom Aubry et Inès Haddad"

    def test_never_to_three(self, scene):
        ticket = service.create_ticket(scene.db, scene.operations[0].id, by=scene.by)
        three = [scene.tom.id, scene.ines.id, scene.pupil("Adam").id]
        with pytest.raises(Refused, match="un jeune ou à un binôme"):
            service.give_ticket(scene.db, ticket, pupil_ids=three, by=scene.by)

    def test_an_absent_pupil_receives_nothing(self, scene):
        scene.attendance(scene.tom, Attendance.ABSENT)
        with pytest.raises(Refused) as refused:
            give(scene, scene.tom)
        assert refused.value.sentence == (
            "Tom ne peut pas prendre ce bon. Noté absent à l’appel du 24/11/2026. "
            f"Le bon de l’opération 10 ({scene.job.number}) n’a pas été donné."
        )
        assert refused.value.field == "pupils"
        assert scene.db.scalar(select(func.count()).select_from(Assignment)) == 0

    def test_before_the_call_nobody_is_absent_and_a_late_pupil_is_there(self, scene):
        scene.attendance(scene.ines, Attendance.LATE)
        assert give(scene, scene.tom, quantity=5).state == TicketState.ASSIGNED
        assert give(scene, scene.ines).state == TicketState.ASSIGNED

    def test_an_absence_of_today_does_not_forbid_work_for_tomorrow(self, scene):
        scene.attendance(scene.tom, Attendance.ABSENT)
        ticket = service.create_ticket(scene.db, scene.operations[0].id, by=scene.by)
        tomorrow = today() + timedelta(days=1)
        service.give_ticket(scene.db, ticket, pupil_ids=[scene.tom.id], day=tomorrow, by=scene.by)
        assert ticket.for_day == tomorrow

    def test_who_left_the_school_receives_nothing(self, scene):
        gone = make_pupil(scene.db, scene.group, first_name="Lucas", left_on=today() - timedelta(days=3))
        with pytest.raises(Refused, match="A quitté l’école le 21/11/2026"):
            give(scene, gone)

    def test_a_ticket_is_not_held_twice(self, scene):
        ticket = give(scene, scene.tom)
        with pytest.raises(Refused, match="est déjà entre ses mains"):
            service.give_ticket(scene.db, ticket, pupil_ids=[scene.tom.id], by=scene.by)

    def test_given_on_to_somebody_else_the_first_holding_ends_and_stays_readable(self, scene):
        ticket = give(scene, scene.tom)
        service.give_ticket(scene.db, ticket, pupil_ids=[scene.ines.id], by=scene.by)
        holding = [(a.pupil_id, a.ended_at is None) for a in scene.ticket(ticket.number).assignments]
        assert holding == [(scene.tom.id, False), (scene.ines.id, True)]
        assert labels(scene.db, ticket)[0] == "Passé de Tom Aubry à Inès Haddad"

    def test_not_while_the_clock_runs(self, scene):
        ticket = give(scene, scene.tom)
        service.start_ticket(scene.db, ticket, by=scene.by)
        with pytest.raises(Refused, match="état actuel « En cours »"):
            service.give_ticket(scene.db, ticket, pupil_ids=[scene.ines.id], by=scene.by)

    def test_work_that_waits_for_pieces_may_be_given_ahead(self, scene):
        assert give(scene, scene.tom, place=1).state == TicketState.ASSIGNED

    def test_the_second_of_two_masters_on_one_ticket_is_told_who_and_what(self, scene):
        sophie = actor_of(make_staff(scene.db, Role.MASTER, first_name="Sophie", last_name="Roux"))
        ticket = service.create_ticket(scene.db, scene.operations[0].id, by=scene.by)
        seen = ticket.version
        service.give_ticket(scene.db, ticket, pupil_ids=[scene.tom.id], seen_version=seen, by=scene.by)
        with pytest.raises(Stale) as stale:
            service.give_ticket(scene.db, ticket, pupil_ids=[scene.ines.id], seen_version=seen, by=sophie)
        assert "donné à Tom Aubry, par Karim Benali à 09:30" in stale.value.sentence
        assert ("Donné à", "Inès Haddad", "Tom Aubry") in stale.value.changes
        assert [a.pupil_id for a in ticket.assignments] == [scene.tom.id]

    def test_the_second_of_two_masters_on_one_operation_is_told_who_has_it(self, scene):
        give(scene, scene.tom)
        with pytest.raises(Refused, match=r"déjà faites ou données. Tom a le BT2026-00001 depuis 09:30"):
            give(scene, scene.ines)
        assert len(scene.tickets()) == 1


class TestTakeBack:
    def test_what_was_done_stays_and_the_rest_may_be_given(self, scene, clock):
        ticket = give(scene, scene.tom)
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.advance(minutes=30)
        service.report_quantity(scene.db, ticket, counts=(4, 0), by=scene.by)
        service.pause_ticket(scene.db, ticket, by=scene.by)
        service.take_back(scene.db, ticket, by=scene.by)
        stored = scene.ticket(ticket.number)
        assert (stored.state, stored.good, stored.booked_seconds) == (TicketState.OPEN, 4, 1800)
        assert all(assignment.ended_at for assignment in stored.assignments)

    def test_not_while_the_clock_runs(self, scene):
        ticket = give(scene, scene.tom)
        service.start_ticket(scene.db, ticket, by=scene.by)
        with pytest.raises(Refused):
            service.take_back(scene.db, ticket, by=scene.by)


class TestReplace:
    def test_the_absent_pupils_clock_stops_and_another_has_the_ticket(self, scene, clock):
        ticket = give(scene, scene.tom)
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.advance(minutes=20)
        service.replace_holder(scene.db, ticket, pupil_id=scene.tom.id, successor_id=scene.ines.id, by=scene.by)
        stored = scene.ticket(ticket.number)
        assert (stored.state, stored.booked_seconds) == (TicketState.PAUSED, 1200)
        assert [a.pupil_id for a in stored.assignments if a.ended_at is None] == [scene.ines.id]

    def test_the_partner_of_a_pair_goes_on(self, scene):
        ticket = service.create_ticket(scene.db, scene.operations[0].id, by=scene.by)
        service.give_ticket(scene.db, ticket, pupil_ids=[scene.tom.id, scene.ines.id], by=scene.by)
        service.start_ticket(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)
        service.replace_holder(scene.db, ticket, pupil_id=scene.tom.id, by=scene.by)
        stored = scene.ticket(ticket.number)
        assert stored.state == TicketState.RUNNING
        assert [a.pupil_id for a in stored.assignments if a.ended_at is None] == [scene.ines.id]

    def test_without_a_successor_it_goes_back_to_the_queue(self, scene):
        ticket = give(scene, scene.tom)
        service.replace_holder(scene.db, ticket, pupil_id=scene.tom.id, by=scene.by)
        assert scene.ticket(ticket.number).state == TicketState.OPEN

    def test_what_was_handed_in_waits_for_a_master_and_goes_nowhere(self, scene):
        ticket = give(scene, scene.tom)
        service.submit(scene.db, ticket, counts=(10, 0), by=scene.by)
        with pytest.raises(Refused, match="est à contrôler"):
            service.replace_holder(scene.db, ticket, pupil_id=scene.tom.id, by=scene.by)
        assert ticket.state == TicketState.TO_RELEASE
        _, moves = queries.replacement(scene.db, scene.tom.code)
        assert moves == []

    def test_the_successor_passes_the_same_door(self, scene):
        scene.attendance(scene.ines, Attendance.ABSENT)
        ticket = give(scene, scene.tom)
        with pytest.raises(Refused, match="Inès ne peut pas prendre ce bon"):
            service.replace_holder(scene.db, ticket, pupil_id=scene.tom.id, successor_id=scene.ines.id, by=scene.by)


class TestSplit:
    def test_the_two_ask_together_for_what_the_one_asked_for(self, scene):
        ticket = give(scene, scene.tom)
        service.report_quantity(scene.db, ticket, counts=(3, 0), by=scene.by)
        other = service.split_ticket(scene.db, ticket, quantity=5, by=scene.by)
        assert (ticket.quantity, other.quantity, other.state) == (5, 5, TicketState.OPEN)
        assert (ticket.good, other.good) == (3, 0)
        assert labels(scene.db, other) == ["Pris sur le BT2026-00001 : 5\u00a0pièces"]

    @pytest.mark.parametrize(("part", "sentence"), [(0, "au moins une pièce"), (8, "Au plus 7"), (10, "Au plus 7")])
    def test_never_what_is_done_nor_all_of_it(self, scene, part, sentence):
        ticket = give(scene, scene.tom)
        service.report_quantity(scene.db, ticket, counts=(2, 1), by=scene.by)
        with pytest.raises(Refused, match=sentence):
            service.split_ticket(scene.db, ticket, quantity=part, by=scene.by)
        assert scene.db.scalar(select(func.count()).select_from(Ticket)) == 1


class TestCancel:
    def test_clocks_stop_and_the_pieces_may_be_given_again(self, scene, clock):
        ticket = give(scene, scene.tom)
        session = service.start_ticket(scene.db, ticket, by=scene.by)
        clock.advance(minutes=15)
        service.report_quantity(scene.db, ticket, counts=(3, 0), by=scene.by)
        service.cancel_ticket(scene.db, ticket, note="Plan changé", by=scene.by)
        stored = scene.ticket(ticket.number)
        assert (stored.state, stored.good, stored.booked_seconds) == (TicketState.CANCELLED, 3, 900)
        assert session.end_cause == EndCause.CANCEL
        assert queries.open_session(scene.db, scene.tom.id) is None
        assert give(scene, scene.ines).quantity == 7
        assert history(scene.db, "ticket", ticket.id)[0].note == "Plan changé"

    def test_what_is_over_is_not_cancelled(self, scene):
        ticket = give(scene, scene.tom)
        service.finish_ticket(scene.db, ticket, counts=(10, 0), by=scene.by)
        with pytest.raises(Refused):
            service.cancel_ticket(scene.db, ticket, note="x", by=scene.by)

    def test_all_live_tickets_of_a_cancelled_order_go_at_once(self, scene):
        done, live = give(scene, scene.tom, quantity=5), give(scene, scene.ines)
        service.finish_ticket(scene.db, done, counts=(5, 0), by=scene.by)
        assert service.cancel_live_tickets(scene.db, [done, live], note="Commande annulée", by=scene.by) == 1
        assert (done.state, live.state) == (TicketState.DONE, TicketState.CANCELLED)


class TestReopen:
    def test_the_pair_that_finished_together_has_it_again(self, scene):
        ticket = service.create_ticket(scene.db, scene.operations[0].id, by=scene.by)
        service.give_ticket(scene.db, ticket, pupil_ids=[scene.tom.id, scene.ines.id], by=scene.by)
        service.finish_ticket(scene.db, ticket, counts=(8, 0), pupil_id=scene.tom.id, by=scene.by)
        service.reopen_ticket(scene.db, ticket, note="Il en manque deux", by=scene.by)
        stored = scene.ticket(ticket.number)
        assert stored.state == TicketState.PAUSED
        assert {a.pupil_id for a in stored.assignments if a.ended_at is None} == {scene.tom.id, scene.ines.id}
        assert stored.quantity == 10

    def test_pieces_given_elsewhere_meanwhile_are_not_asked_for_twice(self, scene):
        ticket = give(scene, scene.tom)
        service.finish_ticket(scene.db, ticket, counts=(6, 0), by=scene.by)
        assert give(scene, scene.ines).quantity == 4
        service.reopen_ticket(scene.db, ticket, note="Cote à revoir", by=scene.by)
        assert ticket.quantity == 6

    def test_twice_within_one_instant_it_is_still_held_once(self, scene):
        ticket = give(scene, scene.tom)
        for _ in range(2):
            service.finish_ticket(scene.db, ticket, counts=(0, 0), by=scene.by)
            service.reopen_ticket(scene.db, ticket, note="x", by=scene.by)
        assert len([a for a in scene.ticket(ticket.number).assignments if a.ended_at is None]) == 1

    def test_with_nothing_done_and_nothing_left_it_stays_closed(self, scene):
        ticket = give(scene, scene.tom)
        service.finish_ticket(scene.db, ticket, counts=(0, 0), by=scene.by)
        give(scene, scene.ines)
        with pytest.raises(Refused, match="déjà faites ou données"):
            service.reopen_ticket(scene.db, ticket, note="x", by=scene.by)


def test_a_program_alone_gives_nothing(scene):
    from app.core.actor import SYSTEM

    with pytest.raises(Refused, match="par un maître"):
        service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=SYSTEM)


def test_numbers_have_no_hole(scene):
    other = make_actor(scene.db)
    numbers = [
        service.create_ticket(scene.db, operation.id, quantity=part, by=other).number
        for operation in scene.operations
        for part in (4, 6)
    ]
    assert numbers == [f"BT2026-{n:05d}" for n in range(1, 7)]
