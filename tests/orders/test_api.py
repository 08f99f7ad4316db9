"""The JSON door to orders: the contract, prices only for those who may see them, the same refusals as the pages."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.core.clock import today
from app.core.journal import JournalEntry
from app.core.permissions import Role
from app.orders.models import CustomerOrder
from app.orders.rules import OrderState
from tests.factories import make_company, make_order

S = OrderState
KEYS = {
    "number", "client", "state", "ordered_on", "due_on", "delivered_on", "total_ht", "vat", "total_ttc", "late",
}  # fmt: skip
MONEY = {"total_ht", "vat", "total_ttc"}


@pytest.fixture
def headers(bearer):
    return bearer(Role.OFFICE)


def body(company, **changes):
    line = {"label": "Entretoise", "quantity": "50", "unit_price": "6.67", "vat_rate": "20"}
    return {"client": company.code, "ordered_on": "2026-11-20", "due_on": "2026-12-11", "lines": [line]} | changes


def count(db, table=CustomerOrder):
    return db.scalar(select(func.count()).select_from(table))


class TestList:
    def test_the_contract(self, client, db, headers):
        order = make_order(db, lines=1, due_on=today() - timedelta(days=1))
        found = client.get("/api/v1/orders", headers=headers).json()
        assert set(found) == {"items", "total", "page", "size"}
        assert set(found["items"][0]) == KEYS
        assert found["items"][0] == {
            "number": order.number, "client": order.company.code, "state": "confirmed", "ordered_on": "2026-11-17",
            "due_on": "2026-11-23", "delivered_on": None, "total_ht": "125.00", "vat": "25.00", "total_ttc": "150.00",
            "late": True,
        }  # fmt: skip

    def test_late_on_a_day_keeps_only_those_and_is_said_of_that_day(self, client, db, headers):
        make_order(db, number="A", due_on=today() + timedelta(days=3))
        make_order(db, number="B", due_on=today() + timedelta(days=9))
        make_order(db, number="C", due_on=today() - timedelta(days=9), state=S.DELIVERED)
        later = (today() + timedelta(days=4)).isoformat()
        found = client.get(f"/api/v1/orders?late_on={later}", headers=headers).json()
        assert [(item["number"], item["late"]) for item in found["items"]] == [("A", True)]
        assert found["total"] == 1
        every = client.get("/api/v1/orders", headers=headers).json()
        assert [(item["number"], item["late"]) for item in every["items"]] == [("A", False), ("B", False), ("C", False)]

    def test_filters_and_pages_are_exact(self, client, db, headers):
        company = make_company(db, code="C 7")
        for number in range(5):
            make_order(db, company, number=f"N{number}", state=S.QUOTE)
        make_order(db, state=S.QUOTE)
        make_order(db, company)
        found = client.get("/api/v1/orders?state=quote&client=C 7&page=2&size=2", headers=headers).json()
        assert [item["number"] for item in found["items"]] == ["N2", "N3"]
        assert (found["total"], found["page"], found["size"]) == (5, 2, 2)

    @pytest.mark.parametrize(
        ("query", "field"),
        [("late_on=demain", "late_on"), ("late_on=2026-02-31", "late_on"), ("state=xx", "state"), ("page=0", "page"),
         ("size=0", "size"), ("size=201", "size"), (f"page={2**63}", "page")],
    )  # fmt: skip
    def test_a_wrong_question_is_told_by_its_field(self, client, headers, query, field):
        answer = client.get(f"/api/v1/orders?{query}", headers=headers)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert set(answer.json()["errors"]) == {field}

    def test_who_sees_no_prices_gets_no_amounts_by_any_door(self, client, db, bearer):
        order = make_order(db, lines=1)
        headers = bearer(Role.MASTER)
        assert set(client.get("/api/v1/orders", headers=headers).json()["items"][0]) == KEYS - MONEY
        one = client.get(f"/api/v1/orders/{order.number}", headers=headers).json()
        assert set(one) == (KEYS - MONEY) | {"reference", "version", "lines"}
        assert set(one["lines"][0]) == {"line", "label", "quantity", "unit", "good"}
        done = client.post(f"/api/v1/orders/{order.number}/actions/launch", headers=headers)
        assert done.status_code == 200
        assert not MONEY & set(done.json())


class TestOne:
    def test_it_adds_its_lines(self, client, db, headers):
        order = make_order(db, lines=1, number="C/2026 n° 4")
        found = client.get("/api/v1/orders/C%2F2026%20n%C2%B0%204", headers=headers).json()
        assert set(found) == KEYS | {"reference", "version", "lines"}
        assert (found["number"], found["version"]) == (order.number, 1)
        assert found["lines"] == [
            {
                "line": 1, "label": "Axe tourné Ø 20", "quantity": "10", "unit": "pièce", "good": 0,
                "unit_price": "12.50", "discount": "0.00", "vat_rate": "20.00", "total_ht": "125.00",
            }
        ]  # fmt: skip

    def test_an_unknown_one_is_a_problem(self, client, headers):
        answer = client.get("/api/v1/orders/C-404", headers=headers)
        assert answer.status_code == 404
        assert "C-404" in answer.json()["detail"]


class TestCreate:
    def test_it_is_made_once_for_one_key(self, client, db, headers):
        sent = body(make_company(db), reference="PO 7120")
        keyed = headers | {"Idempotency-Key": "k1"}
        first, again = (client.post("/api/v1/orders", json=sent, headers=keyed) for _ in range(2))
        assert first.status_code == again.status_code == 201
        assert first.json() == again.json()
        assert first.headers["location"] == "/api/v1/orders/CDE-2026-0001"
        assert (first.json()["total_ttc"], first.json()["reference"], first.json()["state"]) == (
            "400.20", "PO 7120", "confirmed",
        )  # fmt: skip
        assert client.get(first.headers["location"], headers=headers).json() == first.json()
        assert count(db) == 1

    @pytest.mark.parametrize(
        ("changes", "fields"),
        [
            ({"client": ""}, {"client"}),
            ({"due_on": "2027-02-31"}, {"due_on"}),
            ({"lines": []}, {"lines"}),
            ({"lines": [{"label": "", "quantity": 0, "unit_price": -1, "vat_rate": 200}]},
             {"lines-0-label", "lines-0-quantity", "lines-0-unit_price", "lines-0-vat_rate"}),
            ({"lines": [{"label": "x", "quantity": 1.5, "unit_price": True, "vat_rate": None}]},
             {"lines-0-quantity", "lines-0-unit_price", "lines-0-vat_rate"}),
            ({"state": "delivered"}, {"state"}),
            ({"number": "C1"}, {"number"}),
            ({"ordered_on": None}, {"ordered_on"}),
        ],
    )  # fmt: skip
    def test_wrong_fields_are_named_and_nothing_is_stored(self, client, db, headers, changes, fields):
        answer = client.post("/api/v1/orders", json=body(make_company(db), **changes), headers=headers)
        assert answer.status_code == 422
        assert set(answer.json()["errors"]) == fields
        assert count(db) == count(db, JournalEntry) == 0

    def test_a_rule_refuses_with_its_field(self, client, db, headers):
        for changes, field in (({"client": "INCONNU"}, "client"), ({"due_on": "2026-11-19"}, "due_on")):
            answer = client.post("/api/v1/orders", json=body(make_company(db), **changes), headers=headers)
            assert answer.status_code == 422
            assert set(answer.json()["errors"]) == {field}
        assert count(db) == 0

    def test_a_master_creates_none(self, client, db, bearer):
        assert (
            client.post("/api/v1/orders", json=body(make_company(db)), headers=bearer(Role.MASTER)).status_code == 403
        )


class TestChange:
    def test_only_what_is_given_changes(self, client, db, headers):
        order = make_order(db, lines=2, customer_reference="PO 1")
        answer = client.patch(
            f"/api/v1/orders/{order.number}", json={"due_on": "2027-01-15", "version": 1}, headers=headers
        )
        assert answer.status_code == 200
        assert (answer.json()["due_on"], answer.json()["reference"], answer.json()["version"]) == (
            "2027-01-15",
            "PO 1",
            2,
        )
        cleared = client.patch(f"/api/v1/orders/{order.number}", json={"reference": None}, headers=headers).json()
        assert (cleared["reference"], len(cleared["lines"])) == (None, 2)

    def test_lines_are_given_whole_and_keep_their_numbers(self, client, db, headers):
        order = make_order(db, lines=2)
        new = {"label": "Bride", "quantity": "3", "unit_price": "0.335", "vat_rate": "20"}
        kept = {"line": 2, "label": "Axe", "quantity": "10", "unit_price": "12.5", "vat_rate": "20"}
        answer = client.patch(f"/api/v1/orders/{order.number}", json={"lines": [new, kept]}, headers=headers).json()
        assert [(line["line"], line["label"]) for line in answer["lines"]] == [(2, "Axe"), (3, "Bride")]
        assert answer["total_ht"] == "126.01"

    def test_a_stale_version_answers_both_values(self, client, db, headers):
        order = make_order(db)
        address = f"/api/v1/orders/{order.number}"
        assert client.patch(address, json={"reference": "A", "version": 1}, headers=headers).status_code == 200
        answer = client.patch(address, json={"reference": "B", "version": 1}, headers=headers)
        assert answer.status_code == 409
        assert answer.json()["changes"] == [{"field": "Leur référence", "yours": "B", "stored": "A"}]

    def test_a_refused_change_is_a_problem_by_field(self, client, db, headers):
        order = make_order(db, state=S.IN_PRODUCTION, lines=1)
        lines = [{"label": "Axe", "quantity": "1", "unit_price": "1", "vat_rate": "20"}]
        answer = client.patch(f"/api/v1/orders/{order.number}", json={"lines": lines}, headers=headers)
        assert answer.status_code == 422
        assert set(answer.json()["errors"]) == {"lines"}


class TestActions:
    def test_the_way_to_the_invoice(self, client, db, headers):
        order = make_order(db, state=S.QUOTE, ordered_on=today())
        address = f"/api/v1/orders/{order.number}/actions"
        states = [
            client.post(f"{address}/{name}", json=sent, headers=headers).json()["state"]
            for name, sent in (
                ("confirm", {}),
                ("launch", {}),
                ("deliver", {"delivered_on": "2026-11-24"}),
                ("invoice", {}),
            )
        ]
        assert states == ["confirmed", "in_production", "delivered", "invoiced"]
        assert client.post(f"{address}/cancel", json={"note": "x"}, headers=headers).status_code == 409

    @pytest.mark.parametrize(
        ("name", "sent", "status", "field"),
        [("deliver", {"delivered_on": "2026-11-25"}, 422, "delivered_on"), ("cancel", {}, 422, "note"),
         ("deliver", {"delivered_on": "x"}, 422, "delivered_on"), ("deliver", {"day": 1}, 422, "day")],
    )  # fmt: skip
    def test_refusals_name_their_field(self, client, db, headers, name, sent, status, field):
        order = make_order(db)
        answer = client.post(f"/api/v1/orders/{order.number}/actions/{name}", json=sent, headers=headers)
        assert (answer.status_code, set(answer.json()["errors"])) == (status, {field})

    def test_an_action_needs_its_own_right_and_must_exist(self, client, db, headers, bearer):
        order = make_order(db)
        address = f"/api/v1/orders/{order.number}/actions"
        assert client.post(f"{address}/cancel", json={"note": "x"}, headers=bearer(Role.MASTER)).status_code == 403
        assert client.post(f"{address}/burn", headers=headers).status_code == 404
        assert client.post(f"{address}/deliver", headers=headers).json()["delivered_on"] == "2026-11-24"


CASES = [
    {},
    {"state": "quote"},
    {"client": "INCONNU"},
    {"due_on": "2026-11-19"},
    {"reference": "  PO 9  "},
    {"lines": []},
    {"lines": [{"label": "A", "quantity": "3", "unit_price": "0.335", "vat_rate": "20", "discount": "50"}]},
    {"lines": [{"label": "A", "quantity": "x", "unit_price": "1", "vat_rate": "20"}]},
]


@pytest.mark.parametrize("changes", CASES, ids=str)
def test_both_doors_store_the_same(client, db, headers, login_as, changes):
    """The same order through JSON and through the form: the same rows, or nothing through either."""
    sent = body(make_company(db), **changes)
    by_json = client.post("/api/v1/orders", json=sent, headers=headers)
    login_as(Role.OFFICE)
    flat = {name: value for name, value in sent.items() if name != "lines"}
    for place, line in enumerate(sent["lines"]):
        flat |= {f"lines-{place}-{name}": value for name, value in line.items()}
    by_form = client.post("/commandes/nouvelle", data=flat)
    assert (by_json.status_code == 201) == (by_form.status_code == 303)
    stored = db.execute(
        select(
            CustomerOrder.company_id, CustomerOrder.state, CustomerOrder.customer_reference, CustomerOrder.due_on,
            CustomerOrder.net, CustomerOrder.vat,
        )
    ).all()  # fmt: skip
    assert len(stored) == (2 if by_json.status_code == 201 else 0)
    assert len(set(stored)) <= 1
