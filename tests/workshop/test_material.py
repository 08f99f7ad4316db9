"""Material through the services: received, reserved, consumed, cut, corrected, freed; traced to lines and back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.core.clock import today
from app.core.errors import NotFound, Refused, Stale
from app.core.journal import history
from app.orders.models import CustomerOrder
from app.orders.rules import OrderState
from app.workshop import queries, service
from app.workshop.models import MaterialLot, MaterialMove
from app.workshop.rules import MoveKind, Proof, TicketState
from app.workshop.service import Described, Reception
from tests.factories import make_company, make_job, make_lot, make_move, make_order
from tests.workshop.scene import arrange

K = MoveKind


def metres(value):
    return Decimal(str(value))


@pytest.fixture
def bar(scene):
    """Ten metres of C45 with its certificate."""
    return make_lot(scene.db, certificate_kind="3.1", certificate="88123", heat="H-5567", unit_cost=Decimal("8.5"))


def move(scene, lot, kind, quantity, job=None, **other):
    """A move for the scene's job, where the kind is for one."""
    job_id = (job or scene.job).id if kind in {K.RESERVE, K.FREE, K.CONSUME} else None
    return service.move_material(scene.db, lot, kind, metres(quantity), job_id=job_id, by=scene.by, **other)


def held(scene, lot):
    return queries.holding_of(scene.db, lot.id)


def reception(**other):
    """Six metres of a bar."""
    described = Described(**({"label": "C45", "shape": "rond Ø30"} | other.pop("described", {})))
    return Reception(described, other.pop("unit", "m"), other.pop("quantity", Decimal(6)), **other)


