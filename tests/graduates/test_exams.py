"""Exams: units and coefficients, sessions, entries, marks or words per unit, the jury's word, pass rates."""

import io
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.core.journal import history
from app.core.permissions import Role
from app.graduates.models import EntryUnit, ExamEntry, ExamResult, ExamUnit
from app.graduates.queries.exams import exam_page, units_for
from app.graduates.rules import UnitMark, UnitOutcome, UnitStanding, exam_average, why_not_points
from app.pedagogy.models import ExamSession
from tests.factories import make_diploma, make_group, make_pupil
from tests.factories.learning import make_entry, make_exam, make_units

FILE = (
    "diploma;unit;unit_title_fr;coefficient;optional\nCAP-CIP;EP1;Conduite;9;\nCAP-CIP;EP2;Intervention;4;\n"
    "CAP-CIP;EG1;Français;3;\nCAP-CIP;EG2;Mathématiques;2;\nCAP-CIP;EG3;EPS;1;\nCAP-CIP;LV;Anglais;1;oui\n"
)
T, K, E = UnitStanding.TAKEN, UnitStanding.KEPT, UnitStanding.EXEMPT


def unit(weight, points, standing=T, outcome=UnitOutcome.MARK, *, optional=False):
    value = None if points is None else Decimal(points)
    return UnitMark(Decimal(weight), optional, standing, outcome if value is not None else None, value)


def test_the_worked_example_of_an_exam():
    # (12×9 + 10.5×4 + 8×3 + 14×2) / (9+4+3+2) = 202 / 18 = 11.22; EPS exempt; English 13 adds (13−10)×1.
    marks = [unit(9, "12"), unit(4, "10.5", K), unit(3, "8"), unit(2, "14"), unit(1, None, E)]
    assert exam_average(marks) == Decimal("11.22")
    assert exam_average([*marks, unit(1, "13", optional=True)]) == Decimal("11.39")
    assert exam_average([*marks, unit(1, "7", optional=True)]) == Decimal("11.22")
    absent = UnitMark(Decimal(3), optional=False, standing=T, outcome=UnitOutcome.ABSENT, points=None)
    assert exam_average([unit(1, "12"), absent]) == Decimal("3.00")
    assert exam_average([unit(9, "12"), unit(4, None)]) is None


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ((T, UnitOutcome.MARK, Decimal(21)), "de 0 à 20"), ((E, UnitOutcome.MARK, Decimal(3)), "dispensé"),
        ((K, None, None), "Notez la note conservée"), ((T, UnitOutcome.ABSENT, Decimal(3)), "l’un ou l’autre"),
    ],
)  # fmt: skip
def test_a_unit_has_a_mark_or_a_word_never_both(said, words):
    assert words in why_not_points(*said)
    assert why_not_points(T, None, None) is None


@pytest.fixture
def cap(db):
    """Two pupils of a group that sits CAP-CIP in 2027."""
    group = make_group(db, make_diploma(db, code="CAP-CIP"))
    return group, make_pupil(db, group, code="E1"), make_pupil(db, group, code="E2")


def send(client, text, session="2027"):
    files = {"file": ("u.csv", io.BytesIO(text.encode()), "text/csv")}
    return client.post("/examens/epreuves", data={"from_session": session}, files=files)


def test_units_come_from_a_file_whole_or_not_at_all(client, db, login_as, cap):
    login_as(Role.OFFICE)
    for bad, words in (
        ("CAP-Z;EP9;Autre;2;\n", "Ligne 8 : aucun diplôme n’a le code « CAP-Z »"),
        ("CAP-CIP;EP1;Encore;2;\n", "Ligne 8 : l’épreuve « EP1 » est déjà"), ("CAP-CIP;EP9;Autre;zéro;\n", "Ligne 8"),
        ("CAP-CIP;;Autre;2;\n", "Ligne 8"),
    ):  # fmt: skip
        answer = send(client, FILE + bad)
        assert answer.status_code == 422
        assert words in answer.text
        assert db.scalar(select(func.count(ExamUnit.id))) == 0
    assert send(client, FILE).status_code == 303
    group = cap[0]
    assert [u.coefficient for u in units_for(db, group.diploma_id, 2027)] == [9, 4, 3, 2, 1, 1]
    assert units_for(db, group.diploma_id, 2026) == []


def test_units_are_typed_and_a_set_in_use_changes_no_more(client, db, login_as, cap):
    login_as(Role.OFFICE)
    group, pupil, _ = cap
    rows = {"from_session": "2027", "units-0-code": "EP1", "units-0-label": "Conduite", "units-0-coefficient": "9"}
    assert client.post("/examens/epreuves/CAP-CIP", data=rows).status_code == 303
    twice = rows | {"units-1-code": "EP1", "units-1-label": "Encore", "units-1-coefficient": "1"}
    answer = client.post("/examens/epreuves/CAP-CIP", data=twice)
    assert answer.status_code == 422
    assert "deux fois dans la liste" in answer.text
    ccf = client.post("/examens/epreuves/CAP-CIP", data=rows | {"units-0-mode": "continuous"})
    assert ccf.status_code == 422
    assert "n’est pas autorisé" in ccf.text
    make_entry(db, make_exam(db, group.diploma), pupil, units_for(db, group.diploma_id, 2027))
    answer = client.post("/examens/epreuves/CAP-CIP", data=rows | {"units-0-coefficient": "8"})
    assert answer.status_code == 422
    assert "Des élèves sont inscrits" in answer.text
    later = rows | {"from_session": "2028", "units-0-coefficient": "8"}
    assert client.post("/examens/epreuves/CAP-CIP", data=later).status_code == 303


