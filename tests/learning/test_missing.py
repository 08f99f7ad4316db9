"""What is missing before the exam: per pupil, the nearest exam first, exported, evaluated from there."""

import io
from datetime import date, datetime

import pytest
from openpyxl import load_workbook

from app.core.clock import PARIS
from app.core.permissions import Role
from app.learning.queries.missing import missing_page
from app.pedagogy.models import ExamSession
from tests.factories import make_group, make_pupil, make_skill
from tests.factories.learning import make_evidence
from tests.support.html import parse


@pytest.fixture
def groups(db):
    """CAP2 sits its exam in June 2027; CAP1's day is not known yet."""
    second, first = make_group(db, code="CAP2", label="CAP 2"), make_group(db, code="CAP1", label="CAP 1")
    first.exam_session = 2028
    for group in (second, first):
        for code in ("C1", "C2", "C3"):
            make_skill(db, group.diploma, code=code)
    db.add(
        ExamSession(diploma_id=second.diploma_id, session=2027, starts_on=date(2027, 6, 1), ends_on=date(2027, 6, 9))
    )
    db.flush()
    return second, first


@pytest.fixture
def pupils(db, groups):
    second, first = groups
    ines = make_pupil(db, second, code="E1", first_name="Inès", last_name="Adam")
    tom = make_pupil(db, second, code="E2", first_name="Tom", last_name="Zola")
    lou = make_pupil(db, first, code="E3", first_name="Lou", last_name="Brun")
    make_evidence(db, ines, "C1", level=3)
    make_evidence(db, ines, "C2", level=2)
    make_evidence(db, ines, "C3", level=4, self_assessed=True)
    return ines, tom, lou


def test_the_nearest_exam_comes_first_then_who_misses_most(db, pupils):
    found = missing_page(db)
    assert [(one.code, one.days_left, len(one.missing), one.never) for one in found.rows] == [
        ("E2", 189, 3, 3), ("E1", 189, 2, 1), ("E3", None, 3, 3),
    ]  # fmt: skip
    ines = found.rows[1]
    assert [(each.skill.code, each.cell.level) for each in ines.missing] == [("C3", None), ("C2", 2)]


def test_who_holds_everything_is_only_counted(db, pupils):
    for code in ("C2", "C3"):
        make_evidence(db, pupils[0], code, level=4)
    found = missing_page(db, "CAP2")
    assert [one.code for one in found.rows] == ["E2"]
    assert found.held == 1


def test_an_exam_that_has_begun_is_told_and_one_that_is_over_is_not_ahead(db, pupils, clock):
    clock.set(datetime(2027, 6, 3, 9, 30, tzinfo=PARIS))
    assert {one.code: one.days_left for one in missing_page(db, "CAP2").rows}["E1"] == 0
    clock.set(datetime(2027, 6, 20, 9, 30, tzinfo=PARIS))
    assert {one.days_left for one in missing_page(db, "CAP2").rows} == {None}


def test_the_page_names_the_skills_and_opens_their_evaluation(client, login_as, pupils):
    login_as(Role.MASTER)
    page = client.get("/competences/avant-examen?groupe=CAP2")
    rows = parse(page.text).one("tbody").all("tr")
    assert "Tom Zola" in rows[0].text
    assert "189" in rows[0].text
    assert "jamais vu" in rows[1].text
    assert "en cours d’acquisition" in rows[1].text
    assert 'href="/eleves/E1/competences?competence=C2#evaluer"' in page.text
    form = parse(client.get("/eleves/E1/competences?competence=C2").text)
    chosen = [o.attributes["value"] for o in form.one("select", id="skill").all("option") if "selected" in o.attributes]
    assert chosen == ["C2"]


def test_an_unknown_group_has_nobody(client, login_as, pupils):
    login_as(Role.MASTER)
    assert client.get("/competences/avant-examen?groupe=NIX").status_code == 200


def test_the_table_file_has_a_line_per_pupil_and_missing_skill(client, login_as, pupils):
    login_as(Role.MASTER)
    sheet = load_workbook(io.BytesIO(client.get("/competences/avant-examen/export.xlsx").content)).active
    lines = list(sheet.iter_rows(values_only=True))
    assert lines[0][:5] == ("Élève", "Groupe", "Session", "Examen le", "Jours restants")
    assert len(lines) == 1 + 3 + 2 + 3
    assert lines[4][0] == "Inès Adam"
    assert lines[4][4] == 189
    assert client.get("/competences/avant-examen/export.csv").content.count(b"\n") >= 8


def test_as_many_statements_for_many_pupils(client, db, login_as, groups, pupils, record_queries):
    login_as(Role.MASTER)

    def count():
        with record_queries() as statements:
            assert client.get("/competences/avant-examen").status_code == 200
        return len(statements)

    few = count()
    for _ in range(8):
        make_evidence(db, make_pupil(db, groups[0]), "C1")
    assert count() == few
