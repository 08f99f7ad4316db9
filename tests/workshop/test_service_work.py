"""Clocks, pieces and corrections: each verb, what it refuses, what it leaves behind."""

import pytest
from sqlalchemy import func, select

from app.core.clock import instant, today
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import OrderState
from app.pedagogy.rules import Attendance
from app.workshop import queries, service
from app.workshop.models import QuantityReport, WorkSession
from app.workshop.rules import EndCause, JobState, TicketState
from app.workshop.service import Span
from tests.factories import make_work_session
from tests.workshop.scene import at


@pytest.fixture
def ticket(scene):
    """Tom's ticket for ten pieces to cut."""
    return service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)


def between(start, end, day=None):
    """A span of today by the school's clock: `between("08:00", "09:30")`."""
    minutes = [int(text[:2]) * 60 + int(text[3:]) for text in (start, end)]
    return Span(*(instant(day or today(), minute) for minute in minutes))


def pair(scene):
    """A ticket of Tom and Inès."""
    ticket = service.create_ticket(scene.db, scene.operations[0].id, by=scene.by)
    return service.give_ticket(scene.db, ticket, pupil_ids=[scene.tom.id, scene.ines.id], by=scene.by)


class TestStart:
    def test_the_clock_runs_and_the_order_is_in_production(self, scene, ticket):
        session = service.start_ticket(scene.db, ticket, by=scene.by)
        assert (session.started_at, session.ended_at) == (at(9, 30), None)
        assert ticket.state == TicketState.RUNNING
        scene.db.flush()
        scene.db.expire_all()
        assert scene.job.state == JobState.RUNNING
        assert scene.db.get(CustomerOrder, scene.order.id).state == OrderState.IN_PRODUCTION

    def test_a_pupil_does_one_thing_at_a_time(self, scene, ticket):
        other = service.give_operation(scene.db, scene.operations[1].id, pupil_ids=[scene.tom.id], by=scene.by)
        service.start_ticket(scene.db, ticket, by=scene.by)
        with pytest.raises(Refused, match=r"Tom est sur le BT2026-00001 \(Débit\) depuis 09:30"):
            service.start_ticket(scene.db, other, by=scene.by)
        with pytest.raises(Refused, match="travaille déjà sur ce bon"):
            service.start_ticket(scene.db, ticket, by=scene.by)

    def test_of_a_pair_each_has_a_clock(self, scene, clock):
        ticket = pair(scene)
        with pytest.raises(Refused, match="dites qui") as refused:
            service.start_ticket(scene.db, ticket, by=scene.by)
        assert refused.value.field == "pupil"
        service.start_ticket(scene.db, ticket, pupil_id=scene.tom.id, by=scene.by)
        service.start_ticket(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)
        clock.advance(minutes=10)
        service.pause_ticket(scene.db, ticket, pupil_id=scene.tom.id, by=scene.by)
        assert ticket.state == TicketState.RUNNING
        clock.advance(minutes=5)
        service.pause_ticket(scene.db, ticket, by=scene.by)
        assert (ticket.state, ticket.booked_seconds) == (TicketState.PAUSED, 25 * 60)

    def test_only_who_holds_it(self, scene, ticket):
        with pytest.raises(Refused, match="pas entre ses mains"):
            service.start_ticket(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)
        service.take_back(scene.db, ticket, by=scene.by)
        with pytest.raises(Refused, match="Personne n’a ce bon"):
            service.start_ticket(scene.db, ticket, by=scene.by)

    def test_not_who_is_absent(self, scene, ticket):
        scene.attendance(scene.tom, Attendance.ABSENT)
        with pytest.raises(Refused, match="Corrigez d’abord l’appel"):
            service.start_ticket(scene.db, ticket, by=scene.by)

    def test_not_for_a_cancelled_order(self, scene, ticket):
        scene.order.state = OrderState.CANCELLED
        scene.db.flush()
        with pytest.raises(Refused, match="est annulée"):
            service.start_ticket(scene.db, ticket, by=scene.by)

    def test_setting_up_may_begin_before_the_first_piece(self, scene):
        waiting = service.give_operation(scene.db, scene.operations[1].id, pupil_ids=[scene.tom.id], by=scene.by)
        assert service.start_ticket(scene.db, waiting, by=scene.by).ended_at is None

    def test_a_version_seen_too_long_ago_is_told(self, scene, ticket):
        with pytest.raises(Stale):
            service.start_ticket(scene.db, ticket, seen_version=1, by=scene.by)


