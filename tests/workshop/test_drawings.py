"""Drawings: attached by index, freezing what is under way, confirmed by a master; the ticket remembers its index."""

import pytest
from sqlalchemy import select

from app.core import documents
from app.core.errors import NotFound, Refused
from app.core.filetypes import DRAWINGS
from app.core.journal import history
from app.core.paging import ListRequest
from app.orders.rules import OrderState
from app.workshop import queries, service
from app.workshop.models import Drawing, WorkSession
from app.workshop.rules import DrawingState, EndCause, TicketState
from tests.factories import files, make_ticket
from tests.workshop.scene import arrange

S, D = TicketState, DrawingState


@pytest.fixture
def add(scene, data_dir):
    """Attach a drawing to the line of the scene's job."""

    def attach(index, name="Plan", data=None):
        kept = documents.keep(data_dir, "plan.pdf", data or files.pdf(f"Indice {index}"), kinds=DRAWINGS)
        drawing = service.add_drawing(scene.db, scene.line(), name=name, index=index, file=kept, by=scene.by)
        scene.db.flush()
        return drawing

    return attach


@pytest.fixture
def tickets(scene):
    """One ticket in each state that work may be in, and one that is over."""
    held = {"pupil": scene.tom, "master": scene.master}
    states = {S.OPEN: {}, S.ASSIGNED: held, S.PAUSED: held, S.REJECTED: held, S.TO_RELEASE: held, S.DONE: held}
    return {
        state: make_ticket(scene.db, scene.operations[0], state=state, quantity=1, **options).number
        for state, options in states.items()
    }


def states(scene, tickets):
    return {state: scene.ticket(number).state for state, number in tickets.items()}


def sets(scene):
    return {each.name: each for each in queries.drawing_sets(scene.db, [scene.line().id]).get(scene.line().id, [])}


def told(scene):
    return {row.index: row.state for each in sets(scene).values() for row in each.rows}


class TestComing:
    def test_the_first_index_is_in_force_at_once_and_freezes_nothing(self, scene, add, tickets):
        drawing = add("a")
        assert (drawing.index_letter, drawing.confirmed_at) == ("A", drawing.at)
        assert states(scene, tickets) == {state: state for state in tickets}

    def test_a_new_index_freezes_what_is_under_way_and_says_why(self, scene, add, tickets):
        add("A")
        drawing = add("C")
        assert drawing.confirmed_at is None
        found = states(scene, tickets)
        assert {state for state, now in found.items() if now == S.BLOCKED} == {
            S.OPEN, S.ASSIGNED, S.PAUSED, S.REJECTED,
        }  # fmt: skip
        assert scene.ticket(tickets[S.OPEN]).blocked_reason == "Indice C reçu : à confirmer"
        assert told(scene) == {"C": D.PENDING, "A": D.CURRENT}
        deed = history(scene.db, "customer_order", scene.order.id)[0].label
        assert deed == "Dessin « Plan », indice C reçu, ligne 1 : 4 bons bloqués jusqu’à confirmation"

    def test_running_clocks_are_stopped(self, scene, add, clock):
        add("A")
        ticket = service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)
        service.start_ticket(scene.db, ticket, by=scene.by)
        clock.advance(minutes=10)
        add("B")
        (session,) = scene.db.execute(select(WorkSession)).scalars()
        assert session.end_cause == EndCause.MASTER
        found = scene.ticket(ticket.number)
        assert (found.state, found.blocked_from, found.booked_seconds) == (S.BLOCKED, S.PAUSED, 600)

    def test_without_work_under_way_it_is_in_force_at_once(self, scene, add):
        add("A")
        assert add("B").confirmed_at is not None
        assert told(scene) == {"B": D.CURRENT, "A": D.REPLACED}

    @pytest.mark.parametrize(
        ("index", "sentence"),
        [
            ("B", "L’indice B de ce dessin est déjà là."), ("A", "L’indice B est déjà là : le nouveau vient après."),
            ("3", "Un indice est une lettre : A, B, C…"), ("", "Un indice est une lettre : A, B, C…"),
        ],
    )  # fmt: skip
    def test_an_index_comes_once_and_never_goes_back(self, scene, add, index, sentence):
        add("B")
        with pytest.raises(Refused) as refused:
            add(index)
        assert (refused.value.sentence, refused.value.field) == (sentence, "index")
        assert told(scene) == {"B": D.CURRENT}

    def test_a_name_is_known_whatever_its_case(self, scene, add):
        add("A", name="Plan d’ensemble")
        add("B", name="plan d’Ensemble")
        assert list(sets(scene)) == ["Plan d’ensemble"]

    def test_not_for_an_order_that_is_over(self, db, data_dir):
        scene = arrange(db, state=OrderState.DELIVERED)
        kept = documents.keep(data_dir, "a.png", files.png())
        with pytest.raises(Refused, match="ne change plus"):
            service.add_drawing(db, scene.line(), name="Plan", index="A", file=kept, by=scene.by)

    def test_a_later_index_overtakes_one_that_nobody_confirmed(self, scene, add, tickets):
        for index in "ABC":
            add(index)
        assert told(scene) == {"C": D.PENDING, "B": D.WITHDRAWN, "A": D.CURRENT}
        assert scene.ticket(tickets[S.OPEN]).blocked_reason == "Indice C reçu : à confirmer"
        assert scene.ticket(tickets[S.OPEN]).blocked_from == S.OPEN


