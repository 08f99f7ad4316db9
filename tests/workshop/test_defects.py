"""Non-conformances: pieces set aside, decided, put right, made again; no piece is good twice."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.actor import SYSTEM
from app.core.clock import today
from app.core.errors import Refused, Stale
from app.core.journal import JournalEntry, history
from app.orders.models import CustomerOrder
from app.orders.rules import OrderState
from app.workshop import queries, service
from app.workshop.models import Defect, Operation, QuantityReport, Release, Ticket
from app.workshop.rules import DefectDecision, DefectState, TicketKind, TicketState
from app.workshop.service import Decision, Finding
from tests.factories import make_point

REWORK, SCRAP, ACCEPT = DefectDecision.REWORK, DefectDecision.SCRAP, DefectDecision.ACCEPT


def given(scene, place, quantity=None, pupil=None):
    """A ticket of that operation, in Tom's hands."""
    pupil = pupil or scene.tom
    operation = scene.operations[place]
    return service.give_operation(scene.db, operation.id, pupil_ids=[pupil.id], quantity=quantity, by=scene.by)


def made(scene, place, good, scrap=0):
    """Pieces stated on a ticket that is over."""
    ticket = given(scene, place)
    service.finish_ticket(scene.db, ticket, counts=(good, scrap), by=scene.by)
    return ticket


def found(scene, ticket, pieces, cause="Réglage", **other):
    """A sheet on that ticket."""
    return service.open_defect(scene.db, ticket, Finding(pieces, cause, **other), by=scene.by)


def decide(scene, defect, kind, **other):
    """The master decides."""
    return service.decide_defect(scene.db, defect, Decision(kind, **other), by=scene.by)


def steps(scene):
    """(good, scrap, isolated, extra) of each operation as stored."""
    scene.db.flush()
    rows = scene.db.execute(
        select(Operation.good, Operation.scrap, Operation.isolated, Operation.extra)
        .where(Operation.job_id == scene.job.id)
        .order_by(Operation.seq)
    )
    return [tuple(row) for row in rows]


def left(scene, place):
    """Pieces to be given at an operation, and those that may be made there."""
    routing = queries.routing_of_job(scene.db, scene.job.id)
    return routing.left_at(place), routing.available_at(place)


def child(scene, defect):
    """The ticket that a decision made."""
    scene.db.flush()
    wanted = defect.rework_ticket_id or defect.remake_ticket_id
    number = scene.db.execute(select(Ticket.number).where(Ticket.id == wanted)).scalar_one()
    return queries.get_ticket(scene.db, number)


def over(scene, ticket, good, scrap=0):
    """Inès does it and it is finished."""
    service.give_ticket(scene.db, ticket, pupil_ids=[scene.ines.id], by=scene.by)
    service.finish_ticket(scene.db, ticket, counts=(good, scrap), by=scene.by)


