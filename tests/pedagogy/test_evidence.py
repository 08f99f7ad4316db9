"""Skill evidence: kept with its source, once, and only for skills of the diploma that is prepared."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.clock import now, today
from app.core.errors import Refused
from app.core.journal import history
from app.pedagogy.models import Framework, FrameworkSkill, SkillEvidence
from app.pedagogy.queries import skills_on
from app.pedagogy.rules import why_not_level
from app.pedagogy.service import Source, record_evidence, void_evidence
from tests.factories import actor_of, make_diploma, make_group, make_pupil, make_skill, make_staff

SOURCE = Source("release", "BT2026-00001", "/atelier/bons/BT2026-00001")


@pytest.fixture
def tom(db):
    """Prepares a diploma with C1 and C2; another one has C9."""
    group = make_group(db)
    for code in ("C1", "C2"):
        make_skill(db, group.diploma, code=code)
    make_skill(db, make_diploma(db), code="C9")
    return make_pupil(db, group)


def rows(db):
    """What is kept."""
    db.flush()
    return db.execute(select(SkillEvidence).order_by(SkillEvidence.id)).scalars().all()


def test_each_skill_is_kept_with_its_level_its_source_and_who_says_so(db, tom):
    by = actor_of(make_staff(db))
    assert record_evidence(db, tom.id, {"C1": 3, "C2": None}, source=SOURCE, comment="Propre", by=by) == ["C1", "C2"]
    first, second = rows(db)
    assert (first.skill_code, first.level, second.level) == ("C1", 3, None)
    assert (first.source, first.source_label, first.source_url) == ("release", SOURCE.label, SOURCE.url)
    assert (first.assessor_id, first.on_date, first.comment, first.self_assessed) == (
        by.staff_id, today(), "Propre", False,
    )  # fmt: skip


def test_a_skill_of_another_diploma_is_left_out(db, tom):
    assert record_evidence(db, tom.id, {"C9": 4, "C1": 2}, source=SOURCE) == ["C1"]


def test_the_same_again_is_kept_once_another_level_is_another_reason(db, tom):
    record_evidence(db, tom.id, {"C1": 2}, source=SOURCE)
    assert record_evidence(db, tom.id, {"C1": 2}, source=SOURCE) == []
    assert record_evidence(db, tom.id, {"C1": 3}, source=SOURCE) == ["C1"]
    assert [row.level for row in rows(db)] == [2, 3]


def test_the_pupil_s_own_word_stands_apart_and_has_no_assessor(db, tom):
    record_evidence(db, tom.id, {"C1": None}, source=SOURCE)
    record_evidence(db, tom.id, {"C1": None}, source=SOURCE, self_assessed=True, by=actor_of(make_staff(db)))
    assert [(row.self_assessed, row.assessor_id) for row in rows(db)] == [(False, None), (True, None)]


@pytest.mark.parametrize("level", [0, 5, -1])
def test_a_level_goes_from_one_to_four(db, tom, level):
    assert why_not_level(level) is not None
    with pytest.raises(Refused) as refused:
        record_evidence(db, tom.id, {"C1": level}, source=SOURCE)
    assert refused.value.field == "level"


def test_skills_follow_the_class_of_the_day(db, tom):
    assert list(skills_on(db, tom.id, today())) == ["C1", "C2"]
    assert skills_on(db, tom.id, tom.entered_on - timedelta(days=1)) == {}


def version(db, diploma, from_session, *codes):
    """A version of the diploma's framework with these skills in one block."""
    framework = Framework(diploma_id=diploma.id, label=f"V{from_session}", from_session=from_session, created_at=now())
    db.add(framework)
    db.flush()
    for place, code in enumerate(codes):
        db.add(FrameworkSkill(
            framework_id=framework.id, block_code="EP1", block_title="Épreuve", code=code, label=f"Savoir {code}",
            position=place,
        ))  # fmt: skip
    db.flush()
    return framework


def test_the_version_that_holds_for_the_group_says_which_skills_count(db, tom):
    old = version(db, tom.group.diploma, 2020, "C1", "C7")
    version(db, tom.group.diploma, 2028, "C8")
    assert list(skills_on(db, tom.id, today())) == ["C1", "C7"]
    assert record_evidence(db, tom.id, {"C1": 3, "C2": 3, "C8": 3}, source=SOURCE) == ["C1"]
    assert rows(db)[0].framework_id == old.id
    tom.group.exam_session = 2028
    db.flush()
    assert skills_on(db, tom.id, today()) == {"C8": "Savoir C8"}


def test_without_a_version_the_plain_list_holds_and_evidence_names_none(db, tom):
    version(db, tom.group.diploma, 2028, "C8")
    record_evidence(db, tom.id, {"C2": 1}, source=SOURCE)
    assert rows(db)[0].framework_id is None


def test_a_wrong_one_is_taken_back_with_its_reason_once_and_may_be_said_again(db, tom):
    by = actor_of(make_staff(db))
    record_evidence(db, tom.id, {"C1": 4}, source=SOURCE, by=by)
    void_evidence(db, rows(db)[0], reason="Mauvais élève", by=by)
    db.flush()
    with pytest.raises(Refused, match="déjà annulée"):
        void_evidence(db, rows(db)[0], reason="Encore", by=by)
    told = history(db, "pupil_skills", tom.id)
    assert (told[0].label, told[0].note) == ("Preuve annulée : C1, Validation BT2026-00001", "Mauvais élève")
    assert record_evidence(db, tom.id, {"C1": 4}, source=SOURCE, by=by) == ["C1"]


def test_the_day_of_what_was_seen_may_lie_behind(db, tom):
    seen = today() - timedelta(days=3)
    record_evidence(db, tom.id, {"C1": 2}, source=Source("exercise", "Cotation", on=seen))
    assert rows(db)[0].on_date == seen