class TestPause:
    def test_time_is_counted_in_whole_seconds(self, scene, ticket, clock):
        session = service.start_ticket(scene.db, ticket, by=scene.by)
        clock.advance(minutes=12, seconds=34, microseconds=900_000)
        service.pause_ticket(scene.db, ticket, by=scene.by)
        assert (ticket.state, ticket.booked_seconds) == (TicketState.PAUSED, 754)
        assert session.end_cause == EndCause.MASTER

    def test_nobody_working_there_is_told(self, scene):
        ticket = pair(scene)
        service.start_ticket(scene.db, ticket, pupil_id=scene.tom.id, by=scene.by)
        with pytest.raises(Refused, match="ne travaille pas sur ce bon"):
            service.pause_ticket(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)
        service.pause_ticket(scene.db, ticket, by=scene.by)
        with pytest.raises(Refused, match="état actuel « En pause »"):
            service.pause_ticket(scene.db, ticket, by=scene.by)

    def test_stopped_after_the_session_it_counts_to_its_end(self, scene, ticket, clock):
        session = service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(12, 20))
        service.pause_ticket(scene.db, ticket, by=scene.by)
        assert (ticket.booked_seconds, session.end_cause) == (150 * 60, EndCause.END_OF_HALF_DAY)

    def test_started_outside_any_session_it_counts_to_now_or_the_end_of_the_day(self, scene, ticket, clock):
        clock.set(at(17, 30))
        session = service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(8, day=26))
        service.pause_ticket(scene.db, ticket, by=scene.by)
        assert session.ended_at == at(23, 59)

    def test_both_nights_when_the_clock_changes_count_real_time(self, scene, ticket, clock):
        clock.set(at(1, 30, day=25, month=10))
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.advance(hours=2)  # 02:30 on the wall, an hour of it twice
        service.pause_ticket(scene.db, ticket, by=scene.by)
        assert ticket.booked_seconds == 2 * 3600


class TestForgotten:
    def test_only_clocks_past_their_session_are_stopped(self, scene, ticket, clock):
        late = service.give_operation(scene.db, scene.operations[1].id, pupil_ids=[scene.ines.id], by=scene.by)
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(13, 30))
        service.start_ticket(scene.db, late, by=scene.by)
        assert service.stop_forgotten(scene.db, by=scene.by) == 1
        assert scene.ticket(ticket.number).state == TicketState.PAUSED
        assert scene.ticket(late.number).state == TicketState.RUNNING
        assert "Arrêt automatique à 12:00" in history(scene.db, "ticket", ticket.id)[0].label


class TestReport:
    def test_pieces_add_up_on_ticket_operation_and_at_the_end_on_the_line(self, scene):
        for place in range(3):
            ticket = service.give_operation(scene.db, scene.operations[place].id, pupil_ids=[scene.tom.id], by=scene.by)
            service.report_quantity(scene.db, ticket, counts=(4, 0), by=scene.by)
            service.report_quantity(scene.db, ticket, counts=(2, 0), reason="", by=scene.by)
        scene.db.expire_all()
        assert [o.good for o in scene.operations] == [6, 6, 6]
        assert scene.db.get(OrderLine, scene.job.line_id).good == 6

    def test_the_clock_that_runs_is_noted_with_the_pieces(self, scene, ticket):
        session = service.start_ticket(scene.db, ticket, by=scene.by)
        report = service.report_quantity(scene.db, ticket, counts=(1, 0), by=scene.by)
        assert report.work_session_id == session.id

    def test_more_than_came_good_from_before_is_refused(self, scene, ticket):
        service.report_quantity(scene.db, ticket, counts=(4, 0), by=scene.by)
        turning = service.give_operation(scene.db, scene.operations[1].id, pupil_ids=[scene.ines.id], by=scene.by)
        service.report_quantity(scene.db, turning, counts=(2, 1), by=scene.by)
        with pytest.raises(Refused, match="il en reste 1 à faire ici") as refused:
            service.report_quantity(scene.db, turning, counts=(2, 0), by=scene.by)
        assert refused.value.field == "good"
        assert (turning.good, turning.scrap) == (2, 1)

    def test_only_on_a_ticket_in_somebodys_hands(self, scene, ticket):
        service.finish_ticket(scene.db, ticket, counts=(3, 0), by=scene.by)
        with pytest.raises(Refused, match="est « terminé »"):
            service.report_quantity(scene.db, ticket, counts=(1, 0), by=scene.by)

    def test_of_a_pair_pieces_count_once_for_one_of_them(self, scene):
        ticket = pair(scene)
        service.report_quantity(scene.db, ticket, counts=(3, 0), pupil_id=scene.ines.id, by=scene.by)
        assert ticket.good == 3

    def test_the_job_is_done_with_the_last_piece_of_the_last_operation(self, scene):
        for place in range(3):
            ticket = service.give_operation(scene.db, scene.operations[place].id, pupil_ids=[scene.tom.id], by=scene.by)
            service.finish_ticket(scene.db, ticket, counts=(10, 0), by=scene.by)
        scene.db.expire_all()
        assert scene.job.state == JobState.DONE