class TestWhileItWaits:
    @pytest.fixture(autouse=True)
    def _waiting(self, scene, add):
        add("A")
        self.held = make_ticket(scene.db, scene.operations[0], pupil=scene.tom, master=scene.master, quantity=1).number
        add("B")

    @pytest.mark.parametrize(
        "deed",
        [
            lambda s, t: service.give_ticket(s.db, t, pupil_ids=[s.ines.id], by=s.by),
            lambda s, t: service.start_ticket(s.db, t, by=s.by),
            lambda s, t: service.unblock_ticket(s.db, t, by=s.by),
            lambda s, t: service.create_ticket(s.db, t.operation_id, by=s.by),
            lambda s, t: service.give_operation(s.db, t.operation_id, pupil_ids=[s.ines.id], by=s.by),
        ],
        ids=["give", "start", "unblock", "create", "give_operation"],
    )
    def test_nothing_is_given_started_or_freed(self, scene, deed):
        with pytest.raises(Refused, match="Indice B reçu : à confirmer"):
            deed(scene, scene.ticket(self.held))
        assert scene.ticket(self.held).state == S.BLOCKED

    def test_the_board_counts_it_and_shows_every_operation_as_waiting(self, scene):
        board = queries.today_board(scene.db, queries.Asked(None, mine=False))
        assert board.new_indexes == 1
        assert {item.waiting for item in board.items} == {"Indice B reçu : à confirmer"}
        assert [(each.index, each.order_number) for each in queries.waiting_drawings(scene.db)] == [
            ("B", scene.order.number)
        ]


class TestConfirming:
    def confirm(self, scene, drawing, decisions):
        found = queries.get_drawing(scene.db, drawing.id, lock=True)
        service.confirm_drawing(scene.db, found, decisions=decisions, by=scene.by)
        scene.db.flush()

    def all_of(self, scene, drawing, decision="continue"):
        reason = f"Indice {drawing.index_letter} reçu : à confirmer"
        return dict.fromkeys(queries.frozen_tickets(scene.db, drawing.line_id, reason), decision)

    def test_each_ticket_goes_on_with_it_or_is_cancelled(self, scene, add, tickets):
        add("A")
        drawing = add("B")
        decisions = self.all_of(scene, drawing) | {tickets[S.REJECTED]: "cancel"}
        self.confirm(scene, drawing, decisions)
        found = states(scene, tickets)
        assert found == {state: state for state in tickets} | {S.REJECTED: S.CANCELLED}
        assert scene.ticket(tickets[S.ASSIGNED]).drawing_id == drawing.id
        assert scene.ticket(tickets[S.OPEN]).drawing_id is None
        assert told(scene) == {"B": D.CURRENT, "A": D.REPLACED}
        cancelled = history(scene.db, "ticket", scene.ticket(tickets[S.REJECTED]).id)[0]
        assert cancelled.note == "Dessin « Plan », indice B"
        resumed = history(scene.db, "ticket", scene.ticket(tickets[S.PAUSED]).id)[0]
        assert resumed.label == "Continue avec l’indice B du dessin « Plan »"
        assert history(scene.db, "customer_order", scene.order.id)[0].label == "Dessin « Plan », indice B confirmé"

    def test_all_of_them_or_none(self, scene, add, tickets):
        add("A")
        drawing = add("B")
        decisions = self.all_of(scene, drawing)
        del decisions[tickets[S.PAUSED]]
        with pytest.raises(Refused, match=tickets[S.PAUSED]) as refused:
            self.confirm(scene, drawing, decisions)
        assert refused.value.field == "tickets-2-decision"
        assert scene.ticket(tickets[S.OPEN]).state == S.BLOCKED

    def test_a_ticket_that_does_not_wait_is_not_decided(self, scene, add, tickets):
        add("A")
        drawing = add("B")
        with pytest.raises(Refused, match="n’attend plus cet indice"):
            self.confirm(scene, drawing, self.all_of(scene, drawing) | {tickets[S.DONE]: "cancel"})

    def test_two_masters_at_once_the_second_is_told(self, scene, add, tickets):
        add("A")
        drawing = add("B")
        decisions = self.all_of(scene, drawing)
        self.confirm(scene, drawing, decisions)
        with pytest.raises(Refused, match="déjà confirmé"):
            self.confirm(scene, drawing, decisions)

    def test_with_two_drawings_waiting_work_goes_on_after_the_second(self, scene, add, tickets):
        for index, name in (("A", "Plan"), ("A", "Gravure"), ("B", "Plan"), ("C", "Gravure")):
            add(index, name=name)
        first, second = queries.pending_drawings(scene.db, scene.line().id)
        self.confirm(scene, first, self.all_of(scene, first))
        assert scene.ticket(tickets[S.OPEN]).blocked_reason == "Indice C reçu : à confirmer"
        self.confirm(scene, second, self.all_of(scene, second))
        assert scene.ticket(tickets[S.OPEN]).state == S.OPEN
        assert scene.ticket(tickets[S.ASSIGNED]).drawing_id == first.id

    def test_one_held_up_for_another_reason_stays_so(self, scene, add, tickets):
        add("A")
        service.block_ticket(scene.db, scene.ticket(tickets[S.OPEN]), note="Matière absente", by=scene.by)
        scene.db.flush()
        drawing = add("B")
        self.confirm(scene, drawing, self.all_of(scene, drawing))
        assert scene.ticket(tickets[S.OPEN]).blocked_reason == "Matière absente"


