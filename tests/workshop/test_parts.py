"""Work divided and put together again: no piece is lost or made, facts stay where they are."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.core.clock import today
from app.core.errors import Refused, Stale
from app.core.journal import history
from app.workshop import queries, service
from app.workshop.rules import (
    HalfDay,
    Part,
    TicketKind,
    TicketState,
    equal_parts,
    merged_quantity,
    open_pieces,
    why_not_merge,
    why_not_parts,
    why_not_split,
)
from tests.factories import make_session
from tests.workshop.scene import Scene, arrange

T = TicketState


def part(number="BT1", **other):
    """A ticket of ten pieces on the first operation, in nobody's hands."""
    values = {
        "operation_id": 1, "drawing_id": None, "kind": TicketKind.NORMAL, "parent_id": None, "state": T.OPEN,
        "quantity": 10, "good": 0, "scrap": 0,
    } | other  # fmt: skip
    return Part(number, **values)


class TestRules:
    @given(st.integers(1, 5000), st.integers(1, 12))
    def test_equal_parts_are_the_whole_and_differ_by_one_at_most(self, pieces, parts):
        sizes = equal_parts(pieces, parts)
        assert sum(sizes) == pieces
        assert len(sizes) == parts
        assert max(sizes) - min(sizes) <= 1
        assert sizes == sorted(sizes, reverse=True)

    @pytest.mark.parametrize(("pieces", "parts", "refused"), [
        (10, 2, False), (12, 12, False), (10, 1, True), (200, 13, True), (3, 4, True), (0, 2, True),
    ])  # fmt: skip
    def test_each_part_takes_at_least_a_piece(self, pieces, parts, refused):
        assert bool(why_not_parts(pieces, parts)) == refused

    @pytest.mark.parametrize(("other", "words"), [
        ({"operation_id": 2}, "une autre opération"),
        ({"drawing_id": 7}, "un autre indice"),
        ({"kind": TicketKind.REWORK, "parent_id": 4}, "est pour une retouche, le BT1 pour une série"),
        ({"state": T.RUNNING}, "en pause d’abord"),
        ({"state": T.BLOCKED}, "bloqué"),
        ({"state": T.TO_RELEASE}, "à contrôler"),
        ({"state": T.REJECTED}, "à reprendre"),
        ({"state": T.DONE}, "terminé"),
        ({"state": T.CANCELLED}, "annulé"),
    ])  # fmt: skip
    def test_only_alike_and_idle_tickets_are_merged(self, other, words):
        sentence = why_not_merge(part(), part("BT2", **other))
        assert sentence is not None
        assert words in sentence
        assert why_not_merge(part("BT2", **other), part())

    @pytest.mark.parametrize("state", [T.OPEN, T.ASSIGNED, T.PAUSED])
    def test_whoever_holds_them(self, state):
        assert why_not_merge(part(), part("BT2", state=state)) is None

    def test_never_with_itself(self):
        assert why_not_merge(part(), part()) is not None

    @given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 20), st.integers(0, 10)), min_size=2, max_size=6))
    def test_merged_the_open_pieces_are_as_many_as_before(self, sizes):
        parts = [
            part(f"BT{n}", quantity=max(q, good + scrap), good=good, scrap=scrap)
            for n, (q, good, scrap) in enumerate(sizes)
        ]
        into, others = parts[0], parts[1:]
        quantity = merged_quantity(into, others)
        assert open_pieces(quantity, into.good, into.scrap) == sum(each.open for each in parts)
        assert quantity >= into.good + into.scrap

    @given(st.integers(1, 80), st.integers(0, 40), st.integers(0, 20), st.integers(-3, 90))
    def test_split_the_open_pieces_are_as_many_as_before(self, quantity, good, scrap, wanted):
        quantity = max(quantity, good + scrap)
        if why_not_split(quantity, good, scrap, wanted) is None:
            kept = quantity - wanted
            assert wanted >= 1
            assert kept >= max(1, good + scrap)
            assert open_pieces(kept, good, scrap) + wanted == open_pieces(quantity, good, scrap)


def give(scene: Scene, pupil, quantity, **other):
    """So many pieces of the first operation."""
    return service.give_operation(
        scene.db, scene.operations[0].id, pupil_ids=[pupil.id], quantity=quantity, by=scene.by, **other
    )