class TestFinish:
    def test_clocks_stop_pieces_are_stated_nobody_holds_it(self, scene, ticket, clock):
        session = service.start_ticket(scene.db, ticket, by=scene.by)
        clock.advance(minutes=45)
        service.finish_ticket(scene.db, ticket, counts=(7, 1), reason="Outil", by=scene.by)
        stored = scene.ticket(ticket.number)
        assert (stored.state, stored.good, stored.scrap, stored.booked_seconds) == (TicketState.DONE, 7, 1, 2700)
        assert all(assignment.ended_at for assignment in stored.assignments)
        report = scene.db.execute(select(QuantityReport)).scalar_one()
        assert (report.work_session_id, report.reason) == (session.id, "Outil")

    def test_what_is_missing_may_be_given_again(self, scene, ticket):
        service.finish_ticket(scene.db, ticket, counts=(7, 1), by=scene.by)
        again = service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.ines.id], by=scene.by)
        assert again.quantity == 3

    def test_pieces_after_a_pause_belong_to_the_last_time(self, scene, ticket, clock):
        session = service.start_ticket(scene.db, ticket, by=scene.by)
        clock.advance(minutes=5)
        service.pause_ticket(scene.db, ticket, by=scene.by)
        service.finish_ticket(scene.db, ticket, counts=(1, 0), by=scene.by)
        assert scene.db.execute(select(QuantityReport.work_session_id)).scalar_one() == session.id

    def test_too_many_pieces_leave_everything_as_it_was(self, scene):
        waiting = service.give_operation(scene.db, scene.operations[1].id, pupil_ids=[scene.tom.id], by=scene.by)
        service.start_ticket(scene.db, waiting, by=scene.by)
        with pytest.raises(Refused):
            service.finish_ticket(scene.db, waiting, counts=(1, 0), by=scene.by)
        assert waiting.state == TicketState.RUNNING
        assert queries.open_session(scene.db, scene.tom.id) is not None

    def test_changed_meanwhile_what_was_typed_is_shown_again(self, scene, ticket):
        with pytest.raises(Stale) as stale:
            service.finish_ticket(scene.db, ticket, counts=(7, 2), seen_version=1, by=scene.by)
        assert ("Bonnes", "7", "–") in stale.value.changes


