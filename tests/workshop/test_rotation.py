"""Rotation: who never ran which machine, how long ago, and whether work suits how far a pupil has come."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import now, today
from app.core.errors import NotFound
from app.workshop import queries, rules, service
from app.workshop.rules import Fit, Hint
from tests.factories import make_ticket, make_work_session

DAY = date(2026, 11, 24)


class TestRules:
    @pytest.mark.parametrize(
        ("entered", "expected"),
        [("2026-09-01", 1), ("2026-08-31", 2), ("2025-09-01", 2), ("2024-09-02", 3), ("2020-09-01", 3)],
    )
    def test_the_year_of_training_follows_the_school_year_not_the_birthday(self, entered, expected):
        assert rules.training_year(date.fromisoformat(entered), DAY) == expected

    def test_a_pupil_announced_for_next_year_counts_as_a_first(self):
        assert rules.training_year(date(2027, 9, 1), DAY) == 1

    @pytest.mark.parametrize(
        ("difficulty", "year", "times", "expected"),
        [
            (1, 1, 0, Fit.RIGHT),
            (2, 1, 0, Fit.STRETCH),
            (3, 1, 0, Fit.HARD),
            (3, 1, 2, Fit.STRETCH),
            (4, 1, 2, Fit.HARD),
            (4, 1, 4, Fit.STRETCH),
            (4, 2, 0, Fit.HARD),
            (4, 3, 0, Fit.STRETCH),
            (1, 2, 6, Fit.KNOWN),
            (2, 2, 5, Fit.RIGHT),
        ],
    )
    def test_one_grade_above_is_how_one_learns_two_above_is_a_question(self, difficulty, year, times, expected):
        assert rules.suits(difficulty, year, times) == expected

    @given(st.integers(1, 4), st.integers(1, 3), st.integers(0, 30))
    def test_more_years_and_more_practice_never_make_work_harder(self, difficulty, year, times):
        order = [Fit.HARD, Fit.STRETCH, Fit.RIGHT, Fit.KNOWN]
        here = order.index(rules.suits(difficulty, year, times))
        assert order.index(rules.suits(difficulty, year, times + 1)) >= here
        assert order.index(rules.suits(difficulty, min(3, year + 1), times)) >= here
        assert order.index(rules.suits(min(4, difficulty + 1), year, times)) <= here

    @pytest.mark.parametrize(
        ("days", "words"),
        [
            (0, "aujourd’hui"), (1, "hier"), (6, "il y a 6\u00a0j"), (21, "il y a 3\u00a0sem."),
            (125, "il y a 4\u00a0mois"), (400, "il y a 1\u00a0an"), (800, "il y a 2\u00a0ans"),
        ],
    )  # fmt: skip
    def test_how_long_ago_in_a_few_words(self, days, words):
        assert rules.ago(DAY - timedelta(days=days), DAY) == words

    def test_the_words_of_a_row(self):
        assert Hint(0, 0, None, Fit.HARD, DAY).words == "jamais fait"
        assert Hint(0, 0, None, Fit.HARD, DAY).warning == "trop difficile encore\u00a0?"
        fourth = Hint(3, 1, DAY - timedelta(days=21), Fit.RIGHT, DAY)
        assert (fourth.words, fourth.warning) == ("4ᵉ\u00a0fois, il y a 3\u00a0sem.", "")

    def test_never_done_comes_first_then_the_longest_rested_and_too_hard_last(self):
        hints = {
            "hard": Hint(0, 0, None, Fit.HARD, DAY),
            "often": Hint(5, 2, DAY - timedelta(days=30), Fit.RIGHT, DAY),
            "lately": Hint(2, 0, DAY - timedelta(days=1), Fit.RIGHT, DAY),
            "rested": Hint(2, 0, DAY - timedelta(days=60), Fit.STRETCH, DAY),
            "never": Hint(0, 0, None, Fit.RIGHT, DAY),
        }
        assert sorted(hints, key=lambda name: hints[name].order) == ["never", "rested", "lately", "often", "hard"]


class TestHints:
    def test_only_time_really_worked_on_the_machine_counts(self, scene):
        cutting, turning = scene.operations[:2]
        worked = make_ticket(scene.db, cutting, pupil=scene.tom)
        make_work_session(scene.db, worked, scene.tom, started_at=now() - timedelta(days=21))
        make_work_session(scene.db, worked, scene.tom, started_at=now() - timedelta(days=20))
        make_ticket(scene.db, cutting, pupil=scene.tom)  # held, not worked on
        make_work_session(scene.db, make_ticket(scene.db, turning, pupil=scene.tom), scene.tom)  # another machine
        hints = queries.rotation_hints(scene.db, [scene.tom.id, scene.ines.id], cutting.id)
        tom, ines = hints[scene.tom.id], hints[scene.ines.id]
        assert (tom.times, tom.same, tom.last_on) == (1, 1, today() - timedelta(days=20))
        assert (ines.never, ines.words) == (True, "jamais fait")

    def test_time_taken_back_was_never_worked(self, scene):
        ticket = make_ticket(scene.db, scene.operations[0], pupil=scene.tom)
        session = make_work_session(scene.db, ticket, scene.tom)
        service.reverse_session(scene.db, session, note="Erreur", by=scene.by)
        scene.db.flush()
        assert queries.rotation_hints(scene.db, [scene.tom.id], scene.operations[0].id)[scene.tom.id].never

    def test_difficulty_is_asked_against_practice_of_that_very_operation(self, scene):
        cutting = scene.operations[0]
        cutting.difficulty = 3
        scene.db.flush()
        assert queries.rotation_hints(scene.db, [scene.tom.id], cutting.id)[scene.tom.id].fit == Fit.HARD
        for days in (3, 9):
            ticket = make_ticket(scene.db, cutting, pupil=scene.tom)
            make_work_session(scene.db, ticket, scene.tom, started_at=now() - timedelta(days=days))
        assert queries.rotation_hints(scene.db, [scene.tom.id], cutting.id)[scene.tom.id].fit == Fit.STRETCH

    def test_as_many_statements_for_thirty_pupils_as_for_one(self, scene, query_budget):
        ids = [scene.pupil(f"Élève {number}").id for number in range(30)]
        operation_id = scene.operations[0].id
        with query_budget(3):
            assert len(queries.rotation_hints(scene.db, ids, operation_id)) == 30

    def test_an_operation_that_is_not_there(self, scene):
        with pytest.raises(NotFound):
            queries.rotation_hints(scene.db, [scene.tom.id], 999_999)
