"""The JSON door to skills, marks and issued reports."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from app.core.clock import now
from app.core.permissions import Role
from app.learning.models import Evaluation, IssuedReport, Mark
from app.learning.rules.marks import ReportKind
from app.learning.rules.reports import write_report
from app.pedagogy.rules import SessionKind
from tests.factories import (
    make_group,
    make_pupil,
    make_session,
    make_skill,
    make_staff,
    make_subject,
    make_ticket,
)
from tests.factories.learning import make_evidence, make_own_word


@pytest.fixture
def group(db):
    made = make_group(db, code="CAP1")
    for code in ("C1", "C2"):
        make_skill(db, made.diploma, code=code)
    return made


@pytest.fixture
def ines(db, group):
    pupil = make_pupil(db, group, code="E1", first_name="Inès", last_name="Adam")
    make_evidence(db, pupil, "C1", level=3)
    return pupil


@pytest.fixture
def course(db, group, ines):
    """An evaluation of last week, and who teaches it."""
    teacher = make_staff(db, Role.TEACHER)
    subject = make_subject(db, group.diploma, SessionKind.THEORY, label="Français")
    make_session(db, group, SessionKind.THEORY, staff=teacher, subject=subject)
    one = Evaluation(
        group_id=group.id, subject_id=subject.id, title="Dictée", on_date=date(2026, 11, 17), out_of=Decimal(20),
        coefficient=Decimal(1), created_at=now(),
    )  # fmt: skip
    db.add(one)
    db.flush()
    return teacher, one


PATHS = ("/skills/coverage?group=CAP1", "/skills/missing", "/pupils/E1/skills", "/pupils/E1/reports",
         "/groups/CAP1/evaluations")  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_nobody_without_a_token(client, bearer, ines, path):
    assert client.get(f"/api/v1{path}").status_code == 401
    assert client.get(f"/api/v1{path}", headers=bearer(Role.MASTER)).status_code == 200


ABSENT = ("/skills/coverage?group=NIX", "/pupils/NIX/skills", "/pupils/NIX/reports", "/groups/NIX/evaluations",
          "/evaluations/999/marks", "/reports/issued/999")  # fmt: skip


@pytest.mark.parametrize("path", ABSENT)
def test_what_is_not_there_is_told(client, bearer, ines, path):
    assert client.get(f"/api/v1{path}", headers=bearer(Role.MASTER)).status_code == 404


@pytest.mark.parametrize("path", ["/skills/coverage", "/evaluations/x/marks", "/reports/issued/x"])
def test_nonsense_is_told_at_its_field(client, bearer, ines, path):
    assert client.get(f"/api/v1{path}", headers=bearer(Role.MASTER)).status_code == 422


def test_the_matrix_of_a_group_and_what_is_missing(client, bearer, ines):
    headers = bearer(Role.MASTER)
    told = client.get("/api/v1/skills/coverage?group=CAP1", headers=headers).json()
    assert [one["code"] for one in told["skills"]] == ["C1", "C2"]
    assert told["pupils"][0]["cells"] == [
        {"skill": "C1", "times": 1, "last_on": "2026-11-24", "level": 3},
        {"skill": "C2", "times": 0, "last_on": None, "level": None},
    ]
    missing = client.get("/api/v1/skills/missing?group=CAP1", headers=headers).json()
    assert [(one["pupil"], [each["skill"] for each in one["skills"]]) for one in missing] == [("E1", ["C2"])]


def test_the_pupil_s_own_words_stand_apart_from_the_evidence(client, db, bearer, ines):
    ticket = make_ticket(db, pupil=ines)
    make_own_word(db, ines, ticket, "C2", sentence="J’ai réglé.")
    make_evidence(db, ines, "C2", level=4, self_assessed=True)
    told = client.get("/api/v1/pupils/E1/skills", headers=bearer(Role.TEACHER)).json()
    assert [(one["skill"], one["level"]) for one in told["skills"]] == [("C1", 3), ("C2", None)]
    assert [(one["skill"], one["self_assessed"]) for one in told["evidence"]] == [("C1", False), ("C2", True)]
    assert [(one["words"], one["sentence"], one["ticket"]) for one in told["said"]] == [
        ("Tout seul", "J’ai réglé.", ticket.number)
    ]


class TestMarks:
    def put(self, client, headers, one, *cells):
        rows = [{"pupil": "E1", "seen": seen, "mark": mark} for seen, mark in cells]
        return client.put(f"/api/v1/evaluations/{one.id}/marks", json={"rows": rows}, headers=headers)

    def test_read_written_corrected_and_told_when_somebody_was_faster(self, client, bearer, course):
        teacher, one = course
        headers = bearer(teacher)
        made = self.put(client, headers, one, (0, "12,25")).json()
        assert (made["marks"][0]["points"], made["average"]) == ("12.25", "12.25")
        late = self.put(client, headers, one, (0, "14"))
        assert late.status_code == 409
        assert late.json()["changes"] == [{"field": "Inès Adam", "yours": "14", "stored": "12,25"}]
        assert self.put(client, headers, one, (made["marks"][0]["mark"], "abs")).json()["average"] is None
        line = client.get("/api/v1/groups/CAP1/evaluations", headers=headers).json()[0]
        assert (line["id"], line["marks"]) == (one.id, 1)

    def test_every_wrong_cell_is_told_and_nothing_stored(self, client, db, bearer, course, group):
        make_pupil(db, group, code="E2")
        teacher, one = course
        rows = [{"pupil": "E1", "mark": "21"}, {"pupil": "E2", "mark": "bof"}]
        answer = client.put(f"/api/v1/evaluations/{one.id}/marks", json={"rows": rows}, headers=bearer(teacher))
        assert answer.status_code == 422
        assert set(answer.json()["errors"]) == {"rows-0-mark", "rows-1-mark"}
        assert db.scalar(select(func.count(Mark.id))) == 0

    def test_only_who_teaches_the_course(self, client, bearer, course):
        _, one = course
        assert self.put(client, bearer(Role.TEACHER), one, (0, "12")).status_code == 403
        assert self.put(client, bearer(Role.OFFICE), one, (0, "12")).status_code == 403
        assert client.get(f"/api/v1/evaluations/{one.id}/marks", headers=bearer(Role.OFFICE)).status_code == 200


def test_an_issued_report_is_read_word_for_word(client, db, bearer, ines):
    words = {"pupil": "Inès Adam", "subjects": [{"subject": "Français", "comment": "Vu"}]}
    report = IssuedReport(
        kind=ReportKind.TERM, pupil_id=ines.id, edition=2, reason="Erreur", content=write_report(words), at=now()
    )
    db.add(report)
    db.flush()
    headers = bearer(Role.DIRECTOR)
    listed = client.get("/api/v1/pupils/E1/reports", headers=headers).json()
    assert [(one["id"], one["kind"], one["edition"], one["term"]) for one in listed] == [(report.id, "term", 2, None)]
    told = client.get(f"/api/v1/reports/issued/{report.id}", headers=headers).json()
    assert (told["pupil"], told["words"]) == ("E1", words)


@pytest.mark.parametrize("path", PATHS)
def test_as_many_statements_for_many_pupils(client, db, bearer, group, ines, record_queries, path):
    headers = bearer(Role.MASTER)

    def count():
        with record_queries() as statements:
            assert client.get(f"/api/v1{path}", headers=headers).status_code == 200
        return len(statements)

    few = count()
    for _ in range(6):
        make_evidence(db, make_pupil(db, group), "C1")
        make_evidence(db, ines, "C2")
    assert count() == few