class TestCorrectPieces:
    @pytest.fixture
    def report(self, scene, ticket):
        """Eight good pieces stated."""
        return service.report_quantity(scene.db, ticket, counts=(8, 0), by=scene.by)

    def test_a_reversal_is_a_row_with_the_negative_figures(self, scene, ticket, report):
        service.reverse_report(scene.db, report, note="Mal compté", by=scene.by)
        rows = scene.db.execute(select(QuantityReport).order_by(QuantityReport.id)).scalars().all()
        assert [(r.good, r.reverses_id) for r in rows] == [(8, None), (-8, report.id)]
        assert scene.ticket(ticket.number).good == 0

    def test_never_twice_and_never_a_correction(self, scene, report):
        service.reverse_report(scene.db, report, note="x", by=scene.by)
        with pytest.raises(Refused, match="déjà été corrigée"):
            service.reverse_report(scene.db, report, note="x", by=scene.by)
        reversal = scene.db.execute(select(QuantityReport).where(QuantityReport.reverses_id.is_not(None))).scalar_one()
        with pytest.raises(Refused, match="déjà une correction"):
            service.reverse_report(scene.db, reversal, note="x", by=scene.by)

    def test_not_what_the_next_operation_already_used(self, scene, report):
        turning = service.give_operation(scene.db, scene.operations[1].id, pupil_ids=[scene.ines.id], by=scene.by)
        service.report_quantity(scene.db, turning, counts=(5, 1), by=scene.by)
        with pytest.raises(Refused, match="en a déjà passé 6"):
            service.reverse_report(scene.db, report, note="x", by=scene.by)
        with pytest.raises(Refused, match="en a déjà passé 6"):
            service.correct_report(scene.db, report, counts=(5, 3), note="x", by=scene.by)
        service.correct_report(scene.db, report, counts=(6, 2), note="x", by=scene.by)
        assert scene.operations[0].good == 6

    def test_a_correction_upwards_is_bound_by_upstream(self, scene, ticket, report):
        turning = service.give_operation(scene.db, scene.operations[1].id, pupil_ids=[scene.ines.id], by=scene.by)
        stated = service.report_quantity(scene.db, turning, counts=(5, 0), by=scene.by)
        with pytest.raises(Refused, match="il en reste 8"):
            service.correct_report(scene.db, stated, counts=(9, 0), note="x", by=scene.by)
        service.correct_report(scene.db, stated, counts=(7, 1), reason="Outil", note="x", by=scene.by)
        assert scene.ticket(turning.number).good == 7

    def test_no_pieces_at_all_only_takes_the_wrong_ones_back(self, scene, ticket, report):
        service.correct_report(scene.db, report, counts=(0, 0), note="Autre bon", by=scene.by)
        assert scene.db.scalar(select(func.count()).select_from(QuantityReport)) == 2
        assert scene.ticket(ticket.number).good == 0

    def test_also_once_the_ticket_is_over(self, scene, ticket, report):
        service.finish_ticket(scene.db, ticket, counts=(0, 0), by=scene.by)
        service.correct_report(scene.db, report, counts=(7, 0), note="x", by=scene.by)
        assert scene.ticket(ticket.number).good == 7


class TestEnterTime:
    def test_with_the_pieces_made_in_it(self, scene, ticket):
        span = between("08:00", "09:15")
        session = service.enter_time(
            scene.db, ticket, pupil_id=scene.tom.id, span=span, counts=(3, 1), reason="Matière", by=scene.by
        )
        stored = scene.ticket(ticket.number)
        assert (stored.booked_seconds, stored.good, stored.scrap) == (4500, 3, 1)
        assert session.end_cause == EndCause.BY_HAND

    def test_nobody_is_at_two_places(self, scene, ticket):
        other = service.give_operation(scene.db, scene.operations[1].id, pupil_ids=[scene.tom.id], by=scene.by)
        service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=between("08:00", "09:00"), by=scene.by)
        with pytest.raises(Refused, match="Tom était sur le BT2026-00001 de 08:00 à 09:00") as refused:
            service.enter_time(scene.db, other, pupil_id=scene.tom.id, span=between("08:30", "09:15"), by=scene.by)
        assert refused.value.field == "start"
        service.enter_time(scene.db, other, pupil_id=scene.tom.id, span=between("09:00", "09:15"), by=scene.by)

    def test_not_while_a_clock_runs_over_it(self, scene, ticket, clock):
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.advance(hours=1)
        with pytest.raises(Refused, match="de 09:30 et y est encore"):
            service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=between("09:45", "10:00"), by=scene.by)

    def test_who_never_had_it_worked_not_on_it(self, scene, ticket):
        with pytest.raises(Refused, match="n’a jamais eu ce bon"):
            service.enter_time(scene.db, ticket, pupil_id=scene.ines.id, span=between("08:00", "09:00"), by=scene.by)

    def test_not_on_a_day_the_pupil_was_absent(self, scene, ticket):
        scene.attendance(scene.tom, Attendance.EXCUSED)
        with pytest.raises(Refused, match="noté absent"):
            service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=between("08:00", "09:00"), by=scene.by)

    def test_not_on_a_cancelled_ticket_but_on_a_finished_one(self, scene, ticket):
        service.finish_ticket(scene.db, ticket, counts=(0, 0), by=scene.by)
        service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=between("08:00", "08:15"), by=scene.by)
        other = service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)
        service.cancel_ticket(scene.db, other, note="x", by=scene.by)
        with pytest.raises(Refused, match="est annulé"):
            service.enter_time(scene.db, other, pupil_id=scene.tom.id, span=between("09:00", "09:15"), by=scene.by)


