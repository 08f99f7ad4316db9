"""Clocks cut at breaks, pairs, batches, help and kinds of work: what is stored and what is refused."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from app.accounts.models import School
from app.core.clock import instant, today
from app.core.errors import Refused
from app.core.journal import history
from app.pedagogy.models import TimetableSession
from app.pedagogy.rules import Attendance
from app.workshop import queries, service
from app.workshop.models import Operation, QuantityReport, WorkSession
from app.workshop.rules import EndCause, SessionWork, TicketState
from app.workshop.service import Done, Span
from tests.factories import make_school, make_session, make_work_session, open_machine
from tests.workshop.scene import at

K = SessionWork


@pytest.fixture
def ticket(scene):
    """Tom's ticket for ten pieces to cut."""
    return service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)


@pytest.fixture
def other(scene):
    """Tom's second ticket, on the lathe."""
    return service.give_operation(scene.db, scene.operations[1].id, pupil_ids=[scene.tom.id], by=scene.by)


def breaks(scene, text="10:00-10:15"):
    """The school's daily breaks."""
    school = scene.db.get(School, 1) or make_school(scene.db)
    school.daily_breaks = text
    scene.db.flush()


def times(scene, pupil=None):
    """(from, to, why it ended) of every stored time, in order."""
    scene.db.flush()
    query = select(WorkSession).order_by(WorkSession.started_at, WorkSession.id)
    rows = scene.db.execute(query).scalars().all()
    return [(s.started_at, s.ended_at, s.end_cause) for s in rows if pupil is None or s.pupil_id == pupil.id]


def share_of(scene, tickets):
    """Booked seconds of each ticket."""
    return [scene.ticket(each.number).booked_seconds for each in tickets]


class TestBreaks:
    def test_a_break_of_the_school_is_cut_out_and_work_goes_on_after_it(self, scene, ticket, clock):
        breaks(scene)
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(11))
        service.pause_ticket(scene.db, ticket, by=scene.by)
        assert times(scene) == [
            (at(9, 30), at(10), EndCause.BREAK), (at(10, 15), at(11), EndCause.MASTER),
        ]  # fmt: skip
        assert ticket.booked_seconds == 75 * 60

    def test_a_gap_between_two_practice_sessions_is_a_break_too(self, scene, ticket, clock):
        scene.session.end_minute = 600
        make_session(scene.db, scene.group, staff=scene.master, start_minute=610, end_minute=720)
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(10, 40))
        service.finish_ticket(scene.db, ticket, counts=(2, 0), by=scene.by)
        assert [end for _, end, _ in times(scene)] == [at(10), at(10, 40)]
        assert scene.ticket(ticket.number).booked_seconds == 60 * 60

    def test_sessions_that_follow_each_other_are_no_break(self, scene, ticket, clock):
        scene.session.end_minute = 600
        make_session(scene.db, scene.group, staff=scene.master, start_minute=600, end_minute=720)
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(11))
        service.pause_ticket(scene.db, ticket, by=scene.by)
        assert times(scene) == [(at(9, 30), at(11), EndCause.MASTER)]

    def test_stopped_during_the_break_it_ends_with_the_work(self, scene, ticket, clock):
        breaks(scene)
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(10, 5))
        service.pause_ticket(scene.db, ticket, by=scene.by)
        assert times(scene) == [(at(9, 30), at(10), EndCause.BREAK)]

    def test_pieces_belong_to_the_last_part_of_the_time(self, scene, ticket, clock):
        breaks(scene)
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(11))
        service.finish_ticket(scene.db, ticket, counts=(4, 0), by=scene.by)
        scene.db.flush()
        report = scene.db.execute(select(QuantityReport)).scalar_one()
        assert scene.db.get_one(WorkSession, report.work_session_id).started_at == at(10, 15)

    def test_forgotten_it_counts_to_the_end_of_the_half_day_without_the_break(self, scene, ticket, clock):
        breaks(scene)
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(7, day=25))
        assert service.stop_forgotten(scene.db, by=scene.by) == 1
        assert times(scene) == [
            (at(9, 30), at(10), EndCause.BREAK), (at(10, 15), at(12), EndCause.END_OF_HALF_DAY),
        ]  # fmt: skip
        assert service.stop_forgotten(scene.db, by=scene.by) == 0
        assert "Arrêt automatique à 12:00" in history(scene.db, "ticket", ticket.id)[0].label

    def test_a_cancelled_practice_session_bounds_nothing(self, scene, ticket, clock):
        scene.db.execute(TimetableSession.__table__.update().values(state="cancelled"))
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(12, 20))
        service.pause_ticket(scene.db, ticket, by=scene.by)
        assert ticket.booked_seconds == 170 * 60

    def test_cancelling_the_ticket_says_so_even_after_hours(self, scene, ticket, clock):
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.set(at(18))
        service.cancel_ticket(scene.db, ticket, note="x", by=scene.by)
        assert times(scene) == [(at(9, 30), at(12), EndCause.CANCEL)]

    def test_on_the_night_the_clocks_go_back_real_time_is_counted(self, scene, ticket, clock):
        clock.set(at(1, 30, day=25, month=10))
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.advance(hours=3)
        service.pause_ticket(scene.db, ticket, by=scene.by)
        assert (ticket.booked_seconds, ticket.machine_seconds) == (3 * 3600, 3 * 3600)

    def test_on_the_night_they_go_forward_too(self, scene, ticket, clock):
        scene.group.school_year = "2025-2026"
        clock.set(at(1, 30, day=28, month=3).replace(year=2027))
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.advance(hours=1)  # the wall says 03:30
        service.pause_ticket(scene.db, ticket, by=scene.by)
        session = scene.db.execute(select(WorkSession)).scalar_one()
        assert (ticket.booked_seconds, session.ended_at) == (3600, instant(session.ended_at.date(), 210))


