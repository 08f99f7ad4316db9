"""What may be written down as a fact about a pupil, and what is refused where it was typed."""

from datetime import date

import pytest

from app.core.permissions import Role
from app.machines.rules import RESULTS_OF, ClearanceKind, ClearanceResult
from app.machines.rules.entry import (
    Entry,
    Recorded,
    kilograms,
    why_may_not_give,
    why_not_assessed,
    why_not_beside,
    why_not_dated,
    why_not_shaped,
)

K, R = ClearanceKind, ClearanceResult
DAY = date(2026, 11, 24)


def entry(kind=K.MEDICAL, result=R.FIT, **other):
    return Entry(kind, result, **({"on": DAY} | other))


class TestShape:
    @pytest.mark.parametrize(
        "sound",
        [
            entry(), entry(excluded=("D4153-22", "D4153-17")), entry(result=R.UNFIT), entry(K.HANDLING),
            entry(K.SAFETY, R.NOT_ASSESSED, center="TOUR"), entry(K.PERMIT, R.ALONE, center="TOUR", until=DAY),
            entry(K.DRIVING_TRAINING, R.PASSED), entry(K.DRIVING_AUTHORISATION, R.GIVEN, center="PONT"),
            entry(K.DRIVING_MEDICAL), entry(K.ELECTRICAL, R.GIVEN, detail="B0"),
            entry(K.WEIGHT, R.GIVEN, detail="52,5"), entry(K.PERMIT, R.WITHDRAWN, center="TOUR"),
        ],
    )  # fmt: skip
    def test_each_kind_has_its_shape(self, sound):
        assert why_not_shaped(sound) is None

    @pytest.mark.parametrize("kind", ClearanceKind)
    def test_a_result_of_another_kind_is_refused(self, kind):
        for result in ClearanceResult:
            if result not in RESULTS_OF[kind]:
                why = why_not_shaped(entry(kind, result, center="TOUR", detail="B0"))
                assert why is not None
                assert why[1] == "result"

    @pytest.mark.parametrize(
        ("wrong", "field", "words"),
        [
            (entry(K.SAFETY, R.PASSED), "work_center", "Choisissez la machine"),
            (entry(K.PERMIT, R.ALONE), "work_center", "Choisissez la machine"),
            (entry(center="TOUR"), "work_center", "ne porte pas sur une machine"),
            (entry(K.WEIGHT, R.GIVEN, center="TOUR", detail="50"), "work_center", "ne porte pas"),
            (entry(excluded=("D4153-99",)), "restriction", "n’est pas un article connu"),
            (entry(result=R.UNFIT, excluded=("D4153-22",)), "restriction", "tous les travaux"),
            (entry(K.HANDLING, excluded=("D4153-22",)), "restriction", "Seul un avis médical"),
            (entry(K.ELECTRICAL, R.GIVEN), "detail", "Exemple : B0"),
            (entry(K.ELECTRICAL, R.GIVEN, detail="B9"), "detail", "Exemple : B0"),
            (entry(K.WEIGHT, R.GIVEN), "detail", "entre 20 et 250 kg"),
            (entry(K.WEIGHT, R.GIVEN, detail="NaN"), "detail", "entre 20 et 250 kg"),
            (entry(K.WEIGHT, R.GIVEN, detail="12"), "detail", "entre 20 et 250 kg"),
            (entry(detail="allergie"), "detail", "ne porte pas cette précision"),
            (entry(until=DAY), "ends_on", "pas de date de fin"),
            (entry(K.PERMIT, R.WITHDRAWN, center="TOUR", until=DAY), "ends_on", "pas de date de fin"),
            (entry(K.PERMIT, R.ALONE, center="TOUR", until=date(2026, 11, 23)), "ends_on", "avant le début"),
        ],
    )  # fmt: skip
    def test_what_is_wrong_stands_at_its_field(self, wrong, field, words):
        sentence, where = why_not_shaped(wrong)
        assert (where, words in sentence) == (field, True), sentence

    @pytest.mark.parametrize(("typed", "kilos"), [("52,5", "52.5"), ("52.5 kg", "52.5"), (" 60 ", "60")])
    def test_a_weight_is_typed_as_people_do(self, typed, kilos):
        assert str(kilograms(typed)) == kilos

    @pytest.mark.parametrize("typed", ["", "lourd", "inf", "nan", "1e"])
    def test_what_is_no_weight_is_none(self, typed):
        assert kilograms(typed) is None


