"""Rules of the workshop, without a database."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import Refused
from app.orders.rules import OrderState
from app.workshop import policies, rules
from app.workshop.policies import Candidate, Work
from app.workshop.rules import (
    TICKET,
    Busy,
    JobState,
    OperationState,
    Presence,
    Step,
    TicketState,
    available_pieces,
    job_state,
    left_to_give,
    operation_state,
    settled_ticket,
    why_not_quantity,
    why_not_split,
    why_not_taken_back,
    why_waiting,
)

T = TicketState
DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


def step(good=0, scrap=0, *, wanted=10, given=0, seq=10, label="Débit", **other):
    """One step of a routing."""
    return Step(seq, label, wanted, good, scrap, given, **other)


class TestFlow:
    @pytest.mark.parametrize(
        ("steps", "place", "expected"),
        [
            ([step()], 0, 10),
            ([step(good=4)], 0, 6),
            ([step(good=4, scrap=3)], 0, 6),  # what is scrapped at the first step is cut again
            ([step(), step()], 1, 0),
            ([step(good=4), step()], 1, 4),
            ([step(good=4), step(good=1, scrap=2)], 1, 1),  # later it is lost
            ([step(good=12), step(good=9)], 1, 1),  # never more than wanted
            ([step(good=2), step(good=3)], 1, 0),
        ],
    )
    def test_pieces_available_at_a_step(self, steps, place, expected):
        assert available_pieces(steps, place) == expected

    def test_a_step_says_what_it_waits_for_and_only_then(self):
        assert why_waiting([step(), step()], 1) == "Attend «\u00a0Débit\u00a0»\u00a0: 0 pièce bonne"
        assert why_waiting([step(good=1), step()], 1) is None
        assert why_waiting([step()], 0) is None
        assert why_waiting([step(good=10), step(good=10)], 1) is None

    @pytest.mark.parametrize(
        ("steps", "place", "state"),
        [
            ([step()], 0, OperationState.READY),
            ([step(), step()], 1, OperationState.WAITING),
            ([step(good=1), step()], 1, OperationState.READY),
            ([step(good=1)], 0, OperationState.RUNNING),
            ([step(), step(booked_seconds=60)], 1, OperationState.RUNNING),
            ([step(), step(running=True)], 1, OperationState.RUNNING),
            ([step(good=10)], 0, OperationState.DONE),
            ([step(good=11)], 0, OperationState.DONE),
        ],
    )
    def test_state_of_a_step(self, steps, place, state):
        assert operation_state(steps, place) == state
        assert operation_state(steps, place, cancelled=True) == OperationState.CANCELLED
        assert operation_state(steps, place, delivered=True) == OperationState.DONE

    def test_a_new_ticket_takes_what_is_neither_good_nor_on_a_live_ticket(self):
        assert left_to_give(step(good=3, given=5)) == 2
        assert left_to_give(step(good=3, scrap=2)) == 7
        assert left_to_give(step(good=9, given=5)) == 0

    @pytest.mark.parametrize(
        ("order", "steps", "tickets", "state"),
        [
            (OrderState.CONFIRMED, [step(), step()], False, JobState.PLANNED),
            (OrderState.CONFIRMED, [step(), step()], True, JobState.RELEASED),
            (OrderState.CONFIRMED, [step(booked_seconds=1), step()], True, JobState.RUNNING),
            (OrderState.IN_PRODUCTION, [step(good=10), step(good=10)], False, JobState.DONE),
            (OrderState.IN_PRODUCTION, [step(good=10), step(good=9)], False, JobState.RUNNING),
            (OrderState.DELIVERED, [step(), step()], False, JobState.DONE),
            (OrderState.INVOICED, [], False, JobState.DONE),
            (OrderState.CANCELLED, [step(good=10), step(good=10)], True, JobState.CANCELLED),
        ],
    )
    def test_a_job_follows_its_order_and_its_last_step(self, order, steps, tickets, state):
        assert job_state(order, steps, tickets=tickets) == state


class TestQuantities:
    def test_the_first_step_is_bound_by_nothing_upstream(self):
        assert why_not_quantity(12, 3, [step(good=10)], 0) is None

    @pytest.mark.parametrize(("good", "scrap"), [(-1, 0), (0, -1), (0, 0)])
    def test_a_report_states_some_pieces(self, good, scrap):
        assert why_not_quantity(good, scrap, [step()], 0)

    def test_no_more_goes_through_than_came_good_from_before(self):
        steps = [step(good=6), step(good=3, scrap=1, seq=20, label="Tournage")]
        assert why_not_quantity(2, 0, steps, 1) is None
        assert why_not_quantity(1, 1, steps, 1) is None
        sentence = why_not_quantity(2, 1, steps, 1)
        assert (
            sentence
            == "L’opération 10 («\u00a0Débit\u00a0») a 6\u00a0pièces de bonnes\u00a0: il en reste 2 à faire ici."
        )

    def test_nothing_is_taken_back_that_the_next_step_used(self):
        steps = [step(good=6), step(good=3, scrap=1, seq=20, label="Tournage")]
        assert why_not_taken_back(2, steps, 0) is None
        assert "en a déjà passé 4" in why_not_taken_back(3, steps, 0)
        assert why_not_taken_back(0, steps, 0) is None
        assert why_not_taken_back(9, steps, 1) is None

    @given(q=st.integers(1, 200), good=st.integers(0, 200), scrap=st.integers(0, 200), part=st.integers(-5, 210))
    def test_a_split_never_touches_what_is_done_and_leaves_something(self, q, good, scrap, part):
        allowed = why_not_split(q, good, scrap, part) is None
        assert allowed == (1 <= part <= q - max(good + scrap, 1))

    def test_ordered_quantities_are_made_in_whole_pieces(self):
        assert [rules.job_quantity(Decimal(q)) for q in ("10", "2.5", "0.2")] == [10, 3, 1]

    def test_a_new_ticket_takes_one_piece_at_least_and_what_is_left_at_most(self):
        assert rules.why_not_new_quantity(3, 3) is None
        assert "Il reste 3" in rules.why_not_new_quantity(4, 3)
        assert "au moins une" in rules.why_not_new_quantity(0, 3)
        assert "déjà faites ou données" in rules.why_not_new_quantity(1, 0)


class TestTakenOver:
    @pytest.mark.parametrize(
        ("state", "order", "worked", "done", "expected"),
        [
            (T.ASSIGNED, OrderState.CONFIRMED, False, False, T.ASSIGNED),
            (T.ASSIGNED, OrderState.CONFIRMED, True, False, T.PAUSED),
            (T.ASSIGNED, OrderState.CONFIRMED, True, True, T.DONE),
            (T.ASSIGNED, OrderState.INVOICED, False, False, T.DONE),
            (T.PAUSED, OrderState.CANCELLED, True, False, T.CANCELLED),
            (T.RUNNING, OrderState.INVOICED, True, True, T.RUNNING),
            (T.OPEN, OrderState.INVOICED, False, True, T.OPEN),
            (T.DONE, OrderState.CONFIRMED, True, False, T.DONE),
        ],
    )
    def test_tickets_move_forward_only(self, state, order, worked, done, expected):
        assert settled_ticket(state, order, worked=worked, done=done) == expected


class TestGiving:
    work = Work("BT2026-00012", "CDE-1", OrderState.CONFIRMED, DAY)

    def refusal(self, **other):
        candidate = Candidate(
            **({"first_name": "Tom", "presence": Presence.HERE, "is_member": True, "holds": False} | other)
        )
        return policies.why_not_assignable(self.work, candidate)

    def test_who_is_here_or_not_called_yet_may_have_it(self):
        assert self.refusal() is None
        assert self.refusal(presence=Presence.UNKNOWN) is None

    def test_each_reason_has_its_fact_and_its_few_words(self):
        assert self.refusal(presence=Presence.ABSENT).short == "Absent"
        assert self.refusal(holds=True).fact == "Le BT2026-00012 est déjà entre ses mains."
        assert self.refusal(is_member=False).fact == "Dans aucune classe le 24/11/2026."
        gone = self.refusal(is_member=False, left_on=date(2026, 11, 1))
        assert gone.fact == "A quitté l’école le 01/11/2026."

    def test_the_order_must_be_in_the_workshop(self):
        for state in OrderState:
            work = Work("x", "CDE-1", state, DAY)
            refused = policies.why_not_workable(work)
            assert (refused is None) == (state in {OrderState.CONFIRMED, OrderState.IN_PRODUCTION})

    def test_one_or_two_hold_a_ticket(self):
        assert [policies.why_not_holders(n) is None for n in range(4)] == [False, True, True, False]

    def test_the_sentence_has_its_parts(self):
        assert policies.refusal_title("Mathis") == "Mathis ne peut pas prendre ce bon"
        assert policies.not_given(self.work) == "Le BT2026-00012 n’a pas été donné."


class TestTime:
    def test_time_runs_forward_is_past_and_is_one_days(self):
        hour = timedelta(hours=1)
        assert rules.why_not_time(NOON - hour, NOON, NOON) is None
        assert "après le début" in rules.why_not_time(NOON, NOON, NOON)
        assert "pas encore passé" in rules.why_not_time(NOON, NOON + hour, NOON)
        assert "12 heures" in rules.why_not_time(NOON - 13 * hour, NOON, NOON)

    def test_touching_is_no_overlap(self):
        hour = timedelta(hours=1)
        before, after = Busy(NOON - hour, NOON, "a"), Busy(NOON + hour, None, "b")
        assert rules.why_overlap(NOON, NOON + hour, [before, after]) is None
        assert rules.why_overlap(NOON - hour, NOON + hour, [before, after]).number == "a"
        assert rules.why_overlap(NOON, NOON + 2 * hour, [before, after]).number == "b"

    @pytest.mark.parametrize(("seconds", "minutes"), [(0, 0), (29, 0), (30, 1), (89, 1), (90, 2), (5400, 90)])
    def test_minutes_are_rounded_once_when_shown(self, seconds, minutes):
        assert rules.minutes(seconds) == minutes

    def test_days_late(self):
        assert rules.days_late(DAY, DAY) == 0
        assert rules.days_late(DAY - timedelta(days=3), DAY) == 3
        assert rules.days_late(DAY + timedelta(days=3), DAY) == 0


class TestWorkflow:
    def test_an_illegal_move_says_where_the_ticket_stands(self):
        with pytest.raises(Refused, match="« Terminer le bon » n’est pas possible : état actuel « À donner »"):
            TICKET.require("finish", T.OPEN)

    def test_nothing_leaves_a_cancelled_ticket(self):
        assert [action.name for action in TICKET.actions if T.CANCELLED in action.sources] == []

    def test_words(self):
        assert rules.ticket_number(2026, 7) == "BT2026-00007"
        assert rules.job_number(2026, 7) == "OF2026-0007"
        assert (JobState.DONE.label, T.OPEN.label, OperationState.READY.label) == ("Terminé", "À donner", "Prête")
        assert rules.planned_seconds(600, 120, 5) == 1200