class TestTwoFigures:
    def test_a_pair_books_two_clocks_and_takes_the_machine_once(self, scene, clock):
        ticket = service.create_ticket(scene.db, scene.operations[0].id, by=scene.by)
        ticket = service.give_ticket(scene.db, ticket, pupil_ids=[scene.tom.id, scene.ines.id], by=scene.by)
        service.start_ticket(scene.db, ticket, pupil_id=scene.tom.id, by=scene.by)
        clock.advance(minutes=10)
        service.start_ticket(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)
        clock.advance(minutes=30)
        service.pause_ticket(scene.db, ticket, pupil_id=scene.tom.id, by=scene.by)
        clock.advance(minutes=5)
        service.pause_ticket(scene.db, ticket, by=scene.by)
        stored = scene.ticket(ticket.number)
        assert (stored.booked_seconds, stored.machine_seconds) == (75 * 60, 45 * 60)
        operation = scene.operations[0]
        assert (operation.booked_seconds, operation.machine_seconds) == (75 * 60, 45 * 60)

    def test_what_is_taken_back_frees_person_and_machine(self, scene, ticket):
        service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=Span(at(8), at(9)), by=scene.by)
        wrong = service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=Span(at(9), at(9, 20)), by=scene.by)
        service.reverse_session(scene.db, wrong, note="x", by=scene.by)
        stored = scene.ticket(ticket.number)
        assert (stored.booked_seconds, stored.machine_seconds) == (3600, 3600)

    def test_checking_is_the_pupils_time_and_not_the_machines(self, scene, ticket):
        for kind, start in ((K.SETUP, 7), (K.CHECK, 8)):
            span = Span(at(start), at(start, 30), kind)
            service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=span, by=scene.by)
        stored = scene.ticket(ticket.number)
        assert (stored.booked_seconds, stored.machine_seconds) == (3600, 1800)

    def test_recounted_from_the_facts_both_are_the_same(self, scene, ticket, other, clock):
        service.give_ticket(scene.db, ticket, pupil_ids=[scene.tom.id, scene.ines.id], by=scene.by)
        service.start_ticket(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        clock.advance(minutes=47, seconds=13)
        service.pause_batch(scene.db, scene.tom.id, by=scene.by)
        service.pause_ticket(scene.db, ticket, by=scene.by)
        scene.db.flush()
        stored = sums(scene)
        for each in (scene.ticket(ticket.number), scene.ticket(other.number), *scene.operations):
            each.booked_seconds = each.machine_seconds = 7
        service.recompute_sums(scene.db)
        assert sums(scene) == stored


def sums(scene):
    """Seconds of people and machines, of tickets and operations."""
    scene.db.expire_all()
    rows = [*scene.tickets(), *scene.db.execute(select(Operation).order_by(Operation.id)).scalars()]
    return [(row.booked_seconds, row.machine_seconds) for row in rows]


class TestBatch:
    def test_one_clock_shared_by_planned_time(self, scene, ticket, other, clock):
        scene.operations[0].unit_seconds = 900  # 600 + 10 × 900 against 600 + 10 × 300
        scene.db.flush()
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        clock.advance(hours=1)
        service.pause_batch(scene.db, scene.tom.id, by=scene.by)
        assert share_of(scene, [ticket, other]) == [2618, 982]
        assert [scene.ticket(each.number).machine_seconds for each in (ticket, other)] == [2618, 982]
        assert {scene.ticket(each.number).state for each in (ticket, other)} == {TicketState.PAUSED}

    def test_the_pupils_day_is_the_wall_clock(self, scene, ticket, other, clock):
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        clock.advance(hours=1)
        service.pause_batch(scene.db, scene.tom.id, by=scene.by)
        scene.db.flush()
        assert queries.worked_seconds(scene.db, [scene.tom.id, scene.ines.id], today(), today()) == {
            scene.tom.id: 3600, scene.ines.id: 0,
        }  # fmt: skip

    def test_shares_are_said_and_make_a_hundred(self, scene, ticket, other, clock):
        with pytest.raises(Refused, match="Les parts font 90") as refused:
            service.start_batch(
                scene.db, [ticket, other], pupil_id=scene.tom.id, shares=[Decimal(60), Decimal(30)], by=scene.by
            )
        assert refused.value.field == "tickets"
        shares = [Decimal("66.67"), Decimal("33.33")]
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, shares=shares, by=scene.by)
        clock.advance(hours=1)
        service.pause_batch(scene.db, scene.tom.id, by=scene.by)
        assert share_of(scene, [ticket, other]) == [2400, 1200]

    def test_refused_alone_twice_or_with_too_few_parts(self, scene, ticket, other):
        start = service.start_batch
        for tickets, shares, words in (
            ([ticket], None, "au moins deux"),
            ([ticket, ticket], None, "deux fois"),
            ([ticket, other], [Decimal(100)], "une part pour chaque"),
        ):
            with pytest.raises(Refused, match=words):
                start(scene.db, tickets, pupil_id=scene.tom.id, shares=shares, by=scene.by)
        with pytest.raises(Refused, match="On n’aide pas sur plusieurs"):
            start(scene.db, [ticket, other], pupil_id=scene.tom.id, kind=K.HELP, by=scene.by)
        assert times(scene) == []

    def test_only_of_tickets_the_pupil_holds_and_with_no_clock_running(self, scene, ticket, other):
        with pytest.raises(Refused, match="pas entre ses mains"):
            service.start_batch(scene.db, [ticket, other], pupil_id=scene.ines.id, by=scene.by)
        service.start_ticket(scene.db, ticket, by=scene.by)
        with pytest.raises(Refused, match="travaille déjà sur ce bon"):
            service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)

    def test_a_third_ticket_beside_it_is_refused_with_the_name_of_one(self, scene, ticket, other):
        third = service.give_operation(scene.db, scene.operations[2].id, pupil_ids=[scene.tom.id], by=scene.by)
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        with pytest.raises(Refused, match=f"Tom est sur le {ticket.number}"):
            service.start_ticket(scene.db, third, by=scene.by)

    @pytest.mark.parametrize("gesture", ["pause", "finish"])
    def test_pausing_or_finishing_one_stops_them_all(self, scene, ticket, other, clock, gesture):
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        clock.advance(minutes=10)
        if gesture == "pause":
            service.pause_ticket(scene.db, ticket, by=scene.by)
        else:
            service.finish_ticket(scene.db, ticket, counts=(0, 0), by=scene.by)
        assert queries.open_sessions_of(scene.db, scene.tom.id) == []
        assert scene.ticket(other.number).state == TicketState.PAUSED
        assert sum(share_of(scene, [ticket, other])) == 10 * 60

    def test_a_cancelled_ticket_takes_its_share_with_it_and_the_other_is_paused(self, scene, ticket, other, clock):
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        clock.advance(minutes=30)
        service.cancel_ticket(scene.db, ticket, note="x", by=scene.by)
        assert {cause for _, _, cause in times(scene)} == {EndCause.CANCEL, EndCause.MASTER}
        assert scene.ticket(other.number).state == TicketState.PAUSED
        assert "menés ensemble" in history(scene.db, "ticket", other.id)[0].label

    def test_finished_as_one_each_with_its_pieces(self, scene, ticket, other, clock):
        service.report_quantity(scene.db, ticket, counts=(4, 0), by=scene.by)
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        clock.advance(minutes=30)
        done = [Done(ticket.number, (6, 0)), Done(other.number, (3, 1), "Outil")]
        service.finish_batch(scene.db, scene.tom.id, done=done, by=scene.by)
        stored = [scene.ticket(each.number) for each in (ticket, other)]
        assert [(t.state, t.good, t.scrap) for t in stored] == [(TicketState.DONE, 10, 0), (TicketState.DONE, 3, 1)]
        reports = scene.db.execute(select(QuantityReport).where(QuantityReport.good == 3)).scalars().one()
        assert reports.work_session_id is not None

    def test_too_many_pieces_on_one_leave_all_running(self, scene, ticket, other):
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        done = [Done(ticket.number, (2, 0)), Done(other.number, (3, 0))]
        with pytest.raises(Refused, match="il en reste 2") as refused:
            service.finish_batch(scene.db, scene.tom.id, done=done, by=scene.by)
        assert refused.value.field == "done-1-good"
        scene.db.expire_all()
        assert len(queries.open_sessions_of(scene.db, scene.tom.id)) == 2

    def test_every_ticket_of_it_is_told(self, scene, ticket, other):
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        with pytest.raises(Refused, match="de chaque bon mené ensemble"):
            service.finish_batch(scene.db, scene.tom.id, done=[Done(ticket.number, (1, 0))], by=scene.by)

    def test_nothing_to_pause_is_told(self, scene, ticket):
        service.start_ticket(scene.db, ticket, by=scene.by)
        with pytest.raises(Refused, match="ne mène pas plusieurs bons"):
            service.pause_batch(scene.db, scene.tom.id, by=scene.by)

    def test_forgotten_it_is_stopped_as_one(self, scene, ticket, other, clock):
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        clock.set(at(14))
        assert service.stop_forgotten(scene.db, by=scene.by) == 2
        assert [(end, cause) for _, end, cause in times(scene)] == [(at(12), EndCause.END_OF_HALF_DAY)] * 2

    def test_put_right_or_taken_back_as_one(self, scene, ticket, other, clock):
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        clock.advance(hours=1)
        service.pause_batch(scene.db, scene.tom.id, by=scene.by)
        scene.db.flush()
        first = scene.db.execute(select(WorkSession).order_by(WorkSession.id)).scalars().first()
        right = service.correct_session(scene.db, first, span=Span(at(9, 30), at(10)), note="x", by=scene.by)
        assert sum(share_of(scene, [ticket, other])) == 1800
        service.reverse_session(scene.db, right, note="x", by=scene.by)
        assert share_of(scene, [ticket, other]) == [0, 0]
        assert history(scene.db, "ticket", other.id)[0].label.startswith("Temps annulé")


