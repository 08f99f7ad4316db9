"""Rotation: who never ran which machine, how long ago, and whether work suits how far a pupil has come."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.clock import now, today
from app.core.errors import NotFound
from app.core.permissions import Role
from app.pedagogy.models import SkillEvidence
from app.workshop import queries, rules, service
from app.workshop.rules import Fit, Hint
from tests.factories import make_clearance, make_operation, make_skill, make_ticket, make_work_session, open_machine
from tests.support.html import parse

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


def text_of(page):
    """The page's words with plain spaces."""
    return re.sub(r"[\s\u00a0\u202f]+", " ", parse(page.text).text)


class TestPage:
    def ran(self, scene, pupil, operation, days):
        """A ticket of the past."""
        ticket = make_ticket(scene.db, operation, pupil=pupil, quantity=1)
        make_work_session(scene.db, ticket, pupil, started_at=now() - timedelta(days=days))

    def cell(self, page, pupil, label):
        """How one pupil stands in one column."""
        place = [column.label for column in page.columns].index(label)
        return next(row for row in page.rows if row.person.id == pupil.id).cells[place]

    def test_how_often_on_which_machine_and_when_last(self, scene):
        saw = scene.operations[0]
        for days in (30, 21):
            self.ran(scene, scene.tom, saw, days)
        self.ran(scene, scene.tom, make_operation(scene.db, scene.job, work_center=saw.work_center), 40)
        page = queries.rotation_page(scene.db)
        cell = self.cell(page, scene.tom, "Débit")
        assert (cell.times, cell.words(page.day)) == (3, "il y a 3\u00a0sem.")
        assert self.cell(page, scene.ines, "Débit").never

    def test_who_has_most_to_discover_comes_first(self, scene):
        self.ran(scene, scene.ines, scene.operations[0], 3)
        page = queries.rotation_page(scene.db)
        assert [row.person.id for row in page.rows] == [scene.tom.id, scene.ines.id]
        assert (page.rows[0].missing, page.never) == (3, 5)

    def test_by_kind_of_work_wherever_it_was_done(self, scene):
        lathe = make_operation(scene.db, scene.job, label="Débit")  # the same work on another machine
        self.ran(scene, scene.tom, scene.operations[0], 3)
        self.ran(scene, scene.tom, lathe, 2)
        page = queries.rotation_page(scene.db, view="travaux")
        assert [column.label for column in page.columns] == ["Débit"]
        assert self.cell(page, scene.tom, "Débit").times == 2

    def test_skills_by_evidence_and_what_is_missing(self, scene):
        skill, other = (make_skill(scene.db, scene.group.diploma, label=label) for label in ("Tourner", "Fraiser"))
        for level, own in ((2, False), (3, False), (4, True)):
            scene.db.add(
                SkillEvidence(
                    pupil_id=scene.tom.id, skill_code=skill.code, level=level, source="ticket", source_label="BT",
                    on_date=today() - timedelta(days=level), self_assessed=own, at=now(),
                )
            )  # fmt: skip
        scene.db.flush()
        page = queries.rotation_page(scene.db, view="competences")
        cell = self.cell(page, scene.tom, "Tourner")
        assert (cell.times, cell.level, cell.last_on) == (2, 3, today() - timedelta(days=2))
        assert self.cell(page, scene.tom, other.label).never

    def test_what_is_ready_is_proposed_to_whom_it_teaches_most(self, scene):
        self.ran(scene, scene.tom, scene.operations[0], 3)
        chore = queries.rotation_page(scene.db).chores[0]
        assert (chore.operation_id, [person.id for person, _ in chore.takers]) == (
            scene.operations[0].id, [scene.ines.id, scene.tom.id],
        )  # fmt: skip

    def test_nobody_is_proposed_for_a_machine_they_may_not_use(self, client, scene, login_as):
        saw = scene.operations[0].work_center
        open_machine(scene.db, scene.group, saw, scene.tom)
        make_clearance(scene.db, scene.ines)  # fit, but never trained on it
        assert [person.id for person, _ in queries.rotation_page(scene.db).chores[0].takers] == [scene.tom.id]
        saw.risk_assessed_on = None
        scene.db.flush()
        assert queries.rotation_page(scene.db).chores[0].takers == []
        login_as(scene.master)
        assert "Personne de ce groupe ne le peut" in text_of(client.get("/atelier/rotation"))

    def test_the_same_statements_whatever_the_size(self, scene, query_budget):
        for number in range(12):
            pupil = scene.pupil(f"Élève {number}")
            self.ran(scene, pupil, make_operation(scene.db, scene.job), number)
        with query_budget(15):
            assert len(queries.rotation_page(scene.db).rows) == 14

    def test_the_screen_in_words(self, client, scene, login_as):
        login_as(scene.master)
        self.ran(scene, scene.tom, scene.operations[0], 21)
        words = text_of(client.get("/atelier/rotation"))
        assert "1 fois il y a 3 sem." in words
        assert "jamais" in words
        assert "À donner pour apprendre" in words
        for view in ("travaux", "competences", "autre"):
            assert client.get(f"/atelier/rotation?groupe=CAP1&vue={view}").status_code == 200

    def test_a_school_without_pupils(self, client, login_as):
        login_as(Role.MASTER)
        assert "Personne dans ce groupe" in text_of(client.get("/atelier/rotation"))

    def test_a_teacher_has_nothing_to_give(self, client, login_as):
        login_as(Role.TEACHER)
        assert client.get("/atelier/rotation").status_code == 403
