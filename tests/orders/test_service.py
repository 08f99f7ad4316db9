"""What may be done to an order: allowed, refused, written to the journal, and nothing written when refused."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.core.clock import now, today
from app.core.errors import Forbidden, NotFound, Refused, Stale
from app.core.journal import JournalEntry, history
from app.core.numbering import raise_counter
from app.core.permissions import Role
from app.orders import queries, rules, service
from app.orders.models import CustomerOrder, OrderLine
from app.orders.rules import LineDraft, OrderDraft, OrderState
from tests.factories import make_actor, make_company, make_job, make_order

S = OrderState


@pytest.fixture
def office(db):
    return make_actor(db, Role.OFFICE)


@pytest.fixture
def master(db):
    return make_actor(db, Role.MASTER)


def line(label="Axe", quantity="10", price="12.50", *, number=None, vat="20", discount="0"):
    return LineDraft(number, label, Decimal(quantity), "pièce", Decimal(price), Decimal(discount), Decimal(vat))


def draft(company, *lines, ordered_on=date(2026, 11, 20), due_on=date(2026, 12, 11), reference="PO 7120"):
    return OrderDraft(company.code, ordered_on, due_on, reference, lines or (line(),))


def deeds(db, order):
    return [deed.label for deed in history(db, "customer_order", order.id)]


def written(db):
    db.flush()
    return db.scalar(select(func.count()).select_from(JournalEntry))


class TestCreate:
    def test_an_order_gets_its_number_its_totals_and_its_first_deed(self, db, office):
        company = make_company(db)
        order = service.create_order(
            db, draft(company, line(), line("Bride", "3", "0.335")), state=S.CONFIRMED, by=office
        )
        assert (order.number, order.state, order.version) == ("CDE-2026-0001", S.CONFIRMED, 1)
        assert (order.net, order.vat, order.gross) == (Decimal("126.01"), Decimal("25.20"), Decimal("151.21"))
        assert [(each.line_no, each.label, each.net) for each in order.lines] == [
            (1, "Axe", Decimal("125.00")), (2, "Bride", Decimal("1.01")),
        ]  # fmt: skip
        assert deeds(db, order) == ["Commande CDE-2026-0001 créée"]

    def test_a_quote_is_an_order_that_waits(self, db, office):
        order = service.create_order(db, draft(make_company(db)), state=S.QUOTE, by=office)
        assert order.state == S.QUOTE
        assert deeds(db, order) == ["Devis CDE-2026-0001 créé"]

    def test_numbers_follow_each_other_within_the_year_of_the_order(self, db, office):
        company = make_company(db)
        days = [date(2026, 1, 5), date(2025, 12, 30), date(2026, 1, 6)]
        made = [service.create_order(db, draft(company, ordered_on=day), state=S.QUOTE, by=office) for day in days]
        assert [order.number for order in made] == ["CDE-2026-0001", "CDE-2025-0001", "CDE-2026-0002"]

    def test_a_number_taken_over_from_the_school_is_never_given_twice(self, db, office):
        company = make_company(db)
        make_order(db, company, number="CDE-2026-0001")
        assert service.create_order(db, draft(company), state=S.QUOTE, by=office).number == "CDE-2026-0002"
        raise_counter(db, rules.SERIES, 2026, 40)
        assert service.create_order(db, draft(company), state=S.QUOTE, by=office).number == "CDE-2026-0041"

    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"client": "INCONNU"}, "client"),
            ({"due_on": date(2026, 11, 19)}, "due_on"),
            ({"lines": ()}, "lines"),
            ({"lines": (line(), line(quantity="0"))}, "lines-1-quantity"),
        ],
    )
    def test_a_wrong_order_is_refused_at_its_field_and_nothing_is_written(self, db, office, change, field):
        wanted = replace(draft(make_company(db)), **change)
        before = written(db)
        with pytest.raises(Refused) as refused:
            service.create_order(db, wanted, state=S.CONFIRMED, by=office)
        assert refused.value.field == field
        assert written(db) == before
        assert db.scalar(select(func.count()).select_from(CustomerOrder)) == 0

    def test_an_archived_client_gets_no_new_order(self, db, office):
        company = make_company(db, archived_at=now())
        with pytest.raises(Refused, match="archivé"):
            service.create_order(db, draft(company), state=S.CONFIRMED, by=office)

    def test_an_order_cannot_be_born_delivered(self, db, office):
        with pytest.raises(Refused) as refused:
            service.create_order(db, draft(make_company(db)), state=S.DELIVERED, by=office)
        assert refused.value.field == "state"


class TestChange:
    def change(self, db, order, by, seen_version=None, **values):
        service.change_order(db, order, values=values, seen_version=seen_version, by=by)
        db.flush()
        return queries.order_lines(db, order)

    def test_dates_reference_and_client_change_and_the_journal_says_from_what_to_what(self, db, office):
        order, other = make_order(db, lines=1), make_company(db, "Outillage Briand")
        before = order.company.name
        self.change(db, order, office, client=other.code, reference="PO 1", due_on=order.due_on + timedelta(days=1))
        assert (order.company.name, order.customer_reference, order.version) == ("Outillage Briand", "PO 1", 2)
        changes = {label: (old, new) for label, old, new in history(db, "customer_order", order.id)[0].changes}
        assert changes["Client"] == (before, "Outillage Briand")
        assert changes["Leur référence"] == ("–", "PO 1")
        assert set(changes) == {"Client", "Leur référence", "Promise le"}

    def test_lines_keep_their_numbers_and_totals_follow(self, db, office):
        order = make_order(db, lines=3)
        wanted = (line("Axe long", number=3), line("Neuve", "1", "3.333333"), line("Axe", "5", number=1))
        lines = self.change(db, order, office, lines=wanted)
        assert [(each.line_no, each.label) for each in lines] == [(1, "Axe"), (3, "Axe long"), (4, "Neuve")]
        assert order.net == sum(each.net for each in lines) == Decimal("190.83")
        assert "neuve" in order.search_key

    def test_the_journal_tells_lines_and_prices_apart(self, db, office):
        order = make_order(db, lines=1)
        self.change(db, order, office, lines=(line("Axe tourné Ø 20", "10", "13", number=1),))
        labels = [label for label, _, _ in history(db, "customer_order", order.id)[0].changes]
        assert labels == ["Ligne 1, prix HT", "Commande, total HT"]
        assert queries.order_journal(db, order, prices=False, limit=1)[0].changes == ()

    def test_saving_without_a_change_writes_nothing(self, db, office):
        order = make_order(db, lines=2)
        before = written(db)
        self.change(db, order, office, reference=order.customer_reference, due_on=order.due_on)
        assert (order.version, written(db)) == (1, before)

    def test_the_second_of_two_is_told_who_changed_what_and_nothing_is_overwritten(self, db, office):
        order = make_order(db, lines=1)
        self.change(db, order, office, seen_version=1, reference="PO de Marc")
        with pytest.raises(Stale) as stale:
            self.change(db, order, office, seen_version=1, reference="PO de Léa", due_on=order.due_on)
        assert office.name in stale.value.sentence
        assert "à 09:30" in stale.value.sentence
        assert stale.value.changes == (("Leur référence", "PO de Léa", "PO de Marc"),)
        assert stale.value.version == 2
        assert order.customer_reference == "PO de Marc"

    @pytest.mark.parametrize("state", [S.DELIVERED, S.INVOICED, S.CANCELLED])
    def test_a_closed_order_no_longer_changes(self, db, office, state):
        order = make_order(db, state=state)
        with pytest.raises(Refused, match="ne change plus"):
            self.change(db, order, office, reference="PO 2")

    def test_in_production_the_dates_may_move_and_the_lines_may_not(self, db, office):
        order = make_order(db, state=S.IN_PRODUCTION, lines=1)
        self.change(db, order, office, due_on=order.due_on + timedelta(days=7))
        assert order.version == 2
        with pytest.raises(Refused, match="production est lancée") as refused:
            self.change(db, order, office, lines=(line(),))
        assert refused.value.field == "lines"
        with pytest.raises(Refused) as refused:
            self.change(db, order, office, client=make_company(db).code)
        assert refused.value.field == "client"

    def test_a_line_with_a_job_keeps_its_quantity_and_stays(self, db, office):
        order = make_order(db, lines=2)
        first, _ = queries.order_lines(db, order)
        make_job(db, first)
        kept = line("Renommée", "10", "99", number=1)
        self.change(db, order, office, lines=(kept, line(number=2)))
        assert first.label == "Renommée"
        with pytest.raises(Refused, match="sa quantité ne change plus") as refused:
            self.change(db, order, office, lines=(line(number=2), line(quantity="11", number=1)))
        assert refused.value.field == "lines-1-quantity"
        with pytest.raises(Refused, match="ne peut plus être retirée"):
            self.change(db, order, office, lines=(line(number=2),))
        assert len(self.change(db, order, office, lines=(kept,))) == 1

    def test_a_line_of_another_order_does_not_exist_here(self, db, office):
        order = make_order(db, lines=1)
        with pytest.raises(Refused) as refused:
            self.change(db, order, office, lines=(line(number=1), line(number=7)))
        assert refused.value.field == "lines-1-line"

    def test_wrong_values_are_refused_at_their_field(self, db, office):
        order = make_order(db, lines=1)
        for values, field in (
            ({"due_on": order.ordered_on - timedelta(days=1)}, "due_on"),
            ({"lines": ()}, "lines"),
            ({"client": "INCONNU"}, "client"),
        ):
            with pytest.raises(Refused) as refused:
                self.change(db, order, office, **values)
            assert refused.value.field == field
        assert (order.version, written(db)) == (1, 0)

    def test_an_imported_order_with_odd_dates_can_still_get_its_reference(self, db, office):
        order = make_order(db, ordered_on=today(), due_on=today() - timedelta(days=3))
        self.change(db, order, office, reference="PO 3")
        assert order.customer_reference == "PO 3"


class TestActions:
    def test_the_whole_way_is_written_down(self, db, office, master):
        order = make_order(db, state=S.QUOTE, ordered_on=today())
        service.confirm_order(db, order, by=office)
        service.launch_order(db, order, by=master)
        service.deliver_order(db, order, delivered_on=None, by=master)
        service.invoice_order(db, order, by=office)
        assert (order.state, order.delivered_on, order.version) == (S.INVOICED, today(), 5)
        assert deeds(db, order) == ["Commande facturée", "Commande livrée", "Production lancée", "Commande confirmée"]
        moves = db.execute(select(JournalEntry.from_state, JournalEntry.to_state).order_by(JournalEntry.id)).all()
        assert [*map(tuple, moves)] == [
            ("quote", "confirmed"), ("confirmed", "in_production"), ("in_production", "delivered"),
            ("delivered", "invoiced"),
        ]  # fmt: skip

    def test_a_cancelled_order_keeps_its_reason(self, db, office):
        order = make_order(db)
        service.cancel_order(db, order, note="Le client renonce", by=office)
        assert order.state == S.CANCELLED
        assert history(db, "customer_order", order.id)[0].note == "Le client renonce"

    def test_a_cancellation_without_reason_is_refused(self, db, office):
        order = make_order(db)
        with pytest.raises(Refused) as refused:
            service.cancel_order(db, order, note=None, by=office)
        assert (refused.value.field, order.state, written(db)) == ("note", S.CONFIRMED, 0)

    @pytest.mark.parametrize("shift", [-8, 1])
    def test_a_delivery_outside_order_and_today_is_refused(self, db, office, shift):
        order = make_order(db)
        with pytest.raises(Refused) as refused:
            service.deliver_order(db, order, delivered_on=today() + timedelta(days=shift), by=office)
        assert (refused.value.field, order.delivered_on, written(db)) == ("delivered_on", None, 0)

    def test_what_was_never_delivered_is_not_invoiced(self, db, office):
        order = make_order(db, state=S.DELIVERED)
        order.delivered_on = None
        with pytest.raises(Refused, match="livraison"):
            service.invoice_order(db, order, by=office)

    @pytest.mark.parametrize("name", ["confirm", "launch", "deliver", "invoice", "cancel"])
    def test_a_cancelled_order_stays_cancelled(self, db, office, name):
        order = make_order(db, state=S.CANCELLED)
        with pytest.raises(Refused, match="état actuel « Annulée »"):
            service.perform(db, order, name, delivered_on=None, note="x", by=office)
        assert (order.state, order.version, written(db)) == (S.CANCELLED, 1, 0)

    @pytest.mark.parametrize("name", ["confirm", "invoice", "cancel"])
    def test_a_master_neither_confirms_invoices_nor_cancels(self, db, master, name):
        order = make_order(db, state=S.DELIVERED if name == "invoice" else S.QUOTE)
        with pytest.raises(Forbidden, match="Votre rôle"):
            service.perform(db, order, name, delivered_on=None, note="x", by=master)
        assert written(db) == 0

    def test_by_name_every_action_is_found_and_no_other(self, db, office):
        order = make_order(db, state=S.QUOTE, ordered_on=today())
        for name in ("confirm", "launch", "deliver", "invoice"):
            service.perform(db, order, name, delivered_on=None, note=None, by=office)
        assert order.state == S.INVOICED
        with pytest.raises(NotFound):
            service.perform(db, order, "burn", delivered_on=None, note=None, by=office)


class TestProgress:
    def test_the_first_work_launches_a_confirmed_order(self, db, master):
        order = make_order(db, lines=1)
        line_id = queries.order_lines(db, order)[0].id
        service.record_progress(db, line_id, 0, by=master)
        service.record_progress(db, line_id, 7, by=master)
        db.expire_all()
        assert (order.state, order.version, db.get(OrderLine, line_id).good) == (S.IN_PRODUCTION, 2, 7)
        assert deeds(db, order) == ["Production lancée par le premier travail à l’atelier"]

    @pytest.mark.parametrize("state", [S.QUOTE, S.IN_PRODUCTION, S.DELIVERED, S.CANCELLED])
    def test_other_states_only_count(self, db, state):
        order = make_order(db, state=state, lines=1)
        line_id = queries.order_lines(db, order)[0].id
        service.record_progress(db, line_id, 3)
        db.expire_all()
        assert (order.state, order.version, db.get(OrderLine, line_id).good) == (state, 1, 3)
        assert deeds(db, order) == []

    def test_an_unknown_line_is_told(self, db):
        with pytest.raises(NotFound):
            service.record_progress(db, 999_999, 1)
