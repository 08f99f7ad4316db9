"""The list of orders: what it keeps, in which order, what it counts, and that it costs the same at any size."""

from datetime import timedelta
from decimal import Decimal

import pytest

from app.core.clock import today
from app.core.paging import ListRequest
from app.core.permissions import Role
from app.orders import queries
from app.orders.rules import OrderState
from tests.factories import make_company, make_line, make_order

S = OrderState


def numbers(db, sort="echeance", *, descending=False, q="", **filters):
    found = queries.list_orders(db, ListRequest(q=q, sort=sort, descending=descending, filters=filters))
    return [row.number for row in found.page.items]


def in_days(days):
    return today() + timedelta(days=days)


@pytest.fixture
def book(db):
    """One order of each kind, named by what it is."""
    suize = make_company(db, "Fonderie de la Suize", code="C7")
    make_order(db, suize, number="late", state=S.CONFIRMED, due_on=in_days(-2))
    ready = make_order(db, number="ready", state=S.IN_PRODUCTION, due_on=in_days(3), lines=0)
    make_line(db, ready, good=10)
    part = make_order(db, number="part", state=S.IN_PRODUCTION, due_on=in_days(1), lines=0, customer_reference="PO 77")
    make_line(db, part, good=9, label="Équerre")
    make_line(db, part, good=10)
    make_order(db, number="quote", state=S.QUOTE, due_on=in_days(-9))
    make_order(db, number="done", state=S.DELIVERED, due_on=in_days(-9))
    make_order(db, number="paid", state=S.INVOICED, due_on=in_days(-30), ordered_on=in_days(-50))
    make_order(db, number="gone", state=S.CANCELLED, due_on=in_days(-4))


class TestFilters:
    @pytest.mark.parametrize(
        ("filters", "kept"),
        [
            ({"etat": "ouvertes"}, ["late", "part", "ready"]),
            ({"etat": "livrer"}, ["ready"]),
            ({"etat": "facturer"}, ["done"]),
            ({"etat": "toutes"}, ["paid", "quote", "done", "gone", "late", "part", "ready"]),
            ({"statut": "quote"}, ["quote"]),
            ({"statut": "cancelled"}, ["gone"]),
            ({"retard": "1"}, ["late"]),
            ({"client": "C7"}, ["late"]),
            ({"client": "C8"}, []),
            ({"du": "DAY0", "au": "DAY1"}, ["part"]),
        ],
    )
    def test_a_filter_keeps_its_orders(self, db, book, filters, kept):
        days = {"DAY0": in_days(0).isoformat(), "DAY1": in_days(1).isoformat()}
        assert numbers(db, **{name: days.get(value, value) for name, value in filters.items()}) == kept

    @pytest.mark.parametrize(("q", "kept"), [("suize", ["late"]), ("PO 77", ["part"]), ("C7", ["late"]), ("100%", [])])
    def test_the_search_looks_at_number_client_and_reference(self, db, book, q, kept):
        assert numbers(db, q=q) == kept

    def test_the_search_follows_a_client_who_changes_name(self, db, book):
        from app.clients import service
        from app.clients.queries import get_company
        from tests.factories import make_actor

        company = get_company(db, "C7")
        values = {name: getattr(company, name) for name in service.FIELDS} | {"name": "Fonderie Martin"}
        service.change_company(db, company, values=values, seen_version=None, by=make_actor(db, Role.OFFICE))
        db.flush()
        assert numbers(db, q="fonderie martin") == ["late"]


class TestSorting:
    def test_late_comes_before_everything(self, db, book):
        assert numbers(db, etat="ouvertes")[0] == "late"

    @pytest.mark.parametrize("sort", queries.SORTS)
    def test_every_sort_goes_both_ways(self, db, book, sort):
        up, down = numbers(db, sort), numbers(db, sort, descending=True)
        assert up == down[::-1]
        assert len(up) == 7

    def test_states_sort_as_the_work_goes(self, db, book):
        assert numbers(db, "etat") == ["quote", "late", "ready", "part", "done", "paid", "gone"]


class TestFigures:
    def test_the_foot_sums_all_filtered_rows_not_the_page(self, db, book):
        found = queries.list_orders(db, ListRequest(sort="echeance", size=1, filters={"etat": "ouvertes"}))
        assert (len(found.page.items), found.page.total, found.net) == (1, 3, Decimal(500))

    def test_beyond_a_thousand_rows_nothing_is_summed(self, db, monkeypatch):
        monkeypatch.setattr(queries, "COUNT_LIMIT", 2)
        for _ in range(4):
            make_order(db, lines=1)
        found = queries.list_orders(db, ListRequest(sort="echeance"))
        assert (found.page.capped, found.page.total, found.net) == (True, 2, None)

    def test_progress_is_complete_only_when_nothing_is_missing(self, db, book):
        found = queries.list_orders(db, ListRequest(sort="echeance", filters={"etat": "ouvertes"}))
        work = {row.number: found.work[row.id] for row in found.page.items}
        assert {number: each.percent for number, each in work.items()} == {"late": 0, "part": 95, "ready": 100}
        assert (work["part"].label, work["part"].lines) == ("Équerre", 2)

    def test_too_many_good_pieces_of_one_line_do_not_hide_what_another_misses(self, db):
        order = make_order(db, lines=0)
        make_line(db, order, good=30)
        make_line(db, order, good=5)
        assert queries.list_orders(db, ListRequest(sort="echeance")).work[order.id].percent == 75
        assert numbers(db, etat="livrer") == []

    def test_the_book_counts_open_orders_only(self, db, book):
        found = queries.count_book(db)
        assert (found.open, found.late, found.net) == (3, 1, Decimal(500))
        names = [name for _, name in found.clients]
        assert len(names) == 3
        assert names[0] == "Fonderie de la Suize"

    def test_an_empty_book_is_nought(self, db):
        assert queries.count_book(db) == queries.Book(0, 0, Decimal(0), [])


class TestCost:
    def test_the_list_costs_the_same_with_ten_times_the_orders(self, db, client, login_as, record_queries):
        login_as(Role.OFFICE)
        make_order(db, lines=3)
        with record_queries() as few:
            client.get("/commandes")
        for _ in range(30):
            make_order(db, lines=3)
        with record_queries() as many:
            assert client.get("/commandes").status_code == 200
        assert len(many) == len(few) <= 6, many

    def test_a_page_of_an_order_costs_the_same_with_many_lines(self, db, client, login_as, query_budget):
        login_as(Role.OFFICE)
        order = make_order(db, lines=40)
        with query_budget(4):
            assert client.get(f"/commandes/{order.number}").status_code == 200

    def test_the_api_list_costs_three_statements(self, db, client, bearer, query_budget):
        headers = bearer(Role.OFFICE)
        for _ in range(30):
            make_order(db, lines=2)
        with query_budget(3):
            assert len(client.get("/api/v1/orders", headers=headers).json()["items"]) == 30