class TestHelp:
    def test_it_counts_as_help_on_the_others_ticket(self, scene, ticket, clock):
        service.start_ticket(scene.db, ticket, by=scene.by)
        session = service.start_help(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)
        clock.advance(minutes=10)
        service.stop_help(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)
        clock.advance(minutes=10)
        service.pause_ticket(scene.db, ticket, by=scene.by)
        assert session.kind == K.HELP
        assert (ticket.booked_seconds, ticket.machine_seconds) == (30 * 60, 20 * 60)

    def test_who_helps_does_not_keep_the_ticket_running(self, scene, ticket, clock):
        service.start_ticket(scene.db, ticket, by=scene.by)
        service.start_help(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)
        clock.advance(minutes=10)
        service.pause_ticket(scene.db, ticket, by=scene.by)
        assert ticket.state == TicketState.PAUSED
        clock.advance(minutes=5)
        service.finish_ticket(scene.db, ticket, counts=(1, 0), by=scene.by)
        assert queries.open_sessions_of(scene.db, scene.ines.id) == []

    def test_not_on_ones_own_ticket_nor_on_one_that_rests(self, scene, ticket):
        with pytest.raises(Refused, match="Personne ne travaille"):
            service.start_help(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)
        service.start_ticket(scene.db, ticket, by=scene.by)
        with pytest.raises(Refused, match="ce n’est pas de l’aide"):
            service.start_help(scene.db, ticket, pupil_id=scene.tom.id, by=scene.by)
        with pytest.raises(Refused, match="ce n’est pas de l’aide"):
            service.start_ticket(scene.db, ticket, kind=K.HELP, by=scene.by)

    def test_not_beside_ones_own_work_nor_absent(self, scene, ticket):
        own = service.give_operation(scene.db, scene.operations[1].id, pupil_ids=[scene.ines.id], by=scene.by)
        service.start_ticket(scene.db, ticket, by=scene.by)
        service.start_ticket(scene.db, own, by=scene.by)
        with pytest.raises(Refused, match=f"Inès est sur le {own.number}"):
            service.start_help(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)
        service.pause_ticket(scene.db, own, by=scene.by)
        scene.attendance(scene.ines, Attendance.ABSENT)
        with pytest.raises(Refused, match="noté absent"):
            service.start_help(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)

    def test_nobody_to_stop_is_told(self, scene, ticket):
        with pytest.raises(Refused, match="n’aide pas sur ce bon"):
            service.stop_help(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)

    def test_entered_by_hand_without_pieces(self, scene, ticket):
        span = Span(at(8), at(8, 15), K.HELP)
        with pytest.raises(Refused, match="ne déclare pas de pièces"):
            service.enter_time(scene.db, ticket, pupil_id=scene.ines.id, span=span, counts=(1, 0), by=scene.by)
        service.enter_time(scene.db, ticket, pupil_id=scene.ines.id, span=span, by=scene.by)
        with pytest.raises(Refused, match="ce n’est pas de l’aide"):
            service.enter_time(scene.db, ticket, pupil_id=scene.tom.id, span=span, by=scene.by)
        assert scene.ticket(ticket.number).booked_seconds == 900

    def test_forgotten_help_is_stopped_too(self, scene, ticket, clock):
        service.start_ticket(scene.db, ticket, by=scene.by)
        service.start_help(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)
        clock.set(at(13))
        assert service.stop_forgotten(scene.db, by=scene.by) == 2
        assert scene.ticket(ticket.number).state == TicketState.PAUSED