STAY = {"entered_on": date(2026, 9, 1), "left_on": None, "today": DAY}


class TestDay:
    def test_to_come_is_refused(self):
        assert why_not_dated(entry(on=date(2026, 11, 25)), **STAY) == (
            "Cette date est à venir : aujourd’hui, c’est le 24/11/2026.", "on_date",
        )  # fmt: skip

    def test_a_training_before_the_pupil_came_is_refused_and_a_doctor_s_opinion_is_not(self):
        before = date(2026, 8, 31)
        assert why_not_dated(entry(K.SAFETY, R.PASSED, center="T", on=before), **STAY)[1] == "on_date"
        assert why_not_dated(entry(on=before), **STAY) is None
        assert why_not_dated(entry(K.SAFETY, R.PASSED, center="T", on=date(2026, 9, 1)), **STAY) is None

    def test_after_the_pupil_left_is_refused(self):
        left = STAY | {"left_on": date(2026, 10, 2)}
        assert "a quitté l’école le 02/10/2026" in why_not_dated(entry(), **left)[0]
        assert why_not_dated(entry(on=date(2026, 10, 2)), **left) is None


class TestBeside:
    def test_the_same_again_is_told_as_such(self):
        assert why_not_beside(entry(excluded=("A", "B")), [Recorded(R.FIT, ("B", "A"))])[0].startswith("C’est déjà")

    @pytest.mark.parametrize(
        ("wanted", "known"),
        [
            (entry(), Recorded(R.UNFIT)), (entry(), Recorded(R.FIT, ("D4153-22",))),
            (entry(K.SAFETY, R.PASSED, center="T"), Recorded(R.FAILED)),
            (entry(K.SAFETY, R.NOT_ASSESSED, center="T"), Recorded(R.PASSED)),
            (entry(K.PERMIT, R.ALONE, center="T"), Recorded(R.SUPERVISED)),
            (entry(K.WEIGHT, R.GIVEN, detail="60"), Recorded(R.GIVEN, (), "52.5")),
        ],
    )  # fmt: skip
    def test_a_contradiction_of_one_day_is_refused(self, wanted, known):
        sentence, field = why_not_beside(wanted, [known])
        assert field == "result"
        assert "Annulez d’abord ce qui est faux" in sentence

    @pytest.mark.parametrize(
        ("wanted", "known"),
        [
            (entry(K.SAFETY, R.PASSED, center="T"), Recorded(R.NOT_ASSESSED)),
            (entry(K.PERMIT, R.WITHDRAWN, center="T"), Recorded(R.ALONE)),
            (entry(K.ELECTRICAL, R.WITHDRAWN, detail="B0"), Recorded(R.GIVEN, (), "B0")),
        ],
    )  # fmt: skip
    def test_assessed_or_taken_back_on_its_day_is_not_one(self, wanted, known):
        assert why_not_beside(wanted, [known]) is None


class TestAssessment:
    def test_never_before_the_training(self):
        sentence, field = why_not_assessed(DAY, date(2026, 11, 23), R.PASSED)
        assert (field, "dispensée le 24/11/2026" in sentence) == ("assessed_on", True)
        assert why_not_assessed(DAY, DAY, R.FAILED) is None
        assert why_not_assessed(DAY, None, R.PASSED) is None

    def test_a_dated_one_has_a_result(self):
        assert why_not_assessed(DAY, DAY, R.NOT_ASSESSED)[1] == "result"


class TestGiver:
    @pytest.mark.parametrize("kind", [K.PERMIT, K.DRIVING_AUTHORISATION])
    def test_masters_and_the_head_answer_for_the_school_s_own_papers(self, kind):
        assert why_may_not_give(kind, Role.MASTER, disabled=False) is None
        assert why_may_not_give(kind, Role.DIRECTOR, disabled=False) is None
        for role in (Role.OFFICE, Role.TEACHER):
            assert "maître professionnel" in why_may_not_give(kind, role, disabled=False)
        assert why_may_not_give(kind, Role.MASTER, disabled=True) is not None

    def test_others_are_signed_by_whoever_gave_them(self):
        assert why_may_not_give(K.SAFETY, Role.OFFICE, disabled=False) is None
