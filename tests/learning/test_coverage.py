"""What a group covers, one pupil's skills, evidence by hand and taken back, what waits to be assessed."""

from datetime import date

import pytest
from sqlalchemy import select

from app.core.journal import history
from app.core.permissions import Role
from app.learning.queries.coverage import coverage_page
from app.pedagogy.models import EvidenceVoid, ExamSession, SkillEvidence
from app.pedagogy.service import Source, record_evidence
from tests.factories import make_group, make_pupil, make_skill

BY_HAND = {
    "skill": "C1", "level": "3", "source": "exercise", "label": "Cotation n° 3", "on_date": "20/11/2026",
    "comment": "Seul",
}  # fmt: skip


@pytest.fixture
def group(db):
    """A class that works for C1 and C2."""
    made = make_group(db, code="CAP1")
    for code in ("C1", "C2"):
        make_skill(db, made.diploma, code=code)
    return made


@pytest.fixture
def ines(db, group):
    return make_pupil(db, group, code="E1", first_name="Inès", last_name="Adam")


def seen(db, pupil, levels, label="Travail", **other):
    record_evidence(db, pupil.id, levels, source=Source("exercise", label), **other)
    db.flush()


def test_the_matrix_counts_dates_and_says_the_level_whom_most_is_missing_first(db, group, ines):
    tom = make_pupil(db, group, code="E2", first_name="Tom")
    seen(db, ines, {"C1": 2}, "Un")
    seen(db, ines, {"C1": 3}, "Deux")
    seen(db, ines, {"C2": 4}, "Soi-même", self_assessed=True)
    db.add(ExamSession(diploma_id=group.diploma_id, session=2027, starts_on=date(2027, 6, 1), ends_on=date(2027, 6, 9)))
    db.flush()
    page = coverage_page(db, "CAP1")
    assert [row.code for row in page.rows] == [tom.code, ines.code]
    cell = page.rows[1].cells[0]
    assert (cell.times, cell.last_on, cell.level) == (2, date(2026, 11, 24), 3)
    assert page.rows[1].cells[1].times == 0
    assert (page.never, page.not_held, page.weeks_left) == (3, 3, 27)


def test_the_page_of_a_group_needs_as_many_statements_whatever_its_size(client, db, login_as, group, record_queries):
    login_as(Role.MASTER)

    def count():
        with record_queries() as statements:
            assert client.get("/competences").status_code == 200
        return len(statements)

    make_pupil(db, group)
    few = count()
    for _ in range(8):
        seen(db, make_pupil(db, group), {"C1": 2, "C2": 3})
    assert count() == few


def test_an_assessment_by_hand_shows_on_the_pupil_s_page_with_who_and_when(client, db, login_as, ines):
    login_as(Role.TEACHER)
    answer = client.post("/eleves/E1/competences", data=BY_HAND)
    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    for words in ("Cotation n° 3", "20/11/2026", "Seul", "1 sur 2 à « acquis » ou mieux, 1 jamais vu"):
        assert words in page
    db.expire_all()
    assert history(db, "pupil_skills", ines.id)[0].label == "Compétence C1 : Cotation n° 3"


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"on_date": "25/11/2026"}, "cette date est à venir"), ({"on_date": "01/06/2026"}, "n’est entré à l’école"),
        ({"skill": "Z9"}, "n’est pas au référentiel"), ({"level": "5"}, "4"), ({"source": "ticket"}, "Choisissez"),
        ({"label": ""}, "Travail"),
    ],
)  # fmt: skip
def test_a_wrong_assessment_is_refused_at_its_field_and_kept_as_typed(client, db, login_as, ines, wrong, sentence):
    login_as(Role.MASTER)
    answer = client.post("/eleves/E1/competences", data=BY_HAND | wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Seul" in answer.text
    assert db.scalar(select(SkillEvidence.id)) is None


def test_a_wrong_proof_is_taken_back_with_a_reason_stays_visible_and_counts_no_more(client, db, login_as, group, ines):
    login_as(Role.MASTER)
    seen(db, ines, {"C1": 4})
    proof = db.scalar(select(SkillEvidence.id))
    assert client.post(f"/competences/preuves/{proof}", data={}).status_code == 422
    assert client.post(f"/competences/preuves/{proof}", data={"reason": "Autre élève"}).status_code == 303
    db.expire_all()
    assert db.get_one(EvidenceVoid, proof).reason == "Autre élève"
    assert "Annulée" in client.get("/eleves/E1/competences").text
    assert coverage_page(db, "CAP1").rows[0].cells[0].times == 0
    again = client.post(f"/competences/preuves/{proof}", data={"reason": "Encore"})
    assert again.status_code == 422
    assert "déjà annulée" in again.text


def test_what_was_seen_at_work_is_assessed_in_one_gesture_later(client, db, login_as, ines):
    me = login_as(Role.MASTER)
    record_evidence(
        db, ines.id, {"C1": None, "C2": None}, source=Source("release", "BT2026-1", "/atelier/bons/BT2026-1")
    )
    db.flush()
    first, second = db.scalars(select(SkillEvidence.id).order_by(SkillEvidence.id))
    page = client.get("/competences/a-evaluer").text
    assert page.count("BT2026-1") >= 2
    form = {"seen-0-id": first, "seen-0-level": "3", "seen-1-id": second}
    assert client.post("/competences/a-evaluer", data=form).status_code == 303
    db.expire_all()
    kept = db.scalars(select(SkillEvidence).where(SkillEvidence.level.is_not(None))).one()
    assert (kept.skill_code, kept.level, kept.source_label, kept.assessor_id) == ("C1", 3, "BT2026-1", me.id)
    after = client.get("/competences/a-evaluer").text
    assert "C2" in after
    assert ">C1 " not in after


def test_the_matrix_is_a_table_file_too_and_only_assessors_assess(client, login_as, ines):
    login_as(Role.OFFICE)
    text = client.get("/competences/export.csv").content.decode("utf-8-sig")
    assert text.splitlines()[0] == "Élève;Unité;Compétence;Intitulé;Fois;Dernière fois;Niveau"
    assert client.get("/competences/a-evaluer").status_code == 403
    assert client.post("/eleves/E1/competences", data=BY_HAND).status_code == 403
    assert client.get("/eleves/E999/competences").status_code == 404


def test_the_session_that_a_group_prepares_is_bounded_and_journaled(client, db, login_as, group, ines):
    login_as(Role.OFFICE)
    assert client.post("/competences/CAP1/session", data={"session": "2028"}).status_code == 303
    db.expire_all()
    assert group.exam_session == 2028
    assert history(db, "pupil_group", group.id)[0].changes == (("Session préparée", "2027", "2028"),)
    answer = client.post("/competences/CAP1/session", data={"session": "2035"})
    assert answer.status_code == 422
    assert "entre 2027 et 2030" in answer.text
    client.post("/competences/CAP1/session", data={"session": "2027"})
    db.expire_all()
    assert group.exam_session is None
