"""What a job costs: the quote's way, the machine's way, what was lost; who may see it."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import NotFound
from app.core.permissions import GRANTS, Permission, Role
from app.workshop import queries, rules
from app.workshop.rules import JobCost, MoveKind, OperationCost, TicketKind
from tests.factories import make_lot, make_move, make_quantity_report, make_ticket, make_work_session
from tests.support.html import parse

HOUR = 3600


def text_of(page):
    """The page's words with plain spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", parse(page.text).text)


def operation(rate="45", professional=2, lost=0, machine=0, learning=0):
    """An operation; hours."""
    rate = None if rate is None else Decimal(rate)
    return OperationCost(
        10, "Tournage", "Tour", rate, professional * HOUR, lost * HOUR, machine * HOUR, learning * HOUR
    )


class TestRules:
    @pytest.mark.parametrize(
        ("seconds", "rate", "expected"),
        [(3600, "45", "45.00"), (100, "45", "1.25"), (1, "45", "0.01"), (0, "45", "0.00"), (3599, "27", "26.99")],
    )
    def test_seconds_at_an_hourly_rate_are_rounded_once_half_up(self, seconds, rate, expected):
        assert rules.euros(seconds, Decimal(rate)) == Decimal(expected)

    def test_without_a_rate_nothing_is_invented(self):
        assert rules.euros(3600, None) is None

    def test_the_margin_is_what_hours_losses_and_material_leave(self):
        cost = JobCost(Decimal(200), (operation(lost=1),), Decimal("10.005"))
        assert (cost.quoted, cost.loss, cost.cost) == (Decimal(90), Decimal(45), Decimal("145.01"))
        assert (cost.margin, cost.margin_share) == (Decimal("54.99"), Decimal("0.2750"))
        assert cost.loss_share == Decimal("0.3103")
        assert cost.complete

    def test_learning_hours_and_the_machines_own_cost_nothing_here(self):
        quick, slow = (JobCost(Decimal(200), (operation(machine=m, learning=m),), Decimal(0)) for m in (2, 9))
        assert quick.cost == slow.cost
        assert slow.machine_value == 9 * 45

    def test_what_is_missing_is_named_and_left_out(self):
        cost = JobCost(Decimal(200), (operation(rate=None), operation()), Decimal(0), unpriced=2)
        assert (cost.complete, cost.unrated, cost.cost) == (False, ("Tour",), Decimal(90))
        assert JobCost(Decimal(0), (operation(rate=None, professional=0),), Decimal(0)).complete
        assert JobCost(Decimal(0), (), Decimal(0)).margin_share is None

    @given(st.lists(st.tuples(*[st.integers(0, 90_000)] * 4), max_size=6), st.decimals(1, 150, places=2))
    def test_the_parts_make_the_whole(self, rows, rate):
        operations = tuple(OperationCost(1, "a", "b", rate, *row) for row in rows)
        cost = JobCost(Decimal(1000), operations, Decimal("3.21"))
        assert cost.quoted + cost.loss + Decimal("3.21") == cost.cost
        assert cost.cost + cost.margin == cost.net
        assert cost.seconds("learning") == sum(row[3] for row in rows)


class TestJob:
    @pytest.fixture
    def priced(self, scene):
        """The saw at 30 € an hour, the lathe at 45."""
        for operation, rate in zip(scene.operations, (30, 45, None), strict=True):
            operation.work_center.hourly_rate = None if rate is None else Decimal(rate)
        scene.operations[2].setup_seconds = scene.operations[2].unit_seconds = 0
        scene.line().net = Decimal(300)
        scene.db.flush()
        return scene

    def test_hours_as_quoted_lost_pieces_and_both_other_clocks(self, priced):
        lathe = priced.operations[1]
        ticket = make_ticket(priced.db, lathe, pupil=priced.tom)
        make_work_session(priced.db, ticket, priced.tom, minutes=120)
        make_quantity_report(priced.db, ticket, priced.tom, good=3, scrap=2)
        cost = queries.job_cost(priced.db, priced.job.number)
        saw, turning, _ = cost.operations
        assert (saw.quoted, turning.quoted) == (Decimal(30), Decimal(45))  # an hour each: 600 + 10 × 300 s
        assert (turning.lost, turning.loss) == (600, Decimal("7.50"))
        assert (turning.machine, turning.machine_value, turning.learning) == (7200, Decimal(90), 7200)
        assert (cost.net, cost.cost, cost.margin) == (Decimal(300), Decimal("82.50"), Decimal("217.50"))
        assert cost.complete

    def test_work_put_right_is_a_loss_with_its_own_hours(self, priced):
        lathe = priced.operations[1]
        rework = make_ticket(priced.db, lathe, pupil=priced.tom, kind=TicketKind.REWORK, quantity=2)
        make_work_session(priced.db, rework, priced.tom, minutes=30)
        make_quantity_report(priced.db, rework, priced.tom, good=2)
        turning = queries.job_cost(priced.db, priced.job.number).operations[1]
        assert (turning.lost, turning.put_right) == (600 + 600, 1800)

    def test_material_at_its_price_a_clients_own_for_nothing(self, priced):
        lot = make_lot(priced.db, unit_cost=Decimal("4.50"))
        make_move(priced.db, lot, MoveKind.RESERVE, 3, job=priced.job)
        make_move(priced.db, lot, MoveKind.CONSUME, 3, job=priced.job)
        unknown = make_lot(priced.db)
        make_move(priced.db, unknown, MoveKind.RESERVE, 1, job=priced.job)
        make_move(priced.db, unknown, MoveKind.CONSUME, 1, job=priced.job)
        cost = queries.job_cost(priced.db, priced.job.number)
        assert (cost.material, cost.unpriced, cost.complete) == (Decimal("13.50"), 1, False)

    def test_two_statements(self, priced, query_budget):
        number = priced.job.number
        with query_budget(2):
            queries.job_cost(priced.db, number)

    def test_of_an_order_job_by_job(self, priced):
        assert set(queries.order_costs(priced.db, priced.order.id)) == {priced.job.number}

    def test_nobody_of_that_number(self, db):
        with pytest.raises(NotFound):
            queries.job_cost(db, "OF-0")


class TestDoors:
    def test_only_those_who_sell_may_see_it(self):
        assert {role for role in Role if Permission.COST_READ in GRANTS[role]} == {Role.DIRECTOR, Role.OFFICE}

    def test_the_office_sees_it_a_master_does_not(self, client, scene, login_as):
        url = f"/atelier/of/{scene.job.number}"
        login_as(scene.master)
        assert client.get(f"{url}/cout").status_code == 403
        assert client.get(f"/api/v1/jobs/{scene.job.number}/cost").status_code == 403
        assert f"{url}/cout" not in client.get(url).text
        login_as(Role.OFFICE)
        assert f"{url}/cout" in client.get(url).text
        words = text_of(client.get(f"{url}/cout"))
        assert "Ce coût est incomplet Sans taux horaire : Débit, Tournage, Contrôle." in words
        assert client.get("/atelier/of/OF-0/cout").status_code == 404

    def test_as_a_document(self, client, scene, login_as):
        login_as(Role.OFFICE)
        for operation in scene.operations:
            operation.work_center.hourly_rate = Decimal(36)
        scene.db.flush()
        found = client.get(f"/api/v1/jobs/{scene.job.number}/cost").json()
        assert (found["quoted"], found["complete"], found["without_rate"]) == ("108.00", True, [])
        assert found["operations"][0]["professional_minutes"] == 60
        assert Decimal(found["net"]) - Decimal(found["cost"]) == Decimal(found["margin"])