class TestOpen:
    def test_pieces_that_were_counted_good_are_taken_back_by_a_reversing_entry(self, scene):
        ticket = made(scene, 0, 10)
        defect = found(scene, ticket, 2)
        assert (defect.number, defect.taken_good, defect.state) == ("FNC2026-0001", 2, DefectState.OPEN)
        rows = scene.db.execute(
            select(QuantityReport.good, QuantityReport.reverses_id.is_not(None), QuantityReport.defect_id).order_by(
                QuantityReport.id
            )
        ).all()
        assert [tuple(row) for row in rows] == [(10, False, None), (-10, True, defect.id), (8, False, defect.id)]
        assert steps(scene)[0] == (8, 0, 2, 0)
        assert (ticket.good, ticket.aside) == (8, 2)

    def test_while_undecided_they_are_neither_given_again_nor_used_downstream(self, scene):
        found(scene, made(scene, 0, 10), 2)
        assert left(scene, 0) == (0, 0)
        assert left(scene, 1) == (10, 8)

    def test_pieces_not_stated_yet_are_set_aside_too(self, scene):
        ticket = given(scene, 0)
        service.report_quantity(scene.db, ticket, counts=(4, 0), by=scene.by)
        defect = found(scene, ticket, 2)
        assert defect.taken_good == 0
        assert (ticket.good, ticket.aside) == (4, 2)

    def test_numbers_have_no_hole(self, scene):
        ticket = made(scene, 0, 10)
        with pytest.raises(Refused), scene.db.begin_nested():
            found(scene, ticket, 11)
        assert [found(scene, ticket, 1).number for _ in range(2)] == ["FNC2026-0001", "FNC2026-0002"]

    @pytest.mark.parametrize(
        ("pieces", "counted", "sentence"),
        [(0, None, "au moins une"), (11, None, "n’a que"), (2, 3, "au plus"), (2, -1, "au plus"), (1, 0, "n’a que")],
    )
    def test_impossible_pieces_are_refused(self, scene, pieces, counted, sentence):
        ticket = made(scene, 0, 10)
        with pytest.raises(Refused, match=sentence) as refused:
            found(scene, ticket, pieces, counted=counted)
        assert refused.value.field == "pieces"

    def test_pieces_that_the_next_operation_used_stay(self, scene):
        ticket = made(scene, 0, 10)
        made(scene, 1, 9)
        with pytest.raises(Refused, match="en a déjà passé 9"):
            found(scene, ticket, 2)
        assert found(scene, ticket, 1).pieces == 1

    def test_no_more_than_came_from_upstream(self, scene):
        made(scene, 0, 3)
        with pytest.raises(Refused, match="il en reste 3"):
            found(scene, given(scene, 1, 10), 4)

    def test_a_cause_comes_from_the_list(self, scene):
        with pytest.raises(Refused) as refused:
            found(scene, made(scene, 0, 10), 1, cause="Pas de chance")
        assert refused.value.field == "cause"

    def test_nobody_worked_on_it(self, scene):
        ticket = service.create_ticket(scene.db, scene.operations[0].id, by=scene.by)
        with pytest.raises(Refused, match="Personne"):
            found(scene, ticket, 1)

    def test_of_whom_the_pieces_are_is_somebody_who_had_the_ticket(self, scene):
        ticket = made(scene, 0, 10)
        with pytest.raises(Refused, match="jamais eu"):
            found(scene, ticket, 1, pupil_id=scene.ines.id)
        assert found(scene, ticket, 1).pupil_id == scene.tom.id

    def test_what_was_delivered_is_no_longer_ours_to_hold(self, scene):
        ticket = made(scene, 0, 10)
        scene.db.get_one(CustomerOrder, scene.order.id).state = OrderState.DELIVERED
        scene.db.flush()
        with pytest.raises(Refused, match="déjà livrée"):
            found(scene, ticket, 1)

    def test_it_stands_in_both_journals(self, scene):
        ticket = made(scene, 0, 10)
        defect = found(scene, ticket, 2, description="0,04 trop grand")
        rows = scene.db.execute(
            select(JournalEntry.subject_type, JournalEntry.label, JournalEntry.note)
            .where(JournalEntry.action.in_(["open", "defect"]))
            .order_by(JournalEntry.id)
        ).all()
        assert [tuple(row) for row in rows] == [
            ("defect", "2\u00a0pièces : Réglage", "0,04 trop grand"),
            ("ticket", f"{defect.number} : 2\u00a0pièces : Réglage", None),
        ]