class TestCorrectTime:
    @pytest.fixture
    def session(self, scene, ticket):
        """An hour with four pieces."""
        span = between("08:00", "09:00")
        return service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=span, counts=(4, 0), by=scene.by)

    def test_reversed_it_counts_for_nothing_and_stays_readable(self, scene, ticket, session):
        service.reverse_session(scene.db, session, note="Autre bon", by=scene.by)
        assert scene.ticket(ticket.number).booked_seconds == 0
        assert [row.void for row in queries.session_rows(scene.db, WorkSession.ticket_id == ticket.id)] == [True]
        with pytest.raises(Refused, match="déjà été corrigé"):
            service.reverse_session(scene.db, session, note="x", by=scene.by)

    def test_freed_time_may_be_booked_again(self, scene, ticket, session):
        service.reverse_session(scene.db, session, note="x", by=scene.by)
        service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=between("08:30", "09:00"), by=scene.by)
        assert scene.ticket(ticket.number).booked_seconds == 1800

    def test_put_right_the_pieces_go_with_the_right_time(self, scene, ticket, session):
        right = service.correct_session(scene.db, session, span=between("08:00", "08:40"), note="x", by=scene.by)
        stored = scene.ticket(ticket.number)
        assert (stored.booked_seconds, stored.good) == (2400, 4)
        last = scene.db.execute(select(QuantityReport).order_by(QuantityReport.id.desc()).limit(1)).scalar_one()
        assert (last.work_session_id, last.good) == (right.id, 4)

    def test_put_right_it_overlaps_nothing_else(self, scene, ticket, session):
        service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=between("09:00", "09:20"), by=scene.by)
        with pytest.raises(Refused, match="de 09:00 à 09:20"):
            service.correct_session(scene.db, session, span=between("08:00", "09:10"), note="x", by=scene.by)
        assert scene.ticket(ticket.number).booked_seconds == 80 * 60

    def test_a_running_clock_is_stopped_first(self, scene, ticket):
        running = service.start_ticket(scene.db, ticket, by=scene.by)
        with pytest.raises(Refused, match="en cours"):
            service.reverse_session(scene.db, running, note="x", by=scene.by)


class TestRecompute:
    def test_sums_states_and_lines_follow_the_facts(self, scene):
        from tests.factories import make_quantity_report, make_ticket

        tickets = [make_ticket(scene.db, each, pupil=scene.tom, quantity=0) for each in scene.operations]
        for each in tickets:
            session = make_work_session(scene.db, each, scene.tom, minutes=30)
            make_quantity_report(scene.db, each, scene.tom, good=4, work_session=session)
        waiting = make_ticket(scene.db, scene.operations[0], pupil=scene.ines, quantity=0)
        for each in (*tickets, *scene.operations):
            each.good = each.scrap = each.booked_seconds = 99
        scene.line().good = 99
        scene.db.flush()
        service.recompute_sums(scene.db, [each.id for each in scene.operations])
        assert [(o.good, o.booked_seconds) for o in scene.operations] == [(4, 1800)] * 3
        assert scene.line().good == 4
        states = [scene.ticket(each.number).state for each in (*tickets, waiting)]
        assert states == [TicketState.PAUSED] * 3 + [TicketState.ASSIGNED]
        assert [scene.ticket(each.number).quantity for each in (tickets[0], waiting)] == [7, 3]
        assert scene.job.state == JobState.RUNNING

    def test_everything_when_nothing_is_named(self, scene):
        from tests.factories import make_ticket

        done = make_ticket(scene.db, scene.operations[0], pupil=scene.tom, quantity=0)
        scene.order.state, scene.order.delivered_on = OrderState.DELIVERED, today()
        scene.db.flush()
        service.recompute_sums(scene.db)
        stored = scene.ticket(done.number)
        assert (stored.state, stored.quantity) == (TicketState.DONE, 1)
        assert all(assignment.ended_at for assignment in stored.assignments)
        assert scene.job.state == JobState.DONE