class TestKinds:
    def test_setting_up_then_making_without_a_second_between(self, scene, ticket, clock):
        service.start_ticket(scene.db, ticket, kind=K.SETUP, by=scene.by)
        clock.advance(minutes=12)
        session = service.switch_work(scene.db, ticket, kind=K.RUN, by=scene.by)
        assert (session.kind, session.started_at, ticket.state) == (K.RUN, at(9, 42), TicketState.RUNNING)
        assert ticket.booked_seconds == 12 * 60
        assert service.switch_work(scene.db, ticket, kind=K.RUN, by=scene.by) is session
        assert "Démarré par Tom Aubry (réglage)" in [deed.label for deed in history(scene.db, "ticket", ticket.id)]

    def test_refused_when_nothing_runs_when_it_is_help_or_a_batch(self, scene, ticket, other):
        with pytest.raises(Refused, match="ne travaille pas"):
            service.switch_work(scene.db, ticket, kind=K.CHECK, by=scene.by)
        service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        with pytest.raises(Refused, match="changent de travail ensemble"):
            service.switch_work(scene.db, ticket, kind=K.CHECK, by=scene.by)
        service.pause_batch(scene.db, scene.tom.id, by=scene.by)
        service.start_ticket(scene.db, ticket, by=scene.by)
        with pytest.raises(Refused, match="ce n’est pas de l’aide"):
            service.switch_work(scene.db, ticket, kind=K.HELP, by=scene.by)

    def test_a_correction_may_change_the_kind_and_help_stays_help(self, scene, ticket):
        session = make_work_session(scene.db, ticket, scene.tom, minutes=20)
        span = Span(session.started_at, session.ended_at)
        right = service.correct_session(scene.db, session, span=span, kind=K.CHECK, note="x", by=scene.by)
        assert (right.kind, scene.ticket(ticket.number).machine_seconds) == (K.CHECK, 0)
        with pytest.raises(Refused, match="ne se changent pas"):
            service.correct_session(scene.db, right, span=span, kind=K.HELP, note="x", by=scene.by)


class TestGate:
    def test_a_batch_with_one_machine_the_pupil_may_not_use_starts_nothing(self, scene, ticket, other):
        open_machine(scene.db, scene.group, scene.operations[1].work_center, scene.ines)
        with pytest.raises(Refused, match="Tom ne peut pas démarrer"):
            service.start_batch(scene.db, [ticket, other], pupil_id=scene.tom.id, by=scene.by)
        assert times(scene) == []

    def test_whoever_helps_stands_at_the_machine(self, scene):
        open_machine(scene.db, scene.group, scene.operations[0].work_center, scene.tom)
        ticket = service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)
        service.start_ticket(scene.db, ticket, by=scene.by)
        with pytest.raises(Refused, match="Inès ne peut pas démarrer"):
            service.start_help(scene.db, ticket, pupil_id=scene.ines.id, by=scene.by)