def test_only_the_direction_allows_assessment_in_the_course_of_training(client, db, login_as, cap):
    login_as(Role.OFFICE)
    assert client.post("/examens/epreuves/CAP-CIP/ccf", data={"allowed": "1"}).status_code == 403
    login_as(Role.DIRECTOR)
    assert client.post("/examens/epreuves/CAP-CIP/ccf", data={"allowed": "1"}).status_code == 303
    rows = {
        "from_session": "2027", "units-0-code": "EP1", "units-0-label": "Conduite", "units-0-coefficient": "9",
        "units-0-mode": "continuous",
    }  # fmt: skip
    assert client.post("/examens/epreuves/CAP-CIP", data=rows).status_code == 303
    assert client.post("/examens/epreuves/CAP-CIP/ccf", data={"allowed": ""}).status_code == 409
    db.expire_all()
    assert cap[0].diploma.ccf_allowed


def test_a_session_lies_in_its_year_once_per_diploma(client, db, login_as, cap):
    login_as(Role.OFFICE)
    good = {"diploma": "CAP-CIP", "session": "2027", "starts_on": "01/06/2027", "ends_on": "12/06/2027"}
    assert client.post("/examens", data=good).status_code == 303
    for wrong, words in (
        ({}, "existe déjà"), ({"session": "2028"}, "se passe en 2028"),
        ({"ends_on": "01/05/2027"}, "La fin vient après"),
        ({"diploma": "Z"}, "Choisissez"),
    ):  # fmt: skip
        answer = client.post("/examens", data=good | wrong)
        assert answer.status_code == 422, wrong
        assert words in answer.text
    exam = db.scalars(select(ExamSession)).one()
    assert (
        client.post(f"/examens/{exam.id}/dates", data=good | {"ends_on": "13/06/2027", "version": "1"}).status_code
        == 303
    )
    assert (
        client.post(f"/examens/{exam.id}/dates", data=good | {"ends_on": "14/06/2027", "version": "1"}).status_code
        == 409
    )


def test_from_entry_to_pass_rate(client, db, login_as, cap):
    login_as(Role.OFFICE)
    group, one, _two = cap
    send(client, FILE)
    exam = make_exam(db, group.diploma)
    here = f"/examens/{exam.id}"
    assert client.post(f"{here}/inscriptions", data={"pupils": ["E1", "E2"]}).status_code == 303
    again = client.post(f"{here}/inscriptions", data={"pupils": ["E1"]})
    assert again.status_code == 422
    assert "y est déjà inscrit" in again.text
    assert db.scalar(select(func.count(EntryUnit.id))) == 10
    units = units_for(db, group.diploma_id, 2027)
    points = ("12", "10,5", "8", "14", "", "13")
    data = {"number": "0452", "version": "1", "verdict": "passed"}
    for place, (unit_, mark) in enumerate(zip(units, points, strict=True)):
        standing = "exempt" if unit_.code == "EG3" else "kept" if unit_.code == "EP2" else "taken"
        data |= {f"units-{place}-unit": unit_.id, f"units-{place}-standing": standing, f"units-{place}-points": mark}
    assert client.post(f"{here}/eleves/E1", data=data | {"units-0-points": "25"}).status_code == 422
    assert client.post(f"{here}/eleves/E1", data=data).status_code == 303
    assert client.post(f"{here}/eleves/E1", data=data | {"number": "9"}).status_code == 409
    assert client.post(f"{here}/eleves/E2", data={"verdict": "failed"}).status_code == 303
    db.expire_all()
    found = exam_page(db, db.get_one(ExamSession, exam.id))
    assert [row.average for row in found.rows] == [Decimal("11.39"), None]
    assert found.figures.pass_rate == Decimal("0.5000")
    assert db.scalar(select(ExamResult.verdict).where(ExamResult.pupil_id == one.id)) == "passed"
    assert any("EP2" in deed.changes[0][0] or deed.changes for deed in history(db, "pupil_future", one.id))
    page = client.get(here).text
    for words in ("0452", "conservée", "Dispensé", "50,0", "Ajourné"):
        assert words in page
    text = client.get(f"{here}/export.csv").content.decode("utf-8-sig").splitlines()
    assert text[0] == "Élève;Numéro;EP1;EP2;EG1;EG2;EG3;LV;Moyenne;Résultat"
    assert text[1].endswith(";0452;12,00;10,50;8,00;14,00;Dispensé;13,00;11,39;Admis")
    assert "50,0" in client.get("/examens").text


def test_the_same_through_json(client, db, bearer, cap):
    group, one, _ = cap
    exam = make_exam(db, group.diploma)
    make_entry(db, exam, one, make_units(db, group.diploma, ("EP1", "9"), ("EP2", "4")))
    headers = bearer(Role.MASTER)
    (line,) = client.get("/api/v1/exams", headers=headers).json()
    assert (line["diploma"], line["session"], line["entries"], line["pass_rate"]) == ("CAP-CIP", 2027, 1, None)
    told = client.get(f"/api/v1/exams/{exam.id}", headers=headers).json()
    assert [u["code"] for u in told["units"]] == ["EP1", "EP2"]
    assert told["entries"][0]["pupil"] == "E1"
    assert told["entries"][0]["units"][0] == {"code": "EP1", "standing": "taken", "outcome": None, "points": None}
    assert client.get("/api/v1/exams/999", headers=headers).status_code == 404


def test_who_does_not_edit_results_reads_only(client, db, login_as, cap):
    login_as(Role.TEACHER)
    exam = make_exam(db, cap[0].diploma)
    assert client.get(f"/examens/{exam.id}").status_code == 200
    assert client.post(f"/examens/{exam.id}/inscriptions", data={"pupils": ["E1"]}).status_code == 403
    assert client.get(f"/examens/{exam.id}/eleves/E1").status_code == 403
    assert db.scalar(select(func.count(ExamEntry.id))) == 0