class TestRework:
    def test_the_pieces_go_on_a_ticket_of_their_own(self, scene):
        ticket = made(scene, 0, 10)
        defect = decide(scene, found(scene, ticket, 2, description="Bavures"), REWORK)
        rework = child(scene, defect)
        assert (rework.kind, rework.parent_id, rework.quantity) == (TicketKind.REWORK, ticket.id, 2)
        assert rework.operation_id == ticket.operation_id
        assert defect.state == DefectState.DECIDED
        assert steps(scene)[0] == (8, 0, 0, 0)
        assert ticket.aside == 2
        assert left(scene, 0)[0] == 0

    def test_they_are_good_once_it_says_so_and_the_sheet_is_closed(self, scene):
        defect = decide(scene, found(scene, made(scene, 0, 10), 2), REWORK)
        rework = child(scene, defect)
        over(scene, rework, 1, 1)
        assert steps(scene)[0] == (9, 1, 0, 0)
        assert defect.state == DefectState.CLOSED
        assert defect.closed_at is not None

    def test_it_states_its_own_pieces_and_no_others(self, scene):
        rework = child(scene, decide(scene, found(scene, made(scene, 0, 10), 2), REWORK))
        service.give_ticket(scene.db, rework, pupil_ids=[scene.ines.id], by=scene.by)
        with pytest.raises(Refused, match="retouche"):
            service.report_quantity(scene.db, rework, counts=(3, 0), by=scene.by)

    def test_on_the_point_that_was_wrong_each_piece_is_checked_again(self, scene):
        point = make_point(scene.db, scene.operations[0])
        ticket = given(scene, 0)
        service.finish_ticket(scene.db, ticket, counts=(10, 0), override="x", by=scene.by)
        rework = child(scene, decide(scene, found(scene, ticket, 2, point_id=point.id), REWORK))
        service.give_ticket(scene.db, rework, pupil_ids=[scene.ines.id], by=scene.by)
        service.submit(scene.db, rework, counts=(2, 0), by=SYSTEM)
        missing = queries.check_sheet(scene.db, rework).missing
        assert [(each.piece, each.point.id) for each in missing] == [(1, point.id), (2, point.id)]

    def test_sent_back_further_up_the_operations_between_make_them_again(self, scene):
        made(scene, 0, 10)
        made(scene, 1, 10)
        control = made(scene, 2, 10)
        defect = found(scene, control, 2)
        assert steps(scene) == [(10, 0, 0, 0), (10, 0, 0, 0), (8, 0, 2, 0)]
        decide(scene, defect, REWORK, operation_id=scene.operations[0].id)
        assert steps(scene) == [(8, 0, 0, 0), (8, 0, 0, 0), (8, 0, 0, 0)]
        over(scene, child(scene, defect), 2)
        assert steps(scene) == [(10, 0, 0, 0), (8, 0, 0, 0), (8, 0, 0, 0)]
        assert (left(scene, 1), left(scene, 2)) == ((2, 2), (2, 0))
        assert scene.line().good == 8

    def test_an_operation_further_down_is_refused(self, scene):
        defect = found(scene, made(scene, 0, 10), 2)
        with pytest.raises(Refused, match="d’avant") as refused:
            decide(scene, defect, REWORK, operation_id=scene.operations[1].id)
        assert refused.value.field == "operation"

    def test_one_of_another_job_is_refused(self, scene):
        defect = found(scene, made(scene, 0, 10), 2)
        with pytest.raises(Refused, match="même gamme"):
            decide(scene, defect, REWORK, operation_id=10**6)

    def test_cancelled_the_sheet_is_to_be_decided_again(self, scene):
        ticket = made(scene, 0, 10)
        defect = decide(scene, found(scene, ticket, 3), REWORK)
        rework = child(scene, defect)
        service.give_ticket(scene.db, rework, pupil_ids=[scene.ines.id], by=scene.by)
        service.report_quantity(scene.db, rework, counts=(1, 0), by=scene.by)
        service.cancel_ticket(scene.db, rework, note="Autre idée", by=scene.by)
        assert (defect.state, defect.pieces, defect.decision) == (DefectState.OPEN, 2, None)
        assert steps(scene)[0] == (8, 0, 2, 0)
        assert scene.ticket(ticket.number).aside == 3
        decide(scene, defect, SCRAP)
        assert steps(scene)[0] == (8, 2, 0, 0)

    def test_cancelled_further_up_they_are_to_be_made_like_any_others(self, scene):
        made(scene, 0, 10)
        defect = found(scene, made(scene, 1, 10), 2)
        rework = child(scene, decide(scene, defect, REWORK, operation_id=scene.operations[0].id))
        service.cancel_ticket(scene.db, rework, note="x", by=scene.by)
        assert defect.state == DefectState.CLOSED
        assert left(scene, 0) == (2, 2)

    def test_with_the_order_cancelled_nothing_is_left_to_decide(self, scene):
        defect = decide(scene, found(scene, made(scene, 0, 10), 2), REWORK)
        rework = child(scene, defect)
        scene.db.get_one(CustomerOrder, scene.order.id).state = OrderState.CANCELLED
        service.cancel_live_tickets(scene.db, [rework], note="x", by=scene.by)
        assert defect.state == DefectState.CLOSED

    def test_shared_out_the_sheet_waits_for_both_halves(self, scene):
        defect = decide(scene, found(scene, made(scene, 0, 10), 4), REWORK)
        rework = child(scene, defect)
        half = service.split_ticket(scene.db, rework, quantity=2, by=scene.by)
        assert (half.kind, half.parent_id) == (rework.kind, rework.parent_id)
        over(scene, rework, 2)
        assert defect.state == DefectState.DECIDED
        over(scene, half, 2)
        assert defect.state == DefectState.CLOSED
        assert steps(scene)[0] == (10, 0, 0, 0)

    def test_merged_the_sheet_follows(self, scene):
        ticket = made(scene, 0, 10)
        first, second = (decide(scene, found(scene, ticket, 2), REWORK) for _ in range(2))
        into, other = child(scene, first), child(scene, second)
        service.merge_tickets(scene.db, into, [other], by=scene.by)
        assert second.rework_ticket_id == into.id
        assert history(scene.db, "defect", second.id)[0].label == f"Son bon est réuni avec le {into.number}"
        over(scene, into, 4)
        assert (first.state, second.state) == (DefectState.CLOSED, DefectState.CLOSED)
        assert steps(scene)[0] == (10, 0, 0, 0)

    def test_rejected_again_the_reworked_pieces_have_a_sheet_of_their_own(self, scene):
        rework = child(scene, decide(scene, found(scene, made(scene, 0, 10), 2), REWORK))
        over(scene, rework, 2)
        again = found(scene, rework, 1)
        decide(scene, again, SCRAP)
        assert steps(scene)[0] == (9, 1, 0, 0)

    def test_opened_again_it_keeps_its_pieces_or_says_who_has_them(self, scene):
        rework = child(scene, decide(scene, found(scene, made(scene, 0, 10), 2), REWORK))
        over(scene, rework, 1)
        given(scene, 0)
        with pytest.raises(Refused, match="autre bon"):
            service.reopen_ticket(scene.db, rework, note="x", by=scene.by)