class TestWithdrawing:
    def withdraw(self, scene, drawing):
        found = queries.get_drawing(scene.db, drawing.id, lock=True)
        service.withdraw_drawing(scene.db, found, note="Mauvais fichier", by=scene.by)
        scene.db.flush()

    def test_what_it_held_up_goes_on_as_before(self, scene, add, tickets):
        add("A")
        drawing = add("B")
        self.withdraw(scene, drawing)
        assert states(scene, tickets) == {state: state for state in tickets}
        assert told(scene) == {"B": D.WITHDRAWN, "A": D.CURRENT}
        assert add("B").confirmed_at is None  # the right file may come under the same index

    def test_it_is_refused_twice_replaced_or_worked_with(self, scene, add):
        first = add("A")
        service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)
        scene.db.flush()
        with pytest.raises(Refused, match="a été donné avec l’indice A"):
            self.withdraw(scene, first)
        second = add("B", name="Gravure")
        third = add("C", name="Gravure")
        self.withdraw(scene, third)
        with pytest.raises(Refused, match="déjà retiré"):
            self.withdraw(scene, third)
        self.withdraw(scene, second)

    def test_a_replaced_one_stays(self, scene, add):
        first = add("A")
        add("B")
        with pytest.raises(Refused, match="reste dans l’historique"):
            self.withdraw(scene, first)


class TestRemembering:
    def test_a_ticket_remembers_the_index_it_was_given_with(self, scene, add):
        first = add("A")
        ticket = service.give_operation(scene.db, scene.operations[0].id, pupil_ids=[scene.tom.id], by=scene.by)
        assert ticket.drawing_id == first.id
        page = queries.ticket_page(scene.db, ticket.number, by=scene.by)
        assert page.given_with.title == "Plan, indice A"

    def test_the_main_drawing_is_the_one_that_came_first(self, scene, add):
        add("A")
        add("A", name="Gravure")
        plan = add("B")
        assert queries.main_drawing(scene.db, scene.operations[0].id) == plan.id

    def test_lists_are_paged_and_filtered(self, scene, add):
        make_ticket(scene.db, scene.operations[0])
        for index in "ABC":
            add(index)
        found = queries.list_drawings(scene.db, ListRequest(size=2))
        assert ([row.index for row in found.items], found.total) == (["C", "B"], 3)
        waiting = queries.list_drawings(scene.db, ListRequest(filters={"attente": "oui"}))
        assert [row.index for row in waiting.items] == ["C"]
        of_order = ListRequest(filters={"commande": scene.order.number, "ligne": "1"})
        assert queries.list_drawings(scene.db, of_order).total == 3
        assert queries.list_drawings(scene.db, ListRequest(filters={"commande": "autre"})).total == 0

    def test_they_cost_the_same_however_many(self, scene, add, query_budget):
        for index in "ABCDE":
            add(index)
        line_id = scene.line().id
        with query_budget(1):
            queries.drawing_sets(scene.db, [line_id])
        with query_budget(3):
            queries.list_drawings(scene.db, ListRequest())

    def test_one_nobody_knows_is_not_found(self, scene):
        for read in (queries.get_drawing, queries.drawing_row):
            with pytest.raises(NotFound):
                read(scene.db, 999)

    def test_a_file_that_was_handed_in_lies_in_the_folder(self, scene, add, data_dir):
        drawing = add("A", data=files.pdf("Bride"))
        stored = scene.db.get_one(Drawing, drawing.id).file
        assert documents.read(data_dir, stored) == files.pdf("Bride")
