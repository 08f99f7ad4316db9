"""Professional time and learning time, side by side: rules, sums, a pupil's own trend, the pages that show them."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import now, today
from app.workshop import queries, rules, service
from app.workshop.rules import Clocks, Factors, SessionWork, Work
from app.workshop.service import Span
from tests.factories import make_operation, make_quantity_report, make_ticket, make_work_center, make_work_session
from tests.support.html import parse
from tests.workshop.scene import at

FACTORS = Factors(Decimal(3), Decimal("2.5"), Decimal(2))


def text_of(page):
    """The page's words with plain spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", parse(page.text).text)


class TestRules:
    @pytest.mark.parametrize(("year", "factor"), [(0, 3), (1, 3), (2, Decimal("2.5")), (3, 2), (5, 2)])
    def test_the_factor_of_a_year(self, year, factor):
        assert FACTORS.of_year(year) == factor

    def test_the_mean_follows_how_many_are_in_each_year(self):
        assert FACTORS.mean({1: 1, 3: 3}) == Decimal("2.25")
        assert FACTORS.mean({}) == Decimal("2.5")

    @pytest.mark.parametrize(("good", "earned"), [(0, 0), (1, 900), (10, 3600)])
    def test_setting_up_is_earned_with_the_first_good_piece(self, good, earned):
        assert rules.earned_seconds(600, 300, good) == earned

    def test_both_clocks_of_a_work(self):
        clocks = Work(600, 300, 10, 5, learning=5250, machine=4000, factor=Decimal("2.5")).clocks
        assert clocks == Clocks(planned=3600, earned=2100, learning_planned=9000, learning=5250, machine=4000)
        assert (clocks.factor, clocks.planned_factor) == (Decimal("2.5"), Decimal("2.5"))

    def test_before_a_good_piece_there_is_no_observed_factor(self):
        assert Work(600, 300, 10, 0, learning=900, machine=900, factor=Decimal(3)).clocks.factor is None
        assert Work(600, 300, 10, 2, learning=0, machine=0, factor=Decimal(3)).clocks.factor is None
        assert Clocks().planned_factor is None

    @given(st.lists(st.tuples(*[st.integers(0, 50_000)] * 5), max_size=6))
    def test_sums_keep_each_clock_with_its_own_kind(self, rows):
        whole = rules.total([Clocks(*row) for row in rows])
        assert whole == Clocks(*(sum(column) for column in zip(*rows, strict=True))) if rows else Clocks()

    @given(st.integers(0, 3600), st.integers(1, 3600), st.integers(0, 100), st.integers(0, 100))
    def test_what_is_earned_grows_with_good_pieces_and_ends_at_the_plan(self, setup, unit, good, wanted):
        clocks = Work(setup, unit, wanted, good, 0, 0, Decimal(2)).clocks
        assert (clocks.earned >= clocks.planned) == (good >= wanted or clocks.planned == 0)


class TestSums:
    def test_of_a_ticket_with_the_factor_of_who_holds_it(self, scene):
        scene.tom.entered_on = today() - timedelta(days=800)
        ticket = make_ticket(scene.db, scene.operations[0], pupil=scene.tom)
        make_quantity_report(scene.db, ticket, scene.tom, good=4)
        make_work_session(scene.db, ticket, scene.tom, minutes=60)
        clocks = queries.clocks_of_ticket(scene.db, ticket, [scene.tom.id])
        assert clocks == Clocks(planned=3600, earned=1800, learning_planned=7200, learning=3600, machine=3600)
        assert queries.clocks_of_ticket(scene.db, ticket, []).learning_planned == 9000  # a second and a third year

    def test_a_pair_learns_twice_and_produces_once(self, scene, clock):
        ticket = service.create_ticket(scene.db, scene.operations[0].id, by=scene.by)
        ticket = service.give_ticket(scene.db, ticket, pupil_ids=[scene.tom.id, scene.ines.id], by=scene.by)
        for pupil_id in (scene.tom.id, scene.ines.id):
            service.start_ticket(scene.db, ticket, pupil_id=pupil_id, by=scene.by)
        clock.advance(minutes=30)
        service.finish_ticket(scene.db, ticket, counts=(4, 0), pupil_id=scene.tom.id, by=scene.by)
        clocks = queries.clocks_of_job(scene.db, scene.job.id)[scene.operations[0].id]
        assert (clocks.learning, clocks.machine, clocks.earned) == (3600, 1800, 1800)

    def test_of_an_order_all_its_operations(self, scene):
        clocks = queries.clocks_of_order(scene.db, scene.order.id)
        assert set(clocks) == {operation.id for operation in scene.operations}
        assert rules.total(clocks.values()).planned == 3 * 3600

    def test_two_statements_whatever_the_size(self, scene, query_budget):
        job_id = scene.job.id
        for _ in range(10):
            make_operation(scene.db, scene.job, work_center=make_work_center(scene.db))
        with query_budget(2):
            assert len(queries.clocks_of_job(scene.db, job_id)) == 13


