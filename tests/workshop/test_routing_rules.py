"""What a routing may say, how two differ, what is alike: without a database."""

import itertools
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.workshop import rules
from app.workshop.rules import CheckKind, Draft, PointDraft

D = Decimal
MEASURE = PointDraft("Ø12 H8", CheckKind.MEASURE, D(12), D(0), D("0.027"), gauge="Tampon", every=5, seq=10)
STEP = Draft("Tournage", "TOUR", 1800, 120, 10, "C4", D(3), D("2.5"), D(2), 1, "", "", "", "", False, (MEASURE,))


class TestPoints:
    @pytest.mark.parametrize(
        "point",
        [
            MEASURE, replace(MEASURE, nominal=None), replace(MEASURE, lower=None), replace(MEASURE, upper=None),
            replace(MEASURE, lower=D(0), upper=D(0)), PointDraft("Rugosité", CheckKind.MEASURE, upper=D("0.8")),
            PointDraft("Serré", CheckKind.MEASURE, D(20), D("0.02"), D("0.041")),
            PointDraft("Chanfrein", CheckKind.MEASURE, D("0.5"), D(0), D("0.5")),
            PointDraft("Cote négative", CheckKind.MEASURE, None, D("-0.2"), D(0)),
            PointDraft("Aspect", CheckKind.ATTRIBUTE), PointDraft("Montage", CheckKind.PHOTO),
        ],
    )  # fmt: skip
    def test_what_holds_together_is_taken(self, point):
        assert rules.why_not_point(point) is None

    @pytest.mark.parametrize(
        ("point", "field", "words"),
        [
            (PointDraft("Cote", CheckKind.MEASURE, D(5)), "lower", "Une mesure a une limite au moins."),
            (replace(MEASURE, upper=D(-1)), "upper", "La limite haute ne peut pas être sous la basse (0)."),
            (replace(MEASURE, lower=D("11.95"), upper=D("12.05")), "lower", "notez les écarts du plan"),
            (replace(MEASURE, lower=None, upper=D("12.05")), "upper", "Exemple : 12, −0,05, +0,05."),
            (PointDraft("Aspect", CheckKind.ATTRIBUTE, D(1)), "nominal", "Seule une mesure a des cotes."),
            (PointDraft("Photo", CheckKind.PHOTO, upper=D(1)), "nominal", "Seule une mesure a des cotes."),
        ],
    )  # fmt: skip
    def test_what_contradicts_itself_is_told_at_its_field(self, point, field, words):
        found = rules.why_not_point(point)
        assert found[0] == field
        assert words in found[1]

    @given(st.lists(st.decimals(-5, 5, places=3), min_size=2, max_size=2))
    def test_deviations_are_taken_when_they_are_in_order_and_only_then(self, figures):
        point = PointDraft("Cote", CheckKind.MEASURE, D(100), *figures)
        assert (rules.why_not_point(point) is None) == (figures[0] <= figures[1])

    def test_the_words_of_the_drawing(self):
        assert MEASURE.tolerance == "Ø12 +0,027/0"
        assert PointDraft("Ra", CheckKind.MEASURE, upper=D("0.80"), unit="µm").tolerance == "≤\u00a00,8\u00a0µm"
        assert PointDraft("L", CheckKind.MEASURE, lower=D("-0.1")).tolerance == "≥\u00a0−0,1\u00a0mm"
        assert PointDraft("Aspect", CheckKind.ATTRIBUTE).tolerance == ""
        assert [replace(MEASURE, every=n).rhythm for n in (0, 1, 10)] == [
            "première pièce", "chaque pièce", "1 pièce sur 10",
        ]  # fmt: skip