class TestScrap:
    def test_the_pieces_are_lost_and_the_sheet_is_closed(self, scene):
        ticket = made(scene, 0, 10)
        defect = decide(scene, found(scene, ticket, 2), SCRAP, note="Irrécupérable")
        assert steps(scene)[0] == (8, 2, 0, 0)
        assert (defect.state, ticket.aside, ticket.scrap) == (DefectState.CLOSED, 0, 2)
        assert left(scene, 0)[0] == 2

    def test_lost_further_down_they_are_made_again_from_the_first_operation(self, scene):
        made(scene, 0, 10)
        made(scene, 1, 10)
        defect = decide(scene, found(scene, made(scene, 2, 10), 2), SCRAP, remake=True)
        again = child(scene, defect)
        assert (again.kind, again.quantity, again.operation_id) == (TicketKind.REMAKE, 2, scene.operations[0].id)
        assert steps(scene) == [(10, 0, 0, 2), (10, 0, 0, 2), (8, 2, 0, 0)]
        assert defect.state == DefectState.DECIDED
        over(scene, again, 2)
        assert defect.state == DefectState.CLOSED
        assert (left(scene, 1), left(scene, 2)) == ((2, 2), (2, 0))
        made(scene, 1, 2)
        made(scene, 2, 2)
        assert steps(scene) == [(12, 0, 0, 2), (12, 0, 0, 2), (10, 2, 0, 0)]
        assert scene.line().good == 10

    def test_the_remake_cancelled_nothing_more_is_wanted(self, scene):
        made(scene, 0, 10)
        defect = decide(scene, found(scene, made(scene, 1, 10), 2), SCRAP, remake=True)
        service.cancel_ticket(scene.db, child(scene, defect), note="x", by=scene.by)
        assert steps(scene)[0] == (10, 0, 0, 0)
        assert defect.state == DefectState.CLOSED
        assert left(scene, 0)[0] == 0

    def test_what_a_pupil_scrapped_may_be_made_again_too_once(self, scene):
        made(scene, 0, 10)
        ticket = made(scene, 1, 9, 1)
        again = service.remake(scene.db, ticket, quantity=1, by=scene.by)
        assert again.kind == TicketKind.REMAKE
        assert steps(scene)[0] == (10, 0, 0, 1)
        with pytest.raises(Refused, match="reste à refaire"):
            service.remake(scene.db, ticket, quantity=1, by=scene.by)

    def test_a_spare_takes_the_place_of_a_scrapped_piece(self, scene):
        made(scene, 0, 12)
        made(scene, 1, 9, 1)
        assert left(scene, 1) == (1, 1)