class TestShare:
    def test_a_long_series_is_shared_out_alike_before_it_is_given(self, scene):
        made = service.share_operation(scene.db, scene.operations[0].id, parts=4, by=scene.by)
        assert [ticket.quantity for ticket in made] == [3, 3, 2, 2]
        assert {ticket.state for ticket in made} == {T.OPEN}
        assert queries.routing_of_job(scene.db, scene.job.id).left_at(0) == 0

    def test_what_is_left_must_be_enough(self, scene):
        give(scene, scene.tom, 8)
        with pytest.raises(Refused, match="Il n’y a que 2") as refused:
            service.share_operation(scene.db, scene.operations[0].id, parts=3, by=scene.by)
        assert refused.value.field == "parts"
        assert len(scene.tickets()) == 1

    def test_a_ticket_is_shared_and_keeps_what_was_done(self, scene):
        ticket = give(scene, scene.tom, 10, half=HalfDay.MORNING)
        service.report_quantity(scene.db, ticket, counts=(3, 1), by=scene.by)
        made = service.share_ticket(scene.db, ticket, parts=3, by=scene.by)
        stored = scene.tickets()
        assert [(each.quantity, each.good, each.scrap) for each in stored] == [(6, 3, 1), (2, 0, 0), (2, 0, 0)]
        assert [each.for_half for each in stored] == [HalfDay.MORNING] * 3
        assert made[0].number == ticket.number

    def test_a_finished_ticket_is_not_shared(self, scene):
        ticket = give(scene, scene.tom, 10)
        service.finish_ticket(scene.db, ticket, counts=(3, 0), by=scene.by)
        with pytest.raises(Refused, match="ne se partage plus"):
            service.share_ticket(scene.db, ticket, parts=2, by=scene.by)


class TestMerge:
    def test_two_tickets_become_one_and_the_other_is_over(self, scene):
        into, other = give(scene, scene.tom, 4), give(scene, scene.ines, 3)
        service.merge_tickets(scene.db, into, [other], by=scene.by)
        kept, gone = scene.tickets()
        assert (kept.quantity, kept.state) == (7, T.ASSIGNED)
        assert gone.state == T.CANCELLED
        assert [a.ended_at is not None for a in scene.ticket(gone.number).assignments] == [True]
        assert queries.routing_of_job(scene.db, scene.job.id).left_at(0) == 3
        assert history(scene.db, "ticket", gone.id)[0].label == f"Réuni avec le {into.number}"
        assert history(scene.db, "ticket", into.id)[0].changes == (("Pièces", "4", "7"),)

    def test_what_was_done_on_the_other_stays_there_and_counts(self, scene):
        into, other = give(scene, scene.tom, 4), give(scene, scene.ines, 5)
        service.report_quantity(scene.db, other, counts=(2, 1), by=scene.by)
        service.merge_tickets(scene.db, into, [other], by=scene.by)
        kept, gone = scene.tickets()
        assert (kept.quantity, kept.good, gone.good, gone.scrap) == (6, 0, 2, 1)
        assert scene.operations[0].good == 2

    def test_one_that_may_not_go_refuses_all(self, scene):
        into, idle, busy = give(scene, scene.tom, 2), give(scene, scene.ines, 2), give(scene, scene.pupil("Adam"), 2)
        service.start_ticket(scene.db, busy, by=scene.by)
        with pytest.raises(Refused, match="en pause d’abord") as refused:
            service.merge_tickets(scene.db, into, [idle, busy], by=scene.by)
        assert refused.value.field == "others"
        assert [each.quantity for each in scene.tickets()] == [2, 2, 2]

    def test_with_nothing_chosen_it_is_told(self, scene):
        with pytest.raises(Refused, match="Choisissez au moins un bon"):
            service.merge_tickets(scene.db, give(scene, scene.tom, 2), [], by=scene.by)

    def test_somebody_who_was_faster_is_named(self, scene):
        into, other = give(scene, scene.tom, 4), give(scene, scene.ines, 3)
        seen = into.version
        service.start_ticket(scene.db, into, by=scene.by)
        with pytest.raises(Stale, match="par Karim Benali"):
            service.merge_tickets(scene.db, into, [other], seen_version=seen, by=scene.by)

    def test_it_is_undone_in_the_hands_it_was_in(self, scene):
        into, other = give(scene, scene.tom, 4), give(scene, scene.ines, 3, half=HalfDay.AFTERNOON)
        service.merge_tickets(scene.db, into, [other], by=scene.by)
        back = service.undo_merge(
            scene.db, into, quantity=3, pupil_ids=[scene.ines.id], seen_version=into.version, by=scene.by
        )
        assert (into.quantity, back.quantity, back.state) == (4, 3, T.ASSIGNED)
        assert [a.pupil_id for a in scene.ticket(back.number).assignments] == [scene.ines.id]

    def test_it_is_undone_for_the_day_it_was_planned_for(self, scene):
        thursday = today() + timedelta(days=2)
        make_session(scene.db, scene.group, on_date=thursday, staff=scene.master)
        into = give(scene, scene.tom, 4, day=thursday, half=HalfDay.MORNING)
        other = give(scene, scene.ines, 3, day=thursday, half=HalfDay.MORNING)
        service.merge_tickets(scene.db, into, [other], by=scene.by)
        back = service.undo_merge(
            scene.db, into, quantity=3, pupil_ids=[scene.ines.id], seen_version=into.version, by=scene.by
        )
        assert (back.for_day, back.for_half) == (thursday, HalfDay.MORNING)

    def test_once_something_is_stated_it_is_not_undone(self, scene):
        into, other = give(scene, scene.tom, 4), give(scene, scene.ines, 3)
        service.merge_tickets(scene.db, into, [other], by=scene.by)
        seen = into.version
        service.report_quantity(scene.db, into, counts=(1, 0), by=scene.by)
        with pytest.raises(Stale):
            service.undo_merge(scene.db, into, quantity=3, pupil_ids=[], seen_version=seen, by=scene.by)

    def test_a_split_is_undone_by_a_merge(self, scene):
        ticket = give(scene, scene.tom, 10)
        other = service.split_ticket(scene.db, ticket, quantity=4, by=scene.by)
        service.merge_tickets(scene.db, ticket, [other], by=scene.by)
        assert [(each.quantity, each.state) for each in scene.tickets()] == [(10, T.ASSIGNED), (4, T.CANCELLED)]