class TestLikeness:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Entretoise Ø25x40 alésée", "entretoise Ø25x40 ALESEE"), ("Bride DN50", "DN50 bride"),
            ("Entretoise Ø25x40 alésée Ø12 H8", "Entretoise Ø25x45 alésée Ø12 H8"),
        ],
    )  # fmt: skip
    def test_the_same_article_said_otherwise_is_alike(self, one, other):
        assert rules.likeness(one, other) >= rules.ALIKE

    @pytest.mark.parametrize(
        ("one", "other"), [("Axe épaulé Ø20 g6 L120", "Bride DN50 ép. 12"), ("Mors doux", "Galet"), ("", "Bride")]
    )
    def test_another_article_is_not(self, one, other):
        assert rules.likeness(one, other) < rules.ALIKE

    @given(st.text(max_size=30), st.text(max_size=30))
    def test_it_is_the_same_both_ways_round_and_between_0_and_1(self, one, other):
        assert 0 <= rules.likeness(one, other) <= 1
        assert rules.likeness(one, other) == rules.likeness(other, one)


class TestDifferences:
    def test_two_that_say_the_same_have_none(self):
        assert rules.differences([STEP], [replace(STEP, points=(replace(MEASURE, nominal=D("12.0000")),))]) == []

    def test_each_field_that_changed_is_told_with_both_words(self):
        other = replace(
            STEP, work_center="CN", setup_seconds=2700, difficulty=3, first_article=True, factor_1=D("2.50")
        )
        (found,) = rules.differences([STEP], [other])
        assert (found.seq, found.label, found.kind) == (10, "Tournage", "changed")
        assert found.rows == (
            ("Machine", "TOUR", "CN"), ("Réglage", "30\u00a0min", "45\u00a0min"), ("Difficulté", "Facile", "Difficile"),
            ("Coefficient 1re année", "3", "2,5"), ("Première pièce à valider", "non", "oui"),
        )  # fmt: skip

    def test_check_points_are_compared_in_words(self):
        (found,) = rules.differences([STEP], [replace(STEP, points=())])
        assert found.rows == (("Points de contrôle", "Ø12 H8 (Ø12 +0,027/0), 1 pièce sur 5, Tampon", "–"),)

    def test_an_operation_that_only_one_has(self):
        extra = replace(STEP, seq=20, label="Contrôle")
        assert [(d.seq, d.kind) for d in rules.differences([STEP], [STEP, extra])] == [(20, "added")]
        assert [(d.seq, d.kind) for d in rules.differences([STEP, extra], [STEP])] == [(20, "removed")]

    def test_the_journal_tells_only_what_changed(self):
        assert rules.step_changes(STEP, replace(STEP, difficulty=2)) == ("Difficulté Facile", "Difficulté Courante")
        assert rules.step_changes(STEP, replace(STEP, points=())) == ("", "")


@pytest.mark.parametrize(
    ("text", "mark", "told"),
    [
        ("C4+C5", "+", "C4 + C5"),
        (" C4 +  + C4 ", "+", "C4"),
        ("gants;lunettes", ";", "gants ; lunettes"),
        ("", ";", ""),
    ],
)
def test_words_are_joined_each_once(text, mark, told):
    assert rules.joined(text, mark) == told


class TestIndexes:
    def test_letters_follow_each_other(self):
        letters = [None]
        for _ in range(60):
            letters.append(rules.next_index(letters[-1]))
        assert letters[1:4] == ["A", "B", "C"]
        assert letters[26:29] == ["Z", "AA", "AB"]
        ranks = [rules.index_rank(letter) for letter in letters[1:]]
        assert ranks == sorted(set(ranks))
        assert all(rules.why_not_index(two, one) is None for one, two in itertools.pairwise(letters))

    @pytest.mark.parametrize(
        ("letter", "latest", "sentence"),
        [
            ("B", "B", "L’indice B de ce dessin est déjà là."),
            ("A", "B", "L’indice B est déjà là : le nouveau vient après."),
            ("Z", "AA", "L’indice AA est déjà là : le nouveau vient après."),
            ("1", None, "Un indice est une lettre : A, B, C…"), ("", None, "Un indice est une lettre : A, B, C…"),
            ("ABC", None, "Un indice est une lettre : A, B, C…"),
        ],
    )  # fmt: skip
    def test_an_index_never_comes_twice_nor_goes_back(self, letter, latest, sentence):
        assert rules.why_not_index(letter, latest) == sentence