class TestAccept:
    def test_with_the_client_s_written_agreement_they_are_good(self, scene):
        defect = decide(
            scene, found(scene, made(scene, 0, 10), 2), ACCEPT, agreed_by="Mme Rey", agreed_on=today()
        )  # fmt: skip
        assert steps(scene)[0] == (10, 0, 0, 0)
        assert (defect.state, defect.agreed_by, defect.agreed_on) == (DefectState.CLOSED, "Mme Rey", today())

    @pytest.mark.parametrize(
        ("who", "days", "field"), [("", 0, "agreed_by"), ("Mme Rey", None, "agreed_on"), ("Mme Rey", 1, "agreed_on"),
                                   ("Mme Rey", -1, "agreed_on")],
    )  # fmt: skip
    def test_without_it_they_are_not(self, scene, who, days, field):
        defect = found(scene, made(scene, 0, 10), 2)
        day = None if days is None else today() + timedelta(days=days)
        with pytest.raises(Refused) as refused:
            decide(scene, defect, ACCEPT, agreed_by=who, agreed_on=day)
        assert refused.value.field == field
        assert defect.state == DefectState.OPEN


class TestTogether:
    def test_a_sheet_is_decided_once(self, scene):
        defect = decide(scene, found(scene, made(scene, 0, 10), 2), SCRAP)
        with pytest.raises(Refused, match="Close"):
            decide(scene, defect, REWORK)

    def test_the_second_master_sees_who_was_faster(self, scene):
        defect = found(scene, made(scene, 0, 10), 2)
        service.decide_defect(scene.db, defect, Decision(REWORK), seen_version=1, by=scene.by)
        with pytest.raises(Stale, match="Karim Benali"):
            service.decide_defect(scene.db, defect, Decision(SCRAP), seen_version=1, by=scene.by)

    def test_the_journal_replays_to_the_stored_state(self, scene):
        defect = decide(scene, found(scene, made(scene, 0, 10), 2), REWORK)
        over(scene, child(scene, defect), 2)
        moves = scene.db.execute(
            select(JournalEntry.from_state, JournalEntry.to_state)
            .where(JournalEntry.subject_type == "defect", JournalEntry.to_state.is_not(None))
            .order_by(JournalEntry.id)
        ).all()
        assert [tuple(row) for row in moves] == [("open", "decided"), ("decided", "closed")]

    def test_held_pieces_are_recounted_from_their_sheets(self, scene):
        made(scene, 0, 10)
        ticket = made(scene, 1, 10)
        decide(scene, found(scene, ticket, 2), REWORK)
        decide(scene, found(scene, ticket, 1), SCRAP, remake=True)
        found(scene, ticket, 3)
        before = steps(scene), scene.ticket(ticket.number).aside
        service.recompute_sums(scene.db)
        assert (steps(scene), scene.ticket(ticket.number).aside) == before
        assert before == ([(10, 0, 0, 1), (4, 1, 3, 0), (0, 0, 0, 0)], 5)


class TestFirstArticleRefused:
    def test_the_piece_gets_a_sheet_and_another_one_is_asked_for(self, scene):
        scene.operations[0].first_article = True
        ticket = given(scene, 0)
        service.report_quantity(scene.db, ticket, counts=(1, 0), by=SYSTEM)
        defect = service.refuse_first_article(
            scene.db, ticket, Finding(1, "Outil", "0,04 trop grand"), by=scene.by
        )  # fmt: skip
        assert (defect.pieces, defect.taken_good, ticket.good) == (1, 1, 0)
        assert scene.db.execute(select(Release.conforms)).scalar_one() is False
        service.report_quantity(scene.db, ticket, counts=(1, 0), by=SYSTEM)
        with pytest.raises(Refused, match="première pièce"):
            service.report_quantity(scene.db, ticket, counts=(1, 0), by=SYSTEM)
        service.release_first_article(scene.db, ticket, by=scene.by)
        service.report_quantity(scene.db, ticket, counts=(8, 0), by=SYSTEM)
        assert scene.ticket(ticket.number).state == TicketState.ASSIGNED
        assert scene.db.execute(select(Defect.state)).scalar_one() == DefectState.OPEN