@settings(
    max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(st.lists(st.tuples(st.sampled_from(["split", "share", "merge", "report"]), st.integers(0, 5), st.integers(0, 9)),
                max_size=14))  # fmt: skip
def test_children_and_what_is_done_are_the_parent_at_any_time(db, steps):
    outer = db.begin_nested()
    try:
        scene = arrange(db, quantity=40)
        give(scene, scene.tom, 40)
        for name, place, number in steps:
            numbers = [each.number for each in scene.tickets()]
            ticket, other = (scene.ticket(numbers[pick % len(numbers)]) for pick in (place, number))
            try:
                _do(scene, name, ticket, other, number)
            except Refused:
                continue
            finally:
                _check(scene)
    finally:
        outer.rollback()
        db.expunge_all()


def _do(scene, name, ticket, other, number):
    if name == "split":
        service.split_ticket(scene.db, ticket, quantity=number, by=scene.by)
    elif name == "share":
        service.share_ticket(scene.db, ticket, parts=number, by=scene.by)
    elif name == "merge":
        service.merge_tickets(scene.db, ticket, [other], by=scene.by)
    else:
        holder = next((a.pupil_id for a in ticket.assignments if a.ended_at is None), scene.tom.id)
        if ticket.state == T.OPEN:
            service.give_ticket(scene.db, ticket, pupil_ids=[holder], by=scene.by)
        service.report_quantity(scene.db, ticket, counts=(number % 3, number % 2), by=scene.by)


def _check(scene):
    scene.db.flush()
    tickets = scene.tickets()
    live = [each for each in tickets if each.state not in {T.DONE, T.CANCELLED}]
    open_ = sum(open_pieces(each.quantity, each.good, each.scrap) for each in live)
    done = sum(each.good + each.scrap for each in tickets)
    over = sum(max(0, each.good + each.scrap - each.quantity) for each in tickets)
    assert open_ + done - over == 40
    operation = scene.operations[0]
    assert (operation.good, operation.scrap) == (sum(t.good for t in tickets), sum(t.scrap for t in tickets))