class TestTrend:
    def did(self, scene, pupil, days, minutes, good, operation=None):
        """A ticket of the past."""
        ticket = make_ticket(scene.db, operation or scene.operations[0], pupil=pupil)
        make_work_session(scene.db, ticket, pupil, minutes=minutes, started_at=now() - timedelta(days=days))
        make_quantity_report(scene.db, ticket, pupil, good=good)
        return ticket

    def test_ones_own_tickets_oldest_first(self, scene):
        self.did(scene, scene.tom, 21, 140, 10)
        self.did(scene, scene.tom, 2, 108, 10)
        self.did(scene, scene.ines, 5, 60, 10)  # somebody else's
        trend = queries.own_trend(scene.db, scene.tom.id, scene.operations[0].id)
        assert [(point.seconds, point.earned) for point in trend.points] == [(8400, 3600), (6480, 3600)]
        assert trend.then(1800) == 3240
        assert trend.last.on == today() - timedelta(days=2)

    def test_the_same_work_on_another_job_counts_another_machine_not(self, scene):
        same = make_operation(
            scene.db, scene.job, label=scene.operations[0].label, work_center=scene.operations[0].work_center
        )
        elsewhere = make_operation(scene.db, scene.job, label=scene.operations[0].label)
        self.did(scene, scene.tom, 9, 30, 2, same)
        self.did(scene, scene.tom, 8, 30, 2, elsewhere)
        trend = queries.own_trend(scene.db, scene.tom.id, scene.operations[0].id)
        assert len(trend.points) == 1

    def test_without_good_pieces_or_with_help_alone_nothing_is_told(self, scene):
        self.did(scene, scene.tom, 3, 30, 0)
        other = make_ticket(scene.db, scene.operations[0], pupil=scene.ines)
        span = Span(at(8), at(8, 20), SessionWork.HELP)
        service.enter_time(scene.db, scene.ticket(other.number), pupil_id=scene.tom.id, span=span, by=scene.by)
        trend = queries.own_trend(scene.db, scene.tom.id, scene.operations[0].id)
        assert (trend.points, trend.last, trend.then(60)) == ((), None, None)

    def test_a_batch_counts_by_its_share(self, scene, clock):
        first, second = (
            service.give_operation(scene.db, operation.id, pupil_ids=[scene.tom.id], by=scene.by)
            for operation in scene.operations[:2]
        )
        shares = [Decimal(25), Decimal(75)]
        service.start_batch(scene.db, [first, second], pupil_id=scene.tom.id, shares=shares, by=scene.by)
        clock.advance(minutes=40)
        service.pause_batch(scene.db, scene.tom.id, by=scene.by)
        service.report_quantity(scene.db, first, counts=(1, 0), by=scene.by)
        trend = queries.own_trend(scene.db, scene.tom.id, scene.operations[0].id)
        assert [point.seconds for point in trend.points] == [600]


class TestPages:
    def test_ticket_job_and_order_show_both(self, client, scene, login_as):
        login_as(scene.master)
        ticket = make_ticket(scene.db, scene.operations[0], pupil=scene.tom)
        make_quantity_report(scene.db, ticket, scene.tom, good=4)
        make_work_session(scene.db, ticket, scene.tom, minutes=60)
        for url in (f"/atelier/bons/{ticket.number}", f"/atelier/of/{scene.job.number}"):
            words = text_of(client.get(url))
            assert "0 h 30 produit" in words
            assert "1 h 00 passé" in words
            assert "Coefficient pédagogique : 2,0 observé" in words
        words = text_of(client.get("/atelier/commandes/CDE-2026-0007"))
        assert "0 h 30 produit, 3 h 00 prévu" in words