class TestReceiving:
    def test_a_lot_is_numbered_counted_and_journaled(self, scene):
        lot = service.receive(scene.db, reception(note="Barre marquée"), by=scene.by)
        assert (lot.code, lot.received_on, lot.company_id, lot.closed_at) == ("LOT2026-0001", today(), None, None)
        assert held(scene, lot).free == 6
        assert history(scene.db, "material_lot", lot.id)[0].label == "LOT2026-0001 reçu : 6\u00a0m de C45"
        assert queries.moves_of(scene.db, lot.id)[0].note == "Barre marquée"

    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            ({"unit": "lieue"}, "unit"),
            ({"unit": "pièce", "quantity": Decimal("1.5")}, "quantity"),
            ({"code": "PRIS"}, "code"),
            ({"received_on": today() + timedelta(days=400)}, "received_on"),
            ({"company": "CLI", "described": {"unit_cost": Decimal(3)}}, "unit_cost"),
            ({"described": {"certificate_kind": "9.9"}}, "certificate_kind"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(self, scene, asked, field):
        make_lot(scene.db, code="PRIS")
        make_company(scene.db, code="CLI")
        with pytest.raises(Refused) as refused:
            service.receive(scene.db, reception(**asked), by=scene.by)
        assert refused.value.field == field
        assert scene.db.scalar(select(func.count()).select_from(MaterialLot)) == 1

    def test_a_client_s_material_stands_apart(self, scene):
        company = make_company(scene.db, code="CLI")
        lot = service.receive(scene.db, reception(company="CLI"), by=scene.by)
        assert lot.company_id == company.id
        with pytest.raises(NotFound):
            service.receive(scene.db, reception(company="NUL"), by=scene.by)


class TestMoves:
    def test_reserved_consumed_and_the_rest_freed(self, scene, bar):
        move(scene, bar, K.RESERVE, 4)
        move(scene, bar, K.CONSUME, 3)
        move(scene, bar, K.FREE, 1)
        found = held(scene, bar)
        assert (found.stock, found.free, found.consumed[scene.job.id]) == (7, 7, 3)
        assert [deed.label for deed in history(scene.db, "job", scene.job.id)][:2] == [
            f"Libéré : 1\u00a0m de {bar.code}",
            f"Consommé : 3\u00a0m de {bar.code}",
        ]
        assert history(scene.db, "material_lot", bar.id)[0].label == f"Libéré : 1\u00a0m, {scene.job.number}"

    def test_consuming_more_than_reserved_reserves_the_rest_as_a_row_of_its_own(self, scene, bar):
        move(scene, bar, K.CONSUME, 3)
        assert [(row.kind, row.quantity) for row in queries.moves_of(scene.db, bar.id)][:2] == [
            (K.CONSUME, 3), (K.RESERVE, 3),
        ]  # fmt: skip

    def test_a_refusal_changes_nothing_and_names_its_field(self, scene, bar):
        with pytest.raises(Refused) as refused:
            move(scene, bar, K.RESERVE, 11)
        assert (refused.value.field, refused.value.sentence) == ("quantity", "Il en reste 10\u00a0m de libre.")
        assert held(scene, bar).free == 10

    def test_a_loss_says_why(self, scene, bar):
        with pytest.raises(Refused) as refused:
            move(scene, bar, K.LOSS, 1)
        assert refused.value.field == "note"
        move(scene, bar, K.LOSS, 1, note="Rouillé")
        assert held(scene, bar).stock == 9

    def test_an_offcut_needs_its_own_gesture(self, scene, bar):
        with pytest.raises(Refused):
            service.move_material(scene.db, bar, K.OFFCUT, Decimal(1), job_id=scene.job.id, by=scene.by)

    def test_another_client_s_job_never_gets_a_client_s_material(self, scene):
        mine = make_lot(scene.db, company_id=scene.order.company_id)
        move(scene, mine, K.RESERVE, 2)
        foreign = make_lot(scene.db, company_id=make_company(scene.db, name="Valtin").id)
        with pytest.raises(Refused, match="Cette matière est à Valtin") as refused:
            move(scene, foreign, K.RESERVE, 2)
        assert refused.value.field == "job"

    def test_a_client_s_material_is_given_back_and_counted(self, scene):
        lot = make_lot(scene.db, company_id=scene.order.company_id, unit="pièce")
        move(scene, lot, K.CONSUME, 7)
        move(scene, lot, K.RETURN, 3)
        assert (held(scene, lot).moved[K.RETURN], held(scene, lot).stock) == (3, 0)

    def test_a_lot_with_nothing_left_is_used_up_until_something_comes_back(self, scene, bar):
        used = move(scene, bar, K.CONSUME, 10)
        assert bar.closed_at is not None
        with pytest.raises(Refused, match="Il en reste 0"):
            move(scene, bar, K.LOSS, 1, note="x")
        service.take_back_move(scene.db, used, note="Trop", by=scene.by)
        assert bar.closed_at is None

    def test_a_cancelled_order_reserves_nothing(self, scene, bar):
        scene.order.state = OrderState.CANCELLED
        scene.db.flush()
        with pytest.raises(Refused, match="est annulé"):
            move(scene, bar, K.RESERVE, 1)


class TestOffcuts:
    def test_an_offcut_is_a_lot_with_the_certificate_and_heat_of_the_bar(self, scene, bar):
        move(scene, bar, K.CONSUME, 6)
        offcut = service.put_back(
            scene.db, bar, metres("1.5"), job_id=scene.job.id, shape="rond Ø30, L 1500", place="Bac 2", by=scene.by
        )
        assert (offcut.code, offcut.parent_id) == (f"{bar.code}-C1", bar.id)
        assert (offcut.certificate, offcut.certificate_kind, offcut.heat) == ("88123", "3.1", "H-5567")
        assert (held(scene, offcut).free, held(scene, bar).uncut(scene.job.id)) == (Decimal("1.5"), Decimal("4.5"))
        page = queries.lot_page(scene.db, bar.code)
        assert [(one.code, one.stock, one.job) for one in page.offcuts] == [
            (offcut.code, Decimal("1.5"), scene.job.number)
        ]
        assert queries.lot_page(scene.db, offcut.code).parent == bar.code

    def test_none_is_larger_than_what_was_consumed_those_put_back_included(self, scene, bar):
        move(scene, bar, K.CONSUME, 3)
        service.put_back(scene.db, bar, metres(2), job_id=scene.job.id, by=scene.by)
        with pytest.raises(Refused, match="Consommé par cet OF : 1"):
            service.put_back(scene.db, bar, metres(2), job_id=scene.job.id, by=scene.by)

    def test_taken_back_only_while_nobody_has_used_it(self, scene, bar):
        used = move(scene, bar, K.CONSUME, 3)
        offcut = service.put_back(scene.db, bar, metres(2), job_id=scene.job.id, by=scene.by)
        row = scene.db.execute(select(MaterialMove).where(MaterialMove.lot_id == offcut.id)).scalar_one()
        with pytest.raises(Refused, match="Une chute de cette matière"):
            service.take_back_move(scene.db, used, note="x", by=scene.by)
        taken = move(scene, offcut, K.CONSUME, 1)
        with pytest.raises(Refused, match="Il manquerait"):
            service.take_back_move(scene.db, row, note="x", by=scene.by)
        for one in (taken, queries.get_move(scene.db, taken.id - 1), row, used):
            service.take_back_move(scene.db, one, note="Erreur", by=scene.by)
        assert (held(scene, offcut).stock, held(scene, bar).stock) == (0, 10)


class TestCorrections:
    def test_both_rows_stay_and_the_journal_says_why(self, scene, bar):
        wrong = move(scene, bar, K.RESERVE, 4)
        row = service.take_back_move(scene.db, wrong, note="Mauvais OF", by=scene.by)
        assert (row.reverses_id, held(scene, bar).free) == (wrong.id, 10)
        deed = history(scene.db, "material_lot", bar.id)[0]
        assert (deed.label, deed.note) == (f"Corrigé, réservé : 4\u00a0m, {scene.job.number}", "Mauvais OF")
        assert [(one.reverses_id, one.void) for one in queries.moves_of(scene.db, bar.id)] == [
            (wrong.id, False), (None, True), (None, False),
        ]  # fmt: skip

    def test_a_move_is_corrected_once_and_a_correction_never(self, scene, bar):
        wrong = move(scene, bar, K.RESERVE, 4)
        row = service.take_back_move(scene.db, wrong, note="x", by=scene.by)
        for again in (wrong, row):
            with pytest.raises(Refused, match="déjà corrigé"):
                service.take_back_move(scene.db, again, note="x", by=scene.by)

    def test_a_move_nobody_knows(self, scene):
        with pytest.raises(NotFound):
            queries.get_move(scene.db, 99_999)


class TestDescription:
    def test_a_certificate_that_comes_later_is_that_of_the_offcuts_too(self, scene):
        lot = make_lot(scene.db, certificate_kind="3.1")
        move(scene, lot, K.CONSUME, 5)
        offcut = service.put_back(scene.db, lot, metres(1), job_id=scene.job.id, by=scene.by)
        assert queries.lot_proof(offcut) == Proof.MISSING
        service.change_lot(
            scene.db, lot, Described("C45", certificate_kind="3.1", certificate="77", heat="H1"), by=scene.by
        )
        assert (offcut.certificate, offcut.heat, queries.lot_proof(offcut)) == ("77", "H1", Proof.NO_FILE)
        service.change_lot(scene.db, offcut, Described("C45 chute", certificate="autre"), by=scene.by)
        assert (offcut.label, offcut.certificate) == ("C45 chute", "77")

    def test_the_second_of_two_people_is_told_and_loses_nothing(self, scene, bar):
        seen = bar.version
        service.change_lot(scene.db, bar, Described("C45", place="Bac 1"), seen_version=seen, by=scene.by)
        with pytest.raises(Stale) as stale:
            service.change_lot(scene.db, bar, Described("C45", place="Bac 2"), seen_version=seen, by=scene.by)
        assert ("Emplacement", "Bac 2", "Bac 1") in stale.value.changes

    def test_a_client_s_material_has_no_price_and_certificates_come_from_the_list(self, scene):
        lot = make_lot(scene.db, company_id=scene.order.company_id)
        for described in (Described("x", unit_cost=Decimal(1)), Described("x", certificate_kind="4.4")):
            with pytest.raises(Refused):
                service.change_lot(scene.db, lot, described, by=scene.by)


class TestCallingOff:
    def test_cancelled_work_gives_its_material_back_and_keeps_what_was_consumed(self, scene, bar):
        ticket = service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)
        own = make_lot(scene.db, company_id=scene.order.company_id)
        move(scene, bar, K.RESERVE, 6)
        move(scene, bar, K.CONSUME, 2)
        move(scene, own, K.RESERVE, 1)
        scene.order.state = OrderState.CANCELLED
        scene.db.flush()
        assert service.call_off(scene.db, scene.order.number, note="Le client renonce", by=scene.by) == (1, 2)
        assert scene.ticket(ticket.number).state == TicketState.CANCELLED
        found = held(scene, bar)
        assert (found.free, found.all_reserved, found.consumed[scene.job.id]) == (8, 0, 2)
        assert held(scene, own).free == 10
        assert service.free_material(scene.db, scene.order.number, by=scene.by) == 0

    def test_material_of_other_orders_stays(self, scene, bar):
        other = make_job(scene.db)
        move(scene, bar, K.RESERVE, 3, job=other)
        service.free_material(scene.db, scene.order.number, by=scene.by)
        assert held(scene, bar).reserved_for(other.id) == 3


