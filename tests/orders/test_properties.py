"""What holds for any order whatever is typed: stored totals are those of the lines, numbers have no gap."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from app.core.clock import today
from app.core.errors import Refused
from app.core.money import totals
from app.core.permissions import Role
from app.orders import queries, service
from app.orders.models import CustomerOrder
from app.orders.rules import ORDER, LineDraft, OrderDraft, OrderState
from tests.factories import make_actor, make_company, make_order

RATES = [Decimal(0), Decimal("2.1"), Decimal("5.5"), Decimal(10), Decimal(20)]
SHARED = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def decimals(places, top):
    return some.integers(1, top * 10**places).map(lambda number: Decimal(number).scaleb(-places))


drafts = some.builds(
    LineDraft,
    line=some.none(),
    label=some.sampled_from(["Axe", "Bride", "Équerre"]),
    quantity=decimals(4, 500),
    unit=some.just("pièce"),
    unit_price=decimals(6, 900),
    discount=some.integers(0, 10_000).map(lambda number: Decimal(number).scaleb(-2)),
    vat_rate=some.sampled_from(RATES),
)
baskets = some.lists(drafts, min_size=1, max_size=6).map(tuple)


def stored_is_recomputed(db, order):
    db.flush()
    db.expire_all()
    found = totals((line.net, line.vat_rate) for line in queries.order_lines(db, order))
    assert (order.net, order.vat, order.gross) == (found.net, found.vat, found.gross)
    assert found.net == sum((base for _, base, _ in found.by_rate), Decimal(0))
    for line in queries.order_lines(db, order):
        exact = line.quantity * line.unit_price * (1 - line.discount / 100)
        assert abs(line.net - exact) <= Decimal("0.005")


@SHARED
@given(first=baskets, edits=some.lists(baskets, max_size=3), keep=some.integers(0, 6))
def test_stored_totals_are_those_of_the_lines_after_any_edits(db, first, edits, keep):
    by = make_actor(db, Role.OFFICE)
    order = service.create_order(
        db, OrderDraft(make_company(db).code, today(), today(), None, first), state=OrderState.QUOTE, by=by
    )
    stored_is_recomputed(db, order)
    for edit in edits:
        present = queries.order_lines(db, order)[:keep]
        kept = tuple(
            LineDraft(line.line_no, line.label, line.quantity, line.unit, line.unit_price, line.discount, line.vat_rate)
            for line in present
        )
        numbers = {line.line_no for line in present}
        service.change_order(db, order, values={"lines": kept + edit}, seen_version=order.version, by=by)
        stored_is_recomputed(db, order)
        assert numbers <= {line.line_no for line in queries.order_lines(db, order)}


@SHARED
@given(steps=some.lists(some.sampled_from([action.name for action in ORDER.actions]), max_size=8))
def test_no_walk_leads_out_of_the_workflow_and_the_journal_replays_it(db, steps):
    by = make_actor(db, Role.OFFICE)
    order = make_order(db, state=OrderState.QUOTE, ordered_on=today())
    replayed = OrderState.QUOTE
    for name in steps:
        legal = replayed in ORDER.action(name).sources
        try:
            service.perform(db, order, name, delivered_on=None, note="raison", by=by)
        except Refused:
            assert not legal
        else:
            assert legal
            replayed = ORDER.action(name).target
        assert order.state == replayed
    assert (order.delivered_on is not None) == (replayed in {OrderState.DELIVERED, OrderState.INVOICED})


@SHARED
@given(refused=some.lists(some.booleans(), min_size=1, max_size=8))
def test_numbers_have_no_gap_whatever_is_refused(db, refused):
    by, company = make_actor(db, Role.OFFICE), make_company(db)
    year = 2000 + company.id % 90  # a year of this example's own
    line = LineDraft(None, "Axe", Decimal(1), "pièce", Decimal(1), Decimal(0), Decimal(20))
    made = []
    for wrong in refused:
        day = today().replace(year=year, day=1)
        draft = OrderDraft(company.code, day, day, None, () if wrong else (line,))
        try:
            made.append(service.create_order(db, draft, state=OrderState.QUOTE, by=by).number)
        except Refused:
            assert wrong
    serials = [int(number.rpartition("-")[2]) for number in made]
    assert serials == list(range(serials[0], serials[0] + len(serials))) if serials else serials == []
    assert db.query(CustomerOrder).filter(CustomerOrder.number.in_(made)).count() == len(made)
