"""Rates of quality against a worked example, and the tally they are made of."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from app.core.clock import today
from app.orders.models import CustomerOrder
from app.orders.rules import OrderState
from app.workshop import queries, service
from app.workshop.rules import UNSAID, Breakdown, DefectDecision, Tally, months_of, why_not_period
from app.workshop.service import Decision, Finding
from tests.workshop.scene import at


def made(scene, place, good, scrap=0, reason=None):
    """Pieces stated on a ticket that is over."""
    ticket = service.give_operation(scene.db, scene.operations[place].id, pupil_ids=[scene.tom.id], by=scene.by)
    service.finish_ticket(scene.db, ticket, counts=(good, scrap), reason=reason, by=scene.by)
    return ticket


def settled(scene, ticket, pieces, kind, cause, **other):
    """A sheet that was decided."""
    defect = service.open_defect(scene.db, ticket, Finding(pieces, cause), by=scene.by)
    return service.decide_defect(scene.db, defect, Decision(kind, **other), by=scene.by)


@pytest.fixture
def worked(scene, clock):
    """Ten pieces wanted: 10 cut; 1 of 10 turned lost; of the 9 controlled 3 do not conform: one is reworked and good,
    one is accepted, one is scrapped. 8 come out good, 2 are lost, 1 was reworked, 1 accepted.
    """
    made(scene, 0, 10)
    made(scene, 1, 9, 1, "Réglage")
    control = made(scene, 2, 9)
    settled(scene, control, 1, DefectDecision.ACCEPT, "Matière", agreed_by="Mme Rey", agreed_on=today())
    settled(scene, control, 1, DefectDecision.SCRAP, "Réglage")
    rework = settled(scene, control, 1, DefectDecision.REWORK, "Outil")
    scene.db.flush()
    number = queries.defect_page(scene.db, rework.number).made[0].number
    ticket = queries.get_ticket(scene.db, number)
    service.give_ticket(scene.db, ticket, pupil_ids=[scene.ines.id], by=scene.by)
    service.start_ticket(scene.db, ticket, by=scene.by)
    clock.advance(minutes=30)
    service.finish_ticket(scene.db, ticket, counts=(1, 0), by=scene.by)
    scene.db.flush()
    return scene


class TestWorkedExample:
    def test_the_whole(self, worked):
        found = queries.quality_of(worked.db, today(), today())
        total = found.pieces.total
        assert (total.finished, total.scrap, total.reworked, total.accepted) == (8, 2, 1, 1)
        assert total.produced == 10
        assert total.scrap_rate == Decimal("0.2000")
        assert total.rework_rate == Decimal("0.1000")
        assert total.loss_rate == Decimal("0.3000")
        assert total.first_pass_rate == Decimal("0.6000")

    def test_causes_are_ranked_by_pieces(self, worked):
        pieces = queries.quality_of(worked.db, today(), today()).pieces
        assert pieces.ranked_causes == [
            ("Réglage", 2, Decimal("0.5000")), ("Matière", 1, Decimal("0.2500")), ("Outil", 1, Decimal("0.2500")),
        ]  # fmt: skip

    def test_by_machine_the_base_is_what_passed_there(self, worked):
        centers = queries.quality_of(worked.db, today(), today()).pieces.centers
        assert (centers["Débit"].passed, centers["Débit"].scrap_rate_here) == (10, Decimal(0))
        assert (centers["Tournage"].passed, centers["Tournage"].scrap_rate_here) == (10, Decimal("0.1000"))
        control = centers["Contrôle"]
        assert (control.good, control.scrap, control.passed) == (8, 1, 9)
        assert control.rework_rate_here == Decimal("0.1111")
        assert control.first_pass_rate_here == Decimal("0.6667")

    def test_time_on_rework_is_a_cost_of_quality_and_learning_time_as_well(self, worked):
        found = queries.quality_of(worked.db, today(), today())
        assert found.again_seconds == 1800
        assert found.pieces.total.lost_seconds == 2 * 300
        assert sum(ticket.booked_seconds for ticket in worked.tickets()) == 1800

    def test_one_machine_one_class_one_month(self, worked):
        assert queries.quality_of(worked.db, today(), today(), center="TOUR").pieces.total.scrap == 1
        assert queries.quality_of(worked.db, today(), today(), group="CAP1").pieces.total.scrap == 2
        assert queries.quality_of(worked.db, today(), today(), group="CAP9").pieces.total.passed == 0
        pieces = queries.quality_of(worked.db, today(), today()).pieces
        assert list(pieces.months) == ["2026-11"]
        assert list(pieces.groups) == [worked.group.label]

    def test_another_period_has_none_of_it(self, worked):
        yesterday = today() - timedelta(days=1)
        assert queries.quality_of(worked.db, yesterday, yesterday).pieces.total == Tally()

    def test_rework_that_fails_counts_once_as_not_right(self, scene):
        made(scene, 0, 10)
        rework = settled(scene, made(scene, 1, 10), 2, DefectDecision.REWORK, "Outil")
        scene.db.flush()
        ticket = queries.get_ticket(scene.db, queries.defect_page(scene.db, rework.number).made[0].number)
        service.give_ticket(scene.db, ticket, pupil_ids=[scene.ines.id], by=scene.by)
        service.finish_ticket(scene.db, ticket, counts=(0, 2), by=scene.by)
        total = queries.quality_of(scene.db, today(), today()).pieces.total
        assert (total.scrap, total.scrap_again, total.reworked, total.not_right_first) == (2, 2, 2, 2)

    def test_a_corrected_statement_leaves_nothing_under_its_cause(self, scene):
        ticket = made(scene, 0, 8, 2, "Outil")
        report = queries.ticket_page(scene.db, ticket.number, by=scene.by).reports[0]
        service.correct_report(
            scene.db, queries.get_report(scene.db, report.id), counts=(9, 1), reason="Réglage", note="x", by=scene.by
        )
        pieces = queries.quality_of(scene.db, today(), today()).pieces
        assert pieces.causes == {"Réglage": 1}
        assert [cause for cause, _, _ in pieces.ranked_causes] == ["Réglage"]

    def test_lines_delivered_on_the_promised_day_or_before(self, worked):
        order = worked.db.get_one(CustomerOrder, worked.order.id)
        order.state, order.delivered_on, order.due_on = OrderState.DELIVERED, today(), today()
        worked.db.flush()
        found = queries.quality_of(worked.db, today(), today())
        assert (found.delivered, found.on_time) == (1, 1)

    def test_as_many_statements_whatever_there_is(self, worked, query_budget):
        with query_budget(4):
            queries.quality_of(worked.db, today() - timedelta(days=300), today())

    def test_late_in_the_evening_it_is_still_that_day(self, scene, clock):
        clock.set(at(23, 30))
        made(scene, 0, 10)
        assert queries.quality_of(scene.db, today(), today()).pieces.total.good == 10


class TestTally:
    def test_without_pieces_there_is_no_rate(self):
        assert Tally().scrap_rate is None
        assert Tally().first_pass_rate_here is None

    def test_parts_add_up_to_the_whole(self):
        found = Breakdown()
        found.add(("2026-10", "Tour", "Tournage", "CAP1"), Tally(good=8, finished=8, scrap=2), "Outil")
        found.add(("2026-11", "Tour", "Perçage", "CAP1"), Tally(good=5, finished=5, scrap=1), "")
        assert found.total == Tally(good=13, finished=13, scrap=3)
        assert sum(each.scrap for each in found.months.values()) == sum(each.scrap for each in found.centers.values())
        assert found.causes == {"Outil": 2, UNSAID: 1}

    def test_every_month_of_a_period_is_named(self):
        assert months_of(date(2026, 11, 30), date(2027, 1, 1)) == ["2026-11", "2026-12", "2027-01"]
        assert months_of(date(2026, 11, 1), date(2026, 11, 30)) == ["2026-11"]

    def test_a_period_runs_forward_and_has_an_end(self):
        assert why_not_period(date(2026, 11, 2), date(2026, 11, 1)) is not None
        assert why_not_period(date(2026, 11, 1), date(2026, 11, 1)) is None
        assert why_not_period(date(2020, 1, 1), date(2026, 1, 1)) is not None