class TestTrace:
    def test_from_a_line_to_its_lots_and_from_a_lot_to_its_lines(self, scene, bar):
        move(scene, bar, K.CONSUME, 4)
        service.put_back(scene.db, bar, metres(1), job_id=scene.job.id, by=scene.by)
        (use,) = queries.lots_of_line(scene.db, scene.job.line_id)
        assert (use.code, use.heat, use.certificate, use.consumed, use.cut, use.net) == (
            bar.code, "H-5567", "88123", 4, 1, 3,
        )  # fmt: skip
        (back,) = queries.lot_page(scene.db, bar.code).uses
        assert (back.job, back.order, back.line_no) == (scene.job.number, scene.order.number, 1)
        scene.order.delivered_on = today()
        scene.db.flush()
        trace = queries.trace_of_order(scene.db, scene.order.number)
        assert trace.delivered_on == today()
        assert [(line.job, [one.code for one in line.lots]) for line in trace.lines] == [(scene.job.number, [bar.code])]

    def test_what_was_freed_entirely_leaves_no_trace(self, scene, bar):
        move(scene, bar, K.RESERVE, 4)
        move(scene, bar, K.FREE, 4)
        assert queries.lots_of_line(scene.db, scene.job.line_id) == []

    def test_the_cost_of_a_job_is_what_stayed_in_its_pieces(self, scene, bar):
        move(scene, bar, K.CONSUME, 4)
        service.put_back(scene.db, bar, metres(1), job_id=scene.job.id, by=scene.by)
        move(scene, make_lot(scene.db), K.CONSUME, 1)
        move(scene, make_lot(scene.db, company_id=scene.order.company_id), K.CONSUME, 1)
        other = make_job(scene.db)
        costs = queries.material_costs(scene.db, [scene.job.id, other.id])
        assert (costs[scene.job.id].euros, costs[scene.job.id].unknown) == (Decimal("25.5"), 1)
        assert (costs[other.id].euros, costs[other.id].unknown) == (0, 0)

    def test_a_job_chooses_its_client_s_material_first_and_never_another_client_s(self, scene, bar):
        own = make_lot(scene.db, company_id=scene.order.company_id)
        make_lot(scene.db, company_id=make_company(scene.db).id)
        make_move(scene.db, make_lot(scene.db), K.LOSS, 10)
        assert [one.code for one in queries.choices_for(scene.db, scene.order.company_id)] == [own.code, bar.code]


def test_two_people_cannot_reserve_the_same_metres(own_database):
    with own_database.writing() as db:
        scene = arrange(db)
        code, by = make_lot(db).code, scene.by
        jobs = [scene.job.id, make_job(db).id]

    def reserve(job_id):
        try:
            with own_database.writing() as db:
                lot = queries.get_lot(db, code, lock=True)
                service.move_material(db, lot, K.RESERVE, Decimal(7), job_id=job_id, by=by)
        except Refused as refused:
            return refused.sentence
        return ""

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(reserve, jobs))
    assert answers == ["", "Il en reste 3\u00a0m de libre."]


def test_an_order_without_lines_or_unknown(scene):
    order = make_order(scene.db, lines=0)
    assert queries.trace_of_order(scene.db, order.number).lines == []
    with pytest.raises(NotFound):
        queries.trace_of_order(scene.db, "NUL")
    assert scene.db.get_one(CustomerOrder, order.id).number == order.number
